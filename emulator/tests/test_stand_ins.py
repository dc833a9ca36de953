"""What is read back as it was declared: stack sets, policies of an organization, statements of a bus."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_process import Account, error_of

UNIT = "ou-ab12-11111111"
TEMPLATE: dict[str, Any] = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
ROLE: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
DENY: dict[str, Any] = {"Effect": "Deny", "Action": "ecr:DeleteRepository", "Resource": "*"}


def stack_set(template: Any = TEMPLATE, **more: Any) -> dict[str, Any]:
    properties = {
        "StackSetName": "baseline",
        "PermissionModel": "SERVICE_MANAGED",
        "TemplateBody": template if isinstance(template, str) else json.dumps(template),
        "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True},
        "OperationPreferences": {"MaxConcurrentPercentage": 25, "FailureToleranceCount": "1"},
        "StackInstancesGroup": [
            {"DeploymentTargets": {"OrganizationalUnitIds": [UNIT]}, "Regions": ["eu-west-1", "eu-central-1"]}
        ],
        **more,
    }
    kept = {key: value for key, value in properties.items() if value is not None}
    return {"S": {"Type": "AWS::CloudFormation::StackSet", "Properties": kept}}


def policy(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {
        "Name": "registry",
        "Type": "SERVICE_CONTROL_POLICY",
        "Content": {"Version": "2012-10-17", "Statement": list(statements) or [DENY]},
        "TargetIds": [UNIT],
        **more,
    }
    return {"P": {"Type": "AWS::Organizations::Policy", "Properties": properties}}


def bus_policy(**properties: Any) -> dict[str, Any]:
    return {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "findings"}},
        "P": {
            "Type": "AWS::Events::EventBusPolicy",
            "DependsOn": "Bus",
            "Properties": {"EventBusName": "findings", "StatementId": "tenants", **properties},
        },
    }


@pytest.fixture
def management(account: Account) -> Account:
    """The account of an organization that has the unit."""
    organizations = account.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.create_organizational_unit(ParentId=root, Name=UNIT)
    return account


def test_a_stack_set_is_kept_and_read_back(management: Account) -> None:
    stack = management.deploy("s", stack_set(), Outputs={"Id": {"Value": {"Ref": "S"}}})
    found = management.cloudformation.describe_stack_set(StackSetName="baseline")["StackSet"]
    assert stack.outputs["Id"] == found["StackSetId"]
    assert found["StackSetId"].startswith("baseline:")
    assert json.loads(found["TemplateBody"]) == TEMPLATE
    assert found["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": True}
    assert (found["PermissionModel"], found["OrganizationalUnitIds"]) == ("SERVICE_MANAGED", [UNIT])
    assert found["Regions"] == ["eu-central-1", "eu-west-1"]
    summaries = management.cloudformation.list_stack_sets()["Summaries"]
    assert [one["StackSetName"] for one in summaries] == ["baseline"]

    changed = {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}}
    management.deploy("s", stack_set(changed, Description="a baseline"))
    found = management.cloudformation.describe_stack_set(StackSetName=stack.outputs["Id"])["StackSet"]
    assert found["StackSetId"] == stack.outputs["Id"]
    assert (json.loads(found["TemplateBody"]), found["Description"]) == (changed, "a baseline")

    assert management.delete_stack("s") == "DELETE_COMPLETE"
    code, _ = error_of(management.cloudformation.describe_stack_set, StackSetName="baseline")
    assert code.startswith("StackSetNotFound")


def test_the_name_of_a_stack_set_is_taken_once_per_region(management: Account) -> None:
    management.deploy("s", stack_set())
    refused = management.deploy("t", stack_set())
    assert refused.status == "ROLLBACK_COMPLETE"
    assert "already exists" in refused.reasons()
    assert management.elsewhere("eu-north-1").deploy("t", stack_set()).status == "CREATE_COMPLETE"
    # A create-only change makes the replacement first, and its name is taken.
    accounts = [{"DeploymentTargets": {"Accounts": ["222233334444"]}, "Regions": ["eu-west-1"]}]
    own = stack_set(PermissionModel="SELF_MANAGED", AutoDeployment=None, StackInstancesGroup=accounts)
    assert management.deploy("s", own).status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (stack_set(Unknown=1), "extraneous key [Unknown]"),
        (stack_set(StackSetName="not_a_name"), "keyword [pattern]"),
        (stack_set("{"), "Template format error"),
        (stack_set({"Resources": {}}), "At least one Resources member"),
        (stack_set({"Resources": {"T": {}}}), "Type member"),
        (stack_set({"Resources": {"R": ROLE}}), "Requires capabilities : [CAPABILITY_IAM]"),
        (stack_set({**TEMPLATE, "Parameters": {"Bus": {"Type": "String"}}}), "[Bus] must have values"),
        (
            stack_set(Parameters=[{"ParameterKey": "Other", "ParameterValue": "x"}]),
            "[Other] do not exist in the template",
        ),
        (stack_set(CallAs="DELEGATED_ADMIN"), "not a delegated administrator"),
        (stack_set(PermissionModel="SELF_MANAGED"), "AutoDeployment is for SERVICE_MANAGED"),
        (stack_set(TemplateBody=None), "Either TemplateBody or TemplateURL"),
        (stack_set(OperationPreferences={"MaxConcurrentPercentage": 101}), "not less or equal to 100"),
        (stack_set(OperationPreferences={"FailureToleranceCount": "few"}), "expected type: Integer"),
        (
            stack_set(StackInstancesGroup=[{"DeploymentTargets": {"Accounts": ["1"]}, "Regions": ["a"]}]),
            "keyword [pattern]",
        ),
    ],
)
def test_a_stack_set_is_refused(management: Account, resources: dict[str, Any], said: str) -> None:
    stack = management.deploy("s", resources)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert said in stack.reasons()
    assert management.cloudformation.list_stack_sets()["Summaries"] == []


def test_an_account_without_an_organization_has_no_service_managed_stack_set(account: Account) -> None:
    assert "must enable organizations access" in account.deploy("s", stack_set()).reasons()


@pytest.mark.parametrize(
    ("body", "said"),
    [("x" * 51_201, "maxLength: 51200"), ("ä" * 30_000, "60000 bytes, more than 51200")],
    ids=["characters", "bytes"],
)
def test_the_template_of_a_stack_set_has_a_limit(management: Account, body: str, said: str) -> None:
    storage = management.client("s3")
    place = {"LocationConstraint": management.region}
    storage.create_bucket(Bucket=f"b-{management.id}", CreateBucketConfiguration=place)
    text = json.dumps({"Resources": stack_set(body)})
    storage.put_object(Bucket=f"b-{management.id}", Key="t.json", Body=text.encode())
    url = f"{management.endpoint}/b-{management.id}/t.json"
    management.cloudformation.create_stack(StackName="s", TemplateURL=url)
    assert said in management.settled("s").reasons()


def test_a_stack_set_takes_parameters_and_capabilities(management: Account) -> None:
    template = {"Parameters": {"Bus": {"Type": "String"}}, "Resources": {"R": ROLE}}
    parameters = [{"ParameterKey": "Bus", "ParameterValue": "findings"}]
    capabilities = ["CAPABILITY_NAMED_IAM"]
    management.deploy("s", stack_set(template, Parameters=parameters, Capabilities=capabilities))
    found = management.cloudformation.describe_stack_set(StackSetName="baseline")["StackSet"]
    assert (found["Parameters"], found["Capabilities"]) == (parameters, capabilities)


def test_a_policy_of_an_organization(account: Account) -> None:
    outputs = {"Id": {"Value": {"Ref": "P"}}, "Arn": {"Value": {"Fn::GetAtt": ["P", "Arn"]}}}
    stack = account.deploy("s", policy(Tags=[{"Key": "owner", "Value": "platform"}]), Outputs=outputs)
    organizations = account.client("organizations")
    policy_id = stack.outputs["Id"]
    found = organizations.describe_policy(PolicyId=policy_id)["Policy"]
    assert found["PolicySummary"]["Arn"] == stack.outputs["Arn"]
    assert json.loads(found["Content"])["Statement"] == [DENY]
    (target,) = organizations.list_targets_for_policy(PolicyId=policy_id)["Targets"]
    assert (target["TargetId"], target["Type"]) == (UNIT, "ORGANIZATIONAL_UNIT")
    tags = organizations.list_tags_for_resource(ResourceId=policy_id)["Tags"]
    assert {"Key": "owner", "Value": "platform"} in tags

    taken = account.deploy("t", policy())
    assert taken.status == "ROLLBACK_COMPLETE"
    assert "already exists" in taken.reasons()
    # Another type may have the name; what failed has left nothing behind.
    resource_control = policy({**DENY, "Principal": "*"}, Type="RESOURCE_CONTROL_POLICY")
    assert account.deploy("t", resource_control).status == "CREATE_COMPLETE"

    account.deploy("s", policy({**DENY, "Action": "ecr:DeleteRegistryPolicy"}, TargetIds=["111122223333"]))
    found = organizations.describe_policy(PolicyId=policy_id)["Policy"]
    assert "ecr:DeleteRegistryPolicy" in found["Content"]
    (target,) = organizations.list_targets_for_policy(PolicyId=policy_id)["Targets"]
    assert (target["TargetId"], target["Type"]) == ("111122223333", "ACCOUNT")

    assert account.delete_stack("s") == "DELETE_COMPLETE"
    assert error_of(organizations.describe_policy, PolicyId=policy_id)[0] == "PolicyNotFoundException"


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (policy(Unknown=1), "extraneous key [Unknown]"),
        (policy(Type="A_POLICY"), "not a valid enum value"),
        (policy(TargetIds=["ou-1"]), "keyword [pattern]"),
        (policy(Content="{"), "no JSON object"),
        (policy({**DENY, "Sid": "A" * 5120}), "maximum policy size of 5120"),
        (policy({**DENY, "Principal": "*"}), "an element"),
        (policy({"Effect": "Deny", "Action": "*"}), "Resource and NotResource"),
        (policy({"Effect": "Deny", "Resource": "*"}), "Action and NotAction"),
        (policy(Content={"Statement": [DENY]}), "Version 2012-10-17"),
        (policy(DENY, Type="RESOURCE_CONTROL_POLICY"), "Principal of a resource control policy"),
        (
            policy({**DENY, "Effect": "Allow", "Principal": "*"}, Type="RESOURCE_CONTROL_POLICY"),
            "an Effect",
        ),
    ],
)
def test_a_policy_of_an_organization_is_refused(
    account: Account, resources: dict[str, Any], said: str
) -> None:
    stack = account.deploy("s", resources)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert said in stack.reasons()


def test_a_statement_of_an_event_bus(account: Account) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"}},
    }
    assert account.deploy("s", bus_policy(Statement=statement)).status == "CREATE_COMPLETE"
    events = account.client("events")

    def statements() -> list[Any]:
        return list(json.loads(events.describe_event_bus(Name="findings")["Policy"])["Statement"])

    (found,) = statements()
    assert (found["Sid"], found["Condition"]) == ("tenants", statement["Condition"])
    assert found["Resource"] == f"arn:aws:events:eu-west-1:{account.id}:event-bus/findings"
    taken = {"P": bus_policy(Statement=statement)["P"]}
    taken["P"].pop("DependsOn")
    taken["P"]["Properties"]["Statement"] = {**statement, "Resource": "*"}
    assert "already exists" in account.deploy("t", taken).reasons()
    account.deploy("s", bus_policy(Action="events:PutEvents", Principal="222233334444"))
    (found,) = statements()
    assert found["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}
    account.deploy("s", {"Bus": bus_policy()["Bus"]})
    assert "Policy" not in events.describe_event_bus(Name="findings")


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"Unknown": 1}, "extraneous key"),
        ({"Action": "events:PutRule", "Principal": "*"}, "not a valid enum value"),
        ({"Principal": "*"}, "Either Statement, or Action and Principal"),
        ({"Statement": {"Effect": "Allow"}}, "needs to be a JSON object"),
        (
            {"Statement": {"Sid": "x", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents"}},
            "another Sid",
        ),
        ({"EventBusName": "elsewhere", "Action": "events:PutEvents", "Principal": "*"}, "does not exist"),
    ],
)
def test_a_statement_of_an_event_bus_is_refused(
    account: Account, properties: dict[str, Any], said: str
) -> None:
    stack = account.deploy("s", bus_policy(**properties))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert said in stack.reasons()
