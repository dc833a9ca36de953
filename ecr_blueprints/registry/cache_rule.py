"""A pull-through cache rule and the credential that it logs in with."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Resolvable

__all__ = ["CacheRule", "CredentialSecret"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSecret:
    """A Secrets Manager secret declared in the same source as the rule that uses it.

    Attributes:
        source: Where it was declared.
        name: Its name; ECR demands the prefix ``ecr-pullthroughcache/`` (facts §4).
        plaintext: True if the template itself holds the value (``SecretString``) in clear text.
        keys: The JSON keys that the value will have; None if they cannot be told.
        customer_managed_key: True if it is encrypted with another key than ``aws/secretsmanager``,
            which ECR does not support; None if that is not known.
        has_value: True if the secret has some value at creation; an empty one makes the creation
            of the rule fail.
    """

    source: SourceLocation
    name: Resolvable[str] | None
    plaintext: bool = False
    keys: frozenset[str] | None = None
    customer_managed_key: bool | None = False
    has_value: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRule:
    """One pull-through cache rule (facts §4).

    Attributes:
        source: Where it was declared.
        prefix: The prefix of the cache's repositories, with its implied trailing slash, or ``ROOT``.
        upstream_registry: ECR's key of the upstream, where it is given.
        upstream_registry_url: The upstream's host.
        upstream_prefix: The prefix at the upstream; None means ``ROOT``.
        credential_arn: The secret's ARN as given; None if there is none.
        credential: The secret itself, where the same source declares it.
        custom_role_arn: The role for a cache of another account's ECR.
        frozen: Whether cached tags are meant to stay as they were first pulled; None if the source does not
            say. Only constructs and contracts do.
    """

    source: SourceLocation
    prefix: Resolvable[str] | Malformed
    upstream_registry: Resolvable[str] | None = None
    upstream_registry_url: Resolvable[str] | None = None
    upstream_prefix: Resolvable[str] | None = None
    credential_arn: Resolvable[str] | None = None
    credential: CredentialSecret | None = None
    custom_role_arn: Resolvable[str] | None = None
    frozen: bool | None = None

    @property
    def known_prefix(self) -> str | None:
        """The prefix without a trailing slash, if it is known before deployment."""
        return self.prefix.rstrip("/") if isinstance(self.prefix, str) else None

    @property
    def label(self) -> str:
        """The cache as a person refers to it: its prefix, or the place of its declaration."""
        return self.known_prefix or self.source.name
