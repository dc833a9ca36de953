"""Repository policies whose IAM principals do not exist are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from emulator_process import Account, error_of, resource


def policy(principal: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage"}],
    }


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": "222222222222"},
        {"AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"]},
        {"Service": "lambda.amazonaws.com"},
        {"AWS": "arn:aws:sts::222222222222:assumed-role/name/session"},
    ],
)
def test_accepted(account: Account, principal: Any) -> None:
    properties = {"RepositoryName": "app", "RepositoryPolicyText": policy(principal)}
    assert account.deploy("s", {"R": resource("Repository", properties)}).status == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::222222222222:role/missing"},
        {"AWS": "arn:aws:iam::222222222222:user/missing"},
        {"AWS": ["*", "arn:aws:iam::222222222222:role/missing"]},
        {"AWS": "arn:aws:iam::222222222222:role/*"},
        {"AWS": "AROAEXAMPLEEXAMPLEEX"},
    ],
)
def test_refused(account: Account, principal: Any) -> None:
    properties = {"RepositoryName": "app", "RepositoryPolicyText": policy(principal)}
    stack = account.deploy("s", {"R": resource("Repository", properties)})
    assert stack.status == "ROLLBACK_COMPLETE"
    reason = "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found'"
    assert reason in stack.reasons()
    assert account.ecr.describe_repositories()["repositories"] == []


def test_a_role_of_another_account_must_exist_there(new_account: Callable[..., Account]) -> None:
    account, other = new_account(), new_account()
    arn = f"arn:aws:iam::{other.id}:role/ci/puller"
    account.ecr.create_repository(repositoryName="app")
    text = json.dumps(policy({"AWS": arn}))

    def put() -> tuple[str, str] | None:
        try:
            return error_of(account.ecr.set_repository_policy, repositoryName="app", policyText=text)
        except AssertionError:
            return None

    refused = put()
    assert refused is not None
    assert refused[0] == "InvalidParameterException"
    other.role("puller")
    assert put() is not None, "a role of another path is another principal"
    other.client("iam").delete_role(RoleName="puller")
    assert other.role("puller", path="/ci/") == arn
    assert put() is None


def test_a_role_made_in_the_same_stack_is_found(account: Account) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    text = policy({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}})
    template = {"Role": role, "R": resource("Repository", {"RepositoryPolicyText": text})}
    assert account.deploy("s", template).status == "CREATE_COMPLETE"


def test_actions_of_another_service_are_refused(account: Account) -> None:
    account.ecr.create_repository(repositoryName="app")
    text = json.dumps(policy("*")).replace("ecr:BatchGetImage", "s3:GetObject")
    code, message = error_of(account.ecr.set_repository_policy, repositoryName="app", policyText=text)
    assert (code, "Invalid repository policy provided" in message) == ("InvalidParameterException", True)
