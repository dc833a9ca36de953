"""What the stacks of a blueprint need: names that CloudFormation takes, and room for what they hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.blueprint_names import KINDS, MAX_STACK_NAME_LENGTH, BlueprintNames
from ecr_blueprints.config.declared_repository import DeclaredRepository
from ecr_blueprints.config.marked_yaml import MarkedDocument
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.stack_key import following_stack_key
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_stacks", "resources_of"]

_METADATA: Final = 1
"""The CDK adds a resource of its own to each stack."""

_ROLE: Final = 2
"""A pipeline's role and its policy, once for a stack."""

_PART_OF_STACK_NAME = re.compile(r"[A-Za-z0-9-]+")
"""A stack's name has letters, digits and hyphens.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""


def check_stacks(
    blueprint: Blueprint, document: MarkedDocument, placed: Sequence[tuple[DeclaredRepository, str]]
) -> Iterator[BlueprintError]:
    """The mistakes that only the stacks show.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        placed: Every declared repository and its place.
    """
    kind = next((one for one in blueprint.name.split("-")[1:] if one in KINDS), None)
    if kind is not None:
        yield BlueprintError(
            f"{blueprint.name!r} holds the word {kind!r}, which tells stacks apart: a stack could have the "
            "name of another blueprint's",
            where=document.where(("name",)),
            allowed=f"a name in which none of {', '.join(KINDS)} follows a hyphen",
            fix=f"write for example {blueprint.name.split('-')[0]}",
        )
    by_stack: defaultdict[str, list[tuple[DeclaredRepository, str]]] = defaultdict(list)
    for repository, where in placed:
        by_stack[repository.stack].append((repository, where))
    names = BlueprintNames.of(blueprint)
    for key, held in by_stack.items():
        if not _PART_OF_STACK_NAME.fullmatch(key):
            yield BlueprintError(
                f"the team's name {key!r} cannot be a part of its stack's name",
                where=held[0][1],
                allowed="letters, digits and hyphens",
                fix=f"give each of its repositories `stack: {_as_stack_key(key)}`",
            )
        kept = [(repository, where) for repository, where in held if repository.model.state != "retired"]
        resources = resources_of([repository for repository, _ in kept])
        if resources > MAX_STACK_RESOURCES:
            over = resources - MAX_STACK_RESOURCES
            following = following_stack_key(key, by_stack)
            yield BlueprintError(
                f"the stack {key!r} would hold {resources} resources: {len(kept)} repositories, "
                f"{resources - _METADATA - len(kept)} for the roles of pipelines and {_METADATA} of the CDK",
                where=kept[-min(over, len(kept))][1],
                allowed=f"at most {MAX_STACK_RESOURCES}",
                fix=f"write `stack: {following}` at the repositories that are new, and leave those that are "
                f"deployed in {key!r}: a repository keeps its stack for life",
            )
    for name in blueprint.consumers if isinstance(blueprint, RegistryBlueprint) else ():
        longest = MAX_STACK_NAME_LENGTH - len(names.consumer("", "0" * 12))
        if len(name) > longest or not _PART_OF_STACK_NAME.fullmatch(name):
            yield BlueprintError(
                f"{name!r} cannot be a part of a stack's name",
                where=document.where(("consumers", name)),
                allowed=f"letters, digits and hyphens, at most {longest}",
                fix="rename the consumer",
            )


def resources_of(repositories: Sequence[DeclaredRepository]) -> int:
    """The resources of a stack, at least: where a pipeline's policy is split, it has more.

    Args:
        repositories: What it holds.
    """
    pipelines = {one for repository in repositories for one in _pipelines(repository)}
    return len(repositories) + _ROLE * len(pipelines) + _METADATA


def _pipelines(repository: DeclaredRepository) -> Iterator[tuple[str | None, ...]]:
    """What tells the pipelines apart that push to a repository."""
    push = repository.team.push
    if repository.model.state != "active":
        return
    if push.github is not None:
        yield "github", push.github, push.github_environment or repository.stage
    if push.gitlab is not None:
        yield "gitlab", push.gitlab, push.gitlab_branch


def _as_stack_key(team: str) -> str:
    key = "-".join(re.findall("[a-z0-9]+", team))
    return key if key[0].isalpha() else f"team-{key}"
