"""The ledger that a registry keeps says what its template says, whatever is contributed in what order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_scanning import (
    DevelopmentScanning,
    RegistryScanning,
)
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

    def contribute(registry: PrivateRegistry) -> None:
        cache = registry.add_pull_through_cache(upstream, prefix=prefix)
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
    """Without its place; whose secret is made has one."""
    if rule is None:
        return None
    secret = None if rule.credential is None else replace(rule.credential, source=SourceLocation())
    arn = "made" if isinstance(rule.credential_arn, Unresolved) else rule.credential_arn
    return replace(rule, source=SourceLocation(), credential=secret, credential_arn=arn)


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


def policies(registry: Registry) -> list[object]:
    return [one.policy for one in registry.policies]


@given(
    arguments=registry_arguments(),
    contributions=st.lists(st.one_of(caches(), templates(), repositories()), min_size=4, max_size=8),
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
    for name in declared:
        scanned = effective.scanning_for(found, name)
        assert isinstance(scanned, effective.EffectiveScanning)
        if ledger.is_production(name) is not False:
            assert scanned.frequency == "CONTINUOUS_SCAN", "unless declared development, as production"
        assert (scanned.frequency is None) == (name in registry.unscanned)
