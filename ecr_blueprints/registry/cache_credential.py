"""Whether a pull-through cache can log in to its upstream.

One judgement for the construct that makes the rule and for the review that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.domain.repository_filter import ROOT, CachePrefix
from ecr_blueprints.domain.upstream_registry import (
    CACHE_SERVICE_PRINCIPAL,
    CREDENTIAL_KEYS,
    CREDENTIAL_SECRET_ARN_PATTERN,
    CREDENTIAL_SECRET_NAME_PREFIX,
    Authentication,
    UpstreamRegistry,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_rule import CacheRule, CredentialSecret
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = [
    "CredentialFault",
    "CredentialFaultKind",
    "credential_arn_of",
    "find_credential_faults",
    "needs_account",
    "upstream_of",
]

_HOLE = re.compile(r"\$\{([^}]*)\}")
_EXAMPLES = {"AWS::Region": "eu-west-1", "AWS::AccountId": "0" * 12, "AWS::Partition": "aws"}
"""What stands for a pseudo parameter: whatever its value is, the ARN is right or wrong with it alike."""


class CredentialFaultKind(StrEnum):
    """What is wrong; the granular id of a finding."""

    UPSTREAM = "upstream"
    MISSING = "missing"
    SUPERFLUOUS = "superfluous"
    ROLE = "role"
    UPSTREAM_PREFIX = "upstream-prefix"
    ARN = "arn"
    NAME = "name"
    KEYS = "keys"
    EMPTY = "empty"
    PLAINTEXT = "plaintext"
    CUSTOMER_KEY = "customer-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFault:
    """One reason why creating the rule, or a pull through it, fails.

    Attributes:
        kind: What kind of fault.
        message: What is wrong, lower case, without a full stop.
        source: The rule, or the secret where the fault lies there.
        fix: What to do.
    """

    kind: CredentialFaultKind
    message: str
    source: SourceLocation
    fix: str


def upstream_of(rule: CacheRule) -> UpstreamRegistry | Unresolved | InvalidValueError:
    """The upstream of a rule, by its key or else by its URL.

    Returns:
        Unresolved if neither is known; the error if what is given is no upstream of ECR's.
    """
    try:
        if isinstance(rule.upstream_registry, str):
            return UpstreamRegistry.parse(rule.upstream_registry)
        if isinstance(rule.upstream_registry_url, str):
            return UpstreamRegistry.from_url(rule.upstream_registry_url)
    except InvalidValueError as error:
        return error
    for value in (rule.upstream_registry, rule.upstream_registry_url):
        if isinstance(value, Unresolved):
            return value
    return InvalidValueError(
        "the rule names no upstream registry",
        fix="set UpstreamRegistryUrl, and UpstreamRegistry where ECR asks",
    )


def credential_arn_of(rule: CacheRule) -> str | Unresolved | None:
    """The ARN of the rule's secret, with an example's account and Region where deployment adds its own."""
    arn = rule.credential_arn
    if not isinstance(arn, Unresolved):
        return arn
    text = _HOLE.sub(lambda hole: _EXAMPLES.get(hole[1], hole[0]), arn.expression)
    return text if text.startswith("arn:") and "${" not in text else arn


def find_credential_faults(
    rule: CacheRule, *, account: str | None = None, region: str | None = None
) -> Iterator[CredentialFault]:
    """Every fault of the rule's upstream and credential that its source lets one see (facts §4).

    Args:
        rule: The cache.
        account: The account of the cache's registry. Default: not known; then whether a cache of another
            ECR registry needs a role is not judged.
        region: Its Region. Default: not known.
    """
    upstream = upstream_of(rule)
    if isinstance(upstream, InvalidValueError):
        yield CredentialFault(
            kind=CredentialFaultKind.UPSTREAM,
            message=f"cache {rule.label!r}: {upstream.what}",
            source=rule.source,
            fix=upstream.fix or "use one of ECR's nine upstream registries",
        )
        return
    if isinstance(upstream, UpstreamRegistry):
        yield from _url(rule, upstream)
        yield from _role(rule, upstream, account, region)
        yield from _upstream_prefix(rule, upstream)
        needs_secret = upstream.authentication is Authentication.SECRET
        if needs_secret and rule.credential_arn is None:
            yield CredentialFault(
                kind=CredentialFaultKind.MISSING,
                message=f"cache {rule.label!r}: {upstream.key} needs a credential and the rule has none",
                source=rule.source,
                fix=(
                    f"store {' and '.join(CREDENTIAL_KEYS)} in a Secrets Manager secret named "
                    f"{CREDENTIAL_SECRET_NAME_PREFIX}… and give its ARN as CredentialArn"
                ),
            )
        if not needs_secret and rule.credential_arn is not None:
            yield CredentialFault(
                kind=CredentialFaultKind.SUPERFLUOUS,
                message=f"cache {rule.label!r}: {upstream.key} takes no credential and the rule has one",
                source=rule.source,
                fix="remove CredentialArn",
            )
    arn = credential_arn_of(rule)
    if isinstance(arn, str) and not re.fullmatch(CREDENTIAL_SECRET_ARN_PATTERN, arn):
        written = rule.credential_arn
        shown = written.expression if isinstance(written, Unresolved) else arn
        yield CredentialFault(
            kind=CredentialFaultKind.ARN,
            message=f"cache {rule.label!r}: {shown!r} is no ARN of a secret that ECR accepts",
            source=rule.source,
            fix=f"name the secret {CREDENTIAL_SECRET_NAME_PREFIX}… and give its full ARN",
        )
    if rule.credential is not None:
        yield from _secret(rule, rule.credential)


def needs_account(rule: CacheRule) -> bool:
    """Whether the rule can be judged only with the account of its registry: a cache of ECR without a role."""
    upstream = upstream_of(rule)
    return (
        isinstance(upstream, UpstreamRegistry)
        and upstream.authentication is Authentication.ROLE
        and rule.custom_role_arn is None
    )


def _url(rule: CacheRule, upstream: UpstreamRegistry) -> Iterator[CredentialFault]:
    url = rule.upstream_registry_url
    if isinstance(url, str) and not upstream.accepts_url(url):
        yield CredentialFault(
            kind=CredentialFaultKind.UPSTREAM,
            message=f"cache {rule.label!r}: {url!r} is not the address of {upstream.key}",
            source=rule.source,
            fix=f"use {upstream.url_form}",
        )


def _role(
    rule: CacheRule, upstream: UpstreamRegistry, account: str | None, region: str | None
) -> Iterator[CredentialFault]:
    """A role is needed across accounts; across Regions of one account AWS's pages disagree (facts §18.5)."""
    label = f"cache {rule.label!r}"
    if upstream.authentication is not Authentication.ROLE:
        if rule.custom_role_arn is not None:
            yield CredentialFault(
                kind=CredentialFaultKind.SUPERFLUOUS,
                message=f"{label}: {upstream.key} takes no role and the rule has one",
                source=rule.source,
                fix="remove CustomRoleArn",
            )
        return
    owner, place = _ecr_upstream(rule, upstream)
    if owner is None or account is None:
        return
    if (owner, place) == (account, region):
        yield CredentialFault(
            kind=CredentialFaultKind.UPSTREAM,
            message=f"{label}: its upstream is its own registry",
            source=rule.source,
            fix="name the registry of another account or Region, or pull without a cache",
        )
    elif owner != account and rule.custom_role_arn is None:
        yield CredentialFault(
            kind=CredentialFaultKind.ROLE,
            message=f"{label}: its upstream is the registry of account {owner} and the rule names no role",
            source=rule.source,
            fix=f"set CustomRoleArn to a role of account {account} that trusts {CACHE_SERVICE_PRINCIPAL}",
        )


