"""`AWS::ECR::Repository`: every property, update, deletion, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from emulator_process import Account, error_of, resource

LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 1,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
PUBLIC_READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}],
}
EVERYTHING = {
    "RepositoryName": "team/app",
    "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
    "ImageTagMutabilityExclusionFilters": [
        {
            "ImageTagMutabilityExclusionFilterType": "WILDCARD",
            "ImageTagMutabilityExclusionFilterValue": "latest*",
        }
    ],
    "ImageScanningConfiguration": {"ScanOnPush": "true"},
    "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": "alias/mine"},
    "LifecyclePolicy": {"LifecyclePolicyText": LIFECYCLE},
    "RepositoryPolicyText": PUBLIC_READ,
    "EmptyOnDelete": True,
    "Tags": [{"Key": "owner", "Value": "payments"}],
}


def test_every_property_arrives(account: Account) -> None:
    stack = account.deploy(
        "s",
        {"Repo": resource("Repository", EVERYTHING)},
        Outputs={
            "Arn": {"Value": {"Fn::GetAtt": ["Repo", "Arn"]}},
            "Uri": {"Value": {"Fn::GetAtt": ["Repo", "RepositoryUri"]}},
            "Ref": {"Value": {"Ref": "Repo"}},
        },
    )
    assert stack.status == "CREATE_COMPLETE"
    [found] = account.ecr.describe_repositories(repositoryNames=["team/app"])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert found["imageTagMutabilityExclusionFilters"] == [{"filterType": "WILDCARD", "filter": "latest*"}]
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    assert found["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": "alias/mine"}
    policy = account.ecr.get_repository_policy(repositoryName="team/app")["policyText"]
    assert json.loads(policy) == PUBLIC_READ
    lifecycle = account.ecr.get_lifecycle_policy(repositoryName="team/app")
    assert lifecycle["lifecyclePolicyText"] == LIFECYCLE
    tags = account.ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    assert {"Key": "owner", "Value": "payments"} in tags
    assert {"Key": "aws:cloudformation:stack-name", "Value": "s"} in tags
    assert stack.outputs == {
        "Arn": f"arn:aws:ecr:eu-west-1:{account.id}:repository/team/app",
        "Uri": f"{account.id}.dkr.ecr.eu-west-1.amazonaws.com/team/app",
        "Ref": "team/app",
    }


def test_dropped_properties_go_back_to_their_defaults(account: Account) -> None:
    account.deploy("s", {"Repo": resource("Repository", EVERYTHING)})
    kept = {name: EVERYTHING[name] for name in ("RepositoryName", "EncryptionConfiguration")}
    assert account.deploy("s", {"Repo": resource("Repository", kept)}).status == "UPDATE_COMPLETE"
    [found] = account.ecr.describe_repositories(repositoryNames=["team/app"])["repositories"]
    assert found["imageTagMutability"] == "MUTABLE"
    assert "imageTagMutabilityExclusionFilters" not in found
    assert found["imageScanningConfiguration"] == {"scanOnPush": False}
    code, _ = error_of(account.ecr.get_lifecycle_policy, repositoryName="team/app")
    assert code == "LifecyclePolicyNotFoundException"
    code, _ = error_of(account.ecr.get_repository_policy, repositoryName="team/app")
    assert code == "RepositoryPolicyNotFoundException"
    tags = account.ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    assert "owner" not in {tag["Key"] for tag in tags}


def test_a_taken_name_fails(account: Account) -> None:
    account.ecr.create_repository(repositoryName="app")
    stack = account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "app"})})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Resource of type 'AWS::ECR::Repository' with identifier 'app' already exists." in stack.reasons()
    assert "HandlerErrorCode: AlreadyExists" in stack.reasons()
    assert account.ecr.describe_repositories(repositoryNames=["app"])


def test_two_of_one_name_in_a_stack_fail_and_leave_none(account: Account) -> None:
    one = resource("Repository", {"RepositoryName": "app"})
    stack = account.deploy("s", {"One": one, "Two": one})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert account.ecr.describe_repositories()["repositories"] == []


def test_a_retained_repository_blocks_the_next_deploy(account: Account) -> None:
    kept = {"Repo": resource("Repository", {"RepositoryName": "app"}, DeletionPolicy="Retain")}
    account.deploy("s", kept)
    account.push("app", "v1")
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    assert len(account.ecr.list_images(repositoryName="app")["imageIds"]) == 1
    stack = account.deploy("s", kept)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "with identifier 'app' already exists" in stack.reasons()
    assert len(account.ecr.list_images(repositoryName="app")["imageIds"]) == 1


def test_images_protect_a_repository_from_deletion(account: Account) -> None:
    account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "app"})})
    account.push("app", "v1")
    assert account.delete_stack("s") == "DELETE_FAILED"
    assert "cannot be deleted because it still contains images" in account.settled("s").reasons()
    assert account.ecr.describe_repositories(repositoryNames=["app"])


def test_empty_on_delete_deletes_the_images(account: Account) -> None:
    properties = {"RepositoryName": "app", "EmptyOnDelete": True}
    account.deploy("s", {"Repo": resource("Repository", properties)})
    account.push("app", "v1")
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    assert account.ecr.describe_repositories()["repositories"] == []


def test_a_new_name_replaces_and_the_old_goes_last(account: Account) -> None:
    account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "old"})})
    stack = account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "new"})})
    assert stack.status == "UPDATE_COMPLETE"
    names = [r["repositoryName"] for r in account.ecr.describe_repositories()["repositories"]]
    assert names == ["new"]


def test_update_replace_policy_keeps_the_old(account: Account) -> None:
    keep = {"UpdateReplacePolicy": "Retain"}
    account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "old"}, **keep)})
    account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "new"}, **keep)})
    names = {r["repositoryName"] for r in account.ecr.describe_repositories()["repositories"]}
    assert names == {"old", "new"}


def test_changed_encryption_under_a_fixed_name_fails(account: Account) -> None:
    account.deploy("s", {"Repo": resource("Repository", {"RepositoryName": "app"})})
    changed = {"RepositoryName": "app", "EncryptionConfiguration": {"EncryptionType": "KMS"}}
    stack = account.deploy("s", {"Repo": resource("Repository", changed)})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "custom-named resource requires replacing" in stack.reasons()
    [found] = account.ecr.describe_repositories()["repositories"]
    assert found["encryptionConfiguration"] == {"encryptionType": "AES256"}


def test_changed_encryption_of_a_generated_name_replaces(account: Account) -> None:
    first = account.deploy("s", {"Repo": resource("Repository")}).physical_ids()
    changed = {"EncryptionConfiguration": {"EncryptionType": "KMS"}}
    second = account.deploy("s", {"Repo": resource("Repository", changed)}).physical_ids()
    assert first != second
    [found] = account.ecr.describe_repositories()["repositories"]
    assert found["repositoryName"] == second["Repo"]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"Nonsense": 1}, "#: extraneous key [Nonsense] is not permitted"),
        ({"Arn": "x"}, "#: extraneous key [Arn] is not permitted"),
        ({"RepositoryName": "Upper"}, "#/RepositoryName: failed validation constraint for keyword [pattern]"),
        ({"RepositoryName": "a"}, "#/RepositoryName: expected minLength: 2, actual: 1"),
        ({"RepositoryName": "a" * 257}, "#/RepositoryName: expected maxLength: 256, actual: 257"),
        ({"ImageTagMutability": "SOLID"}, "#/ImageTagMutability: SOLID is not a valid enum value"),
        ({"ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}, "required with IMMUTABLE_WITH_EXCLUSION"),
        (
            {"ImageTagMutabilityExclusionFilters": EVERYTHING["ImageTagMutabilityExclusionFilters"]},
            "not allowed with MUTABLE",
        ),
        (
            {"ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION", "ImageTagMutabilityExclusionFilters": []},
            "#/ImageTagMutabilityExclusionFilters: expected minimum item count: 1, found: 0",
        ),
        ({"EncryptionConfiguration": {}}, "#/EncryptionConfiguration: required key [EncryptionType]"),
        ({"LifecyclePolicy": {"LifecyclePolicyText": "{}"}}, "expected minLength: 100, actual: 2"),
        ({"LifecyclePolicy": {"LifecyclePolicyText": "x" * 100}}, "the text is not JSON"),
        ({"RepositoryPolicyText": {"Statement": []}}, "Invalid repository policy provided"),
        ({"RepositoryPolicyText": ["x"]}, "#/RepositoryPolicyText: expected type: JSONObject"),
        ({"ImageScanningConfiguration": {"ScanOnPush": "maybe"}}, "expected type: Boolean"),
        ({"Tags": [{"Key": "k"}]}, "#/Tags/0: required key [Value] not found"),
        ({"Tags": [{"Key": "aws:x", "Value": "v"}]}, "aws: prefix is reserved"),
    ],
)
def test_refused_properties(account: Account, properties: dict[str, object], reason: str) -> None:
    stack = account.deploy("s", {"Repo": resource("Repository", properties)})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()
    assert account.ecr.describe_repositories()["repositories"] == []


def test_one_name_in_two_accounts_and_regions(new_account: Callable[..., Account]) -> None:
    one, other = new_account(), new_account()
    template = {"Repo": resource("Repository", {"RepositoryName": "app"})}
    for account in (one, one.elsewhere("eu-central-1"), other):
        assert account.deploy("s", template).status == "CREATE_COMPLETE"
        [found] = account.ecr.describe_repositories()["repositories"]
        assert found["repositoryArn"] == f"arn:aws:ecr:{account.region}:{account.id}:repository/app"
