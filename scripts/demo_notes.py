"""What a newcomer needs beside the demo's listing: who is shown, how to read it, what differs from AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_cloud import ROOT, LocalCloud

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.reporters.terminal_text import wrap

__all__ = ["HOW_TO_READ", "NOT_PROVEN", "about", "notes_on_registries", "notes_on_stack_sets", "where_next"]

STACK_SET = "AWS::CloudFormation::StackSet"
BROUGHT = {
    "AWS::ECR::RegistryScanningConfiguration": "scanning (BASIC, above, is ECR's default)",
    "AWS::ECR::RepositoryCreationTemplate": "the ROOT template",
    "AWS::IAM::Role": "roles",
    "AWS::EC2::VPCEndpoint": "VPC endpoints",
}
"""What a stack set holds, in words, for those who miss it in the listing."""

HOW_TO_READ = """\
What a registry has once stands first. Below, repositories with the same
settings stand together: whether a tag can be moved to another image ("but for"
names the tags that can), when images are scanned, and what the lifecycle policy
keeps and drops ("d" is days)."""
NOT_PROVEN = """\
What this run shows: the templates deploy, wire up and read back as declared.
What it cannot show, as no AWS is involved: that IAM lets in and keeps out whom
the policies say, that images are scanned, copied, signed or cached, and which
images ECR expires. emulator/README.md has the list."""


def about(path: Path) -> str:
    """What a blueprint says of itself: the comment at its head.

    Args:
        path: The blueprint.
    """
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# yaml-language-server"):
            words.append(line.removeprefix("#").strip())
    return "\n".join(wrap(" ".join(words), first="  ", rest="  ")) if any(words) else ""


def notes_on_stack_sets(cloud: LocalCloud, assembly: Path) -> Iterator[str]:
    """Of each stack set that is in no account, what it would bring there.

    Args:
        cloud: Where it is deployed.
        assembly: What was deployed.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    for artifact in artifacts.values():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        template = json.loads((assembly / artifact["properties"]["templateFile"]).read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == STACK_SET:
                properties = resource["Properties"]
                name = properties["StackSetName"]
                client: Any = cloud.client("cloudformation", account=account, region=region)
                if not client.list_stack_instances(StackSetName=name)["Summaries"]:
                    yield "\n".join(wrap(_not_deployed(name, properties["TemplateBody"])))


def _not_deployed(name: str, body: object) -> str:
    resources = json.loads(body)["Resources"] if isinstance(body, str) else {}
    types = {one["Type"] for one in resources.values()}
    words = [text for kind, text in BROUGHT.items() if kind in types]
    brought = f" Missing here is what it brings: {', '.join(words)}." if words else ""
    return (
        f"The stack set {name} is kept as declared and went into no account: the emulator has none in its "
        f"units. On AWS each account of them gets it.{brought}"
    )


def notes_on_registries(registries: list[Registry]) -> Iterator[str]:
    """Of a registry that holds nothing yet, why.

    Args:
        registries: As they were read back.
    """
    for registry in registries:
        if all(one.is_cdk_asset_repository for one in registry.repositories):
            yield "\n".join(
                wrap(
                    f"{registry.label} has no repositories: it takes copies. On AWS, replication makes each "
                    "repository with its first copy, by the templates listed above."
                )
            )


def where_next(path: Path, model: str) -> str:
    """Where a reader goes from here.

    Args:
        path: The blueprint.
        model: Its operating model.
    """
    example = path.parent.name
    page = f"docs/reference/models/{example}.md"
    lines = [f"  what was deployed   {path}"]
    if (ROOT / page).is_file():
        lines.append(f"  a picture of it     {page}")
    lines.append(f"  one of your own     docs/tutorials/{model}.md")
    return "\n".join(["Next:", *lines])
