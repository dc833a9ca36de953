"""The ECR API's operations on repositories, their settings, policies and tags."""

from __future__ import annotations

import time
from typing import Any

from ecr_emulator import ministack_internals
from ecr_emulator.access_policies import check_repository_policy
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.lifecycle_grammar import check_lifecycle_policy
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.operations import Params, operation, page
from ecr_emulator.tag_mutability import check_mutability
from ecr_emulator.tags import MAXIMUM_TAGS, check_tags, is_reserved, merge

_SHOWN = (
    "repositoryArn",
    "registryId",
    "repositoryName",
    "repositoryUri",
    "createdAt",
    "imageTagMutability",
    "imageTagMutabilityExclusionFilters",
    "imageScanningConfiguration",
    "encryptionConfiguration",
)


def find(name: str) -> dict[str, Any]:
    """The record of a repository of the current account and Region."""
    record: dict[str, Any] | None = ministack_internals.ecr()._repositories.get(name)
    if record is None:
        raise EcrError(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{account_id()}'",
        )
    return record


def find_by_arn(arn: str) -> dict[str, Any]:
    """The record of a repository by its ARN."""
    expected = f"arn:aws:ecr:{region()}:{account_id()}:repository/"
    if not arn.startswith(expected):
        raise invalid_parameter("resourceArn", f"must start with {expected}")
    return find(arn.removeprefix(expected))


def check_encryption(configuration: dict[str, Any]) -> None:
    """Raise when a KMS key is given for an encryption type that has none."""
    if configuration.get("kmsKey") and configuration["encryptionType"] == "AES256":
        raise invalid_parameter("encryptionConfiguration", "kmsKey is not allowed with AES256")


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    return {member: record[member] for member in _SHOWN if record.get(member) is not None}


