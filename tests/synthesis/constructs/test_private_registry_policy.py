"""The registry policy: one document of what everyone contributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.unresolved import Unresolved

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

POLICY = "AWS::ECR::RegistryPolicy"
REPOSITORIES = "arn:aws:ecr:eu-west-1:111122223333:repository/*"


def replication_from(account: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="Replication",
        principals=[iam.ArnPrincipal(f"arn:aws:iam::{account}:root")],
        actions=["ecr:CreateRepository", "ecr:ReplicateImage"],
        resources=[REPOSITORIES],
        conditions={"StringEquals": {"aws:SourceAccount": account}},
    )


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


def test_there_is_none_until_something_contributes(
    registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    assert registry.registry_policy is None
    assert of_type(template_of(stack), POLICY) == []


def test_every_contribution_is_in_it_and_it_stays(
    registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint
) -> None:
    registry.add_to_registry_policy(replication_from("222233334444"))
    registry.add_pull_through_cache("k8s").grant_pull_to_account("333344445555")
    registry.add_to_registry_policy(replication_from("444455556666"))
    template = template_of(stack)
    (policy,) = of_type(template, POLICY)
    statements = policy["Properties"]["PolicyText"]["Statement"]
    assert policy["Properties"]["PolicyText"]["Version"] == "2012-10-17"
    assert [statement["Principal"]["AWS"] for statement in statements] == [
        "arn:aws:iam::222233334444:root",
        "arn:aws:iam::333344445555:root",
        "arn:aws:iam::444455556666:root",
    ]
    # A creation that is rolled back must not leave a policy behind that makes the next creation fail.
    assert policy["DeletionPolicy"] == "RetainExceptOnCreate"
    assert policy["UpdateReplacePolicy"] == "Retain"
    assert lint(template) == []


def test_the_ledger_holds_it_parsed(registry: PrivateRegistry) -> None:
    registry.add_to_registry_policy(replication_from("222233334444"))
    (policy,) = registry.ledger.policies
    assert isinstance(policy.policy, AccessPolicy)
    (statement,) = policy.policy.statements
    assert isinstance(statement, Statement)
    assert statement.sid == "Replication"
    assert statement.actions == ("ecr:CreateRepository", "ecr:ReplicateImage")
    assert statement.resources == (REPOSITORIES,)
    assert isinstance(statement.principals, tuple)
    assert [principal.value for principal in statement.principals] == ["arn:aws:iam::222233334444:root"]
    assert isinstance(statement.conditions, tuple)
    assert [(one.operator, one.key, one.values) for one in statement.conditions] == [
        ("StringEquals", "aws:SourceAccount", ("222233334444",))
    ]


def test_a_token_is_carried_as_unresolved(registry: PrivateRegistry) -> None:
    statement = replication_from("222233334444")
    statement.add_account_root_principal()
    registry.add_to_registry_policy(statement)
    (policy,) = registry.ledger.policies
    assert isinstance(policy.policy, AccessPolicy)
    parsed = policy.policy.statements[0]
    assert isinstance(parsed, Statement)
    assert isinstance(parsed.principals, tuple)
    assert isinstance(parsed.principals[1].value, Unresolved)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ({"actions": ["ecr:ReplicateImage"], "resources": ["*"]}, "principal"),
        ({"principals": [iam.AccountPrincipal("222233334444")], "resources": ["*"]}, "action"),
        (
            {"principals": [iam.AccountPrincipal("222233334444")], "actions": ["ecr:ReplicateImage"]},
            "resources",
        ),
    ],
)
def test_half_a_statement_is_refused(
    registry: PrivateRegistry, statement: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        registry.add_to_registry_policy(iam.PolicyStatement(**statement))
    assert registry.registry_policy is None


def test_a_policy_that_ecr_would_refuse_for_its_length_is_refused_whole(
    registry: PrivateRegistry,
) -> None:
    cache = registry.add_pull_through_cache("k8s")

    def grant_to_many() -> None:
        for number in range(1, 400):
            cache.grant_pull_to_account(f"{number:012}")

    with pytest.raises(InvalidValueError, match="at most 10,240"):
        grant_to_many()
    statements = [
        statement
        for policy in registry.ledger.policies
        if isinstance(policy.policy, AccessPolicy)
        for statement in policy.policy.statements
        if isinstance(statement, Statement)
    ]
    (statement,) = statements
    assert isinstance(statement.principals, tuple)
    accounts = len(statement.principals)
    assert accounts > 100
    template = registry.template_for("k8s/pause")
    assert template is not None
    assert isinstance(template.policy, AccessPolicy)
    (pull,) = template.policy.statements
    assert isinstance(pull, Statement)
    assert isinstance(pull.principals, tuple)
    assert len(pull.principals) == accounts
