"""The calls of ECR's API that bring what exists in line with what is declared of it.

None of them deletes anything: neither a repository nor an image nor a policy. A repository policy in the
place of another one takes away what it does not allow, and a lifecycle policy may delete images once it is
there; the differences beside the calls say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from ecr_blueprints.domain.repository_filter import (
    REPLICATION_FILTER_TYPE,
    SCANNING_FILTER_TYPE,
    SIGNING_FILTER_TYPE,
)
from ecr_blueprints.domain.tags import EXCLUSION_FILTER_TYPE, TagMutability
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.api_call import ApiCall
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.policy_text import render_policy
from ecr_blueprints.registry.replication_configuration import ReplicationConfiguration
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.signing_configuration import SigningConfiguration
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = [
    "align_cache",
    "align_policy",
    "align_replication",
    "align_repository",
    "align_scanning",
    "align_signing",
    "align_template",
]


class _UnknownError(Exception):
    """Only deployment determines a value of the call."""


def align_repository(
    live: Repository, declared: Repository, properties: Iterable[str]
) -> Iterator[tuple[str, ApiCall]]:
    """The calls for a repository, each with the property that it brings in line.

    Args:
        live: The repository that exists.
        declared: What it shall be.
        properties: What differs. The encryption has no call: it is fixed at creation.
    """
    name = {"repositoryName": str(live.name)}
    builders: dict[str, Callable[[], ApiCall | None]] = {
        "ImageTagMutability": lambda: ApiCall(
            operation="PutImageTagMutability", parameters={**name, **_mutability(declared.tag_mutability)}
        ),
        "LifecyclePolicy": lambda: _with_text(
            "PutLifecyclePolicy", name, "lifecyclePolicyText", _lifecycle(declared.lifecycle_policy)
        ),
        "RepositoryPolicyText": lambda: _with_text(
            "SetRepositoryPolicy", name, "policyText", _policy(declared.policy)
        ),
        "Tags": lambda: _tag(live, declared),
    }
    yield from _built(builders, properties)


def align_template(declared: CreationTemplate, properties: Iterable[str]) -> Iterator[tuple[str, ApiCall]]:
    """The call for a creation template; it changes what ECR makes from then on.

    Args:
        declared: What it shall be.
        properties: What differs.
    """
    members: dict[str, Callable[[], Mapping[str, Any] | None]] = {
        "AppliedFor": lambda: {"appliedFor": sorted(_known_list(declared.applied_for))},
        "EncryptionConfiguration": lambda: {"encryptionConfiguration": _encryption(declared.encryption)},
        "ImageTagMutability": lambda: _mutability(declared.tag_mutability),
        "LifecyclePolicy": lambda: _member("lifecyclePolicy", _lifecycle(declared.lifecycle_policy)),
        "RepositoryPolicy": lambda: _member("repositoryPolicy", _policy(declared.policy)),
        "ResourceTags": lambda: {"resourceTags": _tags(declared.resource_tags)},
    }
    wanted = tuple(dict.fromkeys(properties))

    def call() -> ApiCall | None:
        changed = [members[name]() for name in wanted if name in members]
        parameters: dict[str, Any] = {"prefix": declared.known_prefix}
        for one in changed:
            parameters.update(one or {})
        if len(parameters) == 1:
            return None
        if isinstance(declared.custom_role_arn, str):
            parameters["customRoleArn"] = declared.custom_role_arn
        return ApiCall(operation="UpdateRepositoryCreationTemplate", parameters=parameters)

    for name in wanted:
        yield from _built({name: call}, [name])
        return


def align_cache(declared: CacheRule, properties: Iterable[str]) -> Iterator[tuple[str, ApiCall]]:
    """The call for a pull-through cache rule, of which ECR changes the credential and the role only.

    Args:
        declared: What it shall be.
        properties: What differs.
    """

    def call(member: str, value: object) -> ApiCall | None:
        if not isinstance(value, str):
            return None
        return ApiCall(
            operation="UpdatePullThroughCacheRule",
            parameters={"ecrRepositoryPrefix": declared.known_prefix, member: value},
        )

    yield from _built(
        {
            "CredentialArn": lambda: call("credentialArn", declared.credential_arn),
            "CustomRoleArn": lambda: call("customRoleArn", declared.custom_role_arn),
        },
        properties,
    )


def align_policy(policy: object) -> Iterator[tuple[str, ApiCall]]:
    """The call for the registry policy.

    Args:
        policy: What it shall be.
    """
    yield from _built(
        {"PolicyText": lambda: _with_text("PutRegistryPolicy", {}, "policyText", _policy(policy))},
        ["PolicyText"],
    )


def align_scanning(declared: ScanningConfiguration) -> Iterator[tuple[str, ApiCall]]:
    """The call for the scanning configuration.

    Args:
        declared: What it shall be.
    """

    def call() -> ApiCall:
        rules = [
            {
                "scanFrequency": _known(rule.frequency),
                "repositoryFilters": _filters(rule.filters, SCANNING_FILTER_TYPE),
            }
            for rule in map(_known, _known_list(declared.rules))
        ]
        return ApiCall(
            operation="PutRegistryScanningConfiguration",
            parameters={"scanType": _known(declared.scan_type), "rules": rules},
        )

    yield from _built({"Rules": call}, ["Rules"])


def align_replication(declared: ReplicationConfiguration) -> Iterator[tuple[str, ApiCall]]:
    """The call for the replication configuration.

    Args:
        declared: What it shall be.
    """

    def call() -> ApiCall:
        rules = []
        for rule in map(_known, _known_list(declared.rules)):
            rendered: dict[str, Any] = {
                "destinations": [
                    {"region": _known(one.region), "registryId": _known(one.registry_id)}
                    for one in map(_known, _known_list(rule.destinations))
                ]
            }
            if rule.filters:
                rendered["repositoryFilters"] = _filters(rule.filters, REPLICATION_FILTER_TYPE)
            rules.append(rendered)
        return ApiCall(
            operation="PutReplicationConfiguration", parameters={"replicationConfiguration": {"rules": rules}}
        )

    yield from _built({"ReplicationConfiguration": call}, ["ReplicationConfiguration"])


def align_signing(declared: SigningConfiguration) -> Iterator[tuple[str, ApiCall]]:
    """The call for the signing configuration; none where the stack makes a profile of its own.

    Args:
        declared: What it shall be.
    """

    def call() -> ApiCall:
        rules = []
        for rule in map(_known, _known_list(declared.rules)):
            rendered: dict[str, Any] = {"signingProfileArn": _known(rule.profile_arn)}
            if rule.filters:
                rendered["repositoryFilters"] = _filters(rule.filters, SIGNING_FILTER_TYPE)
            rules.append(rendered)
        return ApiCall(
            operation="PutSigningConfiguration", parameters={"signingConfiguration": {"rules": rules}}
        )

    yield from _built({"Rules": call}, ["Rules"])


_NOTHING: Final[tuple[Any, ...]] = ()


def _built(
    builders: Mapping[str, Callable[[], ApiCall | None]], properties: Iterable[str]
) -> Iterator[tuple[str, ApiCall]]:
    for name in dict.fromkeys(properties):
        try:
            call = builders[name]() if name in builders else None
        except _UnknownError:
            continue
        if call is not None:
            yield name, call


def _with_text(operation: str, named: Mapping[str, Any], member: str, document: object) -> ApiCall | None:
    return None if document is None else ApiCall(operation=operation, parameters={**named, member: document})


def _member(name: str, value: object) -> Mapping[str, Any] | None:
    return None if value is None else {name: value}


def _known(value: Any) -> Any:
    """The value itself; what is unknown or malformed ends the call."""
    if isinstance(value, Unresolved | Malformed):
        raise _UnknownError
    return value


def _known_list(values: Any) -> tuple[Any, ...]:
    known = _known(values)
    return tuple(known) if known else _NOTHING


def _filters(filters: Any, kind: str) -> list[dict[str, str]]:
    return [{"filter": _known(one), "filterType": kind} for one in _known_list(filters)]


def _mutability(value: Any) -> Mapping[str, Any]:
    mutability: TagMutability = _known(value)
    rendered: dict[str, Any] = {"imageTagMutability": mutability.mode.value}
    if mutability.exclusions:
        rendered["imageTagMutabilityExclusionFilters"] = [
            {"filterType": EXCLUSION_FILTER_TYPE, "filter": one.pattern} for one in mutability.exclusions
        ]
    return rendered


def _lifecycle(text: Any) -> Any:
    return None if text is None else json.loads(_known(text))


def _policy(value: Any) -> Any:
    if value is None:
        return None
    policy: AccessPolicy = _known(value)
    return _known(render_policy(policy))


def _encryption(value: Any) -> Mapping[str, str]:
    encryption: Encryption = _known(value)
    rendered = {"encryptionType": str(_known(encryption.type))}
    if encryption.kms_key is not None:
        rendered["kmsKey"] = _known(encryption.kms_key)
    return rendered


def _tags(tags: Any) -> list[dict[str, str]]:
    return [{"Key": key, "Value": _known(value)} for key, value in _known(tags).items()]


def _tag(live: Repository, declared: Repository) -> ApiCall | None:
    had = {} if isinstance(live.tags, Unresolved) else live.tags
    wanted = [one for one in _tags(declared.tags) if had.get(one["Key"]) != one["Value"]]
    if not wanted:
        return None
    return ApiCall(operation="TagResource", parameters={"resourceArn": live.source.arn, "tags": wanted})
