"""The ledger that a registry keeps says what its template says, whatever is contributed in what order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.constructs.accepted_replication import AcceptedReplication
from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.create_on_push import CreateOnPush
from ecr_blueprints.constructs.helm_chart_template import HelmChartTemplate
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
from ecr_blueprints.constructs.registry_replication import RegistryReplication
from ecr_blueprints.constructs.registry_scanning import (
    DevelopmentScanning,
    RegistryScanning,
)
from ecr_blueprints.constructs.replication_target import ReplicationTarget
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.tags import (
    ExclusionFilter,
    MutabilityMode,
    TagMutability,
)
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.registry import effective
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.conflicts import find_conflicts
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.reviewer import Reviewer

Contribution = Callable[[PrivateRegistry], object]

PARTS = st.sampled_from(["dev", "prod", "base", "k8s", "hub", "a", "a--b", "x__y"])
PREFIXES = st.lists(PARTS, min_size=1, max_size=3).map("/".join).filter(lambda text: len(text) > 1)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join).filter(lambda text: len(text) > 1)
MUTABILITIES = st.sampled_from(
    [
        None,
        TagMutability(),
        TagMutability(mode=MutabilityMode.IMMUTABLE),
        TagMutability(mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("latest"),)),
    ]
)


@st.composite
def caches(draw: st.DrawFn) -> Contribution:
    upstream = draw(st.sampled_from(["k8s", "docker-hub", "ecr-public", "quay"]))
    prefix = draw(st.one_of(st.none(), PREFIXES, st.just("ROOT")))
    accounts = draw(st.lists(st.sampled_from(["222233334444", "333344445555"]), max_size=2))
    # A template under a frozen ROOT may be of a cache that comes later: that is left to the review.
    frozen = draw(st.booleans()) and prefix != "ROOT"

    def contribute(registry: PrivateRegistry) -> None:
        cache = registry.add_pull_through_cache(upstream, prefix=prefix, frozen=frozen)
        for account in accounts:
            cache.grant_pull_to_account(account, create=draw_create)

    draw_create = draw(st.booleans())
    return contribute


@st.composite
def templates(draw: st.DrawFn) -> Contribution:
    prefix = draw(st.one_of(PREFIXES, st.just("ROOT")))
    applied_for = draw(st.lists(st.sampled_from(AppliedFor), min_size=1, unique=True))
    mutability = draw(MUTABILITIES)
    tags = draw(st.dictionaries(st.sampled_from(["owner", "cost"]), st.just("us")))
    return lambda registry: registry.add_creation_template(
        prefix, applied_for=applied_for, tag_mutability=mutability, resource_tags=tags
    )


@st.composite
def repositories(draw: st.DrawFn) -> Contribution:
    name = draw(NAMES)
    place = draw(st.integers(0, 99))
    exception = draw(st.sampled_from(["older than the convention", None]))
    source = SourceLocation(construct_path=f"Stack/Repository{place}")
    return lambda registry: registry.declare_repository(
        Repository(source=source, name=name), exception=exception
    )


FILTERS = st.sampled_from(["prod/*", "dev/*", "*", "base/*", "k8s/*", "a/b/*", "hub*"])
TARGETS = st.sampled_from(
    [
        ReplicationTarget(region="eu-central-1"),
        ReplicationTarget(region="us-east-1", account="222233334444"),
        ReplicationTarget(region="eu-west-1"),
    ]
)


@st.composite
def signing_rules(draw: st.DrawFn) -> Contribution:
    filters = draw(st.lists(FILTERS, min_size=1, max_size=3))
    number = draw(st.integers(0, 99))
    return lambda registry: ManagedSigning(
        registry, f"Signing{number}", registry=registry, repositories=filters
    )


@st.composite
def replication_rules(draw: st.DrawFn) -> Contribution:
    prefixes = draw(st.lists(PREFIXES.map("{}/".format), min_size=1, max_size=3))
    targets = draw(st.lists(TARGETS, min_size=1, max_size=2))
    number = draw(st.integers(0, 99))
    return lambda registry: RegistryReplication(
        registry, f"Replication{number}", registry=registry, prefixes=prefixes, destinations=targets
    )


@st.composite
def accepted_replications(draw: st.DrawFn) -> Contribution:
    prefixes = draw(st.lists(PREFIXES.map("{}/".format), min_size=1, max_size=2))
    account = draw(st.sampled_from(["111122223333", "222233334444"]))
    number = draw(st.integers(0, 99))
    return lambda registry: AcceptedReplication(
        registry, f"Accepted{number}", registry=registry, source_account=account, prefixes=prefixes
    )


@st.composite
def pushed_prefixes(draw: st.DrawFn) -> Contribution:
    prefix = draw(PREFIXES)
    number = draw(st.integers(0, 99))
    return lambda registry: CreateOnPush(registry, f"Push{number}", registry=registry, prefix=prefix)


@st.composite
def build_caches(draw: st.DrawFn) -> Contribution:
    build = draw(NAMES)
    prefix = draw(st.one_of(st.just("cache"), PREFIXES))
    number = draw(st.integers(0, 99))
    return lambda registry: BuildCacheRepository(
        registry, f"BuildCache{number}", build=build, prefix=prefix, registry=registry, owner="us"
    )


@st.composite
def charts(draw: st.DrawFn) -> Contribution:
    prefix = draw(st.one_of(st.just("charts"), PREFIXES))
    created_on_push = draw(st.booleans())
    pushers = draw(st.lists(st.just("222233334444"), max_size=1))
    number = draw(st.integers(0, 99))
    return lambda registry: HelmChartTemplate(
        registry,
        f"Charts{number}",
        registry=registry,
        prefix=prefix,
        prefix_exception="charts have lain there for long",
        created_on_push=created_on_push,
        pusher_accounts=pushers,
    )


@st.composite
def exclusions(draw: st.DrawFn) -> Contribution:
    role = draw(st.sampled_from(["scanner", "ci"]))
    number = draw(st.integers(0, 99))
    return lambda registry: PullTimeUpdateExclusion(
        registry,
        f"Exclusion{number}",
        registry=registry,
        principal=f"arn:aws:iam::111122223333:role/{role}",
    )


def organization_wall(registry: PrivateRegistry) -> None:
    registry.deny_outside_organization("o-a1b2c3d4e5")


CONTRIBUTIONS = st.one_of(
    caches(),
    templates(),
    repositories(),
    signing_rules(),
    replication_rules(),
    accepted_replications(),
    pushed_prefixes(),
    build_caches(),
    charts(),
    exclusions(),
    st.just(organization_wall),
)


@st.composite
def registry_arguments(draw: st.DrawFn) -> dict[str, Any]:
    arguments: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"convention": "{stage}/{app}", "stages": {"dev": False, "prod": True}},
                {"convention": "{team}/{stage}/{app}", "stages": {"dev": False, "prod": True}},
                {"convention": "{stage}/{app}", "stages": {"dev": False, "prod": True}, "production": False},
                {"production": False},
                {"production": True},
                {},
            ]
        )
    )
    return {
        **arguments,
        "root_template": draw(st.booleans()),
        "scanning": RegistryScanning(development=draw(st.sampled_from(DevelopmentScanning))),
        "base_prefixes": draw(st.sampled_from([("base",), ("base", "golden/images")])),
    }


def comparable_template(template: CreationTemplate | None) -> CreationTemplate | None:
    """Without its place; whose role only deployment knows has one."""
    if template is None:
        return None
    role = "made" if isinstance(template.custom_role_arn, Unresolved) else template.custom_role_arn
    return replace(template, source=SourceLocation(), custom_role_arn=role)


def comparable_cache(rule: CacheRule | None) -> CacheRule | None:
    """Without its place, and without being meant to be frozen, which no template says."""
    if rule is None:
        return None
    secret = None if rule.credential is None else replace(rule.credential, source=SourceLocation())
    arn = "made" if isinstance(rule.credential_arn, Unresolved) else rule.credential_arn
    role = "made" if isinstance(rule.custom_role_arn, Unresolved) else rule.custom_role_arn
    return replace(
        rule,
        source=SourceLocation(),
        credential=secret,
        credential_arn=arn,
        custom_role_arn=role,
        frozen=None,
    )


def refusal(
    contribute: Contribution, registry: PrivateRegistry
) -> RegistryConflictError | InvalidValueError | None:
    """The error by which a contribution is refused; None if it is taken."""
    try:
        contribute(registry)
    except (RegistryConflictError, InvalidValueError) as error:
        return error
    return None


def scanning(registry: Registry) -> list[object]:
    return [(one.scan_type, one.rules) for one in registry.scanning]


def signed(registry: Registry, name: str) -> list[object]:
    rules = effective.signing_for(registry, name)
    assert not isinstance(rules, Unresolved)
    return [(rule.profile_arn, rule.filters) for rule in rules]


def policies(registry: Registry) -> list[object]:
    return [one.policy for one in registry.policies]


@given(
    arguments=registry_arguments(),
    contributions=st.lists(CONTRIBUTIONS, min_size=4, max_size=10),
    names=st.lists(NAMES, min_size=1, max_size=8),
)
@settings(max_examples=150)
def test_an_error_names_the_conflict_or_the_ledger_is_what_the_template_says(
    arguments: dict[str, Any], contributions: list[Contribution], names: list[str]
) -> None:
    directory = tempfile.mkdtemp()
    try:
        app = cdk.App(outdir=directory, analytics_reporting=False, tree_metadata=False)
        stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        registry = PrivateRegistry(stack, "Registry", **arguments)
        for contribute in contributions:
            before, children = registry.ledger, len(registry.node.children)
            error = refusal(contribute, registry)
            if error is None:
                continue
            event(type(error).__name__)
            assert registry.ledger == before
            assert len(registry.node.children) == children
            if isinstance(error, RegistryConflictError):
                assert error.fix
                assert str(error).count("; fix: ") == 1
                assert str(error).count("Stack/") >= 2, "both parties are named"
            else:
                assert error.allowed or error.fix
        app.synth()
        (found,) = read_registries([CloudAssembly.read(directory)])
    finally:
        shutil.rmtree(directory)
    ledger = registry.ledger
    assert (found.account, found.region) == (ledger.account, ledger.region)
    assert list(find_conflicts(ledger)) == []
    assert list(find_conflicts(found)) == []
    assert policies(found) == policies(ledger)
    assert scanning(found) == scanning(ledger)
    assert [one.principal_arn for one in found.pull_time_exclusions] == [
        one.principal_arn for one in ledger.pull_time_exclusions
    ]
    prefixes = [
        *(rule.known_prefix for rule in ledger.cache_rules),
        *(template.known_prefix for template in ledger.creation_templates),
    ]
    declared = [repository.known_name or "" for repository in ledger.repositories]
    for name in (*names, *(f"{prefix}/a" for prefix in prefixes), *declared):
        for mechanism in (None, *AppliedFor):
            assert comparable_template(effective.template_for(found, name, mechanism)) == comparable_template(
                effective.template_for(ledger, name, mechanism)
            )
        assert comparable_cache(effective.cache_for(found, name)) == comparable_cache(
            effective.cache_for(ledger, name)
        )
        assert effective.scanning_for(found, name) == effective.scanning_for(ledger, name)
        assert effective.scanning_under(found, name) == effective.scanning_under(ledger, name)
        assert signed(found, name) == signed(ledger, name)
        assert effective.replication_for(found, name) == effective.replication_for(ledger, name)
    layers = {one.names for one in ledger.build_caches}
    for name in declared:
        if name in layers:
            continue  # Nothing of it runs: it is scanned where a wider rule covers it, and nobody is told.
        scanned = effective.scanning_for(found, name)
        assert isinstance(scanned, effective.EffectiveScanning)
        if ledger.is_production(name) is not False:
            assert scanned.frequency == "CONTINUOUS_SCAN", "unless declared development, as production"
        assert (scanned.frequency is None) == (name in registry.unscanned)


@given(
    # Who chose to leave development unscanned is told so, by the review too.
    arguments=registry_arguments().filter(
        lambda chosen: chosen["scanning"].development is not DevelopmentScanning.NONE
    ),
    contributions=st.lists(CONTRIBUTIONS, min_size=6, max_size=14),
)
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_what_is_taken_passes_cfn_lint_and_the_review(
    arguments: dict[str, Any], contributions: list[Contribution], lint: Callable[[dict[str, Any]], list[str]]
) -> None:
    directory = tempfile.mkdtemp()
    try:
        app = cdk.App(outdir=directory, analytics_reporting=False, tree_metadata=False)
        stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        registry = PrivateRegistry(stack, "Registry", **arguments)
        for contribute in contributions:
            refusal(contribute, registry)
        assert lint(app.synth().get_stack_by_name("Stack").template) == []
        report = Reviewer().review(read_registries([CloudAssembly.read(directory)]))
    finally:
        shutil.rmtree(directory)
    assert [(one.rule_id, one.message) for one in report.failures] == []
