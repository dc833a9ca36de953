"""The role of a cache of another ECR registry: none, an existing one, or one that is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.principals import check_role_arn
from ecr_blueprints.domain.upstream_registry import Authentication, UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["CacheRole"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRole:
    """Which role ECR assumes to reach a cache's upstream.

    Attributes:
        existing_arn: The ARN of a role that exists, or the token that stands for it; else None.
        is_made: Whether one has to be made.
    """

    existing_arn: str | None = None
    is_made: bool = False

    @classmethod
    def choose(
        cls,
        upstream: UpstreamRegistry,
        *,
        role: iam.IRole | str | None,
        environment: RegistryEnvironment,
        where: str,
    ) -> Self:
        """The role that the argument of `PullThroughCache` means.

        For every cache of an ECR registry there is one, also within an account: AWS's pages disagree whether
        ECR needs it across Regions there (facts §18.5). One that it does not need costs nothing; one that it
        needs and lacks makes every first pull fail.

        Args:
            upstream: What is cached.
            role: As given.
            environment: Where the registry is; the role lies in its account.
            where: The cache, for the error.

        Raises:
            InvalidValueError: The upstream takes no role, it is no role, or it lies in another account.
        """
        if upstream.authentication is not Authentication.ROLE:
            if role is not None:
                raise InvalidValueError(
                    f"{upstream.key} takes no role",
                    where=where,
                    allowed="a role for a cache of another ECR registry",
                    fix="leave out role",
                )
            return cls()
        if role is None:
            return cls(is_made=True)
        arn = _arn_of(role, where)
        if not is_token(arn):
            check_role_arn(arn)
            account = arn.split(":")[4]
            if environment.account not in (None, account):
                raise InvalidValueError(
                    f"the role lies in account {account}",
                    where=where,
                    allowed=f"a role of the cache's account, {environment.account_text}",
                    fix="leave role out to have one made, and let the upstream's registry policy admit the "
                    "cache's account",
                )
        return cls(existing_arn=arn)

    def arn_in_model(self, path: str) -> Resolvable[str] | None:
        """The ARN as the read model holds it.

        Args:
            path: The construct path of the role, if one is made.
        """
        if self.is_made:
            return Unresolved(f"GetAtt: {path}.Arn", depends_on=path)
        if self.existing_arn is not None and is_token(self.existing_arn):
            return Unresolved(self.existing_arn, depends_on="deployment")
        return self.existing_arn


def _arn_of(role: Any, where: str) -> str:
    if isinstance(role, str):
        return role
    if isinstance(role, iam.CfnRole):
        return role.attr_arn
    if hasattr(type(role), "role_arn") or hasattr(role, "role_arn"):
        arn: str = role.role_arn
        return arn
    raise InvalidValueError(
        f"role is of the type {type(role).__name__}",
        where=where,
        allowed="a role of aws_cdk.aws_iam, or its ARN as a text",
        fix="leave role out to have one made",
    )
