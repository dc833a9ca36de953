"""What flows between places of a cloud assembly; a place is an account, a unit, or a Region of one."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from docs_assembly import DeployedStack, resolved, unit_stacks
from docs_grants import allowing, identity_policies, principals, repository_arns

__all__ = [
    "BRIDGE",
    "COPY",
    "FETCH",
    "INCOMING",
    "KINDS",
    "PULL",
    "PUSH",
    "REPORT",
    "ROLL_OUT",
    "SEED",
    "Flow",
    "PullGrant",
    "endpoint_regions",
    "pull_flows",
    "pull_grants",
    "replication_flows",
    "report_flows",
    "roll_out_flows",
]

PUSH, BRIDGE, FETCH, SEED = "push", "bridge", "fetch", "seed"
COPY, PULL, ROLL_OUT, REPORT = "copy", "pull", "roll-out", "report"
KINDS = {
    PUSH: "pipelines push images",
    BRIDGE: "the bridge brings released images",
    FETCH: "a pull-through cache fetches images",
    SEED: "ecr-blueprints seed brings images in",
    COPY: "images are replicated",
    PULL: "workloads may pull images",
    ROLL_OUT: "stack sets and guardrails go out",
    REPORT: "findings and events are sent",
}
"""The kinds of flows, in the order of the legend, and what each means."""
INCOMING = {PUSH, BRIDGE, FETCH, SEED, COPY}
"""The kinds by which images come into a registry."""

_BUS = re.compile(r"arn:[\w-]+:events:(?P<region>[\w-]+):(?P<account>\d{12}):event-bus/")


@dataclass(frozen=True, slots=True)
class Flow:
    """Something that goes from one place to another.

    Attributes:
        source: Where it comes from.
        target: Where it goes.
        kind: One of ``KINDS``.
    """

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class PullGrant:
    """That somebody may pull from a registry.

    Attributes:
        account: The registry's account.
        region: The registry's Region.
        puller: The account, organizational unit or organization that may.
        name: The repositories, as the policy names them.
        by_identity: Whether a policy of the puller says so, and not one of the registry.
    """

    account: str
    region: str
    puller: str
    name: str
    by_identity: bool


def replication_flows(stacks: tuple[DeployedStack, ...]) -> Iterator[tuple[Flow, tuple[str, ...]]]:
    """A flow for each destination of each replication rule, with the prefixes of the rule.

    Args:
        stacks: All stacks.
    """
    for stack in stacks:
        for _, properties in stack.resources("AWS::ECR::ReplicationConfiguration"):
            for rule in properties["ReplicationConfiguration"]["Rules"]:
                filters = tuple(one["Filter"] for one in rule.get("RepositoryFilters", []))
                for destination in rule["Destinations"]:
                    account = resolved(destination["RegistryId"], stack)
                    yield Flow(stack.place, f"{account}/{destination['Region']}", COPY), filters


def pull_grants(stacks: tuple[DeployedStack, ...]) -> Iterator[PullGrant]:
    """Who of another account may pull from which registry: by its own policies, or by the registry's.

    Args:
        stacks: All stacks, those of stack sets too.
    """
    for stack in stacks:
        for policy in identity_policies(stack):
            for statement in allowing(policy.document, "ecr:BatchGetImage"):
                for arn in repository_arns(statement):
                    if arn.account != stack.account:
                        yield PullGrant(arn.account, arn.region, stack.account, arn.name, True)
        for name, policy_text in _resource_policies(stack):
            for statement in allowing(policy_text, "ecr:BatchGetImage"):
                if not any(allowing({"Statement": [statement]}, "ecr:PutImage")):
                    for account, _ in principals(statement):
                        if account != stack.account:
                            yield PullGrant(stack.account, stack.region, account, name, False)


def _resource_policies(stack: DeployedStack) -> Iterator[tuple[str, object]]:
    """The policies of repositories, and of those that creation templates make: name and policy."""
    for _, properties in stack.resources("AWS::ECR::Repository"):
        yield (
            str(properties.get("RepositoryName", "a repository")),
            resolved(properties.get("RepositoryPolicyText", {}), stack),
        )
    for _, properties in stack.resources("AWS::ECR::RepositoryCreationTemplate"):
        policy = resolved(properties.get("RepositoryPolicy", "{}"), stack)
        if isinstance(policy, str):
            yield f"{properties.get('Prefix')}/*", policy


def endpoint_regions(stacks: tuple[DeployedStack, ...]) -> dict[str, list[str]]:
    """The Regions in which an account or unit reaches its registry through VPC endpoints.

    Args:
        stacks: All stacks, those of stack sets too.
    """
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for stack in stacks:
        for _, properties in stack.resources("AWS::EC2::VPCEndpoint"):
            if ".ecr.dkr" in json.dumps(resolved(properties.get("ServiceName", ""), stack)):
                found[stack.account].setdefault(stack.region)
    return {account: list(regions) for account, regions in found.items()}


def pull_flows(grants: list[PullGrant], private: dict[str, list[str]]) -> Iterator[Flow]:
    """Flows from registries to those that may pull from them.

    Where somebody has endpoints in a Region whose registry it may pull from, that is the way it takes, Region
    by Region; where it has none, every registry that it may pull from is joined to it.

    Args:
        grants: Who may pull.
        private: As :func:`endpoint_regions` gives it.
    """
    allowed: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for grant in grants:
        allowed[(grant.account, grant.puller)].setdefault(grant.region)
    for (account, puller), regions in allowed.items():
        near = [region for region in regions if region in private.get(puller, ())]
        for region in near or regions:
            yield Flow(f"{account}/{region}", f"{puller}/{region}" if near else puller, PULL)


def roll_out_flows(stacks: tuple[DeployedStack, ...]) -> Iterator[Flow]:
    """From the accounts that hold stack sets, or policies of the organization, to the units they are for.

    Args:
        stacks: Those of the assembly.
    """
    for stack in stacks:
        for inner in unit_stacks(stack):
            yield Flow(stack.account, inner.account, ROLL_OUT)
        for _, properties in stack.resources("AWS::Organizations::Policy"):
            for target in properties.get("TargetIds", []):
                if isinstance(target, str):
                    yield Flow(stack.account, target, ROLL_OUT)


def report_flows(stacks: tuple[DeployedStack, ...]) -> Iterator[Flow]:
    """From where a rule passes events on to the account and Region of the event bus.

    Args:
        stacks: All stacks, those of stack sets too.
    """
    for stack in stacks:
        for _, properties in stack.resources("AWS::Events::Rule"):
            for target in resolved(properties.get("Targets", []), stack):
                bus = _BUS.match(target["Arn"]) if isinstance(target.get("Arn"), str) else None
                if bus is not None and bus["account"] != stack.account:
                    yield Flow(stack.place, f"{bus['account']}/{bus['region']}", REPORT)
