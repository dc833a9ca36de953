"""`sts:AssumeRole` asks the role's trust policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from emulator_process import Account, error_of


def role(account: Account, *statements: dict[str, Any], path: str = "/") -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    answer = account.client("iam").create_role(
        RoleName="deploy", Path=path, AssumeRolePolicyDocument=json.dumps(document)
    )
    return str(answer["Role"]["Arn"])


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def assume(caller: Account | Any, role_arn: str, **more: Any) -> Any:
    client = caller.client("sts") if isinstance(caller, Account) else caller
    return client.assume_role(RoleArn=role_arn, RoleSessionName="session", **more)


def is_refused(caller: Account | Any, role_arn: str, **more: Any) -> bool:
    client = caller.client("sts") if isinstance(caller, Account) else caller
    try:
        assume(client, role_arn, **more)
    except client.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        assert f"on resource: {role_arn}" in error.response["Error"]["Message"]
        return True
    return False


def test_an_account_is_admitted_by_its_id_or_root(
    account: Account, new_account: Callable[..., Account]
) -> None:
    trusted, other, at_root = new_account(), new_account(), new_account()
    arn = role(account, trust({"AWS": [trusted.id, f"arn:aws:iam::{at_root.id}:root"]}), path="/cdk/")
    assert arn == f"arn:aws:iam::{account.id}:role/cdk/deploy"
    answer = assume(trusted, arn)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account.id}:assumed-role/deploy/session"
    assert not is_refused(at_root, arn)
    assert is_refused(other, arn)
    assert is_refused(account, arn)
    code, message = error_of(other.client("sts").assume_role, RoleArn=arn, RoleSessionName="session")
    assert (code, message) == (
        "AccessDenied",
        f"User: arn:aws:iam::{other.id}:root is not authorized to perform: sts:AssumeRole on resource: {arn}",
    )


def test_a_role_that_is_elsewhere_or_nowhere_is_refused(
    account: Account, new_account: Callable[..., Account]
) -> None:
    arn = role(account, trust({"AWS": "*"}))
    assert not is_refused(new_account(), arn)
    assert is_refused(account, arn.replace(account.id, new_account().id))
    assert is_refused(account, arn.replace("/deploy", "/path/deploy"))
    assert is_refused(account, arn.replace("deploy", "nobody"))


def test_the_session_of_a_role_is_that_role(account: Account, new_account: Callable[..., Account]) -> None:
    pipeline = new_account()
    first = role(pipeline, trust({"AWS": pipeline.id}))
    arn = role(account, trust({"AWS": first}))
    assert is_refused(pipeline, arn)
    given = assume(pipeline, first)["Credentials"]
    session = boto3.client(
        "sts",
        endpoint_url=account.endpoint,
        region_name=account.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    assert not is_refused(session, arn)


def test_a_service_is_no_caller(account: Account) -> None:
    arn = role(account, trust({"Service": "lambda.amazonaws.com"}))
    assert is_refused(account, arn)


@pytest.mark.parametrize(
    ("condition", "asked", "refused"),
    [
        ({"Null": {"sts:ExternalId": "true"}}, {}, False),
        ({"Null": {"sts:ExternalId": "true"}}, {"ExternalId": "partner"}, True),
        ({"StringEquals": {"sts:ExternalId": "partner"}}, {}, True),
        ({"StringEquals": {"sts:ExternalId": "partner"}}, {"ExternalId": "partner"}, False),
        ({"StringLike": {"sts:RoleSessionName": "other*"}}, {}, True),
        # Nobody here knows whether it was used: refused, whatever the operator makes of an absent key.
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, {}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "payments"}}, {}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"}}, {}, True),
    ],
)
def test_conditions(
    account: Account, condition: dict[str, Any], asked: dict[str, Any], refused: bool
) -> None:
    arn = role(account, trust({"AWS": account.id}, Condition=condition))
    assert is_refused(account, arn, **asked) is refused


def test_the_organization_of_the_caller_is_known(
    account: Account, new_account: Callable[..., Account]
) -> None:
    member, stranger = new_account(), new_account()
    organizations = account.client("organizations")
    organizations.create_account(Email="member@example.com", AccountName=member.id)
    own = organizations.describe_organization()["Organization"]["Id"]
    arn = role(account, trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": own}}))
    assert not is_refused(member, arn)
    assert is_refused(stranger, arn)


def test_a_deny_counts_and_so_does_one_that_nobody_can_decide(account: Account) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    arn = role(
        account, trust({"AWS": account.id}), {**deny, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}
    )
    assert is_refused(account, arn)


def test_tags_of_a_session_need_an_action_of_their_own(account: Account) -> None:
    tags = [{"Key": "team", "Value": "payments"}]
    arn = role(account, trust({"AWS": account.id}))
    assert is_refused(account, arn, Tags=tags)
    both = {"Statement": [trust({"AWS": account.id}, Action=["sts:AssumeRole", "sts:TagSession"])]}
    account.client("iam").update_assume_role_policy(RoleName="deploy", PolicyDocument=json.dumps(both))
    assert not is_refused(account, arn, Tags=tags)
