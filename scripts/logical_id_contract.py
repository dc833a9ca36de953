"""What a change of the stacks does to what holds state: logical IDs, names, create-only properties (ADR 6).

Two assemblies are compared, as :mod:`stored_assembly` keeps them. Which properties a change of replaces a
resource, and what a resource is known by, is read from CloudFormation's schemas, which cfn-lint ships.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cfnlint
from stored_assembly import INNER

__all__ = ["GUIDE", "STATELESS", "ContractChange", "HeldResource", "contract_changes", "held_resources"]

GUIDE: Final = "docs/how-to/change-a-logical-id.md"

STATELESS: Final[Mapping[str, str]] = {
    "AWS::CDK::Metadata": "nothing is made",
    "AWS::CloudFormation::CustomResource": "what it sets is not in it",
    "AWS::CloudFormation::WaitConditionHandle": "nothing is made",
    "AWS::CloudWatch::Alarm": "made anew, it watches the same",
    "AWS::EC2::SecurityGroup": "it is its endpoints' own",
    "AWS::EC2::SecurityGroupIngress": "a rule",
    "AWS::Events::Rule": "made anew, it matches the same",
    "AWS::IAM::Policy": "a part of its role",
    "AWS::Lambda::Function": "its code is in the template",
    "AWS::Lambda::Permission": "a statement",
    "AWS::Logs::LogGroup": "the logs of a function that sets a value",
    "AWS::SNS::TopicPolicy": "a part of its topic",
    "AWS::SQS::QueuePolicy": "a part of its queue",
    "AWS::Signer::ProfilePermission": "a statement",
}
"""The types that may be made anew at any time, and why, as long as they have no name of their own.

