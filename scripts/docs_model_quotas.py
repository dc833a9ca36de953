"""The quotas that the registries and stacks of an example use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from docs_assembly import DeployedStack

from ecr_blueprints.domain.quotas import (
    POLICY_LENGTH,
    PULL_THROUGH_CACHE_RULES,
    PULL_TIME_UPDATE_EXCLUSIONS,
    REPLICATION_RULES,
    REPOSITORIES,
    SIGNING_RULES,
    Quota,
)
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES
from ecr_blueprints.registry.registry import Registry

__all__ = ["quota_rows"]

_RAISED = {True: "on request", False: "no", None: "not said"}
_STACKS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"


def quota_rows(registries: Sequence[Registry], stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """A row for each quota of which something is used.

    Args:
        registries: Those of the example.
        stacks: Its stacks.
    """
    used: list[tuple[Quota, int]] = [
        (REPOSITORIES, max((len(one.repositories) for one in registries), default=0)),
        (PULL_THROUGH_CACHE_RULES, max((len(one.cache_rules) for one in registries), default=0)),
        (REPLICATION_RULES, max((_rules(one.replication) for one in registries), default=0)),
        (SIGNING_RULES, max((_rules(one.signing) for one in registries), default=0)),
        (PULL_TIME_UPDATE_EXCLUSIONS, max((len(one.pull_time_exclusions) for one in registries), default=0)),
        (POLICY_LENGTH, _longest_policy(stacks)),
    ]
    for quota, number in used:
        if number:
            unit = f" {quota.unit}" if quota.unit else ""
            yield (
                f"| {quota.name} | {number:,} | {quota.value:,}{unit} | {_RAISED[quota.adjustable]} | "
                f"[AWS]({quota.source}) |"
            )
    resources = max(len(stack.template["Resources"]) for stack in stacks)
    yield f"| resources in a stack | {resources} | {MAX_STACK_RESOURCES} | no | [AWS]({_STACKS}) |"


def _rules(configurations: Sequence[Any]) -> int:
    return max((len(one.rules) for one in configurations if isinstance(one.rules, tuple)), default=0)


def _longest_policy(stacks: Sequence[DeployedStack]) -> int:
    texts = [
        json.dumps(properties[member], separators=(",", ":"))
        for stack in stacks
        for kind, member in (
            ("AWS::ECR::Repository", "RepositoryPolicyText"),
            ("AWS::ECR::RegistryPolicy", "PolicyText"),
        )
        for _, properties in stack.resources(kind)
        if member in properties
    ]
    return max(map(len, texts), default=0)
