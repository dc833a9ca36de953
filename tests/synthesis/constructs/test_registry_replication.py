"""Both sides of replication.

Practices: REPL-1, REPL-2, ACC-2
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.accepted_replication import AcceptedReplication
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_replication import RegistryReplication
from ecr_blueprints.constructs.replication_target import ReplicationTarget
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
CONFIGURATION, TEMPLATE = "AWS::ECR::ReplicationConfiguration", "AWS::ECR::RepositoryCreationTemplate"
POLICY = "AWS::ECR::RegistryPolicy"
FRANKFURT = ReplicationTarget(region="eu-central-1")
KEEPS = LifecyclePolicy.in_order(
    LifecycleRule.expire_pushed("sha-*", after_days=30), LifecycleRule.expire_untagged(after_days=2)
)


def elsewhere(app: cdk.App, region: str = "eu-central-1", account: str = "222233334444") -> PrivateRegistry:
    stack = cdk.Stack(app, f"Stack-{account}-{region}", env=cdk.Environment(account=account, region=region))
    return PrivateRegistry(stack, "Registry", root_template=False)


def rules(template: Template, of_type: OfType) -> list[dict[str, Any]]:
    (configuration,) = of_type(template, CONFIGURATION)
    found: list[dict[str, Any]] = configuration["Properties"]["ReplicationConfiguration"]["Rules"]
    return found


def test_the_source(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Callable[[Template], list[str]]
) -> None:
    registry = PrivateRegistry(stack, "Registry")
    RegistryReplication(
        stack, "Copies", registry=registry, prefixes=["prod/", "prod/"], destinations=[FRANKFURT, FRANKFURT]
    )
    RegistryReplication(
        stack,
        "All",
        registry=registry,
        all_repositories=True,
        destinations=[ReplicationTarget(region="eu-west-1", account="222233334444")],
    )
    template = template_of(stack)
    assert rules(template, of_type) == [
        {
            "Destinations": [{"Region": "eu-central-1", "RegistryId": "111122223333"}],
            "RepositoryFilters": [{"Filter": "prod/", "FilterType": "PREFIX_MATCH"}],
        },
        {"Destinations": [{"Region": "eu-west-1", "RegistryId": "222233334444"}]},
    ]
    assert "deleteReplication" not in json.dumps(template)
    assert lint(template) == []


def test_both_sides_in_one_app(
    app: cdk.App,
    stack: cdk.Stack,
    template_of: TemplateOf,
    of_type: OfType,
    lint: Callable[[Template], list[str]],
    snapshot: SnapshotAssertion,
) -> None:
    registry, other = PrivateRegistry(stack, "Registry"), elsewhere(app)
    copies = RegistryReplication(
        stack,
        "Copies",
        registry=registry,
        prefixes=["prod/", "charts/"],
        destinations=[other],
        source_lifecycle=KEEPS,
    )
    (accepted,) = copies.accepted
    assert accepted.prefixes == ("prod", "charts")
    assert rules(template_of(stack), of_type)[0]["Destinations"] == [
        {"Region": "eu-central-1", "RegistryId": "222233334444"}
    ]
    template = template_of(cdk.Stack.of(other))
    (policy,) = of_type(template, POLICY)
    assert policy["Properties"]["PolicyText"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
            "Resource": [
                "arn:aws:ecr:eu-central-1:222233334444:repository/prod/*",
                "arn:aws:ecr:eu-central-1:222233334444:repository/charts/*",
            ],
        }
    ]
    made = [one["Properties"] for one in of_type(template, TEMPLATE)]
    assert [(one["Prefix"], one["AppliedFor"], one["ImageTagMutability"]) for one in made] == [
        ("prod", ["REPLICATION"], "MUTABLE"),
        ("charts", ["REPLICATION"], "MUTABLE"),
    ]
    assert json.loads(made[0]["LifecyclePolicy"])["rules"][0]["selection"]["countNumber"] == 30
    assert lint(template) == []
    assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)


def test_another_region_of_the_same_account_needs_no_statement(
    app: cdk.App, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    other = elsewhere(app, account="111122223333")
    RegistryReplication(
        stack,
        "Copies",
        registry=PrivateRegistry(stack, "Registry"),
        prefixes=["prod/"],
        destinations=[other],
    )
    template = template_of(cdk.Stack.of(other))
    assert of_type(template, POLICY) == []
    assert len(of_type(template, TEMPLATE)) == 1


def test_a_template_of_the_destination_is_used(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    registry.add_creation_template("prod", applied_for=[AppliedFor.REPLICATION], lifecycle=KEEPS)
    accepted = AcceptedReplication(
        stack,
        "Accepted",
        registry=registry,
        source_account="222233334444",
        prefixes=["prod/"],
        source_lifecycle=KEEPS,
    )
    assert accepted.templates == ()
    assert len(of_type(template_of(stack), TEMPLATE)) == 1


def test_copies_do_not_go_before_their_originals(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    shorter = LifecyclePolicy.in_order(LifecycleRule.expire_pushed("sha-*", after_days=7))
    with pytest.raises(InvalidValueError, match="may remove a copy that its source keeps"):
        AcceptedReplication(
            stack,
            "Accepted",
            registry=registry,
            source_account="222233334444",
            prefixes=["prod/"],
            template=CreationTemplateOptions(
                lifecycle=shorter, tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE)
            ),
            source_lifecycle=KEEPS,
        )
    assert stack.node.try_find_child("Accepted") is None
    assert registry.ledger.replication_sources == ()
    longer = LifecyclePolicy.in_order(LifecycleRule.expire_pushed("sha-*", after_days=300))
    AcceptedReplication(
        stack,
        "Accepted",
        registry=registry,
        source_account="222233334444",
        prefixes=["prod/"],
        template=CreationTemplateOptions(lifecycle=longer),
        source_lifecycle=KEEPS,
    )


def test_what_the_template_does_not_say_is_safe_for_copies(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    accepted = AcceptedReplication(
        stack,
        "Accepted",
        registry=registry,
        source_account="222233334444",
        prefixes=["prod/"],
        template=CreationTemplateOptions(description="copies"),
        source_lifecycle=Retention(untagged_days=30),
    )
    accepted.grant_pull_to_account("333344445555")
    accepted.grant_pull_to_organization_paths("o-a1b2c3d4e5/r-ab12/*")
    (made,) = (one["Properties"] for one in of_type(template_of(stack), TEMPLATE))
    assert made["ImageTagMutability"] == "MUTABLE"
    assert json.loads(made["LifecyclePolicy"])["rules"][0]["selection"]["countNumber"] == 30
    allowed = json.loads(made["RepositoryPolicy"])["Statement"]
    assert [one["Principal"] for one in allowed] == [{"AWS": "arn:aws:iam::333344445555:root"}, {"AWS": "*"}]
    assert {tuple(one["Action"]) for one in allowed} == {("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")}


def test_a_grant_needs_a_template_that_was_made_here(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.add_creation_template("prod", applied_for=[AppliedFor.REPLICATION])
    accepted = AcceptedReplication(
        stack, "Accepted", registry=registry, source_account="222233334444", prefixes=["prod/"]
    )
    with pytest.raises(InvalidValueError, match="none was made here"):
        accepted.grant_pull_to_account("333344445555")


def test_copies_of_what_the_app_declares_are_looked_at_when_it_is_synthesized(
    app: cdk.App, stack: cdk.Stack
) -> None:
    registry, other = PrivateRegistry(stack, "Registry"), elsewhere(app)
    RegistryReplication(stack, "Copies", registry=registry, prefixes=["prod/"], destinations=[other])
    months = LifecyclePolicy.in_order(LifecycleRule.expire_untagged(after_days=60))
    ImageRepository(stack, "Short", repository_name="prod/short", registry=registry)
    ImageRepository(stack, "Dev", repository_name="dev/api", registry=registry, lifecycle_policy=months)
    ImageRepository(stack, "Api", repository_name="prod/api", registry=registry, lifecycle_policy=months)
    with pytest.raises(RuntimeError, match="may remove copies of 'prod/api'"):
        app.synth()


def test_the_destination_is_deployed_first(app: cdk.App, stack: cdk.Stack) -> None:
    registry, other = PrivateRegistry(stack, "Registry"), elsewhere(app)
    RegistryReplication(stack, "Copies", registry=registry, prefixes=["prod/"], destinations=[other])
    RegistryReplication(other, "Back", registry=other, prefixes=["dev/"], destinations=[registry])
    assembly = app.synth()
    first = assembly.get_stack_by_name("Stack-222233334444-eu-central-1")
    second = assembly.get_stack_by_name("Stack")
    assert [one.id for one in second.dependencies if one.id == first.id] == [first.id]
    assert [one.id for one in first.dependencies if one.id == second.id] == []


def test_a_template_inside_a_prefix_has_to_be_applied_for_replication(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    AcceptedReplication(
        stack, "Accepted", registry=registry, source_account="222233334444", prefixes=["prod/"]
    )
    with pytest.raises(RegistryConflictError, match="Stack/Accepted"):
        registry.add_creation_template("prod/team", applied_for=[AppliedFor.CREATE_ON_PUSH])
    registry.add_creation_template(
        "prod/team", applied_for=[AppliedFor.CREATE_ON_PUSH, AppliedFor.REPLICATION]
    )


def test_an_open_environment(app: cdk.App, template_of: TemplateOf, of_type: OfType) -> None:
    stack = cdk.Stack(app, "Open")
    registry = PrivateRegistry(stack, "Registry")
    RegistryReplication(stack, "Copies", registry=registry, prefixes=["prod/"], destinations=[FRANKFURT])
    AcceptedReplication(stack, "From", registry=registry, source_account="222233334444", prefixes=["a/"])
    template = template_of(stack)
    assert rules(template, of_type)[0]["Destinations"] == [
        {"Region": "eu-central-1", "RegistryId": {"Ref": "AWS::AccountId"}}
    ]
    (policy,) = of_type(template, POLICY)
    assert "arn:aws:" not in json.dumps(policy)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"destinations": [], "prefixes": ["prod/"]}, "there is no destination"),
        ({"destinations": ["eu-central-1"], "prefixes": ["prod/"]}, "a destination is 'eu-central-1'"),
        ({"destinations": FRANKFURT, "prefixes": ["prod/"]}, "destinations is of the type ReplicationTarget"),
        ({"destinations": [FRANKFURT]}, "which would replicate every repository"),
        ({"destinations": [FRANKFURT], "prefixes": ["prod/"], "all_repositories": True}, "one of the two"),
        ({"destinations": [FRANKFURT], "prefixes": ["prod/*"]}, "not a replication filter"),
        ({"destinations": [FRANKFURT], "prefixes": "prod/"}, "prefixes is 'prod/'"),
        (
            {"destinations": [ReplicationTarget(region="eu-west-1")], "prefixes": ["prod/"]},
            "would replicate into itself",
        ),
        (
            {"destinations": [ReplicationTarget(region=cdk.Aws.REGION)], "prefixes": ["prod/"]},
            "would replicate into itself",
        ),
        (
            {
                "destinations": [ReplicationTarget(region="eu-west-1", account=cdk.Aws.ACCOUNT_ID)],
                "prefixes": ["prod/"],
            },
            "would replicate into itself",
        ),
        (
            {"destinations": [ReplicationTarget(region="cn-north-1")], "prefixes": ["prod/"]},
            "nothing is replicated between partitions",
        ),
        (
            {"destinations": [FRANKFURT], "prefixes": [f"team-{number}/" for number in range(101)]},
            "101 filters; allowed: at most 100",
        ),
        (
            {
                "destinations": [
                    ReplicationTarget(region="eu-west-1", account=f"{number:012}") for number in range(26)
                ],
                "prefixes": ["prod/"],
            },
            "26 unique destinations over all replication rules; allowed: at most 25",
        ),
    ],
)
def test_what_the_source_cannot_be(stack: cdk.Stack, arguments: dict[str, Any], says: str) -> None:
    registry = PrivateRegistry(stack, "Registry")
    with pytest.raises(InvalidValueError, match=says):
        RegistryReplication(stack, "Copies", registry=registry, **arguments)
    assert stack.node.try_find_child("Copies") is None
    assert registry.replication_configuration is None


def test_a_destination_of_this_app_knows_namespaces_only(app: cdk.App, stack: cdk.Stack) -> None:
    registry, other = PrivateRegistry(stack, "Registry"), elsewhere(app)
    with pytest.raises(InvalidValueError, match="write 'prod/'"):
        RegistryReplication(stack, "Copies", registry=registry, prefixes=["prod"], destinations=[other])
    with pytest.raises(InvalidValueError, match="every repository would be replicated"):
        RegistryReplication(stack, "Copies", registry=registry, all_repositories=True, destinations=[other])
    with pytest.raises(InvalidValueError, match="into itself"):
        RegistryReplication(stack, "Copies", registry=registry, prefixes=["a/"], destinations=[registry])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"source_account": "1", "prefixes": ["prod/"]}, "not an AWS account id"),
        ({"source_account": "222233334444", "prefixes": []}, "no prefix is taken in"),
        ({"source_account": "222233334444", "prefixes": ["prod/*"]}, "not a replication filter"),
        ({"source_account": "222233334444", "prefixes": ["prod-"]}, "not a creation template prefix"),
        ({"source_account": 222233334444, "prefixes": ["prod/"]}, "source_account is 222233334444"),
    ],
)
def test_what_the_destination_cannot_be(stack: cdk.Stack, arguments: dict[str, Any], says: str) -> None:
    registry = PrivateRegistry(stack, "Registry")
    with pytest.raises(InvalidValueError, match=says):
        AcceptedReplication(stack, "Accepted", registry=registry, **arguments)
    assert stack.node.try_find_child("Accepted") is None


@pytest.mark.parametrize(
    "wrong", [{"region": "Ireland"}, {"region": 3}, {"region": "eu-west-1", "account": "1"}]
)
def test_what_is_no_target(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        ReplicationTarget(**wrong)


def test_more_rules_than_the_quota_table_says_warn_and_more_than_the_api_says_fail(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    for number in range(25):
        RegistryReplication(
            stack, f"Copies{number}", registry=registry, prefixes=[f"t{number}/"], destinations=[FRANKFURT]
        )
    with pytest.raises(InvalidValueError, match="26 rules per replication configuration"):
        RegistryReplication(stack, "Copies25", registry=registry, prefixes=["t25/"], destinations=[FRANKFURT])
    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "*", cdk.assertions.Match.string_like_regexp("quota table")
    )
    assert [one.id for one in warnings] == [f"/Stack/Copies{number}" for number in range(10, 25)]


def test_unmanaged_replication_is_listed(stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
    registry = PrivateRegistry(stack, "Registry", manage=RegistryManagement(replication=Ownership.UNMANAGED))
    RegistryReplication(stack, "Copies", registry=registry, prefixes=["prod/"], destinations=[FRANKFURT])
    assert [rule.filters for rule in registry.required_replication_rules] == [("prod/",)]
    assert of_type(template_of(stack), CONFIGURATION) == []
