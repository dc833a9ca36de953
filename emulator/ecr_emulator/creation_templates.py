"""The ECR API's operations on repository creation templates. No repository is ever made from one."""

from __future__ import annotations

import time
from typing import Any

from ecr_emulator import state
from ecr_emulator.access_policies import check_repository_policy
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.lifecycle_grammar import check_lifecycle_policy
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.operations import Params, operation, page
from ecr_emulator.repositories import check_encryption
from ecr_emulator.tag_mutability import check_mutability
from ecr_emulator.tags import check_tags

_SETTINGS = (
    "description",
    "encryptionConfiguration",
    "resourceTags",
    "imageTagMutability",
    "imageTagMutabilityExclusionFilters",
    "repositoryPolicy",
    "lifecyclePolicy",
    "appliedFor",
    "customRoleArn",
)


def _check(settings: dict[str, Any]) -> None:
    check_mutability(settings)
    encryption = settings.get("encryptionConfiguration", {"encryptionType": "AES256"})
    check_encryption(encryption)
    check_tags(settings.get("resourceTags", []))
    if not settings["appliedFor"]:
        raise invalid_parameter("appliedFor", "must have at least 1 member")
    if settings.get("lifecyclePolicy"):
        check_lifecycle_policy(settings["lifecyclePolicy"], "lifecyclePolicy")
    if settings.get("repositoryPolicy"):
        check_repository_policy(settings["repositoryPolicy"])
    needs_role = [
        reason
        for reason, present in (
            ("KMS encryption", encryption["encryptionType"] != "AES256"),
            ("resource tags", bool(settings.get("resourceTags"))),
        )
        if present
    ]
    if needs_role and not settings.get("customRoleArn"):
        raise invalid_parameter("customRoleArn", f"required with {' and '.join(needs_role)}")


def _normalized(prefix: str) -> str:
    return prefix.rstrip("/")


def find_template(prefix: str) -> dict[str, Any]:
    """The record of the template of a prefix."""
    template: dict[str, Any] | None = state.creation_templates.get(_normalized(prefix))
    if template is None:
        raise EcrError(
            "TemplateNotFoundException",
            f"The Repository Creation Template with prefix '{prefix}' does not exist in the registry with id "
            f"'{account_id()}'",
        )
    return template


def _answer(template: dict[str, Any]) -> dict[str, Any]:
    return {"registryId": account_id(), "repositoryCreationTemplate": template}


@operation("CreateRepositoryCreationTemplate")
def _create_template(params: Params) -> dict[str, Any]:
    prefix = params["prefix"]
    if _normalized(prefix) in state.creation_templates:
        raise EcrError(
            "TemplateAlreadyExistsException",
            f"The Repository Creation Template with prefix '{prefix}' already exists in the registry with id "
            f"'{account_id()}'",
        )
    settings = {member: params[member] for member in _SETTINGS if member in params}
    _check(settings)
    now = time.time()
    template = {
        "prefix": prefix,
        "imageTagMutability": "MUTABLE",
        "encryptionConfiguration": {"encryptionType": "AES256"},
        **settings,
        "createdAt": now,
        "updatedAt": now,
    }
    state.creation_templates[_normalized(prefix)] = template
    return _answer(template)


@operation("UpdateRepositoryCreationTemplate")
def _update_template(params: Params) -> dict[str, Any]:
    template = find_template(params["prefix"])
    settings = {member: params[member] for member in _SETTINGS if member in params}
    if "imageTagMutability" in settings:
        template = {key: value for key, value in template.items() if "ExclusionFilters" not in key}
    updated = {**template, **settings, "updatedAt": time.time()}
    _check(updated)
    state.creation_templates[_normalized(params["prefix"])] = updated
    return _answer(updated)


@operation("DeleteRepositoryCreationTemplate")
def _delete_template(params: Params) -> dict[str, Any]:
    template = find_template(params["prefix"])
    state.creation_templates.pop(_normalized(params["prefix"]))
    return _answer(template)


@operation("DescribeRepositoryCreationTemplates")
def _describe_templates(params: Params) -> dict[str, Any]:
    prefixes = params.get("prefixes")
    found = [
        template
        for template in state.creation_templates.values()
        if prefixes is None or template["prefix"] in prefixes
    ]
    return {"registryId": account_id(), **page(params, found, "repositoryCreationTemplates", default=100)}
