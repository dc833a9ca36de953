"""Secrets and parameters behave as on AWS, and resources can be imported."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from emulator_process import Account, error_of, resource

SECRET: dict[str, Any] = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "shop/db"}}
REF = {"Ref": {"Value": {"Ref": "S"}}}


def value_of(account: Account, secret: str) -> str:
    return str(account.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def secret(**properties: Any) -> dict[str, Any]:
    return {"S": {**SECRET, "Properties": {**SECRET["Properties"], **properties}}}


def test_the_ref_of_a_secret_is_its_arn(account: Account) -> None:
    stack = account.deploy("s", secret(SecretString="one"), Outputs=REF)
    arn = account.client("secretsmanager").describe_secret(SecretId="shop/db")["ARN"]
    assert stack.outputs == {"Ref": arn}
    assert account.deploy("s", secret(SecretString="two"), Outputs=REF).outputs == {"Ref": arn}
    assert value_of(account, arn) == "two"
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    code, _ = error_of(account.client("secretsmanager").describe_secret, SecretId="shop/db")
    assert code == "ResourceNotFoundException"


def test_a_renamed_secret_is_replaced(account: Account) -> None:
    account.deploy("s", secret(SecretString="one"))
    account.deploy("s", secret(SecretString="one", Name="shop/new"))
    names = {s["Name"] for s in account.client("secretsmanager").list_secrets()["SecretList"]}
    assert names == {"shop/new"}


def test_a_taken_secret_name_fails(account: Account) -> None:
    account.secret("shop/db", "mine")
    stack = account.deploy("s", secret(SecretString="other"))
    assert "AWS::SecretsManager::Secret' with identifier 'shop/db' already exists" in stack.reasons()
    assert value_of(account, "shop/db") == "mine"


def test_an_empty_generate_option_generates(account: Account) -> None:
    account.deploy("s", secret(GenerateSecretString={}))
    assert len(value_of(account, "shop/db")) == 32


def test_generated_into_a_template(account: Account) -> None:
    options = {
        "SecretStringTemplate": '{"username":"admin"}',
        "GenerateStringKey": "password",
        "ExcludeCharacters": "abc",
        "ExcludeUppercase": True,
        "ExcludeNumbers": True,
        "ExcludePunctuation": True,
    }
    account.deploy("s", secret(GenerateSecretString=options))
    content = json.loads(value_of(account, "shop/db"))
    assert content["username"] == "admin"
    assert len(content["password"]) == 32
    assert set(content["password"]) <= set("defghijklmnopqrstuvwxyz")


def test_half_of_a_template_is_refused(account: Account) -> None:
    stack = account.deploy("s", secret(GenerateSecretString={"GenerateStringKey": "password"}))
    assert "must be given together" in stack.reasons()


def test_a_taken_parameter_name_fails(account: Account) -> None:
    def parameter(value: str) -> dict[str, Any]:
        properties = {"Name": "/registry/owner", "Type": "String", "Value": value}
        return {"P": {"Type": "AWS::SSM::Parameter", "Properties": properties}}

    assert account.deploy("one", parameter("one")).status == "CREATE_COMPLETE"
    second = account.deploy("two", parameter("two"))
    assert second.status == "ROLLBACK_COMPLETE"
    assert "AWS::SSM::Parameter' with identifier '/registry/owner' already exists" in second.reasons()
    found = account.client("ssm").get_parameter(Name="/registry/owner")["Parameter"]
    assert found["Value"] == "one"


@pytest.mark.parametrize(
    ("kind", "name", "document"),
    [
        ("Role", "RoleName", "AssumeRolePolicyDocument"),
        ("ManagedPolicy", "ManagedPolicyName", "PolicyDocument"),
    ],
)
def test_a_taken_name_of_iam_fails(account: Account, kind: str, name: str, document: str) -> None:
    statement = {"Version": "2012-10-17", "Statement": []}
    properties = {name: "puller", document: statement}
    resources = {"R": {"Type": f"AWS::IAM::{kind}", "Properties": properties}}
    assert account.deploy("one", resources).status == "CREATE_COMPLETE"
    second = account.deploy("two", resources)
    assert second.status == "ROLLBACK_COMPLETE"
    assert f"AWS::IAM::{kind}' with identifier 'puller' already exists" in second.reasons()


def test_a_managed_policy_that_something_else_has_is_not_deleted(account: Account) -> None:
    statement = {"Version": "2012-10-17", "Statement": []}
    made = {
        "Own": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": statement}},
        "Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": statement, "Roles": [{"Ref": "Own"}]},
        },
    }
    policy = account.deploy("s", made).physical_ids()["Policy"]
    account.role("other")
    account.client("iam").attach_role_policy(RoleName="other", PolicyArn=policy)
    assert account.delete_stack("s") == "DELETE_FAILED"
    account.client("iam").detach_role_policy(RoleName="other", PolicyArn=policy)
    assert account.delete_stack("s") == "DELETE_COMPLETE"


IMPORTABLE: list[tuple[str, dict[str, Any], str]] = [
    ("Repository", {"RepositoryName": "app"}, "RepositoryName"),
    (
        "RegistryPolicy",
        {
            "PolicyText": {
                "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"}]
            }
        },
        "RegistryId",
    ),
    (
        "RegistryScanningConfiguration",
        {
            "ScanType": "BASIC",
            "Rules": [
                {
                    "ScanFrequency": "SCAN_ON_PUSH",
                    "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}],
                }
            ],
        },
        "RegistryId",
    ),
    (
        "ReplicationConfiguration",
        {
            "ReplicationConfiguration": {
                "Rules": [{"Destinations": [{"Region": "eu-north-1", "RegistryId": "222222222222"}]}]
            }
        },
        "RegistryId",
    ),
    (
        "PullThroughCacheRule",
        {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
        "EcrRepositoryPrefix",
    ),
    ("RepositoryCreationTemplate", {"Prefix": "quay", "AppliedFor": ["PULL_THROUGH_CACHE"]}, "Prefix"),
]


def import_into(account: Account, stack: str, body: str, entry: dict[str, Any]) -> str:
    """Create and execute an import change set as the CDK CLI does; answers the stack's status."""
    arguments = {"StackName": stack, "ChangeSetName": "import"}
    account.cloudformation.create_change_set(
        **arguments, ChangeSetType="IMPORT", TemplateBody=body, ResourcesToImport=[entry]
    )
    change_set = account.cloudformation.describe_change_set(**arguments)
    if change_set["Status"] == "FAILED":
        return f"FAILED: {change_set['StatusReason']}"
    account.cloudformation.execute_change_set(**arguments)
    time.sleep(0.05)
    return account.settled(stack).status


