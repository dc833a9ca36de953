"""A registry as a person wants to see it: what exists, with which settings."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.rule import ActionType, CountType, LifecycleRule, StorageClass, TagStatus
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule

__all__ = ["render_registry_listing"]

_WIDTH = 80
_SCANNED = {"CONTINUOUS_SCAN": "continuously", "SCAN_ON_PUSH": "on push"}


def render_registry_listing(registry: Registry) -> str:
    """Lists one registry in at most 80 columns.

    Args:
        registry: From any source.

    Returns:
        The text, with a line feed at the end. The CDK bootstrap's own asset repositories are counted
        and not listed.
    """
    return "\n".join(_lines(registry)) + "\n"


def _lines(registry: Registry) -> Iterator[str]:
    own = [repository for repository in registry.repositories if not repository.is_cdk_asset_repository]
    assets = len(registry.repositories) - len(own)
    yield f"Registry {registry.label}"
    for configuration in registry.scanning:
        yield from _scanning(configuration)
    for template in sorted(registry.creation_templates, key=lambda one: one.label):
        mechanisms = template.applied_for if isinstance(template.applied_for, tuple) else ()
        words = ", ".join(str(mechanism).lower().replace("_", "-") for mechanism in mechanisms)
        yield from _wrapped(
            f"  template  {template.label}: ", f"{words}; {_lifecycle(template.lifecycle_policy)}"
        )
    for rule in sorted(registry.cache_rules, key=lambda one: one.label):
        credential = ", with a credential" if rule.credential_arn is not None else ""
        yield f"  cache     {rule.label}/… of {rule.upstream_registry_url}{credential}"
    for policy in registry.policies:
        statements = getattr(policy.policy, "statements", ())
        yield f"  policy    {len(statements)} statement{'' if len(statements) == 1 else 's'}"
    yield ""
    for settings, names in _by_settings(registry, own).items():
        yield from _wrapped("  ", settings)
        yield from _wrapped("    ", " ".join(names))
        yield ""
    noun = "repository" if len(own) == 1 else "repositories"
    yield f"  {len(own)} {noun}" + (f", and {assets} of the CDK's own for assets" if assets else "")


def _scanning(configuration: ScanningConfiguration) -> Iterator[str]:
    if not isinstance(configuration.rules, tuple):
        return
    yield f"  scanning  {configuration.scan_type}"
    for rule in configuration.rules:
        if isinstance(rule, ScanningRule) and isinstance(rule.filters, tuple):
            frequency = _SCANNED.get(str(rule.frequency), str(rule.frequency))
            yield from _wrapped(f"            {frequency}: ", ", ".join(str(text) for text in rule.filters))


def _by_settings(registry: Registry, repositories: list[Repository]) -> dict[str, list[str]]:
    """The repositories' names under the words for their settings, in the order of the first of each."""
    groups: dict[str, list[str]] = {}
    for repository in repositories:
        lifecycle = _lifecycle(repository.lifecycle_policy)
        words = f"{_tags(repository)}, {_scanned(registry, repository)}; {lifecycle}"
        groups.setdefault(words, []).append(repository.label)
    return groups


def _tags(repository: Repository) -> str:
    mutability = repository.tag_mutability
    if not isinstance(mutability, TagMutability):
        return "tag mutability not known"
    word = "immutable" if mutability.mode.startswith("IMMUTABLE") else "mutable"
    excluded = ", ".join(exclusion.pattern for exclusion in mutability.exclusions)
    return f"{word} but for {excluded}" if excluded else word


def _scanned(registry: Registry, repository: Repository) -> str:
    scanning = scanning_for(registry, repository.known_name or "")
    if not isinstance(scanning, EffectiveScanning):
        return "scanning not known"
    if scanning.frequency is None:
        return "not scanned" if scanning.scan_type is ScanType.ENHANCED else "scanned by hand"
    return f"scanned {_SCANNED.get(scanning.frequency, scanning.frequency)}"


def _lifecycle(text: object) -> str:
    if text is None:
        return "no lifecycle policy"
    if not isinstance(text, str):
        return "not known"
    try:
        rules = parse_lifecycle_policy(text).in_priority_order
    except LifecyclePolicyError:
        return "the lifecycle policy is not valid"
    kept = [_selection(rule) for rule in rules if _keeps(rule)]
    going = "; ".join(_rule(rule) for rule in rules if not _keeps(rule))
    words = [f"keeps {', '.join(kept)}" if kept else "", f"drops {going}" if going else "drops nothing"]
    return "; ".join(word for word in words if word)


def _keeps(rule: LifecycleRule) -> bool:
    """Whether the rule is there to keep images from the rules behind it."""
    return rule.is_shield and rule.effective_storage_class is StorageClass.STANDARD


def _rule(rule: LifecycleRule) -> str:
    selection = _selection(rule)
    if rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        when = f"beyond the newest {rule.count_number}"
    else:
        when = {
            CountType.SINCE_IMAGE_PUSHED: f"after {rule.count_number} d",
            CountType.SINCE_IMAGE_PULLED: f"after {rule.count_number} d without a pull",
            CountType.SINCE_IMAGE_TRANSITIONED: f"after {rule.count_number} d in the archive",
        }[rule.count_type]
    archived = " (to the archive)" if rule.action is ActionType.TRANSITION else ""
    return f"{selection} {when}{archived}"


def _selection(rule: LifecycleRule) -> str:
    if rule.tag_status is TagStatus.TAGGED:
        return "+".join(rule.tag_patterns or tuple(f"{prefix}*" for prefix in rule.tag_prefixes))
    return "untagged" if rule.tag_status is TagStatus.UNTAGGED else "any image"


def _wrapped(head: str, text: str) -> Iterator[str]:
    """The text behind its head, continued under itself."""
    room = max(_WIDTH - len(head), 20)
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield head + line
            head, line = " " * len(head), word
        else:
            line = f"{line} {word}" if line else word
    yield head + line
