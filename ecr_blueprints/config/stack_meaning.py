"""What the stacks of a blueprint need: names that CloudFormation takes, and room for what they hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.declared_repository import DeclaredRepository
from ecr_blueprints.config.marked_yaml import MarkedDocument
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES
from ecr_blueprints.errors import BlueprintError

__all__ = ["MAX_REPOSITORIES_PER_STACK", "check_stacks"]

MAX_REPOSITORIES_PER_STACK: Final = MAX_STACK_RESOURCES - 1
"""Repositories under one ``stack`` key: each is one resource, and the CDK adds one for its metadata."""

_MAX_CONSUMER_LENGTH: Final = 100
_PART_OF_STACK_NAME = re.compile(r"[A-Za-z0-9-]+")
"""A stack's name has at most 128 letters, digits and hyphens.

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
    by_stack: defaultdict[str, list[tuple[DeclaredRepository, str]]] = defaultdict(list)
    for repository, where in placed:
        by_stack[repository.stack].append((repository, where))
    for key, held in by_stack.items():
        if not _PART_OF_STACK_NAME.fullmatch(key):
            yield BlueprintError(
                f"the team's name {key!r} cannot be a part of its stack's name",
                where=held[0][1],
                allowed="letters, digits and hyphens",
                fix=f"give each of its repositories `stack: {_as_stack_key(key)}`",
            )
        if len(held) > MAX_REPOSITORIES_PER_STACK:
            yield BlueprintError(
                f"the stack {key!r} would hold {len(held)} repositories",
                where=held[MAX_REPOSITORIES_PER_STACK][1],
                allowed=f"at most {MAX_REPOSITORIES_PER_STACK}; CloudFormation takes "
                f"{MAX_STACK_RESOURCES} resources, and one is the CDK's metadata",
                fix="give new repositories another `stack` key",
            )
    for name in blueprint.consumers if isinstance(blueprint, RegistryBlueprint) else ():
        if len(name) > _MAX_CONSUMER_LENGTH or not _PART_OF_STACK_NAME.fullmatch(name):
            yield BlueprintError(
                f"{name!r} cannot be a part of a stack's name",
                where=document.where(("consumers", name)),
                allowed=f"letters, digits and hyphens, at most {_MAX_CONSUMER_LENGTH}",
                fix="rename the consumer",
            )


def _as_stack_key(team: str) -> str:
    key = "-".join(re.findall("[a-z0-9]+", team))
    return key if key[0].isalpha() else f"team-{key}"