@pytest.mark.parametrize(("kind", "properties", "key"), IMPORTABLE)
def test_import_of_what_a_deleted_stack_retained(
    account: Account, kind: str, properties: dict[str, Any], key: str
) -> None:
    template = {"X": resource(kind, properties, DeletionPolicy="Retain")}
    account.deploy("first", template)
    account.delete_stack("first")
    body = json.dumps({"Resources": template})
    [summary] = account.cloudformation.get_template_summary(TemplateBody=body)["ResourceIdentifierSummaries"]
    assert summary == {
        "ResourceType": f"AWS::ECR::{kind}",
        "LogicalResourceIds": ["X"],
        "ResourceIdentifiers": [key],
    }
    identifier = {key: properties.get(key, account.id)}
    entry = {
        "ResourceType": summary["ResourceType"],
        "LogicalResourceId": "X",
        "ResourceIdentifier": identifier,
    }
    assert import_into(account, "second", body, entry) == "IMPORT_COMPLETE"
    assert account.settled("second").physical_ids() == {"X": identifier[key]}
    # The stack owns it now: without the deletion policy it goes with the stack.
    account.deploy("second", {"X": resource(kind, properties)})
    assert account.delete_stack("second") == "DELETE_COMPLETE"
    stack = account.deploy("third", {"X": resource(kind, properties)})
    assert stack.status == "CREATE_COMPLETE"


