"""A registry that exists, as the entries of a blueprint that changes nothing of it by itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.kms_key import KmsKeyArn
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError, UnusableInputError
from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.adopted_access import adopt_access, adopt_cache_access
from ecr_blueprints.registry.adopted_team import AdoptedTeam, adopt_teams
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import secret_name
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.unresolved import Resolvable

__all__ = ["AdoptedBlueprint", "AdoptedCache", "adopt", "common_key"]

_SEGMENTS = ("app", STAGE_SEGMENT, "team")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedCache:
    """A pull-through cache that exists.

    Attributes:
        upstream: The upstream, as the blueprint's key.
        prefix: Its prefix; None for the upstream's own.
        secret: The name of the secret with the credential; None if it has none.
    """

    upstream: str
    prefix: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedBlueprint:
    """The blueprint of a registry that exists.

    Attributes:
        account: The registry's account.
        region: Its Region.
        convention: How repositories are named.
        stages: Stage → whether it is production.
        manage: Setting → ``import``, ``true`` or ``false``.
        blob_mounting: Whether blob mounting is on.
        caches: The caches.
        consumers: Account id → the names, or patterns of names, that it pulls.
        cache_consumers: Account id → the caches that it pulls through, by upstream.
        exclusions: The roles whose pulls do not count.
        teams: The teams.
        existing: The record of what exists, as ``aws ecr describe-repositories`` writes it.
        images_key: The ARN of the KMS key that all repositories have; None where they have no such key.
        notes: What the blueprint cannot say, as sentences.
    """

    account: str
    region: str
    convention: str
    stages: Mapping[str, bool]
    manage: Mapping[str, str]
    blob_mounting: bool
    caches: tuple[AdoptedCache, ...]
    consumers: Mapping[str, tuple[str, ...]]
    cache_consumers: Mapping[str, tuple[str, ...]]
    exclusions: tuple[str, ...]
    teams: tuple[AdoptedTeam, ...]
    existing: Mapping[str, object]
    images_key: str | None = None
    notes: tuple[str, ...]


def adopt(
    live: Registry,
    *,
    convention: NamingConvention,
    stages: Sequence[str],
    production: Collection[str],
    blob_mounting: bool,
    images_key: str | None = None,
) -> AdoptedBlueprint:
    """Makes the entries.

    Args:
        live: The registry that exists.
        convention: How its repositories are named, mostly.
        stages: The stages, in the order of delivery; none where the convention has none.
        production: Those that are production.
        blob_mounting: Whether blob mounting is on.
        images_key: The key of all repositories, as `common_key` finds it, where it is the account's own.

    Raises:
        UnusableInputError: The convention or the stages cannot be a blueprint's.

    Practices: NAME-2, NAME-4, OPS-1
    """
    cached, own = _cached(live)
    names = [str(one.name) for one in own]
    chosen = _stages(convention, stages, production, names)
    access = adopt_access(own)
    caches, of_caches = _caches(live.cache_rules)
    prefixes = {_prefix(one): one.upstream for one in caches}
    through = adopt_cache_access(live.policies[0].policy if live.policies else None, prefixes)
    roles = [str(one.principal_arn) for one in live.pull_time_exclusions]
    notes = [*_left_out(live, cached), *of_caches, *_settings(live)]
    users = [one for one in roles if ":role/" not in one]
    if users:
        notes.append(f"pull-time exclusions that are no roles stay without a template: {', '.join(users)}")
    return AdoptedBlueprint(
        account=str(live.account),
        region=str(live.region),
        convention=convention.template,
        stages=chosen,
        manage=_manage(live, has_statements=bool(through)),
        blob_mounting=blob_mounting,
        caches=tuple(caches),
        consumers={
            account: tuple(_patterns(access.pullers.get(account, ()), names))
            for account in sorted({*access.pullers, *through})
        },
        cache_consumers=through,
        exclusions=tuple(one for one in roles if one not in users),
        teams=adopt_teams(own, convention=convention, stages=tuple(chosen), access=access),
        existing=_record(live.repositories),
        images_key=images_key,
        notes=tuple(notes),
    )


def common_key(live: Registry) -> str | None:
    """The KMS key of the registry's account that every repository has; None if there is none.

    What caches made and the CDK's own do not count. ``aws/ecr``, which AWS manages, is told by its ARN too.

    Args:
        live: The registry that exists.
    """
    _, own = _cached(live)
    found = {_kms_key(one) for one in own}
    (key,) = found if len(found) == 1 else (None,)
    if not isinstance(key, str):
        return None
    try:
        return key if KmsKeyArn(key).account == live.account else None
    except InvalidValueError:
        return None


def _kms_key(repository: Repository) -> Resolvable[str] | None:
    encryption = repository.encryption
    if isinstance(encryption, Encryption) and encryption.type is EncryptionType.KMS:
        return encryption.kms_key
    return None


def _stages(
    convention: NamingConvention, stages: Sequence[str], production: Collection[str], names: Iterable[str]
) -> dict[str, bool]:
    unknown = [one for one in convention.segments if one not in _SEGMENTS]
    if unknown:
        raise UnusableInputError(
            f"the segment {{{unknown[0]}}} has no value in a blueprint",
            where="--convention",
            allowed=", ".join(f"{{{one}}}" for one in _SEGMENTS),
        )
    if not stages and STAGE_SEGMENT in convention.segments:
        seen = Counter(
            segments[STAGE_SEGMENT] for name in names if (segments := convention.match(name)) is not None
        )
        found = ", ".join(f"{stage} ({count})" for stage, count in seen.most_common(8)) or "none"
        raise UnusableInputError(
            f"the convention {convention.template!r} has stages, and nothing says which; names have: {found}",
            where="--stages",
            fix="give them in the order of delivery, such as --stages dev,prod --production prod",
        )
    chosen = tuple(stages) or ("all",)
    strange = [one for one in production if one not in chosen]
    if strange:
        raise UnusableInputError(
            f"{strange[0]!r} is none of the stages", where="--production", allowed=", ".join(chosen)
        )
    return {stage: stage in production for stage in chosen}


def _cached(live: Registry) -> tuple[list[Repository], list[Repository]]:
    """The repositories of caches, and those that are adopted."""
    prefixes = [rule.known_prefix for rule in live.cache_rules if rule.known_prefix not in (None, ROOT)]
    cached: list[Repository] = []
    own: list[Repository] = []
    for repository in live.repositories:
        if repository.is_cdk_asset_repository:
            continue
        is_cached = any(str(repository.name).startswith(f"{prefix}/") for prefix in prefixes)
        (cached if is_cached else own).append(repository)
    return cached, own


def _left_out(live: Registry, cached: Sequence[Repository]) -> Iterator[str]:
    for repository in live.repositories:
        if repository.is_cdk_asset_repository:
            yield f"{repository.name} is left out: the CDK's bootstrap stack owns it"
    if cached:
        yield (
            f"what caches made is left out, {len(cached)} in all: creation templates never reach what exists "
            "(adopt --audit compares it)"
        )
    caches = {rule.known_prefix for rule in live.cache_rules}
    for template in live.creation_templates:
        if template.known_prefix != ROOT and template.known_prefix not in caches:
            yield f"the creation template {template.label} is left to its owner: no key says it"


def _caches(rules: Iterable[CacheRule]) -> tuple[list[AdoptedCache], list[str]]:
    found: dict[str, AdoptedCache] = {}
    notes = []
    for rule in rules:
        address = rule.upstream_registry_url or rule.upstream_registry
        try:
            upstream = UpstreamRegistry.parse(str(address))
        except InvalidValueError:
            notes.append(f"the cache {rule.label} is left out: its upstream {address} is not known")
            continue
        key = str(upstream.key) if UpstreamRegistry.parse(str(upstream.key)) == upstream else str(upstream)
        if key in found or rule.custom_role_arn is not None or rule.upstream_prefix is not None:
            why = (
                "a second one of its upstream" if key in found else "a cache with a role or a prefix upstream"
            )
            notes.append(f"the cache {rule.label} is left to its owner: no key says {why}")
            continue
        credential = rule.credential_arn
        found[key] = AdoptedCache(
            upstream=key,
            prefix=None if rule.known_prefix == upstream.default_prefix else rule.known_prefix,
            secret=secret_name(credential) if isinstance(credential, str) else None,
        )
    return list(found.values()), notes


def _prefix(cache: AdoptedCache) -> str:
    return UpstreamRegistry.parse(cache.upstream).default_prefix if cache.prefix is None else cache.prefix


def _manage(live: Registry, *, has_statements: bool) -> dict[str, str]:
    """Who owns what; a policy of which this blueprint makes no statement stays its owner's."""
    scanned = any(one.scan_type is not ScanType.BASIC or one.rules for one in live.scanning)
    rooted = any(one.known_prefix == ROOT for one in live.creation_templates)
    return {
        "scanning": "import" if scanned else "true",
        "registry_policy": ("import" if has_statements else "false") if live.policies else "true",
        "root_template": "import" if rooted else "true",
        "replication": "false" if live.replication else "true",
        "signing": "false" if live.signing else "true",
        **({"pull_time_exclusions": "import"} if live.pull_time_exclusions else {}),
    }


