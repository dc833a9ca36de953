"""The secret in which a cache's credential will be stored."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from ecr_blueprints.domain.upstream_registry import CREDENTIAL_KEYS, CredentialSecretName

__all__ = ["PLACEHOLDER_USERNAME", "CacheCredentialSecret"]

PLACEHOLDER_USERNAME = "replace-me"
_PLACEHOLDER_LENGTH = 32


class CacheCredentialSecret(Construct):
    """A Secrets Manager secret with ECR's keys and a placeholder that nobody knows.

    ECR refuses a rule whose secret is empty, and no real credential belongs in a template; so the value is
    generated, and somebody puts the real one in afterwards (``aws secretsmanager put-secret-value``). That,
    and each rotation later, changes the value and neither the secret's ARN nor the rule. The secret is
    encrypted by ``aws/secretsmanager``, the only key that ECR supports here, and is kept when its stack
    goes; only a creation that is rolled back removes it, so that its name is free for the next attempt.

    Example:
        from ecr_blueprints.constructs.cache_credential_secret import CacheCredentialSecret
        from ecr_blueprints.domain.upstream_registry import CredentialSecretName

        secret = CacheCredentialSecret(
            stack,
            "DockerHubToken",
            name=CredentialSecretName("ecr-pullthroughcache/docker-hub"),
            upstream="docker-hub",
        )
        registry.add_pull_through_cache("docker-hub", credential=secret.secret_arn)

    Creates:
        One ``AWS::SecretsManager::Secret``, billed by Secrets Manager for each month that it exists and for
        API calls (https://aws.amazon.com/secrets-manager/pricing/). It is kept when its stack goes, and its
        name stays taken until somebody deletes it.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical ID follows from it.
        name: ``ecr-pullthroughcache/…``.
        upstream: The upstream, for the description.

    Raises:
        InvalidValueError: By its name, which does not begin with ``ecr-pullthroughcache/``.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html

    Practices: PTC-2
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: CredentialSecretName, upstream: str
    ) -> None:
        super().__init__(scope, construct_id)
        username, access_token = CREDENTIAL_KEYS
        self.secret_name = name
        self.resource = secretsmanager.CfnSecret(
            self,
            "Resource",
            name=name,
            description=f"Credential of the pull-through cache of {upstream}: {username} and {access_token}",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=json.dumps({username: PLACEHOLDER_USERNAME}, separators=(",", ":")),
                generate_string_key=access_token,
                password_length=_PLACEHOLDER_LENGTH,
                exclude_punctuation=True,
            ),
        )
        self.resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    @property
    def secret_arn(self) -> str:
        """The secret's full ARN, as a token."""
        return self.resource.ref
