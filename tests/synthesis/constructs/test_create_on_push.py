"""Repositories that a push creates, and the statements of the registry policy that guard a registry.

Practices: TMPL-5, ACC-1
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.create_on_push import CreateOnPush
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_settings import RegistrySettings
from ecr_blueprints.constructs.registry_statement import DENIED_TO_OUTSIDERS
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
TEMPLATE, POLICY = "AWS::ECR::RepositoryCreationTemplate", "AWS::ECR::RegistryPolicy"
STAGES = {"convention": "{stage}/{team}/{app}", "stages": {"dev": False, "prod": True}}


def statements(template: Template, of_type: OfType) -> list[dict[str, Any]]:
    (policy,) = of_type(template, POLICY)
    found: list[dict[str, Any]] = policy["Properties"]["PolicyText"]["Statement"]
    return found


def test_the_defaults(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Callable[[Template], list[str]]
) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False, **STAGES)  # type: ignore[arg-type]
    made = CreateOnPush(stack, "Sandbox", registry=registry, prefix="dev/")
    assert made.prefix == "dev"
    template = template_of(stack)
    (created,) = of_type(template, TEMPLATE)
    properties = created["Properties"]
    assert properties["AppliedFor"] == ["CREATE_ON_PUSH"]
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    assert "untagged" in properties["LifecyclePolicy"]
    (guard,) = statements(template, of_type)
    assert guard["Effect"] == "Deny"
    assert guard["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/dev/*"
    assert guard["Condition"] == {
        "StringNotEquals": {"aws:PrincipalAccount": "111122223333"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    (policy,) = [key for key, one in template["Resources"].items() if one["Type"] == POLICY]
    assert created["DependsOn"] == [policy], "the guard stands before anything can be created"
    assert lint(template) == []
    assert registry.template_for("dev/a/b", AppliedFor.CREATE_ON_PUSH) is made.template.model


def test_everything_set(
    stack: cdk.Stack,
    template_of: TemplateOf,
    of_type: OfType,
    lint: Callable[[Template], list[str]],
    snapshot: SnapshotAssertion,
) -> None:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    CreateOnPush(
        stack,
        "Sandbox",
        registry=registry,
        prefix="sandbox",
        pusher_accounts=["222233334444", "111122223333"],
        options=CreationTemplateOptions(resource_tags={"owner": "platform"}),
    )
    CreateOnPush(stack, "Shared", registry=registry, prefix="shared/dev", organization_id="o-a1b2c3d4e5")
    registry.deny_outside_organization("o-a1b2c3d4e5", except_accounts=["333344445555"])
    registry.allow_cache_upstream("444455556666", "555566667777", prefixes=["base", "golden/"])
    template = template_of(stack)
    first, pushers, second, everybody, outside, upstream = statements(template, of_type)
    assert pushers["Effect"] == everybody["Effect"] == "Allow"
    assert pushers["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}
    assert everybody["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    assert {"ecr:PutImage", "ecr:CreateRepository"} <= set(pushers["Action"])
    assert first["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": ["111122223333", "222233334444"]}
    assert second["Condition"]["StringNotEquals"] == {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
    assert outside["Condition"]["StringNotEquals"] == {
        "aws:PrincipalOrgID": "o-a1b2c3d4e5",
        "aws:PrincipalAccount": "333344445555",
    }
    assert outside["Action"] == list(DENIED_TO_OUTSIDERS)
    assert upstream["Effect"] == "Allow"
    assert upstream["Resource"] == [
        "arn:aws:ecr:eu-west-1:111122223333:repository/base/*",
        "arn:aws:ecr:eu-west-1:111122223333:repository/golden/*",
    ]
    assert "ecr:GetImageCopyStatus" in upstream["Action"]
    assert lint(template) == []
    assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)


def test_nothing_of_scanning_is_denied() -> None:
    assert not [action for action in DENIED_TO_OUTSIDERS if "Scan" in action or "*" in action]


@pytest.mark.parametrize("first", ["settings", "create-on-push", None])
def test_it_warns_unless_the_scope_is_set(stack: cdk.Stack, first: str | None) -> None:
    registry = PrivateRegistry(stack, "Registry")
    if first == "settings":
        RegistrySettings(stack, "Settings", registry=registry)
    CreateOnPush(stack, "Sandbox", registry=registry, prefix="sandbox")
    if first == "create-on-push":
        RegistrySettings(stack, "Settings", registry=registry)
    warnings = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "*", cdk.assertions.Match.string_like_regexp("policy scope V2")
    )
    assert [one.id for one in warnings] == ([] if first else ["/Stack/Registry"])


def test_an_open_environment(app: cdk.App, template_of: TemplateOf, of_type: OfType) -> None:
    stack = cdk.Stack(app, "Open")
    registry = PrivateRegistry(stack, "Registry")
    CreateOnPush(stack, "Sandbox", registry=registry, prefix="dev", pusher_accounts=["222233334444"])
    registry.deny_outside_organization("o-a1b2c3d4e5")
    template = template_of(stack)
    guard = statements(template, of_type)[0]
    assert guard["Condition"]["StringNotEquals"]["aws:PrincipalAccount"] == [
        {"Ref": "AWS::AccountId"},
        "222233334444",
    ]
    assert "arn:aws:" not in json.dumps(template)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"prefix": "ROOT"}, "a push would create any repository"),
        ({"prefix": "prod"}, "names under prod/ are production"),
        ({"prefix": "prod/payments"}, "names under prod/payments/ are production"),
        ({"prefix": "dev/*"}, "not a creation template prefix"),
        ({"prefix": cdk.Aws.REGION}, "prefix is known only at deployment"),
        ({"prefix": "dev", "pusher_accounts": ["1"]}, "not an AWS account id"),
        ({"prefix": "dev", "pusher_accounts": "222233334444"}, "pusher_accounts is '222233334444'"),
        ({"prefix": "dev", "organization_id": "acme"}, "not an organization id"),
        (
            {"prefix": "dev", "pusher_accounts": ["222233334444"], "organization_id": "o-a1b2c3d4e5"},
            "accounts and an organization are named",
        ),
        ({"prefix": "dev", "options": {}}, "allowed: CreationTemplateOptions"),
    ],
)
def test_what_cannot_be(stack: cdk.Stack, arguments: dict[str, Any], says: str) -> None:
    registry = PrivateRegistry(stack, "Registry", **STAGES)  # type: ignore[arg-type]
    before = registry.ledger
    with pytest.raises(InvalidValueError, match=says):
        CreateOnPush(stack, "Sandbox", registry=registry, **arguments)
    assert stack.node.try_find_child("Sandbox") is None
    assert registry.ledger == before


def test_a_prefix_that_is_taken(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.add_creation_template("dev", applied_for=[AppliedFor.REPLICATION])
    with pytest.raises(RegistryConflictError, match="Stack/Registry/CreationTemplate-dev"):
        CreateOnPush(stack, "Sandbox", registry=registry, prefix="dev")


@pytest.mark.parametrize(
    "call",
    [
        lambda registry: registry.deny_outside_organization("acme"),
        lambda registry: registry.deny_outside_organization("o-a1b2c3d4e5", except_accounts=["1"]),
        lambda registry: registry.allow_cache_upstream(prefixes=["base"]),
        lambda registry: registry.allow_cache_upstream("222233334444", prefixes=[]),
        lambda registry: registry.allow_cache_upstream("222233334444", prefixes=["base/*"]),
        lambda registry: registry.allow_cache_upstream("222233334444", prefixes="base"),
    ],
)
def test_malformed_statements(stack: cdk.Stack, call: Callable[[PrivateRegistry], None]) -> None:
    registry = PrivateRegistry(stack, "Registry")
    with pytest.raises(InvalidValueError):
        call(registry)
    assert registry.registry_policy is None


@pytest.mark.parametrize(
    "actions", [["ecr:*"], ["*"], ["ecr:Put*"], ["ecr:PutRegistryScanningConfiguration"]]
)
def test_what_inspector_needs_is_not_denied_to_everybody(stack: cdk.Stack, actions: list[str]) -> None:
    registry = PrivateRegistry(stack, "Registry")
    deny = {
        "effect": iam.Effect.DENY,
        "principals": [iam.AnyPrincipal()],
        "actions": actions,
        "resources": ["*"],
    }
    with pytest.raises(InvalidValueError, match="which Amazon Inspector calls"):
        registry.add_to_registry_policy(iam.PolicyStatement(**deny))
    network = {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}
    with pytest.raises(InvalidValueError, match="which Amazon Inspector calls"):
        registry.add_to_registry_policy(iam.PolicyStatement(**deny, conditions=network))
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    registry.add_to_registry_policy(iam.PolicyStatement(**deny, conditions=condition))
    registry.add_to_registry_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            not_actions=["ecr:PutRegistryScanningConfiguration", "ecr:Get*"],
            resources=["*"],
        )
    )


def test_one_organization_is_the_fence(stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.deny_outside_organization("o-a1b2c3d4e5")
    with pytest.raises(InvalidValueError, match="what is outside o-a1b2c3d4e5 is denied already"):
        registry.deny_outside_organization("o-zzzzzzzzzz")
    registry.deny_outside_organization("o-a1b2c3d4e5", except_accounts=["222233334444"])
    (fence,) = statements(template_of(stack), of_type)
    assert fence["Condition"]["StringNotEquals"]["aws:PrincipalAccount"] == "222233334444"