def _settings(live: Registry) -> Iterator[str]:
    if live.replication:
        yield "the replication that exists is left to its owner (manage.replication: false)"
    if live.signing:
        yield "the signing that exists is left to its owner, and so are its profiles (manage.signing: false)"
        profiles = [
            str(rule.profile_arn)
            for configuration in live.signing
            for rule in (configuration.rules if isinstance(configuration.rules, tuple) else ())
            if isinstance(rule, SigningRule)
        ]
        yield (
            "to take it over, write manage.signing: import and name under signing.profiles "
            f"{', '.join(dict.fromkeys(profiles))}; adopt --map says what else would be signed, or no longer"
        )
    for registry_policy in live.policies:
        policy = registry_policy.policy
        statements = policy.statements if isinstance(policy, AccessPolicy) else ()
        sids = [
            one.sid or f"statement {index + 1}"
            for index, one in enumerate(statements)
            if isinstance(one, Statement)
        ]
        yield (
            f"the registry policy has {', '.join(sids)}: where it is imported, statements that are not for "
            "the caches below would go (adopt --map says which)"
        )


def _patterns(pulled: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """The names, and for those that share their first part and are all there, one pattern."""
    wanted = set(pulled)
    done: set[str] = set()
    for name in pulled:
        first = name.partition("/")[0]
        family = [one for one in names if one.startswith(f"{first}/")]
        if len(family) > 1 and wanted.issuperset(family):
            if first not in done:
                done.add(first)
                yield f"{first}/*"
        else:
            yield name


def _record(repositories: Iterable[Repository]) -> Mapping[str, object]:
    """What ``aws ecr describe-repositories`` writes, as far as `ExistingRepositories` reads it."""
    found = []
    for repository in repositories:
        encryption = repository.encryption
        configuration = {"encryptionType": str(getattr(encryption, "type", "AES256"))}
        key = getattr(encryption, "kms_key", None)
        if isinstance(key, str):
            configuration["kmsKey"] = key
        found.append(
            {
                "repositoryArn": repository.source.arn,
                "repositoryName": str(repository.name),
                "encryptionConfiguration": configuration,
            }
        )
    return json.loads(json.dumps({"repositories": found}))  # type: ignore[no-any-return]
