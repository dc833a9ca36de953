from __future__ import annotations

from ecr_blueprints.review.rules.template.template_prefix import TemplatePrefixRule


def test_prefixes_and_mechanisms_are_held_to_ecr_s_spelling(judge):
    judged = judge(
        TemplatePrefixRule,
        """
        Parameters: {Prefix: {Type: String}}
        Resources:
          Root:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: ROOT, AppliedFor: [REPLICATION]}
          Slash:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: prod/, AppliedFor: [REPLICATION]}
          Star:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: "dev/*", AppliedFor: [REPLICATION]}
          Nothing: {Type: AWS::ECR::RepositoryCreationTemplate, Properties: {AppliedFor: [REPLICATION]}}
          Never: {Type: AWS::ECR::RepositoryCreationTemplate, Properties: {Prefix: a, AppliedFor: []}}
          Wrong: {Type: AWS::ECR::RepositoryCreationTemplate, Properties: {Prefix: b, AppliedFor: [PUSH]}}
          Given:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {Prefix: !Ref Prefix, AppliedFor: [REPLICATION]}
        """,
    )
    assert judged.failed == {
        "Star": ["prefix"],
        "Nothing": ["prefix"],
        "Never": ["applied-for"],
        "Wrong": ["applied-for"],
    }
    assert judged.passed == {"Root", "Slash"}
    assert judged.open == {"Given"}
    assert judged.only("Star").fix == "write 'dev' for every repository under dev/"