def test_a_create_can_adopt_what_exists(account: Account) -> None:
    """What `cdk deploy --import-existing-resources` asks for."""
    account.ecr.create_repository(repositoryName="app")
    account.push("app", "v1")
    template = {"X": resource("Repository", {"RepositoryName": "app"}, DeletionPolicy="Retain")}
    arguments = {"StackName": "s", "ChangeSetName": "adopt"}
    account.cloudformation.create_change_set(
        **arguments,
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": template}),
        ImportExistingResources=True,
    )
    [change] = account.cloudformation.describe_change_set(**arguments)["Changes"]
    assert change["ResourceChange"]["Action"] == "Import"
    account.cloudformation.execute_change_set(**arguments)
    assert account.settled("s").status == "CREATE_COMPLETE"
    assert len(account.ecr.list_images(repositoryName="app")["imageIds"]) == 1


LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
            "action": {"type": "expire"},
        }
    ]
}


def policy_of(account: Account, name: str) -> Any:
    """The repository's policy; None where it has none."""
    try:
        return json.loads(account.ecr.get_repository_policy(repositoryName=name)["policyText"])
    except account.ecr.exceptions.RepositoryPolicyNotFoundException:
        return None


def tags_of(account: Account, name: str) -> dict[str, str]:
    (found,) = account.ecr.describe_repositories(repositoryNames=[name])["repositories"]
    tags = account.ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    return {one["Key"]: one["Value"] for one in tags}


def import_repository(account: Account, stack: str, **said: Any) -> str:
    """Import the repository of the stack's name, with these properties."""
    template = {"X": resource("Repository", {"RepositoryName": stack, **said}, DeletionPolicy="Retain")}
    entry = {
        "ResourceType": "AWS::ECR::Repository",
        "LogicalResourceId": "X",
        "ResourceIdentifier": {"RepositoryName": stack},
    }
    return import_into(account, stack, json.dumps({"Resources": template}), entry)


