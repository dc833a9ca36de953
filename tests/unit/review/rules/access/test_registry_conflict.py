from __future__ import annotations

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.review.rules.access.registry_conflict import RegistryConflictRule


def test_the_second_of_two_fails_and_names_the_first(judge):
    judged = judge(
        RegistryConflictRule,
        """
        Resources:
          Signing: {Type: AWS::ECR::SigningConfiguration, Properties: {Rules: []}}
          SecondSigning: {Type: AWS::ECR::SigningConfiguration, Properties: {Rules: []}}
          Scanning: {Type: AWS::ECR::RegistryScanningConfiguration, Properties: {ScanType: BASIC, Rules: []}}
          Prod:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: prod, AppliedFor: [REPLICATION]}
          ProdAgain:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: prod/, AppliedFor: [REPLICATION]}
          Nested:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: prod/x, AppliedFor: [REPLICATION]}
          Root:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: ROOT, AppliedFor: [REPLICATION]}
          Tagged:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: t, AppliedFor: [REPLICATION], ResourceTags: [{Key: a, Value: b}]}
          Quay:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
          Below:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: quay/x, UpstreamRegistryUrl: quay.io}
          Beside:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: quay-x, UpstreamRegistryUrl: quay.io}
          Api: {Type: AWS::ECR::Repository, Properties: {RepositoryName: api}}
          ApiAgain: {Type: AWS::ECR::Repository, Properties: {RepositoryName: api}}
        """,
    )
    assert judged.failed == {
        "SecondSigning": ["second-owner"],
        "ProdAgain": ["template-prefix"],
        "Below": ["cache-prefix"],
    }
    assert "Signing" in judged.only("SecondSigning").message


def test_one_of_each_says_nothing(judge):
    judged = judge(
        RegistryConflictRule,
        """
        Resources:
          Signing: {Type: AWS::ECR::SigningConfiguration, Properties: {Rules: []}}
          Replication:
            Type: AWS::ECR::ReplicationConfiguration
            Properties: {ReplicationConfiguration: {Rules: []}}
        """,
    )
    assert judged.findings == ()


def test_the_fingerprint_does_not_depend_on_the_folder():
    text = "Resources:\n" + "".join(f"  {name}: {{Type: AWS::ECR::SigningConfiguration}}\n" for name in "AB")
    prints = {
        finding.fingerprint
        for name in ("here/t.yaml", "there/t.yaml")
        for registry in read_registries([Template.parse(text, name=name)])
        for finding in RegistryConflictRule().check(registry)
    }
    assert len(prints) == 1
