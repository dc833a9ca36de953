"""PullTimeUpdateExclusion: whose pulls do not count, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scanner"
TYPE = "AWS::ECR::PullTimeUpdateExclusion"


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


def test_every_way_to_name_a_principal(
    registry: PrivateRegistry,
    stack: cdk.Stack,
    template_of: Callable[[cdk.Stack], dict[str, Any]],
    of_type: Callable[[dict[str, Any], str], list[dict[str, Any]]],
    lint: Callable[[dict[str, Any]], list[str]],
    snapshot: SnapshotAssertion,
) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    principals: dict[str, Any] = {
        "Arn": ROLE,
        "Path": f"arn:aws:iam::{ACCOUNT}:role/ci/images/builder",
        "User": iam.User.from_user_arn(stack, "U", f"arn:aws:iam::{ACCOUNT}:user/ci"),
        "Role": role,
        "Imported": iam.Role.from_role_arn(stack, "R", f"arn:aws:iam::{ACCOUNT}:role/imported"),
        "OtherAccount": "arn:aws:iam::444455556666:role/scanner",
        "Token": cdk.Fn.import_value("scanner-role"),
    }
    for name, principal in principals.items():
        exclusion = PullTimeUpdateExclusion(stack, f"Exclude{name}", registry=registry, principal=principal)
        assert exclusion.resource.principal_arn == exclusion.principal_arn
    template = template_of(stack)
    assert len(of_type(template, TYPE)) == len(principals)
    assert lint(template) == []
    held = [one for one in template["Resources"].values() if one["Type"] == TYPE]
    assert held == snapshot(extension_class=JSONSnapshotExtension)


def test_other_partitions_and_open_environments(app: cdk.App) -> None:
    china = cdk.Stack(app, "China", env=cdk.Environment(account=ACCOUNT, region="cn-north-1"))
    arn = ROLE.replace("arn:aws:", "arn:aws-cn:")
    PullTimeUpdateExclusion(china, "S", registry=PrivateRegistry(china, "Registry"), principal=arn)
    anywhere = cdk.Stack(app, "Anywhere")
    registry = PrivateRegistry(anywhere, "Registry")
    PullTimeUpdateExclusion(anywhere, "S", registry=registry, principal=arn)
    with pytest.raises(InvalidValueError) as caught:
        PullTimeUpdateExclusion(china, "T", registry=_registry_of(china), principal=ROLE)
    assert str(caught.value) == (
        f"China/T: the principal is in the partition aws and the registry in aws-cn; fix: write '{arn}'"
    )


def _registry_of(stack: cdk.Stack) -> PrivateRegistry:
    registry = stack.node.find_child("Registry")
    assert isinstance(registry, PrivateRegistry)
    return registry


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("principal", "message"),
        [
            (
                f"arn:aws:sts::{ACCOUNT}:assumed-role/scanner/session",
                "is a session of a role; allowed: a role or a user, or the ARN of one: "
                "arn:aws:iam::<account>:role/<name>; fix: write "
                f"'{ROLE}', with the role's path if it has one",
            ),
            (f"arn:aws:iam::{ACCOUNT}:root", "is an account, not one of its principals"),
            (ACCOUNT, "fix: name the roles that scan or build, one exclusion each"),
            ("*", "has a wildcard, and ECR compares the whole ARN"),
            (f"arn:aws:iam::{ACCOUNT}:role/ci-*", "fix: write one exclusion for each role"),
            ("inspector2.amazonaws.com", "is a service"),
            (f"arn:aws:iam::{ACCOUNT}:group/ci", "is a group, not a role or user"),
            ("scanner", "'scanner' cannot be excluded from pull-time updates"),
            (f"arn:aws:iam::{ACCOUNT}:role/{'a' * 180}", "of at most 200 characters"),
            (iam.AccountPrincipal(ACCOUNT), "the principal is of the type AccountPrincipal"),
            (iam.ServicePrincipal("ecs.amazonaws.com"), "fix: pass the role that it pulls with"),
            (None, "principal is None; allowed: a text"),
            (["a"], "principal is ['a']; allowed: a text"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_a_principal_that_excludes_nobody(
        self, registry: PrivateRegistry, stack: cdk.Stack, principal: Any, message: str
    ) -> None:
        with pytest.raises(InvalidValueError) as caught:
            PullTimeUpdateExclusion(stack, "Exclusion", registry=registry, principal=principal)
        assert message in str(caught.value)

    def test_the_same_twice(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        PullTimeUpdateExclusion(stack, "First", registry=registry, principal=ROLE)
        with pytest.raises(RegistryConflictError) as caught:
            PullTimeUpdateExclusion(stack, "Second", registry=registry, principal=ROLE)
        assert "Stack/First" in str(caught.value)
        assert "Stack/Second" in str(caught.value)

    def test_more_than_a_hundred(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        for number in range(100):
            PullTimeUpdateExclusion(stack, f"E{number}", registry=registry, principal=f"{ROLE}{number}")
        with pytest.raises(InvalidValueError, match="101"):
            PullTimeUpdateExclusion(stack, "OneMore", registry=registry, principal=ROLE)
