"""The credential of a pull-through cache: none, an existing secret, or one that is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_blueprints.constructs.argument_type import check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.upstream_registry import (
    CREDENTIAL_KEYS,
    CREDENTIAL_SECRET_NAME_PREFIX,
    Authentication,
    CredentialSecretName,
    UpstreamRegistry,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_rule import CredentialSecret
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["CacheCredential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheCredential:
    """Where a cache's credential lies.

    Attributes:
        existing_arn: The ARN of a secret that exists, or the token that stands for it; else None.
        new_secret_name: The name of the secret to be made; else None.
    """

    existing_arn: str | None = None
    new_secret_name: CredentialSecretName | None = None

    @classmethod
    def choose(
        cls,
        upstream: UpstreamRegistry,
        *,
        prefix: str,
        credential: secretsmanager.ISecret | str | None,
        secret_name: str | None,
        environment: RegistryEnvironment,
    ) -> Self:
        """The credential that the arguments of `PullThroughCache` mean.

        Args:
            upstream: What is cached.
            prefix: The cache's prefix.
            credential: An existing secret.
            secret_name: The name of a secret to make.
            environment: Where the registry is; its secret lies there too.

        Raises:
            InvalidValueError: The arguments contradict each other or the upstream, or ECR could not read the
                secret.
        """
        where = f"cache {prefix!r}"
        if secret_name is not None and credential is not None:
            raise InvalidValueError(
                "both an existing credential and the name of a secret to make",
                where=where,
                allowed="one of them",
                fix="leave out secret_name to use the existing secret",
            )
        needs_secret = upstream.authentication is Authentication.SECRET
        if not needs_secret and (credential is not None or secret_name is not None):
            raise InvalidValueError(
                f"{upstream.key} takes no credential",
                where=where,
                fix=f"leave out {'secret_name' if credential is None else 'credential'}",
            )
        if not needs_secret:
            return cls()
        if credential is None:
            if secret_name is not None:
                check_literal_text(
                    secret_name,
                    argument="secret_name",
                    where=where,
                    because="ECR takes only names with its prefix",
                )
            name = f"{CREDENTIAL_SECRET_NAME_PREFIX}{prefix}" if secret_name is None else secret_name
            return cls(new_secret_name=CredentialSecretName(name))
        arn = _arn_of(credential, environment, where)
        if not is_token(arn):
            _check_place(arn, environment, where)
        return cls(existing_arn=arn)

    def arn_in_model(self, path: str) -> Resolvable[str] | None:
        """The ARN as the read model holds it.

        Args:
            path: The construct path of the secret, if one is made.
        """
        if self.new_secret_name is not None:
            return Unresolved(f"Ref: {path}", depends_on=path)
        if self.existing_arn is not None and is_token(self.existing_arn):
            return Unresolved(self.existing_arn, depends_on="deployment")
        return self.existing_arn

    def secret_in_model(self, path: str) -> CredentialSecret | None:
        """The secret that is made, as the read model holds it; None for an existing one.

        Args:
            path: The construct path of the secret.
        """
        if self.new_secret_name is None:
            return None
        return CredentialSecret(
            source=SourceLocation(construct_path=path, resource_type="AWS::SecretsManager::Secret"),
            name=str(self.new_secret_name),
            keys=frozenset(CREDENTIAL_KEYS),
        )


def _arn_of(credential: secretsmanager.ISecret | str, environment: RegistryEnvironment, where: str) -> str:
    if not isinstance(credential, str):
        if not hasattr(credential, "secret_arn"):
            raise InvalidValueError(
                f"credential is of the type {type(credential).__name__}",
                where=where,
                allowed="a Secret of aws_cdk.aws_secretsmanager, the ARN of one, or its name",
                fix="write credential=secret.ref"
                if isinstance(credential, secretsmanager.CfnSecret)
                else "import it with Secret.from_secret_name_v2",
            )
        _check_name(credential, where)
        if credential.encryption_key is not None:
            raise InvalidValueError(
                "the credential's secret is encrypted with a customer-managed key, which ECR cannot use",
                where=where,
                allowed="a secret encrypted by aws/secretsmanager",
                fix="leave the encryption key of the secret out",
            )
        return credential.secret_arn
    if credential.startswith("arn:") or is_token(credential):
        return credential
    return environment.arn("secretsmanager", f"secret:{CredentialSecretName(credential)}")


def _check_name(secret: secretsmanager.ISecret, where: str) -> None:
    """Refuse a secret whose name ECR does not look for, where the name is known."""
    resource = secret.node.default_child
    if isinstance(resource, secretsmanager.CfnSecret):
        name = cdk.Stack.of(resource).resolve(resource.name)
    else:
        name = secret.secret_name
    if name is None:
        raise InvalidValueError(
            f"the name of the secret {secret.node.path!r} is left to CloudFormation",
            where=where,
            allowed=f"a name that begins with {CREDENTIAL_SECRET_NAME_PREFIX}",
            fix="give the secret a secret_name, or leave credential out to have one made",
        )
    if isinstance(name, str) and not is_token(name):
        CredentialSecretName(name)


def _check_place(arn: str, environment: RegistryEnvironment, where: str) -> None:
    """ECR reads the secret only in the registry's own account and Region (facts §4)."""
    parts = arn.split(":")
    if len(parts) < 6:
        return  # No ARN at all; that is found with the rule.
    region, account = parts[3], parts[4]
    if environment.region not in (None, region) or environment.account not in (None, account):
        raise InvalidValueError(
            f"the credential's secret lies in {account}/{region}",
            where=where,
            allowed=f"a secret in {environment.account_text}/{environment.region_text}, as the registry",
            fix="put the credential into a secret there, or leave credential out to have one made",
        )
