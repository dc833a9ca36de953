from __future__ import annotations

from ecr_blueprints.review.rules.lifecycle.lifecycle_missing import LifecycleMissingRule


def test_repositories_and_templates_without_a_policy_fail(judge):
    judged = judge(
        LifecycleMissingRule,
        """
        Parameters: {Text: {Type: String}}
        Resources:
          Bare: {Type: AWS::ECR::Repository, Properties: {RepositoryName: dev/payments/api}}
          Empty: {Type: AWS::ECR::Repository, Properties: {LifecyclePolicy: {RegistryId: "111122223333"}}}
          Has: {Type: AWS::ECR::Repository, Properties: {LifecyclePolicy: {LifecyclePolicyText: "wrong"}}}
          Given: {Type: AWS::ECR::Repository, Properties: {LifecyclePolicy: {LifecyclePolicyText: !Ref Text}}}
          Assets:
            Type: AWS::ECR::Repository
            Properties: {RepositoryName: cdk-hnb659fds-container-assets-111122223333-eu-west-1}
          Template:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: quay, AppliedFor: [PULL_THROUGH_CACHE]}
          Quay:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
        """,
    )
    assert set(judged.failed) == {"Bare", "Empty", "Template"}
    assert judged.passed == {"Has", "Given"}
    assert judged.not_applicable == {"Assets"}
    assert judged.only("Template").message.startswith("creation template 'quay' has no lifecycle policy")