def policy(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def by_hand(account: Account) -> str:
    """A repository that differs in everything from what the tests declare."""
    account.ecr.create_repository(
        repositoryName="app",
        imageTagMutability="MUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags=[{"Key": "owner", "Value": "data"}, {"Key": "cost", "Value": "cc-1"}],
    )
    account.ecr.set_repository_policy(
        repositoryName="app", policyText=json.dumps(policy("ecr:BatchGetImage"))
    )
    account.ecr.put_lifecycle_policy(repositoryName="app", lifecyclePolicyText=json.dumps(LIFECYCLE))
    return "app"


def test_an_import_writes_what_the_template_says_but_for_the_lifecycle_policy(
    account: Account, by_hand: str
) -> None:
    declared = {"rules": [{**LIFECYCLE["rules"][0], "rulePriority": 2}]}
    status = import_repository(
        account,
        by_hand,
        RepositoryPolicyText=policy("ecr:PutImage"),
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[
            {
                "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                "ImageTagMutabilityExclusionFilterValue": "latest*",
            }
        ],
        ImageScanningConfiguration={"ScanOnPush": False},
        LifecyclePolicy={"LifecyclePolicyText": json.dumps(declared)},
        Tags=[{"Key": "owner", "Value": "shop"}],
    )
    assert status == "IMPORT_COMPLETE"
    assert policy_of(account, by_hand) == policy("ecr:PutImage")
    (found,) = account.ecr.describe_repositories(repositoryNames=[by_hand])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert [one["filter"] for one in found["imageTagMutabilityExclusionFilters"]] == ["latest*"]
    assert found["imageScanningConfiguration"] == {"scanOnPush": False}
    tags = tags_of(account, by_hand)
    assert tags["owner"] == "shop"
    assert tags["cost"] == "cc-1"
    assert tags["aws:cloudformation:stack-name"] == by_hand
    assert tags["aws:cloudformation:logical-id"] == "X"
    kept = account.ecr.get_lifecycle_policy(repositoryName=by_hand)["lifecyclePolicyText"]
    assert json.loads(kept) == LIFECYCLE


def test_an_import_takes_the_policy_that_no_template_declares_and_nothing_else(
    account: Account, by_hand: str
) -> None:
    assert import_repository(account, by_hand) == "IMPORT_COMPLETE"
    assert policy_of(account, by_hand) is None
    (found,) = account.ecr.describe_repositories(repositoryNames=[by_hand])["repositories"]
    assert found["imageTagMutability"] == "MUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert tags_of(account, by_hand)["owner"] == "data"
    assert account.ecr.get_lifecycle_policy(repositoryName=by_hand)


def test_what_an_import_wrote_before_it_failed_stays(account: Account, by_hand: str) -> None:
    filters = [
        {
            "ImageTagMutabilityExclusionFilterType": "WILDCARD",
            "ImageTagMutabilityExclusionFilterValue": "*a*b*",
        }
    ]
    said = {
        "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "ImageTagMutabilityExclusionFilters": filters,
    }
    assert import_repository(account, by_hand, **said) == "ROLLBACK_COMPLETE"
    stack = account.settled(by_hand)
    assert "a filter may have at most 2 wildcards" in stack.reasons()
    assert stack.physical_ids() == {}
    assert policy_of(account, by_hand) is None
    (found,) = account.ecr.describe_repositories(repositoryNames=[by_hand])["repositories"]
    assert found["imageTagMutability"] == "MUTABLE"


def test_a_failed_import_leaves_the_stack_what_it_had(account: Account, by_hand: str) -> None:
    first = resource("Repository", {"RepositoryName": "first"}, DeletionPolicy="Retain")
    account.deploy("s", {"First": first})
    properties = {"RepositoryName": by_hand, "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}
    second = resource("Repository", properties, DeletionPolicy="Retain")
    entry = {
        "ResourceType": "AWS::ECR::Repository",
        "LogicalResourceId": "Second",
        "ResourceIdentifier": {"RepositoryName": by_hand},
    }
    body = json.dumps({"Resources": {"First": first, "Second": second}})
    assert import_into(account, "s", body, entry) == "IMPORT_ROLLBACK_COMPLETE"
    assert account.settled("s").physical_ids() == {"First": "first"}
    del second["Properties"]["ImageTagMutability"]
    body = json.dumps({"Resources": {"First": first, "Second": second}})
    account.cloudformation.delete_change_set(StackName="s", ChangeSetName="import")
    assert import_into(account, "s", body, entry) == "IMPORT_COMPLETE"
    assert account.settled("s").physical_ids() == {"First": "first", "Second": by_hand}


def test_nobody_holds_what_was_released(account: Account) -> None:
    kept = resource("Repository", {"RepositoryName": "kept"}, DeletionPolicy="Retain")
    released = resource("Repository", {"RepositoryName": "released"}, DeletionPolicy="Retain")
    list_resources = account.cloudformation.list_stack_resources

    def held(stack: str) -> list[str]:
        return [
            one["PhysicalResourceId"] for one in list_resources(StackName=stack)["StackResourceSummaries"]
        ]

    stack_id = account.deploy("s", {"K": kept, "R": released}).id
    assert held("s") == ["kept", "released"]
    account.deploy("s", {"K": kept})
    assert held("s") == held(stack_id) == ["kept"]
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    for call in (list_resources, account.cloudformation.describe_stack_resources):
        assert error_of(call, StackName="s") == ("ValidationError", "Stack with id s does not exist")
        call(StackName=stack_id)
    # What was released keeps the tag of its stack all the same.
    arn = account.ecr.describe_repositories(repositoryNames=["released"])["repositories"][0]["repositoryArn"]
    tags = account.ecr.list_tags_for_resource(resourceArn=arn)["tags"]
    assert {"Key": "aws:cloudformation:stack-name", "Value": "s"} in tags


def test_import_of_what_is_not_there_fails(account: Account) -> None:
    template = {"X": resource("Repository", {"RepositoryName": "app"}, DeletionPolicy="Retain")}
    entry = {
        "ResourceType": "AWS::ECR::Repository",
        "LogicalResourceId": "X",
        "ResourceIdentifier": {"RepositoryName": "app"},
    }
    status = import_into(account, "s", json.dumps({"Resources": template}), entry)
    assert status == "FAILED: Resource of type 'AWS::ECR::Repository' with identifier 'app' was not found."


def test_assumed_roles_switch_the_account(account: Account, new_account: Callable[..., Account]) -> None:
    trusting = new_account()
    other = trusting.id
    trust = {"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sts:AssumeRole"}
    arn = trusting.client("iam").create_role(
        RoleName="deploy", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]["Arn"]
    credentials = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="s")["Credentials"]
    import boto3

    identity = boto3.client(
        "sts",
        endpoint_url=account.endpoint,
        region_name="eu-west-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    ).get_caller_identity()
    assert identity["Account"] == other
