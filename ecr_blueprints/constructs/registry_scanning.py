"""How the images of a registry are scanned: the choice, and the rules that follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments, member_of
from ecr_blueprints.constructs.stage_patterns import expressible, stage_patterns, tells_stages
from ecr_blueprints.domain.repository_filter import (
    MAX_SCANNING_FILTER_LENGTH,
    CachePrefix,
    CreationTemplatePrefix,
    ScanningFilter,
)
from ecr_blueprints.domain.scanning import MAX_FILTERS_PER_SCANNING_RULE, ScanFrequency, ScanType
from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.domain.wildcard import WILDCARD, covers
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for, scanning_under
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["DevelopmentScanning", "RegistryScanning", "ScanningPlan", "find_unscanned", "plan_scanning"]

_WHERE = "RegistryScanning"


class DevelopmentScanning(StrEnum):
    """How images are scanned that are neither production, nor bases, nor cached."""

    ON_PUSH = "on-push"
    """Once, when they are pushed."""

    CONTINUOUS = "continuous"
    """As production is."""

    NONE = "none"
    """Not at all: `PrivateRegistry.unscanned` lists what that leaves unscanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryScanning:
    """How the images of a registry are scanned.

    Production, base images and caches are always scanned as thoroughly as the scan type can: continuously by
    Amazon Inspector. Where nothing declares what production is, everything is.

    Attributes:
        scan_type: ``ENHANCED`` (Amazon Inspector, which bills for it) or ``BASIC``. Default: ``ENHANCED``.
        development: How everything else is scanned. Default: on push.
        allow_basic_for_production: Whether ``BASIC`` is accepted where production is declared: it sees no
            language packages and scans only on push (facts §5). Default: no.

    Raises:
        InvalidValueError: A value that is none of these, or ``BASIC`` together with continuous scanning,
            which it does not know.

    Practices: SCAN-1
    """

    scan_type: ScanType = ScanType.ENHANCED
    development: DevelopmentScanning = DevelopmentScanning.ON_PUSH
    allow_basic_for_production: bool = False

    def __post_init__(self) -> None:
        """Check what does not go together."""
        scan_type = member_of(ScanType, self.scan_type, argument="scan_type", where=_WHERE)
        development = member_of(DevelopmentScanning, self.development, argument="development", where=_WHERE)
        object.__setattr__(self, "scan_type", scan_type)
        object.__setattr__(self, "development", development)
        accepted = {"allow_basic_for_production": FLAG}
        given = {"allow_basic_for_production": self.allow_basic_for_production}
        check_arguments(given, accepted, where=_WHERE, required=accepted)
        if self.scan_type is ScanType.BASIC and self.development is DevelopmentScanning.CONTINUOUS:
            raise InvalidValueError(
                "BASIC scanning knows no continuous scan",
                where="RegistryScanning(development=…)",
                allowed="on-push, none",
                fix="use scan_type=ENHANCED, or development=ON_PUSH",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanningPlan:
    """The rules that follow from the choice and from what the registry holds.

    Attributes:
        scan_type: As chosen.
        rules: One or two, never none, each with 1 to 100 filters.
        thorough: The filters of what is scanned as thoroughly as the scan type can.
    """

    scan_type: ScanType
    rules: tuple[ScanningRule, ...]
    thorough: tuple[str, ...]

    def lacks(self, registry: Registry, repository: Repository) -> bool:
        """Whether a repository needs a filter that the rules do not have.

        Args:
            registry: The registry, for what is declared of production.
            repository: The repository; one that is declared not to be production needs none.
        """
        name = repository.known_name
        if name is None or not repository.holds_images or registry.is_production(name) is False:
            return False
        return not any(ScanningFilter(one).matches(name) for one in self.thorough)


def plan_scanning(options: RegistryScanning, registry: Registry) -> ScanningPlan:
    """The rules for a registry with these caches, templates and repositories.

    Args:
        options: The choice.
        registry: What the registry holds; its own scanning configuration is ignored.

    Raises:
        InvalidValueError: ``BASIC`` where production is declared, nothing to scan at all, or more filters
            than a rule can hold.
    """
    scope = registry.production
    if (
        options.scan_type is ScanType.BASIC
        and _declares_production(scope)
        and not options.allow_basic_for_production
    ):
        raise InvalidValueError(
            "BASIC scanning where production is declared",
            where="RegistryScanning(scan_type=…)",
            allowed="ENHANCED",
            fix="use scan_type=ENHANCED, or set allow_basic_for_production=True and know what is not seen",
        )
    thorough = _thorough_filters(options, registry)
    _check_number(options, thorough, registry)
    rules = _rules(options, thorough)
    if not rules:
        raise InvalidValueError(
            "nothing would be scanned: no production, no bases, no caches, and development is none",
            where="RegistryScanning(development=…)",
            allowed="on-push, continuous",
            fix="choose one of them, or leave scanning unmanaged",
        )
    return ScanningPlan(scan_type=options.scan_type, rules=rules, thorough=thorough)


def _declares_production(scope: ProductionScope) -> bool:
    if scope.whole_registry is not None:
        return scope.whole_registry
    return scope.stages is not None and any(stage.production for stage in scope.stages.stages)


def _thorough_filters(options: RegistryScanning, registry: Registry) -> tuple[str, ...]:
    scope = registry.production
    declared = scope.whole_registry is not None or tells_stages(scope)
    if scope.whole_registry or not declared or options.development is DevelopmentScanning.CONTINUOUS:
        return (WILDCARD,)
    filters: list[str] = []
    if scope.whole_registry is None:
        filters += stage_patterns(scope, production=True)
    filters += [expressible(CreationTemplatePrefix(prefix).pattern) for prefix in registry.base_prefixes]
    filters += [
        expressible(CachePrefix(rule.known_prefix).pattern)
        for rule in registry.cache_rules
        if rule.known_prefix is not None
    ]
    for repository in registry.repositories:
        name = repository.known_name
        if name is None or not repository.holds_images or registry.is_production(name) is False:
            continue
        if not any(ScanningFilter(one).matches(name) for one in filters):
            filters.append(_starting_with(name))
    return _without_redundant(filters)


def _rules(options: RegistryScanning, thorough: tuple[str, ...]) -> tuple[ScanningRule, ...]:
    rest = (
        (WILDCARD,) if options.development is DevelopmentScanning.ON_PUSH and thorough != (WILDCARD,) else ()
    )
    if options.scan_type is ScanType.BASIC:
        filters = rest if rest else thorough
        return (_rule(ScanFrequency.SCAN_ON_PUSH, filters),) if filters else ()
    rules = []
    if thorough:
        rules.append(_rule(ScanFrequency.CONTINUOUS_SCAN, thorough))
    if rest:
        rules.append(_rule(ScanFrequency.SCAN_ON_PUSH, rest))
    return tuple(rules)


def _check_number(options: RegistryScanning, thorough: tuple[str, ...], registry: Registry) -> None:
    """Refuse more filters than a rule takes, with what makes them fewer."""
    basic = options.scan_type is ScanType.BASIC
    if len(thorough) <= MAX_FILTERS_PER_SCANNING_RULE or (
        basic and options.development is DevelopmentScanning.ON_PUSH
    ):
        return
    of_repositories = set(thorough) & {
        _starting_with(one.known_name) for one in registry.repositories if one.known_name is not None
    }
    wider = DevelopmentScanning.ON_PUSH if basic else DevelopmentScanning.CONTINUOUS
    fix = f"set development=DevelopmentScanning.{wider.name}: one filter then covers everything"
    if len(thorough) - len(of_repositories) < MAX_FILTERS_PER_SCANNING_RULE:
        fix += ", or bring the names of the repositories under the convention or a base prefix"
    frequency = ScanFrequency.SCAN_ON_PUSH if basic else ScanFrequency.CONTINUOUS_SCAN
    raise InvalidValueError(
        f"the {frequency} rule of the registry scanning configuration would have {len(thorough)} filters, "
        f"{len(of_repositories)} of them for single repositories",
        where="RegistryScanning(development=…)",
        allowed=f"at most {MAX_FILTERS_PER_SCANNING_RULE}",
        fix=fix,
    )


def _rule(frequency: ScanFrequency, filters: tuple[str, ...]) -> ScanningRule:
    for text in filters:
        ScanningFilter(text)
    return ScanningRule(frequency=frequency, filters=filters)


def find_unscanned(plan: ScanningPlan, registry: Registry) -> tuple[str, ...]:
    """What no rule of a plan covers: stages and template prefixes as filters, then declared repositories.

    Args:
        plan: The rules.
        registry: What the registry holds.
    """
    configuration = ScanningConfiguration(source=SourceLocation(), scan_type=plan.scan_type, rules=plan.rules)
    scanned = replace(registry, scanning=(configuration,))
    covered = [ScanningFilter(text).pattern for rule in plan.rules for text in _known(rule)]
    left: list[str] = []
    scope = registry.production
    names = stage_patterns(scope, production=False) if scope.whole_registry is None else [WILDCARD]
    if scope.whole_registry is None and not tells_stages(scope):
        names = []
    left += [
        name
        for name in names
        if not any(covers(pattern, ScanningFilter(name).pattern) for pattern in covered)
    ]
    for template in registry.creation_templates:
        prefix = template.known_prefix
        if prefix is None or CreationTemplatePrefix(prefix).is_root:
            continue
        if _is_left(scanning_under(scanned, prefix)):
            left.append(CreationTemplatePrefix(prefix).pattern)
    for repository in registry.repositories:
        name = repository.known_name
        if name is not None and repository.holds_images and _is_left(scanning_for(scanned, name)):
            left.append(name)
    return tuple(dict.fromkeys(left))


def _is_left(effective: object) -> bool:
    return isinstance(effective, EffectiveScanning) and effective.frequency is None


def _known(rule: ScanningRule) -> Iterable[str]:
    return [text for text in rule.filters if isinstance(text, str)] if isinstance(rule.filters, tuple) else []


def _starting_with(name: str) -> str:
    longest = MAX_SCANNING_FILTER_LENGTH - len(WILDCARD)
    return f"{expressible(name)[:longest].rstrip('._-/*')}{WILDCARD}"


def _without_redundant(filters: Iterable[str]) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(filters))
    patterns = {one: ScanningFilter(one).pattern for one in unique}
    return tuple(
        one
        for one in unique
        if not any(
            covers(patterns[other], patterns[one])
            and not (covers(patterns[one], patterns[other]) and unique.index(one) < unique.index(other))
            for other in unique
            if other != one
        )
    )
