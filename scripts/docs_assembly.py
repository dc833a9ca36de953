"""The stacks of a cloud assembly, and those that its stack sets make, with their templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "DeployedStack",
    "Seed",
    "deployed_stacks",
    "read_seeds",
    "read_stacks",
    "resolved",
    "stack_sets",
    "unit_stacks",
]

_ENVIRONMENT = re.compile(r"aws://(?P<account>[^/]+)/(?P<region>.+)")
_TARGET = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.")
_SEEDING_LIST = "seeding-list.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedStack:
    """A stack of the assembly, or one that a stack set makes.

    Attributes:
        name: Its name.
        account: Where it goes; for a stack of a stack set the organizational unit.
        region: Where it goes.
        template: Its template.
        by_stack_set: Whether a stack set makes it.
    """

    name: str
    account: str
    region: str
    template: Mapping[str, Any]
    by_stack_set: bool = False

    @property
    def place(self) -> str:
        """Account and Region in a word."""
        return f"{self.account}/{self.region}"

    def resources(self, *resource_types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Logical id and properties of each resource of some types."""
        for logical_id, resource in self.template.get("Resources", {}).items():
            if resource["Type"] in resource_types:
                yield logical_id, resource.get("Properties", {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An image that ``ecr-blueprints seed`` brings into a registry.

    Attributes:
        source: Its repository elsewhere, such as ``docker.io/library/nginx``.
        account: The registry's account.
        region: The registry's Region.
        digest: Its digest.
    """

    source: str
    account: str
    region: str
    digest: str


def read_stacks(assembly: Path) -> tuple[DeployedStack, ...]:
    """The stacks of a cloud assembly, in the order of its manifest.

    Args:
        assembly: Its folder.
    """
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        environment = _ENVIRONMENT.fullmatch(artifact["environment"])
        assert environment is not None, artifact["environment"]
        text = (assembly / artifact["properties"]["templateFile"]).read_text(encoding="utf-8")
        found.append(
            DeployedStack(
                name=name,
                account=environment["account"],
                region=environment["region"],
                template=json.loads(text),
            )
        )
    return tuple(found)


def read_seeds(assembly: Path) -> tuple[Seed, ...]:
    """What the assembly's seeding list brings into registries; nothing, where it has none.

    Args:
        assembly: Its folder.
    """
    path = assembly / _SEEDING_LIST
    if not path.is_file():
        return ()
    found = []
    for one in json.loads(path.read_text(encoding="utf-8"))["seeds"]:
        target = _TARGET.match(one["target"])
        assert target is not None, one["target"]
        found.append(
            Seed(source=one["source"], account=target["account"], region=one["region"], digest=one["digest"])
        )
    return tuple(found)


def stack_sets(stack: DeployedStack) -> tuple[DeployedStack, ...]:
    """The templates that a stack's stack sets bring to other accounts, each once.

    Args:
        stack: The stack.
    """
    return tuple(
        DeployedStack(
            name=str(properties["StackSetName"]),
            account="each account",
            region="each Region",
            template=json.loads(properties["TemplateBody"]),
            by_stack_set=True,
        )
        for _, properties in stack.resources("AWS::CloudFormation::StackSet")
    )


def unit_stacks(stack: DeployedStack) -> Iterator[DeployedStack]:
    """What a stack's stack sets make in every account of an organizational unit, unit by unit and Region.

    Args:
        stack: The stack.
    """
    for _, properties in stack.resources("AWS::CloudFormation::StackSet"):
        for group in properties.get("StackInstancesGroup", []):
            for unit in group.get("DeploymentTargets", {}).get("OrganizationalUnitIds", []):
                for region in group.get("Regions", []):
                    yield DeployedStack(
                        name=str(properties["StackSetName"]),
                        account=unit,
                        region=region,
                        template=json.loads(properties["TemplateBody"]),
                        by_stack_set=True,
                    )


def deployed_stacks(stacks: tuple[DeployedStack, ...]) -> tuple[DeployedStack, ...]:
    """The stacks, and what their stack sets make.

    Args:
        stacks: Those of the assembly.
    """
    return (*stacks, *(inner for stack in stacks for inner in unit_stacks(stack)))


def resolved(value: Any, stack: DeployedStack) -> Any:
    """A value with what is known of its stack filled in: Region, account, partition, joined texts.

    What only the deployment tells stays as it is.

    Args:
        value: A part of the stack's template.
        stack: The stack.
    """
    if isinstance(value, list):
        return [resolved(one, stack) for one in value]
    if not isinstance(value, dict):
        return value
    known = {"AWS::Region": stack.region, "AWS::AccountId": stack.account, "AWS::Partition": "aws"}
    if value.keys() == {"Ref"} and value["Ref"] in known:
        return known[value["Ref"]]
    if value.keys() == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        filled = resolved(parts, stack)
        if isinstance(filled, list) and all(isinstance(one, str) for one in filled):
            return str(separator).join(filled)
    return {key: resolved(one, stack) for key, one in value.items()}
