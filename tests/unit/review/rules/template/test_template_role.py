from __future__ import annotations

from ecr_blueprints.review.rules.template.template_role import TemplateRoleRule

ROLE = "arn:aws:iam::111122223333:role/ecr-creation-template"


def test_tags_and_keys_need_a_role(judge):
    judged = judge(
        TemplateRoleRule,
        f"""
        Parameters: {{Role: {{Type: String}}, Kind: {{Type: String}}}}
        Resources:
          Plain:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: a, AppliedFor: [REPLICATION],
               EncryptionConfiguration: {{EncryptionType: AES256}}}}
          Tagged:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties: {{Prefix: b, AppliedFor: [REPLICATION], ResourceTags: [{{Key: owner, Value: x}}]}}
          Encrypted:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: c, AppliedFor: [REPLICATION],
               EncryptionConfiguration: {{EncryptionType: KMS}}}}
          WithRole:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: d, AppliedFor: [REPLICATION],
               ResourceTags: [{{Key: owner, Value: x}}], CustomRoleArn: "{ROLE}"}}
          GivenRole:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: e, AppliedFor: [REPLICATION],
               ResourceTags: [{{Key: o, Value: x}}], CustomRoleArn: !Ref Role}}
          WithPath:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: f, AppliedFor: [REPLICATION],
               CustomRoleArn: "arn:aws:iam::111122223333:role/team/ecr"}}
          GivenKind:
            Type: AWS::ECR::RepositoryCreationTemplate
            Properties:
              {{Prefix: g, AppliedFor: [REPLICATION], EncryptionConfiguration: {{EncryptionType: !Ref Kind}}}}
        """,
    )
    assert judged.failed == {"Tagged": ["missing"], "Encrypted": ["missing"], "WithPath": ["arn"]}
    assert judged.passed == {"Plain", "WithRole", "GivenRole"}
    assert judged.open == {"GivenKind"}
    assert judged.only("Tagged").witness == "the first creation below 'b' is refused"
    assert "IAM path" in judged.only("WithPath").message
