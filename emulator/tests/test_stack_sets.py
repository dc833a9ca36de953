"""Instances of stack sets come, change and go with the set, its targets and the organization's accounts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from emulator_process import Account, error_of
from organization import Organization

REGIONS = ["eu-west-1", "eu-central-1"]


def template(*names: str, **more: Any) -> dict[str, Any]:
    resources = {
        name.title(): {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": name}}
        for name in names
    }
    return {"Resources": resources, **more}


def stack_set(body: dict[str, Any], *units: str, regions: list[str] = REGIONS, **more: Any) -> dict[str, Any]:
    properties = {
        "StackSetName": "baseline",
        "PermissionModel": "SERVICE_MANAGED",
        "TemplateBody": json.dumps(body),
        "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
        "StackInstancesGroup": [
            {"DeploymentTargets": {"OrganizationalUnitIds": list(units)}, "Regions": regions}
        ],
        **more,
    }
    kept = {key: value for key, value in properties.items() if value is not None}
    return {"S": {"Type": "AWS::CloudFormation::StackSet", "Properties": kept}}


def repositories(account: Account, region: str = "eu-west-1") -> set[str]:
    found = account.elsewhere(region).ecr.describe_repositories()["repositories"]
    return {one["repositoryName"] for one in found}


def instances(management: Account) -> list[dict[str, Any]]:
    return list(management.cloudformation.list_stack_instances(StackSetName="baseline")["Summaries"])


def places(management: Account) -> set[tuple[str, str]]:
    return {(one["Account"], one["Region"]) for one in instances(management)}


def eventually(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def organization(account: Account, new_account: Callable[..., Account]) -> Organization:
    return Organization(account, new_account)


def test_instances_are_stacks_of_every_account_of_the_unit(organization: Organization) -> None:
    unit = organization.unit()
    nested = organization.unit(parent=unit)
    first, second = organization.account(unit), organization.account(nested)
    elsewhere = organization.account(organization.unit())
    management = organization.management
    tags = [{"Key": "owner", "Value": "platform"}]
    body = template("base", Parameters={"Stage": {"Type": "String"}})
    parameters = [{"ParameterKey": "Stage", "ParameterValue": "prod"}]
    preferences = {"MaxConcurrentCount": 3}
    declared = stack_set(body, unit, Parameters=parameters, Tags=tags, OperationPreferences=preferences)
    made = management.deploy("s", declared)
    assert made.status == "CREATE_COMPLETE", made.reasons()

    found = instances(management)
    assert {(one["Account"], one["Region"]) for one in found} == {
        (account.id, region) for account in (first, second) for region in REGIONS
    }
    assert {one["OrganizationalUnitId"] for one in found} == {unit}
    assert {(one["Status"], one["StackInstanceStatus"]["DetailedStatus"]) for one in found} == {
        ("CURRENT", "SUCCEEDED")
    }
    for account in (first, second):
        for region in REGIONS:
            assert repositories(account, region) == {"base"}
    assert repositories(elsewhere) == set()
    mine = management.cloudformation.describe_stack_instance(
        StackSetName="baseline", StackInstanceAccount=second.id, StackInstanceRegion="eu-west-1"
    )["StackInstance"]
    (stack,) = second.cloudformation.describe_stacks(StackName=mine["StackId"])["Stacks"]
    assert stack["StackName"].startswith("StackSet-baseline-")
    assert (stack["Parameters"], stack["Tags"]) == (parameters, tags)
    (operation,) = management.cloudformation.list_stack_set_operations(StackSetName="baseline")["Summaries"]
    assert (operation["Action"], operation["Status"]) == ("CREATE", "SUCCEEDED")
    asked = {"StackSetName": "baseline", "OperationId": operation["OperationId"]}
    results = management.cloudformation.list_stack_set_operation_results(**asked)["Summaries"]
    assert {one["Status"] for one in results} == {"SUCCEEDED"}
    assert len(results) == 4
    described = management.cloudformation.describe_stack_set_operation(**asked)["StackSetOperation"]
    assert described["EndTimestamp"] >= described["CreationTimestamp"]
    assert described["OperationPreferences"] == {"MaxConcurrentCount": 3}


def test_the_management_account_gets_none(organization: Organization) -> None:
    unit = organization.unit()
    organization.move(organization.management, unit)
    organization.management.deploy("s", stack_set(template("base"), unit))
    assert instances(organization.management) == []
    assert repositories(organization.management) == set()


def test_a_delegated_administrator_names_itself_one(organization: Organization) -> None:
    unit = organization.unit()
    member, administrator = organization.account(unit), organization.account(organization.unit())
    refused = administrator.deploy("s", stack_set(template("base"), unit))
    assert "management account or delegated admin" in refused.reasons()
    made = administrator.deploy("t", stack_set(template("base"), unit, CallAs="DELEGATED_ADMIN"))
    assert made.status == "CREATE_COMPLETE", made.reasons()
    assert repositories(member) == {"base"}


def test_without_an_organization_or_its_unit_nothing_is_deployed(
    account: Account, organization: Organization
) -> None:
    refused = organization.management.deploy("s", stack_set(template("base"), "ou-ab12-99999999"))
    assert "has no unit ou-ab12-99999999" in refused.reasons()
    assert organization.management.cloudformation.list_stack_sets()["Summaries"] == []


def test_an_update_reaches_every_stack(organization: Organization) -> None:
    unit = organization.unit()
    member, management = organization.account(unit), organization.management
    management.deploy("s", stack_set(template("base"), unit))
    before = {one["StackId"] for one in instances(management)}
    management.deploy("s", stack_set(template("base", "tools"), unit))
    assert {one["StackId"] for one in instances(management)} == before
    for region in REGIONS:
        assert repositories(member, region) == {"base", "tools"}
    management.deploy("s", stack_set(template("tools"), unit))
    assert repositories(member) == {"tools"}
    # What the stacks do not hold makes no operation.
    management.deploy("s", stack_set(template("tools"), unit, OperationPreferences={"MaxConcurrentCount": 2}))
    operations = management.cloudformation.list_stack_set_operations(StackSetName="baseline")["Summaries"]
    assert [one["Action"] for one in operations] == ["UPDATE", "UPDATE", "CREATE"]


def test_targets_and_regions_come_and_go(organization: Organization) -> None:
    unit, other = organization.unit(), organization.unit()
    first, second = organization.account(unit), organization.account(other)
    management = organization.management
    management.deploy("s", stack_set(template("base"), unit))
    management.deploy("s", stack_set(template("base"), unit, other, regions=["eu-west-1"]))
    assert places(management) == {(first.id, "eu-west-1"), (second.id, "eu-west-1")}
    assert repositories(first, "eu-central-1") == set()
    assert repositories(second) == {"base"}
    management.deploy("s", stack_set(template("base"), other, regions=["eu-west-1"]))
    assert places(management) == {(second.id, "eu-west-1")}
    assert repositories(first) == set()


def test_deleting_the_set_deletes_its_stacks_but_what_they_retain(organization: Organization) -> None:
    unit = organization.unit()
    member, management = organization.account(unit), organization.management
    body = template("base", "tools")
    body["Resources"]["Base"]["DeletionPolicy"] = "Retain"
    management.deploy("s", stack_set(body, unit))
    assert management.delete_stack("s") == "DELETE_COMPLETE"
    assert repositories(member) == {"base"}
    (stack,) = member.cloudformation.list_stacks()["StackSummaries"]
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    code, _ = error_of(management.cloudformation.list_stack_instances, StackSetName="baseline")
    assert code.startswith("StackSetNotFound")


def test_a_stack_that_cannot_be_deleted_keeps_the_set(organization: Organization) -> None:
    unit = organization.unit()
    member, management = organization.account(unit), organization.management
    tolerant = {"FailureToleranceCount": 1}
    declared = stack_set(template("base"), unit, regions=["eu-west-1"], OperationPreferences=tolerant)
    management.deploy("s", declared)
    member.push("base", "v1")
    assert management.delete_stack("s") == "DELETE_FAILED"
    (left,) = instances(management)
    assert (left["Status"], left["StackInstanceStatus"]["DetailedStatus"]) == ("INOPERABLE", "INOPERABLE")
    assert "ResourceLogicalId:Base" in left["StatusReason"]
    assert repositories(member) == {"base"}
    member.ecr.delete_repository(repositoryName="base", force=True)
    assert management.delete_stack("s") == "DELETE_COMPLETE"


def test_a_failed_create_leaves_nothing(organization: Organization) -> None:
    unit = organization.unit()
    first, second = organization.account(unit), organization.account(unit)
    first.ecr.create_repository(repositoryName="base")
    made = organization.management.deploy("s", stack_set(template("base"), unit))
    assert made.status == "ROLLBACK_COMPLETE"
    assert "was unexpectedly stopped or failed" in made.reasons()
    assert f"{first.id} in eu-west-1: ResourceLogicalId:Base" in made.reasons()
    assert repositories(second) == set()
    assert organization.management.cloudformation.list_stack_sets()["Summaries"] == []


def test_failures_within_the_tolerance_are_told_of_each_instance(organization: Organization) -> None:
    unit = organization.unit()
    first, second = organization.account(unit), organization.account(unit)
    first.ecr.create_repository(repositoryName="base")
    management = organization.management
    tolerant = {"FailureTolerancePercentage": 50}
    made = management.deploy("s", stack_set(template("base"), unit, OperationPreferences=tolerant))
    assert made.status == "CREATE_COMPLETE", made.reasons()
    by_place = {(one["Account"], one["Region"]): one for one in instances(management)}
    failed = by_place[first.id, "eu-west-1"]
    assert (failed["Status"], failed["StackInstanceStatus"]["DetailedStatus"]) == ("OUTDATED", "FAILED")
    assert "already exists" in failed["StatusReason"]
    assert by_place[first.id, "eu-central-1"]["Status"] == "CURRENT"
    assert repositories(second) == {"base"}
    # The next update tries again, with a new stack.
    first.ecr.delete_repository(repositoryName="base")
    management.deploy("s", stack_set(template("base", "tools"), unit, OperationPreferences=tolerant))
    assert {one["Status"] for one in instances(management)} == {"CURRENT"}
    assert repositories(first) == {"base", "tools"}


def test_too_many_failures_stop_the_operation(organization: Organization) -> None:
    unit = organization.unit()
    first, second = organization.account(unit), organization.account(unit)
    management = organization.management
    management.deploy("s", stack_set(template("base"), unit))
    first.elsewhere("eu-central-1").ecr.create_repository(repositoryName="tools")
    order = {"RegionOrder": ["eu-central-1", "eu-west-1"]}
    changed = management.deploy("s", stack_set(template("base", "tools"), unit, OperationPreferences=order))
    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    operations = management.cloudformation.list_stack_set_operations(StackSetName="baseline")["Summaries"]
    assert [(one["Action"], one["Status"]) for one in operations] == [
        ("UPDATE", "SUCCEEDED"),
        ("UPDATE", "FAILED"),
        ("CREATE", "SUCCEEDED"),
    ]
    results = management.cloudformation.list_stack_set_operation_results(
        StackSetName="baseline", OperationId=operations[1]["OperationId"]
    )["Summaries"]
    assert [one["Status"] for one in results] == ["FAILED", "CANCELLED", "CANCELLED", "CANCELLED"]
    # The rollback has brought every stack back.
    assert {one["Status"] for one in instances(management)} == {"CURRENT"}
    assert repositories(first) == repositories(second) == {"base"}


def test_an_account_that_joins_gets_its_stacks_and_one_that_leaves_loses_them(
    organization: Organization,
) -> None:
    unit, outside = organization.unit(), organization.unit()
    nested = organization.unit(parent=unit)
    management = organization.management
    management.deploy("s", stack_set(template("base"), unit))
    assert instances(management) == []
    member = organization.account(outside)
    organization.move(member, nested)
    eventually(lambda: {one["Status"] for one in instances(management)} == {"CURRENT"})
    assert places(management) == {(member.id, region) for region in REGIONS}
    assert repositories(member) == repositories(member, "eu-central-1") == {"base"}
    # Within the unit nothing happens.
    organization.move(member, unit)
    assert len(instances(management)) == 2
    organization.move(member, outside)
    eventually(lambda: instances(management) == [])
    assert repositories(member) == repositories(member, "eu-central-1") == set()


def test_stacks_are_retained_in_an_account_that_leaves(organization: Organization) -> None:
    unit, outside = organization.unit(), organization.unit()
    member, management = organization.account(unit), organization.management
    retaining = {"Enabled": True, "RetainStacksOnAccountRemoval": True}
    management.deploy("s", stack_set(template("base"), unit, AutoDeployment=retaining))
    organization.move(member, outside)
    eventually(lambda: instances(management) == [])
    assert repositories(member) == {"base"}
    (stack,) = member.cloudformation.describe_stacks()["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    # It is nobody's any more: neither an update nor the end of the set reaches it.
    management.deploy("s", stack_set(template("tools"), unit, AutoDeployment=retaining))
    assert management.delete_stack("s") == "DELETE_COMPLETE"
    assert repositories(member) == {"base"}


def test_without_automatic_deployment_an_account_that_joins_gets_nothing(organization: Organization) -> None:
    unit = organization.unit()
    first, management = organization.account(unit), organization.management
    declared = stack_set(template("base"), unit, AutoDeployment={"Enabled": False})
    management.deploy("s", declared)
    second = organization.account(unit)
    declared["S"]["Properties"]["TemplateBody"] = json.dumps(template("base", "tools"))
    management.deploy("s", declared)
    assert repositories(first) == {"base", "tools"}
    assert repositories(second) == set()


def test_filters_overrides_and_suspended_accounts(organization: Organization) -> None:
    unit = organization.unit()
    first, second, closed = (organization.account(unit) for _ in range(3))
    management = organization.management
    organization.client.close_account(AccountId=closed.id)
    named = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Name"}}}
    body = {"Parameters": {"Name": {"Type": "String", "Default": "base"}}, "Resources": {"R": named}}

    def group(kind: str, account: Account, name: str) -> dict[str, Any]:
        return {
            "DeploymentTargets": {
                "OrganizationalUnitIds": [unit],
                "AccountFilterType": kind,
                "Accounts": [account.id],
            },
            "Regions": ["eu-west-1"],
            "ParameterOverrides": [{"ParameterKey": "Name", "ParameterValue": name}],
        }

    groups = [group("INTERSECTION", first, "one"), group("DIFFERENCE", first, "others")]
    made = management.deploy("s", stack_set(body, StackInstancesGroup=groups))
    assert made.status == "CREATE_COMPLETE", made.reasons()
    assert (repositories(first), repositories(second), repositories(closed)) == ({"one"}, {"others"}, set())
    skipped = next(one for one in instances(management) if one["Account"] == closed.id)
    assert skipped["StackInstanceStatus"]["DetailedStatus"] == "SKIPPED_SUSPENDED_ACCOUNT"
    groups[0]["ParameterOverrides"][0]["ParameterValue"] = "two"
    management.deploy("s", stack_set(body, StackInstancesGroup=groups))
    assert (repositories(first), repositories(second)) == ({"two"}, {"others"})
    mine = management.cloudformation.describe_stack_instance(
        StackSetName="baseline", StackInstanceAccount=first.id, StackInstanceRegion="eu-west-1"
    )["StackInstance"]
    assert mine["ParameterOverrides"] == [{"ParameterKey": "Name", "ParameterValue": "two"}]


def test_self_managed_accounts_need_the_execution_role(
    account: Account, new_account: Callable[..., Account]
) -> None:
    member = new_account()
    groups = [{"DeploymentTargets": {"Accounts": [member.id]}, "Regions": ["eu-west-1"]}]
    own = stack_set(
        template("base"), PermissionModel="SELF_MANAGED", AutoDeployment=None, StackInstancesGroup=groups
    )
    refused = account.deploy("s", own)
    assert "should have 'AWSCloudFormationStackSetExecutionRole' role" in refused.reasons()
    trust = {"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sts:AssumeRole"}
    member.client("iam").create_role(
        RoleName="AWSCloudFormationStackSetExecutionRole",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    assert account.deploy("s", own).status == "CREATE_COMPLETE"
    (found,) = instances(account)
    assert (found["Account"], found["Region"], found["Status"]) == (member.id, "eu-west-1", "CURRENT")
    assert repositories(member) == {"base"}
    (other,) = account.cloudformation.list_stack_sets()["Summaries"]
    assert other["PermissionModel"] == "SELF_MANAGED"