@operation("CreateRepository")
def _create_repository(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    check_mutability(params)
    encryption = params.get("encryptionConfiguration", {"encryptionType": "AES256"})
    check_encryption(encryption)
    check_tags(params.get("tags", []))
    store = ministack_internals.ecr()
    if name in store._repositories:
        raise EcrError(
            "RepositoryAlreadyExistsException",
            f"The repository with name '{name}' already exists in the registry with id '{account_id()}'",
        )
    if encryption["encryptionType"] != "AES256":
        encryption = {"kmsKey": f"arn:aws:kms:{region()}:{account_id()}:alias/aws/ecr", **encryption}
    record = {
        "repositoryArn": f"arn:aws:ecr:{region()}:{account_id()}:repository/{name}",
        "registryId": account_id(),
        "repositoryName": name,
        "repositoryUri": f"{account_id()}.dkr.ecr.{region()}.amazonaws.com/{name}",
        "createdAt": time.time(),
        "imageTagMutability": params.get("imageTagMutability", "MUTABLE"),
        "imageTagMutabilityExclusionFilters": params.get("imageTagMutabilityExclusionFilters"),
        "imageScanningConfiguration": {
            "scanOnPush": params.get("imageScanningConfiguration", {}).get("scanOnPush", False)
        },
        "encryptionConfiguration": encryption,
        "tags": list(params.get("tags", [])),
    }
    store._repositories[name] = record
    store._images[name] = []
    return {"repository": _shown(record)}


@operation("DescribeRepositories")
def _describe_repositories(params: Params) -> dict[str, Any]:
    names = params.get("repositoryNames")
    if names is None:
        records = list(ministack_internals.ecr()._repositories.values())
    else:
        records = [find(name) for name in names]
    return page(params, [_shown(record) for record in records], "repositories", default=100)


@operation("DeleteRepository")
def _delete_repository(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    record = find(name)
    store = ministack_internals.ecr()
    if store._images.get(name) and not params.get("force", False):
        raise EcrError(
            "RepositoryNotEmptyException",
            f"The repository with name '{name}' in registry with id '{account_id()}' cannot be deleted "
            "because it still contains images",
        )
    for part in (
        store._repositories,
        store._images,
        store._lifecycle_policies,
        store._repo_policies,
        store._layer_blobs,
        store._manifest_blobs,
        store._uploads,
    ):
        part.pop(name, None)
    return {"repository": _shown(record)}


@operation("PutImageTagMutability")
def _put_image_tag_mutability(params: Params) -> dict[str, Any]:
    record = find(params["repositoryName"])
    check_mutability(params)
    members = ("imageTagMutability", "imageTagMutabilityExclusionFilters")
    record.update({member: params.get(member) for member in members})
    return {member: record[member] for member in ("registryId", "repositoryName", *members) if record[member]}


@operation("PutImageScanningConfiguration")
def _put_image_scanning_configuration(params: Params) -> dict[str, Any]:
    record = find(params["repositoryName"])
    scan_on_push = params["imageScanningConfiguration"].get("scanOnPush", False)
    record["imageScanningConfiguration"] = {"scanOnPush": scan_on_push}
    return {
        member: record[member] for member in ("registryId", "repositoryName", "imageScanningConfiguration")
    }


@operation("PutLifecyclePolicy")
def _put_lifecycle_policy(params: Params) -> dict[str, Any]:
    name, text = params["repositoryName"], params["lifecyclePolicyText"]
    find(name)
    check_lifecycle_policy(text, "LifecyclePolicyText")
    ministack_internals.ecr()._lifecycle_policies[name] = text
    return {"registryId": account_id(), "repositoryName": name, "lifecyclePolicyText": text}


@operation("GetLifecyclePolicy")
def _get_lifecycle_policy(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    return _policy_answer(name, "_lifecycle_policies", "lifecyclePolicyText", "LifecyclePolicy")


@operation("DeleteLifecyclePolicy")
def _delete_lifecycle_policy(params: Params) -> dict[str, Any]:
    answer = _get_lifecycle_policy(params)
    ministack_internals.ecr()._lifecycle_policies.pop(params["repositoryName"])
    return answer


@operation("SetRepositoryPolicy")
def _set_repository_policy(params: Params) -> dict[str, Any]:
    name, text = params["repositoryName"], params["policyText"]
    find(name)
    check_repository_policy(text)
    ministack_internals.ecr()._repo_policies[name] = text
    return {"registryId": account_id(), "repositoryName": name, "policyText": text}


@operation("GetRepositoryPolicy")
def _get_repository_policy(params: Params) -> dict[str, Any]:
    return _policy_answer(params["repositoryName"], "_repo_policies", "policyText", "RepositoryPolicy")


@operation("DeleteRepositoryPolicy")
def _delete_repository_policy(params: Params) -> dict[str, Any]:
    answer = _get_repository_policy(params)
    ministack_internals.ecr()._repo_policies.pop(params["repositoryName"])
    return answer


def _policy_answer(name: str, store: str, member: str, noun: str) -> dict[str, Any]:
    find(name)
    text = getattr(ministack_internals.ecr(), store).get(name)
    if text is None:
        raise EcrError(
            f"{noun}NotFoundException",
            f"{noun} does not exist for the repository with name '{name}' in the registry with id "
            f"'{account_id()}'",
        )
    return {"registryId": account_id(), "repositoryName": name, member: text}


@operation("ListTagsForResource")
def _list_tags_for_resource(params: Params) -> dict[str, Any]:
    return {"tags": find_by_arn(params["resourceArn"])["tags"]}


@operation("TagResource")
def _tag_resource(params: Params) -> dict[str, Any]:
    record = find_by_arn(params["resourceArn"])
    check_tags(params["tags"])
    merged = merge(record["tags"], params["tags"])
    if sum(not is_reserved(tag) for tag in merged) > MAXIMUM_TAGS:
        raise EcrError("TooManyTagsException", f"A resource may have {MAXIMUM_TAGS} tags")
    record["tags"] = merged
    return {}


@operation("UntagResource")
def _untag_resource(params: Params) -> dict[str, Any]:
    record = find_by_arn(params["resourceArn"])
    record["tags"] = [tag for tag in record["tags"] if tag["Key"] not in params["tagKeys"]]
    return {}