def _ecr_upstream(rule: CacheRule, upstream: UpstreamRegistry) -> tuple[str | None, str | None]:
    """Account and Region of the upstream; by a rule's key alone, its URL tells them."""
    if upstream.upstream_registry_url is None and isinstance(rule.upstream_registry_url, str):
        with suppress(InvalidValueError):
            upstream = UpstreamRegistry.from_url(rule.upstream_registry_url)
    return upstream.account, upstream.region


def _upstream_prefix(rule: CacheRule, upstream: UpstreamRegistry) -> Iterator[CredentialFault]:
    prefix = rule.upstream_prefix
    if not isinstance(prefix, str) or prefix == ROOT:
        return
    label = f"cache {rule.label!r}"
    if not upstream.takes_upstream_prefix:
        message, fix = (
            f"{label}: an upstream prefix is for another ECR registry, and its upstream is {upstream.key}",
            "remove UpstreamRepositoryPrefix",
        )
    elif not CachePrefix.accepts(prefix):
        message, fix = f"{label}: {prefix!r} is no upstream prefix", f"write {CachePrefix.allowed}"
    elif rule.known_prefix == ROOT:
        message, fix = (
            f"{label}: the upstream prefix {prefix!r} under the prefix {ROOT}",
            f"give the cache a prefix of its own, such as {prefix.rstrip('/')!r}, or remove the upstream's",
        )
    else:
        return
    yield CredentialFault(
        kind=CredentialFaultKind.UPSTREAM_PREFIX, message=message, source=rule.source, fix=fix
    )


def _secret(rule: CacheRule, secret: CredentialSecret) -> Iterator[CredentialFault]:
    label = f"cache {rule.label!r}: the credential secret"
    if secret.name is None or (
        isinstance(secret.name, str) and not secret.name.startswith(CREDENTIAL_SECRET_NAME_PREFIX)
    ):
        named = "has no name of its own" if secret.name is None else f"is named {secret.name!r}"
        yield CredentialFault(
            kind=CredentialFaultKind.NAME,
            message=f"{label} {named}; ECR demands the prefix {CREDENTIAL_SECRET_NAME_PREFIX}",
            source=secret.source,
            fix=f"name it {CREDENTIAL_SECRET_NAME_PREFIX}{rule.known_prefix or '<cache>'}",
        )
    if secret.plaintext:
        yield CredentialFault(
            kind=CredentialFaultKind.PLAINTEXT,
            message=f"{label} has its value in the template in clear text",
            source=secret.source,
            fix=(
                "replace the credential, which everybody knows who can read the template: generate a "
                "placeholder in the template and put the new one in afterwards"
            ),
        )
    if not secret.has_value:
        yield CredentialFault(
            kind=CredentialFaultKind.EMPTY,
            message=f"{label} is created empty, and ECR checks it when it creates the rule",
            source=secret.source,
            fix=f"generate a placeholder with the keys {' and '.join(CREDENTIAL_KEYS)}",
        )
    elif secret.keys is not None and not secret.keys >= set(CREDENTIAL_KEYS):
        missing = ", ".join(key for key in CREDENTIAL_KEYS if key not in secret.keys)
        yield CredentialFault(
            kind=CredentialFaultKind.KEYS,
            message=f"{label} lacks the key {missing}",
            source=secret.source,
            fix=f"store a JSON object with {' and '.join(CREDENTIAL_KEYS)}",
        )
    if secret.customer_managed_key:
        yield CredentialFault(
            kind=CredentialFaultKind.CUSTOMER_KEY,
            message=f"{label} is encrypted with a customer-managed key, which ECR does not support",
            source=secret.source,
            fix="leave out KmsKeyId",
        )
