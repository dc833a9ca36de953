"""What stands in a place, in words: what its stacks hold, and which they are."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docs_assembly import DeployedStack, resolved
from docs_grants import allowing, repository_arns
from docs_text import plural

__all__ = ["cache_prefixes", "described", "guardrails", "let_in", "repository_count", "stack_names"]

_ACCOUNT = re.compile(r'"(\d{12})"')
_POLICIES = {
    "SERVICE_CONTROL_POLICY": "service control policy",
    "RESOURCE_CONTROL_POLICY": "resource control policy",
}


def described(stacks: Sequence[DeployedStack], *, seeded: bool = False) -> list[str]:
    """What the stacks of a place hold, a line for each subject.

    Args:
        stacks: Those of one place.
        seeded: Whether the caches there are filled by seeding alone.
    """
    lines = []
    number = repository_count(stacks)
    if number:
        lines.append(plural(number, "repository", "repositories"))
    caches = cache_prefixes(stacks)
    if caches:
        how = " (frozen)" if seeded else ""
        lines.append(f"{'cache' if len(caches) == 1 else 'caches'}{how}: {', '.join(caches)}")
    settings = list(dict.fromkeys(_settings(stacks)))
    if settings:
        lines.append(", ".join(settings))
    lines.extend(dict.fromkeys(_of_the_platform(stacks)))
    access = list(_access(stacks))
    if access:
        lines.append(", ".join(access))
    return lines


def repository_count(stacks: Sequence[DeployedStack]) -> int:
    """How many repositories the stacks declare.

    Args:
        stacks: Those of one place.
    """
    return _number(stacks, "AWS::ECR::Repository")


def cache_prefixes(stacks: Sequence[DeployedStack]) -> list[str]:
    """The prefixes of the pull-through caches.

    Args:
        stacks: Those of one place.
    """
    return [
        str(rule.get("EcrRepositoryPrefix"))
        for stack in stacks
        for _, rule in stack.resources("AWS::ECR::PullThroughCacheRule")
    ]


def let_in(stacks: Sequence[DeployedStack]) -> set[str]:
    """The accounts outside the organization that its policies make an exception for.

    Args:
        stacks: Those of the assembly.
    """
    return {
        account
        for stack in stacks
        for _, properties in stack.resources("AWS::Organizations::Policy")
        if properties.get("Type") == "RESOURCE_CONTROL_POLICY"
        for account in _ACCOUNT.findall(json.dumps(properties.get("Content", {})))
    }


def guardrails(stacks: Sequence[DeployedStack]) -> Iterator[tuple[str, str]]:
    """The policies of the organization: the unit that each is for, and what it is.

    Args:
        stacks: Those of the assembly.
    """
    for stack in stacks:
        for _, properties in stack.resources("AWS::Organizations::Policy"):
            for unit in properties.get("TargetIds", []):
                if isinstance(unit, str):
                    yield unit, _guardrail(properties)


def _guardrail(properties: Mapping[str, Any]) -> str:
    kind = _POLICIES.get(properties.get("Type", ""), "policy")
    return f"{kind} {properties.get('Name', '')}".strip()


def stack_names(stacks: Sequence[DeployedStack]) -> str:
    """The names of the stacks of a place, without its account and Region, those that begin alike as one.

    Args:
        stacks: Those of one place.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for stack in stacks:
        short = stack.name
        for part in (stack.region, stack.account):
            short = short.removesuffix(f"-{part}")
        words = short.split("-")
        groups["-".join(words[:2])].append("-".join(words[2:]))
    shown = []
    for start, rest in groups.items():
        several = [one for one in rest if one]
        if len(several) > 1:
            shown.append(f"{start}-* ({', '.join(several)})")
        else:
            shown.extend(f"{start}-{one}" if one else start for one in rest)
    return ", ".join(shown)


def _settings(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """What holds for a whole registry, in a word each."""
    for stack in stacks:
        for _, scanning in stack.resources("AWS::ECR::RegistryScanningConfiguration"):
            yield f"{str(scanning['ScanType']).lower()} scanning"
    if _number(stacks, "AWS::ECR::SigningConfiguration"):
        yield "signing"
    encrypted = (
        properties.get("EncryptionConfiguration", {}).get("EncryptionType")
        for stack in stacks
        for _, properties in stack.resources("AWS::ECR::Repository")
    )
    if any(str(one).startswith("KMS") for one in encrypted):
        yield "KMS encryption"
    if _number(stacks, "AWS::SNS::Topic"):
        yield "alerts"


def _of_the_platform(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """What an account has that holds for others."""
    for stack in stacks:
        for _, bus in stack.resources("AWS::Events::EventBus"):
            yield f"event bus {bus.get('Name', '')}".strip()
        sent = [str(one["StackSetName"]) for _, one in stack.resources("AWS::CloudFormation::StackSet")]
        if sent:
            yield f"{'stack set' if len(sent) == 1 else 'stack sets'} {', '.join(sent)}"
        for _, properties in stack.resources("AWS::Organizations::Policy"):
            yield _guardrail(properties)
        for _, properties in stack.resources("Custom::InspectorAdministrator"):
            yield f"makes {properties.get('Account')} Inspector's administrator"
        if any(True for _ in stack.resources("Custom::InspectorOrganization")):
            yield "Inspector for the organization's accounts"


def _access(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """How workloads get at another account's images."""
    for stack in stacks:
        policies = [
            policy
            for _, policy in stack.resources("AWS::IAM::ManagedPolicy")
            for statement in allowing(policy.get("PolicyDocument", {}), "ecr:BatchGetImage")
            if any(arn.account != stack.account for arn in repository_arns(resolved(statement, stack)))
        ]
        roles = _number([stack], "AWS::IAM::Role")
        if policies:
            yield f"pull policy and {plural(roles, 'role')}" if roles else "pull policy"
    endpoints = _number(stacks, "AWS::EC2::VPCEndpoint")
    if endpoints:
        yield plural(endpoints, "VPC endpoint")


def _number(stacks: Sequence[DeployedStack], resource_type: str) -> int:
    return sum(1 for stack in stacks for _ in stack.resources(resource_type))