Every other type is part of the contract: also one that nobody has thought of yet.
"""

_SCHEMAS: Final = Path(cfnlint.__file__).parent / "data" / "schemas"
_NAMES: Final = re.compile(r"(?!Service)\w*Name|(?:EcrRepository)?Prefix|Url|PrincipalArn|StatementId")
_SINGLETON: Final = ["/properties/RegistryId"]
_OVERWRITTEN: Final = "AWS::ECR::RegistryScanningConfiguration"
_STACK_SET: Final = "the accounts of a stack set"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldResource:
    """One resource of the contract.

    Attributes:
        stack: Its stack, or ``<stack>.<logical ID>`` of the stack set that it is in.
        logical_id: Its logical ID.
        environment: Account and Region.
        type: Its resource type.
        names: The properties that it is known by in its account, those that are given.
        create_only: The properties whose change replaces it, those that are given.
        deletion: Its ``DeletionPolicy``.
        replacement: Its ``UpdateReplacePolicy``.
    """

    stack: str
    logical_id: str
    environment: str
    type: str
    names: Mapping[str, Any] = field(default_factory=dict)
    create_only: Mapping[str, Any] = field(default_factory=dict)
    deletion: str = "Delete"
    replacement: str = "Delete"

    @property
    def place(self) -> str:
        """``stack/logical ID``."""
        return f"{self.stack}/{self.logical_id}"

    @property
    def is_singleton(self) -> bool:
        """Whether a registry has one of it."""
        return _schema(self.type).get("primaryIdentifier") == _SINGLETON

    @property
    def identity(self) -> str | None:
        """What two of cannot be in one account and Region; None if there may be any number."""
        if self.names or self.is_singleton:
            return json.dumps([self.environment, self.type, self.names], sort_keys=True)
        return None

    def __str__(self) -> str:
        named = "".join(f" {_shown(value)}" for value in self.names.values())
        return f"{self.place} ({self.type}{named})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChange:
    """A change of one resource.

    Attributes:
        resource: Which.
        says: What differs.
        does: What CloudFormation would do.
    """

    resource: HeldResource
    says: str
    does: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.says}.\n    CloudFormation {self.does}."


def held_resources(files: Mapping[str, str]) -> dict[tuple[str, str], HeldResource]:
    """The resources of the contract: stack and logical ID → resource.

    Args:
        files: A stored assembly.
    """
    found: dict[tuple[str, str], HeldResource] = {}
    artifacts = json.loads(files["manifest.json"])["artifacts"]
    for file, text in files.items():
        stack = file.removesuffix(".template.json").removesuffix(INNER)
        if file in ("manifest.json", "registry.json", "seeding-list.json"):
            continue
        environment = _STACK_SET if file.endswith(INNER) else artifacts[stack]["environment"]
        for logical_id, resource in json.loads(text).get("Resources", {}).items():
            held = _held(stack, logical_id, environment, resource)
            if held is not None:
                found[stack, logical_id] = held
    return found


def contract_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[ContractChange]:
    """What of the contract a change of the stacks would break.

    Args:
        old: The stored assembly.
        new: What is synthesized now.
    """
    before, after = held_resources(old), held_resources(new)
    by_identity = {one.identity: one for one in after.values() if one.identity is not None}
    changes: list[ContractChange] = []
    for key, resource in before.items():
        if key in after:
            changes.extend(_changed(resource, after[key]))
        else:
            changes.append(_gone(resource, by_identity.get(resource.identity)))
    return changes


def _held(stack: str, logical_id: str, environment: str, resource: Mapping[str, Any]) -> HeldResource | None:
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind.startswith("Custom::"):
        return None
    schema = _schema(kind)
    create_only = [one for one in schema.get("createOnlyProperties", ()) if "/*/" not in one]
    identifying = {
        *create_only,
        *schema.get("primaryIdentifier", ()),
        *(one for group in schema.get("additionalIdentifiers") or () for one in group),
        "/properties/Name",
    } - set(schema.get("readOnlyProperties", ()))
    names = {
        name: properties[name]
        for name in sorted(one.removeprefix("/properties/") for one in identifying)
        if name in properties and _NAMES.fullmatch(name)
    }
    if kind in STATELESS and not names:
        return None
    return HeldResource(
        stack=stack,
        logical_id=logical_id,
        environment=environment,
        type=kind,
        names=names,
        create_only=dict(_given(properties, create_only)),
        deletion=resource.get("DeletionPolicy", "Delete"),
        replacement=resource.get("UpdateReplacePolicy", "Delete"),
    )


def _given(properties: Mapping[str, Any], pointers: list[str]) -> Iterator[tuple[str, Any]]:
    for pointer in sorted(pointers):
        path = pointer.removeprefix("/properties/").split("/")
        value: Any = properties
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            yield "/".join(path), value


def _changed(old: HeldResource, new: HeldResource) -> Iterator[ContractChange]:
    if (old.type, old.environment) != (new.type, new.environment):
        if old.type != new.type:
            yield ContractChange(
                resource=old,
                says=f"its type is {new.type} now",
                does="refuses the update: the type of a resource cannot change",
            )
        else:
            yield ContractChange(
                resource=old,
                says=f"its stack is for {new.environment} now, and was for {old.environment}",
                does=f"creates another one there; the stack in {old.environment} stays, unmanaged",
            )
        return
    differ = [
        key
        for key in sorted(old.create_only.keys() | new.create_only.keys())
        if old.create_only.get(key) != new.create_only.get(key)
    ]
    if differ:
        said = "; ".join(
            f"{key} is {_shown(new.create_only.get(key))} now, and was {_shown(old.create_only.get(key))}"
            for key in differ
        )
        yield ContractChange(resource=old, says=said, does=_replaces(old, new))
    for policy, was, is_now in (
        ("DeletionPolicy", old.deletion, new.deletion),
        ("UpdateReplacePolicy", old.replacement, new.replacement),
    ):
        if was.startswith("Retain") and not is_now.startswith("Retain"):
            yield ContractChange(
                resource=old,
                says=f"its {policy} is {is_now} now, and was {was}",
                does="deletes it, with what it holds, when it leaves the template or is replaced",
            )


def _replaces(old: HeldResource, new: HeldResource) -> str:
    if old.identity is not None and old.identity == new.identity:
        return (
            "refuses the update: it creates the replacement first, and the name is taken by the one that is "
            "to be replaced"
        )
    fate = "kept, and no stack manages it" if old.replacement.startswith("Retain") else "deleted"
    return f"replaces it: a new one is created, with nothing in it, and the old one is {fate}"


def _gone(old: HeldResource, new: HeldResource | None) -> ContractChange:
    kept = old.deletion.startswith("Retain")
    if new is not None:
        place = "its logical ID" if new.stack == old.stack else "its stack"
        if old.type == _OVERWRITTEN:
            after = "" if kept else ", and resets the registry to basic scanning when it deletes the old one"
            does = f"overwrites the setting{after}"
        else:
            does = "fails to create the new one, since the name is taken by the old one, and rolls back"
        return ContractChange(resource=old, says=f"{place} has changed: it is {new.place} now", does=does)
    if kept:
        does = "releases it: it stays with what it holds, and no stack manages it"
    elif old.type == "AWS::ECR::Repository":
        does = "deletes it; that fails while it holds images, and the stack is left half updated"
    else:
        does = "deletes it, with what it holds; another one that takes its place begins with nothing"
    return ContractChange(resource=old, says="it is not in the stacks any more", does=does)


@functools.cache
def _schema(resource_type: str) -> Any:
    """The schema of a resource type; an empty one where there is none."""
    digest = _digests().get(resource_type)
    return {} if digest is None else json.loads((_SCHEMAS / "resources" / f"{digest}.json").read_text())


@functools.cache
def _digests() -> dict[str, str]:
    found: dict[str, str] = json.loads((_SCHEMAS / "providers" / "us-east-1.json").read_text())
    return found


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "not set" if value is None else json.dumps(value)
