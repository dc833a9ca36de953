"""The role that ECR assumes to create repositories with tags or a KMS key."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.domain.creation_template import ROLE_ACTIONS, ROLE_KMS_ACTIONS, SERVICE_PRINCIPAL
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.errors import InvalidValueError

__all__ = ["CreationTemplateRole", "check_role_environment"]


def check_role_environment(arn: str, *, account: str | None, region: str | None, where: str) -> None:
    """Refuse a role that the registry's ECR cannot be given: one of another account or partition.

    Args:
        arn: The role's ARN, as `check_custom_role_arn` lets it pass.
        account: The registry's account; None if it is not known.
        region: The registry's Region; None if it is not known.
        where: The template, for the error.

    Raises:
        InvalidValueError: It lies elsewhere.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    _, partition, _, _, owner, role = arn.split(":", 5)
    expected = partition if region is None else partition_of(region).name
    if partition != expected or account not in (None, owner):
        theirs = f"account {owner}" if partition == expected else f"the partition {partition}"
        raise InvalidValueError(
            f"the role lies in {theirs}",
            where=where,
            allowed=f"a role of the registry's account and partition: ECR takes none of {theirs}",
            fix=f"write 'arn:{expected}:iam::{account or owner}:{role}', or leave role out to have one made",
        )


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
