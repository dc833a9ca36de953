"""The role that ECR assumes to create repositories with tags or a KMS key."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.domain.creation_template import ROLE_ACTIONS, ROLE_KMS_ACTIONS, SERVICE_PRINCIPAL

__all__ = ["CreationTemplateRole"]


class CreationTemplateRole(iam.Role):
    """A role without an IAM path, which CloudFormation's schema of the template could not take.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        repository_arn: The ARN of the repositories under the template's prefix, with ``*``.
        uses_kms: Whether the template encrypts with KMS.
        key_arn: The key; None for the AWS-managed key ``aws/ecr``, whose own policy decides who may use it.
        key_arn_pattern: The ARN of every key of the account in the Region, for ``aws/ecr``.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_arn: str,
        uses_kms: bool,
        key_arn: str | None,
        key_arn_pattern: str,
    ) -> None:
        statements = [iam.PolicyStatement(actions=list(ROLE_ACTIONS), resources=[repository_arn])]
        if uses_kms:
            statements.append(
                iam.PolicyStatement(
                    actions=list(ROLE_KMS_ACTIONS),
                    resources=[key_arn_pattern if key_arn is None else key_arn],
                )
            )
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(SERVICE_PRINCIPAL),
            description="Amazon ECR creates repositories with this role, by a repository creation template",
            inline_policies={"CreateRepositories": iam.PolicyDocument(statements=statements)},
        )
