"""Where ministack's CloudFormation says yes, or something else, and AWS does not.

* A secret's `Ref` is its ARN, a taken secret name fails, and
  `GenerateSecretString` follows its options, an empty one included.
* Creating a parameter, a role or a managed policy whose name is taken fails as `AlreadyExists`.
* A managed policy that something else is attached to is not deleted, as IAM refuses it
  (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html).
* `GetTemplateSummary` names the identifiers that `cdk import` asks for.
* An import of a repository runs its update handler then, which writes what the template says; what is
  written stays where a later write is refused and the import is rolled back, as measured on AWS
  (https://github.com/timdodgson/appliance-clinic/blob/1ed49b3e755dbd5e39622accec5dbc2bc6352412/docs/migration/phase-5-import-semantics.md).
* The resources of a deleted stack are listed by its id alone; its name is nobody's
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html).
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ecr_emulator import ministack_internals
from ecr_emulator.errors import HandlerFailure, PropertiesInvalid, already_exists
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.resource_types.repository import Repository

_SECRET = "AWS::SecretsManager::Secret"
_PARAMETER = "AWS::SSM::Parameter"
_REPOSITORY = "AWS::ECR::Repository"
_ROLE = "AWS::IAM::Role"
_MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def apply() -> None:
    """Apply every mend."""
    _mend_secret()
    _mend_taken_names()
    _mend_attached_policy()
    _mend_template_summary()
    _mend_import()
    _mend_deleted_names()


def _mend_secret() -> None:
    parts = ministack_internals.provisioners()
    create, update, delete = parts._sm_secret_create, parts._sm_secret_update, parts._sm_secret_delete

    def create_by_name(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        name = properties.get("Name")
        if name and name in ministack_internals.secretsmanager()._secrets:
            raise already_exists(_SECRET, name)
        return create(logical_id, properties, stack_name)

    def create_by_arn(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        _, attributes = create_by_name(logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    def update_by_arn(
        arn: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
    ) -> Any:
        _, attributes = update(_secret_name(arn), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete_by_arn(arn: str, properties: dict[str, Any]) -> None:
        delete(_secret_name(arn), properties)

    # The update handler makes the replacement of a renamed secret through this name.
    parts._sm_secret_create = create_by_name
    parts._sm_secret_string = _secret_string
    parts._RESOURCE_HANDLERS[_SECRET].update(create=create_by_arn, update=update_by_arn, delete=delete_by_arn)


def _secret_name(arn: str) -> str:
    for record in ministack_internals.secretsmanager()._secrets.values():
        if record["ARN"] == arn:
            return str(record["Name"])
    return arn


def _secret_string(properties: dict[str, Any]) -> str:
    options = properties.get("GenerateSecretString")
    if options is None or properties.get("SecretString"):
        return str(properties.get("SecretString", ""))
    password = _password(options)
    template, key = options.get("SecretStringTemplate"), options.get("GenerateStringKey")
    if (template is None) != (key is None):
        raise ValueError("SecretStringTemplate and GenerateStringKey must be given together")
    if template is None:
        return password
    content = json.loads(template)
    if not isinstance(content, dict):
        raise ValueError("SecretStringTemplate must be a JSON object")
    return json.dumps({**content, key: password})


def _password(options: dict[str, Any]) -> str:
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": _PUNCTUATION,
    }
    excluded = options.get("ExcludeCharacters", "")
    alphabets = [
        "".join(character for character in characters if character not in excluded)
        for option, characters in kinds.items()
        if not _is_true(options.get(option, False))
    ]
    if _is_true(options.get("IncludeSpace", False)):
        alphabets.append(" ")
    alphabets = [alphabet for alphabet in alphabets if alphabet]
    length = int(options.get("PasswordLength", 32))
    if not alphabets or not 1 <= length <= 4096:
        raise ValueError("GenerateSecretString leaves no characters or has a length outside 1-4096")
    required = alphabets[:length] if _is_true(options.get("RequireEachIncludedType", True)) else []
    characters = [secrets.choice(alphabet) for alphabet in required]
    everything = "".join(alphabets)
    characters += [secrets.choice(everything) for _ in range(length - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _mend_taken_names() -> None:
    iam = ministack_internals.iam()

    def is_parameter(properties: dict[str, Any]) -> bool:
        return ministack_internals.ssm()._lookup_parameter(properties["Name"])[1] is not None

    def is_role(properties: dict[str, Any]) -> bool:
        return properties["RoleName"] in iam._roles

    def is_managed_policy(properties: dict[str, Any]) -> bool:
        path = properties.get("Path", "/")
        return f"arn:aws:iam::{account_id()}:policy{path}{properties['ManagedPolicyName']}" in iam._policies

    _refuse_taken(_PARAMETER, "Name", is_parameter)
    _refuse_taken(_ROLE, "RoleName", is_role)
    _refuse_taken(_MANAGED_POLICY, "ManagedPolicyName", is_managed_policy)


def _refuse_taken(type_name: str, key: str, is_taken: Callable[[dict[str, Any]], bool]) -> None:
    handlers = ministack_internals.provisioners()._RESOURCE_HANDLERS[type_name]
    create = handlers["create"]

    def create_unless_taken(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        name = properties.get(key)
        if name and is_taken(properties):
            raise already_exists(type_name, name)
        return create(logical_id, properties, stack_name)

    handlers["create"] = create_unless_taken


def _mend_attached_policy() -> None:
    iam = ministack_internals.iam()
    handlers = ministack_internals.provisioners()._RESOURCE_HANDLERS[_MANAGED_POLICY]
    delete = handlers["delete"]

    def delete_unless_attached(arn: str, properties: dict[str, Any]) -> Any:
        own = properties.get("Roles") or ()
        others = [
            name
            for name, role in iam._roles.items()
            if arn in role.get("AttachedPolicies", ()) and name not in own
        ]
        if others:
            raise ValueError(f"Cannot delete a policy attached to entities: {', '.join(others)}")
        return delete(arn, properties)

    handlers["delete"] = delete_unless_attached


def _mend_import() -> None:
    changesets = ministack_internals.cloudformation("changesets")
    import_resources = changesets._import_resources_async
    repository = Repository()

    async def import_and_write(change_set: Any, stack: dict[str, Any], new_stack: bool) -> None:
        before = {**stack, "_resources": dict(stack.get("_resources", {}))}
        await import_resources(change_set, stack, new_stack)
        if stack["StackStatus"] != "IMPORT_COMPLETE":
            return
        for logical_id, record in stack["_resources"].items():
            if logical_id in before["_resources"] or record["ResourceType"] != _REPOSITORY:
                continue
            properties = ministack_internals.provisioners()._with_stack_tags(
                _REPOSITORY,
                record["Properties"],
                stack.get("Tags") or [],
                stack["StackName"],
                stack["StackId"],
                logical_id,
            )
            try:
                repository.write_after_import(logical_id, record["PhysicalResourceId"], properties)
            except (HandlerFailure, PropertiesInvalid) as refusal:
                _roll_back_import(stack, before, record, str(refusal), new_stack)
                return

    changesets._import_resources_async = import_and_write


def _roll_back_import(
    stack: dict[str, Any], before: dict[str, Any], record: dict[str, Any], reason: str, new_stack: bool
) -> None:
    """Have the stack hold what it held before; what was written to repositories stays."""
    imported = record["LogicalResourceId"], record["ResourceType"], "UPDATE_FAILED", reason
    status = "ROLLBACK_COMPLETE" if new_stack else "IMPORT_ROLLBACK_COMPLETE"
    whole = stack["StackName"], "AWS::CloudFormation::Stack", status, ""
    stack.clear()
    stack.update(before, StackStatus=status, StackStatusReason="")
    add_event = ministack_internals.cloudformation("stacks")._add_event
    for event, physical_id in ((imported, record["PhysicalResourceId"]), (whole, stack["StackId"])):
        add_event(stack["StackId"], stack["StackName"], *event, physical_id)


def _mend_deleted_names() -> None:
    actions = ministack_internals.cloudformation("handlers")._ACTION_HANDLERS
    find = actions["DescribeStacks"]

    def of_existing(action: str) -> Callable[[dict[str, Any]], Any]:
        answer = actions[action]

        def answer_of_existing(params: dict[str, Any]) -> Any:
            found = find({key: value for key, value in params.items() if key != "NextToken"})
            return answer(params) if found[0] == 200 else found

        return answer_of_existing

    for action in ("DescribeStackResources", "ListStackResources"):
        actions[action] = of_existing(action)


def _mend_template_summary() -> None:
    actions = ministack_internals.cloudformation("handlers")._ACTION_HANDLERS
    summarize = actions["GetTemplateSummary"]

    def summarize_with_identifiers(params: dict[str, Any]) -> Any:
        status, headers, body = summarize(params)
        template_text, problem = ministack_internals.cloudformation("helpers")._resolve_template(params)
        if status != 200 or problem is not None or not template_text:
            return status, headers, body
        end = b"</GetTemplateSummaryResult>"
        return status, headers, body.replace(end, _identifier_summaries(template_text).encode() + end)

    actions["GetTemplateSummary"] = summarize_with_identifiers


def _identifier_summaries(template_text: str) -> str:
    template = ministack_internals.cloudformation("engine")._parse_template(template_text)
    lookups = ministack_internals.cloudformation("changesets")._IMPORT_LOOKUPS
    by_type: dict[str, list[str]] = {}
    for logical_id, resource in template.get("Resources", {}).items():
        if resource.get("Type") in lookups:
            by_type.setdefault(resource["Type"], []).append(logical_id)
    members = "".join(
        f"<member><ResourceType>{escape(type_name)}</ResourceType>"
        f"<LogicalResourceIds>{_members(logical_ids)}</LogicalResourceIds>"
        f"<ResourceIdentifiers>{_members(lookups[type_name][0])}</ResourceIdentifiers></member>"
        for type_name, logical_ids in by_type.items()
    )
    return f"<ResourceIdentifierSummaries>{members}</ResourceIdentifierSummaries>"


def _members(values: Any) -> str:
    return "".join(f"<member>{escape(value)}</member>" for value in values)
