"""The quotas that the registries and stacks of an example use, and which warning tells of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from docs_assembly import DeployedStack, stack_sets

from ecr_blueprints.domain.managed_policy import MAX_MANAGED_POLICIES_PER_ROLE, MAX_MANAGED_POLICY_LENGTH
from ecr_blueprints.domain.organization import MAX_CONTROL_POLICY_LENGTH, PolicyType
from ecr_blueprints.domain.quotas import POLICY_LENGTH
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES, MAX_TEMPLATE_BYTES
from ecr_blueprints.domain.stack_set import MAX_TEMPLATE_BODY_BYTES
from ecr_blueprints.domain.vpc_endpoint import ENDPOINT_POLICY_LENGTH
from ecr_blueprints.registry.guardrails import policy_length
from ecr_blueprints.registry.quota_use import QuotaUse, quota_uses
from ecr_blueprints.registry.registry import Registry

__all__ = ["OTHER_QUOTAS", "quota_rows"]

_RAISED = {True: "on request", False: "no", None: "not said"}
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_STACKS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
_ENDPOINTS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"

OTHER_QUOTAS: Final = (
    "Synthesis warns from 80 % of each, with the id that is named; an acknowledgement takes it away. Of a "
    "template's bytes it warns for stacks of repositories by an estimate, and tells of others on standard "
    "error once they are written. What AWS does not raise is refused beyond.",
    "",
    "Not listed, and not warned of, since others use them too and no blueprint knows how much: service "
    "control policies on a unit (5), rules on an account's event bus (300), roles in an account, managed "
    "policies on roles that exist already. How many creation templates a registry takes, AWS does not say.",
)
"""What is to be said of the warnings, and of the quotas that have none."""

_Row = tuple[str, str, int, str, bool | None, str]
"""The warning's id, what is limited, how much is used, the limit, whether AWS raises it, where it says so."""


def quota_rows(registries: Sequence[Registry], stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """A row for each quota of which something is used.

    Args:
        registries: Those of the example.
        stacks: Its stacks.
    """
    for identifier, what, used, limit, raised, source in (*_of_registries(registries), *_of_stacks(stacks)):
        if used:
            yield (
                f"| {what} | {used:,} | {limit} | `ecr-blueprints:{identifier}` | {_RAISED[raised]} | "
                f"[AWS]({source}) |"
            )


def _of_registries(registries: Sequence[Registry]) -> Iterator[_Row]:
    largest: dict[str, QuotaUse] = {}
    for registry in registries:
        for use in quota_uses(registry):
            if use.name not in largest or use.used > largest[use.name].used:
                largest[use.name] = use
    for use in largest.values():
        quota = use.quota
        unit = f" {quota.unit}" if quota.unit else ""
        yield (
            f"quota-{use.name}",
            quota.name,
            use.used,
            f"{use.limit:,}{unit}",
            quota.adjustable,
            quota.source,
        )


def _of_stacks(stacks: Sequence[DeployedStack]) -> Iterator[_Row]:
    inner = [one for stack in stacks for one in stack_sets(stack)]
    everything = [*stacks, *inner]
    for kind, member, whose in (
        ("AWS::ECR::RegistryPolicy", "PolicyText", "registry"),
        ("AWS::ECR::Repository", "RepositoryPolicyText", "repository"),
    ):
        yield (
            f"quota-{whose}-policy-length",
            f"length of a {whose}'s policy",
            _longest(stacks, kind, member),
            f"{POLICY_LENGTH.value:,} {POLICY_LENGTH.unit}",
            POLICY_LENGTH.adjustable,
            POLICY_LENGTH.source,
        )
    yield (
        "quota-managed-policy-length",
        "length of a managed policy",
        _longest(everything, "AWS::IAM::ManagedPolicy", "PolicyDocument"),
        f"{MAX_MANAGED_POLICY_LENGTH:,} characters",
        False,
        _IAM,
    )
    attached = [
        len(one.get("ManagedPolicyArns", ()))
        for stack in everything
        for _, one in stack.resources("AWS::IAM::Role")
    ]
    yield (
        "quota-managed-policies-per-role",
        "managed policies on a role",
        max(attached, default=0),
        str(MAX_MANAGED_POLICIES_PER_ROLE),
        True,
        _IAM,
    )
    yield (
        "quota-endpoint-policy-length",
        "length of an endpoint's policy",
        _longest(everything, "AWS::EC2::VPCEndpoint", "PolicyDocument"),
        f"{ENDPOINT_POLICY_LENGTH:,} characters",
        False,
        _ENDPOINTS,
    )
    for policy_type in PolicyType:
        lengths = [
            policy_length(one["Content"])
            for stack in stacks
            for _, one in stack.resources("AWS::Organizations::Policy")
            if one["Type"] == str(policy_type)
        ]
        words = str(policy_type).lower()
        yield (
            f"quota-{words.replace('_', '-')}",
            f"length of a {words.replace('_', ' ')}",
            max(lengths, default=0),
            f"{MAX_CONTROL_POLICY_LENGTH:,} characters",
            False,
            _ORGANIZATIONS,
        )
    yield (
        "quota-stack-set-template",
        "template of a stack set",
        max(map(_bytes, inner), default=0),
        f"{MAX_TEMPLATE_BODY_BYTES:,} bytes",
        False,
        _STACKS,
    )
    nears = "stack-nears-its-limit"
    resources = max(len(stack.template["Resources"]) for stack in stacks)
    yield nears, "resources in a stack", resources, str(MAX_STACK_RESOURCES), False, _STACKS
    bytes_ = max(map(_bytes, stacks))
    yield nears, "template of a stack", bytes_, f"{MAX_TEMPLATE_BYTES:,} bytes", False, _STACKS


def _bytes(stack: DeployedStack) -> int:
    return len(json.dumps(stack.template, separators=(",", ":")).encode())


def _longest(stacks: Sequence[DeployedStack], kind: str, member: str) -> int:
    texts = [
        json.dumps(properties[member], separators=(",", ":"))
        for stack in stacks
        for _, properties in stack.resources(kind)
        if member in properties
    ]
    return max(map(len, texts), default=0)
