"""What of the templates exists already, and is imported."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.difference import Drift, Impact
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import plan_import, possible_owners
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.stack_owner import StackOwner
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT, REGION = "111122223333", "eu-west-1"
SOMEWHERE = SourceLocation(arn="arn:aws:ecr:eu-west-1:111122223333:repository/x")
REPOSITORY = "AWS::ECR::Repository"
POLICY = RegistryPolicy(source=SOMEWHERE, policy=Unresolved("some policy"))


def candidate(logical_id: str, kind: str, identifier: Any, **more: Any) -> ImportCandidate:
    return ImportCandidate(
        stack=more.pop("stack", "registry"),
        logical_id=logical_id,
        resource_type=f"AWS::ECR::{kind}",
        identifier=identifier,
        source=SourceLocation(template="t.json", logical_id=logical_id),
        **more,
    )


def live(*names: str, **more: Any) -> Registry:
    repositories = tuple(Repository(source=SOMEWHERE, name=name) for name in names)
    return Registry(account=ACCOUNT, region=REGION, repositories=repositories, **more)


def test_what_exists_is_mapped_stack_by_stack() -> None:
    plan = plan_import(
        live("prod/api", "prod/web").with_policy(POLICY),
        Registry(account=ACCOUNT, region=REGION),
        [
            candidate("Policy", "RegistryPolicy", ACCOUNT),
            candidate("Api", "Repository", "prod/api", stack="payments"),
            candidate("New", "Repository", "prod/new", stack="payments"),
        ],
    )

    registry, payments = plan.stacks
    assert (registry.stack, dict(registry.mapping)) == ("registry", {"Policy": {"RegistryId": ACCOUNT}})
    assert dict(payments.mapping) == {"Api": {"RepositoryName": "prod/api"}}
    assert [one.logical_id for one in payments.new] == ["New"]
    assert plan.undeclared == ("repository prod/web",)
    assert not plan.loses


def test_cached_and_bootstrap_repositories_are_nobody_s() -> None:
    assets = Repository(source=SOMEWHERE, name="cdk-x-container-assets-1", is_cdk_asset_repository=True)
    cache = CacheRule(source=SOMEWHERE, prefix="hub")
    there = live("hub/nginx", cache_rules=(cache,)).with_repository(assets)

    plan = plan_import(there, Registry(), [candidate("Hub", "PullThroughCacheRule", "hub")])

    assert plan.undeclared == ()
    assert plan.cached == 1


def test_the_scanning_that_every_registry_has_is_created_over() -> None:
    basic = ScanningConfiguration(source=SOMEWHERE, scan_type=ScanType.BASIC)
    enhanced = ScanningConfiguration(source=SOMEWHERE, scan_type=ScanType.ENHANCED)
    scanning = [candidate("Scanning", "RegistryScanningConfiguration", ACCOUNT)]

    assert not plan_import(live().with_scanning(basic), Registry(), scanning).stacks[0].imported
    assert plan_import(live().with_scanning(enhanced), Registry(), scanning).stacks[0].imported


def test_what_cloudformation_would_refuse_is_told_before() -> None:
    exclusion = PullTimeExclusion(source=SOMEWHERE, principal_arn="arn:role")
    there = live("prod/api", "prod/web", pull_time_exclusions=(exclusion,))

    plan = plan_import(
        there,
        Registry(),
        [
            candidate("Scanner", "PullTimeUpdateExclusion", "arn:role", has_deletion_policy=False),
            candidate("Api", "Repository", "prod/api", refers_to=frozenset({"Role"})),
            candidate("Web", "Repository", "prod/web", refers_to=frozenset({"Api"})),
        ],
    )

    (stack,) = plan.stacks
    assert stack.imported == ()
    reasons = {one.candidate.logical_id: one.reason for one in stack.blocked}
    assert "no DeletionPolicy" in reasons["Scanner"]
    assert reasons["Api"] == "it refers to Role, which is not there before the stack is deployed"
    assert reasons["Web"] == "it refers to Api, which is not there before the stack is deployed"
    assert plan.loses


def owner(stack: str, logical_id: str) -> StackOwner:
    return StackOwner(stack=stack, logical_id=logical_id)


def test_what_another_stack_owns_is_released_there_first() -> None:
    there = live("prod/api", "prod/web").with_owners(
        {
            (REPOSITORY, "prod/api"): owner("payments", "Api"),
            (REPOSITORY, "prod/web"): owner("a-team-s-own", "W"),
        }
    )

    plan = plan_import(
        there,
        Registry(),
        [
            candidate("Api", "Repository", "prod/api", stack="payments"),
            candidate("Web", "Repository", "prod/web", stack="payments"),
        ],
    )

    (stack,) = plan.stacks
    assert [one.logical_id for one in stack.owned] == ["Api"]
    assert stack.mapping == {}
    assert [one.reason for one in stack.blocked] == [
        "the stack a-team-s-own owns it: release it there first, with DeletionPolicy: Retain"
    ]


def test_what_was_released_is_imported_whatever_its_tag_says() -> None:
    released = Repository(source=SOMEWHERE, name="prod/api", tagged_stack="payments")
    there = Registry(account=ACCOUNT, region=REGION, repositories=(released,)).with_owners({})
    ours, other = (
        candidate("Api", "Repository", "prod/api", stack=one) for one in ("payments", "payments-2")
    )

    for declared in (ours, other):
        (stack,) = plan_import(there, Registry(), [declared]).stacks
        assert (stack.owned, stack.blocked) == ((), ())
        assert dict(stack.mapping) == {"Api": {"RepositoryName": "prod/api"}}


def test_what_the_stack_holds_under_another_logical_id_is_released_first() -> None:
    there = live("prod/api").with_owners({(REPOSITORY, "prod/api"): owner("payments", "Old")})

    (stack,) = plan_import(
        there, Registry(), [candidate("New", "Repository", "prod/api", stack="payments")]
    ).stacks

    assert stack.mapping == {}
    assert [one.reason for one in stack.blocked] == [
        "the stack holds it already, as Old: keep that logical ID, or release it first, "
        "with DeletionPolicy: Retain"
    ]


def test_settings_and_caches_have_owners_too() -> None:
    there = live(cache_rules=(CacheRule(source=SOMEWHERE, prefix="hub"),)).with_policy(POLICY)
    there = there.with_owners(
        {
            ("AWS::ECR::RegistryPolicy", ACCOUNT): owner("registry", "Policy"),
            ("AWS::ECR::PullThroughCacheRule", "hub"): owner("caches", "Hub"),
        }
    )

    (stack,) = plan_import(
        there,
        Registry(),
        [candidate("Policy", "RegistryPolicy", ACCOUNT), candidate("Hub", "PullThroughCacheRule", "hub")],
    ).stacks

    assert [one.logical_id for one in stack.owned] == ["Policy"]
    assert [one.candidate.logical_id for one in stack.blocked] == ["Hub"]


def test_the_stacks_to_ask_are_those_declared_and_those_that_a_tag_names() -> None:
    there = Registry(
        repositories=(
            Repository(source=SOMEWHERE, name="prod/api", tagged_stack="old"),
            Repository(source=SOMEWHERE, name="prod/web", tagged_stack="somebody-s"),
            Repository(source=SOMEWHERE, name="prod/by-hand"),
            Repository(
                source=SOMEWHERE,
                name="cdk-x-container-assets-1",
                tagged_stack="CDKToolkit",
                is_cdk_asset_repository=True,
            ),
        )
    )

    declared = [candidate("Api", "Repository", "prod/api", stack="new")]
    assert possible_owners(there, declared) == {"old", "new"}
    assert possible_owners(there) == {"old", "somebody-s"}


def test_a_name_that_only_deployment_knows_is_new() -> None:
    plan = plan_import(
        live("prod/api"),
        Registry(),
        [candidate("A", "Repository", None), candidate("B", "Repository", Unresolved("Ref: Name"))],
    )

    assert [one.logical_id for one in plan.stacks[0].new] == ["A", "B"]


KEY, OTHER_KEY = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{one}" for one in ("0a1b", "2c3d"))
MADE = Unresolved("Key.Arn", depends_on="deployment")


def encrypted(source: SourceLocation, key: Any) -> Registry:
    encryption = Encryption(type=EncryptionType.KMS, kms_key=key)
    repository = Repository(source=source, name="prod/api", encryption=encryption)
    return Registry(account=ACCOUNT, region=REGION, repositories=(repository,))


def key_drifts(declared: Any, *, owner: StackOwner | None = None, owned: Any = "prod/api") -> list[Drift]:
    api = candidate("Api", "Repository", "prod/api", properties=frozenset({"EncryptionConfiguration"}))
    there = encrypted(SOMEWHERE, KEY)
    if owner is not None:
        there = there.with_owners({(REPOSITORY, owned): owner})
    return list(plan_import(there, encrypted(api.source, declared), [api]).drifts)


@pytest.mark.parametrize("declared", [OTHER_KEY, MADE])
def test_another_key_is_named_and_cannot_be(declared: Any) -> None:
    (drift,) = key_drifts(declared)
    (difference,) = drift.differences
    assert (drift.identifier, difference.property) == ("prod/api", "EncryptionConfiguration")
    assert difference.impact is Impact.CANNOT
    assert f"KMS with the key {KEY} is fixed at creation" in difference.message


def test_the_same_key_is_no_difference() -> None:
    assert key_drifts(KEY) == []


def test_a_key_of_a_stack_that_stands_may_be_the_same() -> None:
    (drift,) = key_drifts(MADE, owner=StackOwner(stack="registry", logical_id="Other"), owned="prod/other")
    (difference,) = drift.differences
    assert difference.impact is Impact.OPEN
    assert "unless it is that one, name the ARN instead" in difference.message


def test_the_key_of_what_the_stack_holds_already_is_its_own() -> None:
    assert key_drifts(MADE, owner=StackOwner(stack="registry", logical_id="Api")) == []


def test_a_key_beside_another_difference_is_told_of_once() -> None:
    api = candidate("Api", "Repository", "prod/api", properties=frozenset({"EncryptionConfiguration"}))
    declared = encrypted(api.source, MADE)
    (repository,) = declared.repositories
    declared = Registry(account=ACCOUNT, region=REGION).with_repository(
        Repository(
            source=api.source,
            name="prod/api",
            encryption=repository.encryption,
            tags={"owner": "payments"},
        )
    )
    (drift,) = plan_import(encrypted(SOMEWHERE, KEY), declared, [api]).drifts
    assert [one.property for one in drift.differences] == ["Tags", "EncryptionConfiguration"]
