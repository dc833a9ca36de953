"""A failing operation leaves everything as it was, and deletion policies are honoured."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_process import Account, error_of, resource
from test_repository_type import EVERYTHING, LIFECYCLE, PUBLIC_READ

BAD = resource("Repository", {"RepositoryName": "Not Valid"}, DependsOn=["A"])


def state(account: Account) -> dict[str, Any]:
    """Everything in the registry that the templates of this module set."""
    ecr = account.ecr
    repositories = ecr.describe_repositories()["repositories"]
    found: dict[str, Any] = {
        "repositories": repositories,
        "tags": [ecr.list_tags_for_resource(resourceArn=r["repositoryArn"])["tags"] for r in repositories],
        "scanning": ecr.get_registry_scanning_configuration()["scanningConfiguration"],
        "replication": ecr.describe_registry()["replicationConfiguration"],
        "rules": ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"],
        "templates": ecr.describe_repository_creation_templates()["repositoryCreationTemplates"],
        "exclusions": ecr.list_pull_time_update_exclusions()["pullTimeUpdateExclusions"],
    }
    for name, call, arguments in (
        ("policy", ecr.get_registry_policy, {}),
        ("signing", ecr.get_signing_configuration, {}),
        ("lifecycle", ecr.get_lifecycle_policy, {"repositoryName": "team/app"}),
        ("repository policy", ecr.get_repository_policy, {"repositoryName": "team/app"}),
    ):
        try:
            found[name] = {
                key: value
                for key, value in call(**arguments).items()
                if key not in ("ResponseMetadata", "lastEvaluatedAt")
            }
        except ecr.exceptions.ClientError as error:
            found[name] = error.response["Error"]["Code"]
    for template in found["templates"]:
        del template["updatedAt"]
    return found


def whole_registry(variant: int) -> dict[str, Any]:
    """Every type once; the two variants differ in every property that can change in place."""
    rule = {
        "ScanFrequency": ("CONTINUOUS_SCAN", "SCAN_ON_PUSH")[variant],
        "RepositoryFilters": [{"Filter": ("prod*", "dev*")[variant], "FilterType": "WILDCARD"}],
    }
    statement = {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "ecr:*", "Resource": "*"}
    profile = "arn:aws:signer:eu-west-1:222222222222:/signing-profiles/" + ("one", "two")[variant]
    destination = {"Region": ("eu-north-1", "eu-south-1")[variant], "RegistryId": "222222222222"}
    repository = (
        EVERYTHING if variant == 0 else {**EVERYTHING, "ImageTagMutability": "MUTABLE_WITH_EXCLUSION"}
    )
    if variant == 1:
        repository = {
            **repository,
            "LifecyclePolicy": {"LifecyclePolicyText": LIFECYCLE.replace("1}", "9}")},
            "RepositoryPolicyText": {**PUBLIC_READ, "Version": "2008-10-17"},
            "Tags": [{"Key": "owner", "Value": "other"}, {"Key": "new", "Value": "tag"}],
            "ImageScanningConfiguration": {"ScanOnPush": False},
        }
    return {
        "A": resource("Repository", repository),
        "Policy": resource(
            "RegistryPolicy", {"PolicyText": {"Statement": [{**statement, "Sid": f"S{variant}"}]}}
        ),
        "Scanning": resource("RegistryScanningConfiguration", {"ScanType": "ENHANCED", "Rules": [rule]}),
        "Signing": resource("SigningConfiguration", {"Rules": [{"SigningProfileArn": profile}]}),
        "Replication": resource(
            "ReplicationConfiguration",
            {"ReplicationConfiguration": {"Rules": [{"Destinations": [destination]}]}},
        ),
        "Template": resource(
            "RepositoryCreationTemplate",
            {"Prefix": "x", "AppliedFor": ["REPLICATION"], "Description": f"variant {variant}"},
        ),
    }


def test_a_failing_update_restores_every_property(account: Account) -> None:
    account.deploy("s", whole_registry(0))
    before = state(account)
    added = {
        "New": resource("Repository", {"RepositoryName": "new"}, DependsOn=["A"]),
        "Rule": resource(
            "PullThroughCacheRule", {"EcrRepositoryPrefix": "k8s", "UpstreamRegistryUrl": "registry.k8s.io"}
        ),
        "Exclusion": resource(
            "PullTimeUpdateExclusion", {"PrincipalArn": "arn:aws:iam::222222222222:role/scanner"}
        ),
    }
    changed = whole_registry(1) | added
    bad = {**BAD, "DependsOn": list(changed)}
    stack = account.deploy("s", {**changed, "Bad": bad})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert state(account) == before
    # The same change without the fault goes through: the rollback has left nothing in its way.
    assert account.deploy("s", changed).status == "UPDATE_COMPLETE"
    assert state(account) != before


@pytest.mark.parametrize(
    "broken",
    [
        {"RepositoryPolicyText": {**PUBLIC_READ, "Statement": []}},
        {"LifecyclePolicy": {"LifecyclePolicyText": "x" * 120}},
        {"Tags": [{"Key": "aws:x", "Value": "v"}]},
    ],
)
def test_an_update_refused_half_way_changes_nothing(account: Account, broken: dict[str, Any]) -> None:
    account.deploy("s", whole_registry(0))
    before = state(account)
    changed = whole_registry(1)
    changed["A"]["Properties"] = {**changed["A"]["Properties"], **broken}
    assert account.deploy("s", changed).status == "UPDATE_ROLLBACK_COMPLETE"
    assert state(account) == before


def test_a_failing_create_leaves_nothing(account: Account) -> None:
    before = state(account)
    registry = whole_registry(0)
    stack = account.deploy("s", {**registry, "Bad": {**BAD, "DependsOn": list(registry)}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert state(account) == before


@pytest.mark.parametrize(
    ("policy", "left"), [("Delete", []), ("RetainExceptOnCreate", []), ("Retain", ["team/app"])]
)
def test_deletion_policy_on_a_rolled_back_create(account: Account, policy: str, left: list[str]) -> None:
    one = resource("Repository", {"RepositoryName": "team/app"}, DeletionPolicy=policy)
    assert account.deploy("s", {"A": one, "Bad": BAD}).status == "ROLLBACK_COMPLETE"
    names = [r["repositoryName"] for r in account.ecr.describe_repositories()["repositories"]]
    assert names == left


@pytest.mark.parametrize(
    ("policy", "left"), [("Delete", []), ("RetainExceptOnCreate", ["app"]), ("Retain", ["app"])]
)
@pytest.mark.parametrize("how", ["stack", "resource"])
def test_deletion_policy_when_the_resource_goes(
    account: Account, policy: str, left: list[str], how: str
) -> None:
    one = resource("Repository", {"RepositoryName": "app"}, DeletionPolicy=policy)
    other = resource("Repository", {"RepositoryName": "other", "EmptyOnDelete": True})
    account.deploy("s", {"A": one, "B": other})
    if how == "stack":
        account.delete_stack("s")
    else:
        account.deploy("s", {"B": other})
        account.ecr.delete_repository(repositoryName="other")
    names = [r["repositoryName"] for r in account.ecr.describe_repositories()["repositories"]]
    assert names == left


@pytest.mark.parametrize(
    ("kind", "properties", "read"),
    [
        (
            "RegistryPolicy",
            {
                "PolicyText": {
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"}]
                }
            },
            "get_registry_policy",
        ),
        (
            "SigningConfiguration",
            {"Rules": [{"SigningProfileArn": "arn:aws:signer:eu-west-1:222222222222:/signing-profiles/aa"}]},
            "get_signing_configuration",
        ),
    ],
)
def test_retained_singletons_stay(account: Account, kind: str, properties: dict[str, Any], read: str) -> None:
    account.deploy("s", {"C": resource(kind, properties, DeletionPolicy="Retain")})
    account.delete_stack("s")
    assert getattr(account.ecr, read)()


def test_a_failed_replacement_keeps_the_predecessor(account: Account) -> None:
    account.deploy("s", {"A": resource("Repository", {"RepositoryName": "old"})})
    account.push("old", "v1")
    renamed = {"A": resource("Repository", {"RepositoryName": "new"}), "Bad": BAD}
    assert account.deploy("s", renamed).status == "UPDATE_ROLLBACK_COMPLETE"
    names = [r["repositoryName"] for r in account.ecr.describe_repositories()["repositories"]]
    assert names == ["old"]
    assert len(account.ecr.list_images(repositoryName="old")["imageIds"]) == 1


def test_an_unknown_type_is_refused_before_anything_happens(account: Account) -> None:
    body = json.dumps({"Resources": {"X": {"Type": "AWS::ECR::Nonsense"}}})
    code, message = error_of(account.cloudformation.create_stack, StackName="s", TemplateBody=body)
    assert code == "ValidationError"
    assert "Unrecognized resource types: [AWS::ECR::Nonsense]" in message
