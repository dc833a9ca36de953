"""What each account and unit of a cloud assembly is for, told by what its stacks hold and are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docs_assembly import DeployedStack
from docs_flows import INCOMING, PULL, REPORT, ROLL_OUT, Flow

__all__ = ["AccountRole", "account_roles"]

_REGISTRY = ("AWS::ECR::Repository", "AWS::ECR::PullThroughCacheRule", "AWS::ECR::ReplicationConfiguration")


@dataclass(slots=True, kw_only=True)
class AccountRole:
    """What an account, or every account of a unit, is for.

    Attributes:
        registry: Whether it owns a registry.
        pulls: Whether it pulls from another account's.
        rolls_out: Whether stack sets or policies of the organization go out from it.
        told: Whether other accounts' events come to it.
        tells: Whether it passes events on to another.
        teams: The teams whose stacks of registries it has.
        consumers: The consumers whose stacks it has, by the blueprint's names.
        sends: What goes out from it.
        titles: What it is called.
    """

    registry: bool = False
    pulls: bool = False
    rolls_out: bool = False
    told: bool = False
    tells: bool = False
    teams: dict[str, None] = field(default_factory=dict)
    consumers: dict[str, None] = field(default_factory=dict)
    sends: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it is called, as a heading."""
        text = ", ".join(self.titles) or "Account"
        return text[0].upper() + text[1:]

    @property
    def purpose(self) -> str:
        """What it does for the others, in a line; empty for one that only pulls."""
        done = []
        if self.registry:
            done.append("owns its registry" if self.teams else "owns the registry that the others pull from")
        if self.rolls_out:
            done.append(f"sends {' and '.join(self.sends)} to the units" if self.sends else "rolls out")
        if self.told:
            done.append("is told of findings and events")
        return ", ".join(done)


def account_roles(stacks: Iterable[DeployedStack], flows: Iterable[Flow]) -> dict[str, AccountRole]:
    """The role of each account and unit that has stacks.

    Args:
        stacks: All stacks, those of stack sets too.
        flows: What flows between them.
    """
    held: defaultdict[str, list[DeployedStack]] = defaultdict(list)
    for stack in stacks:
        held[stack.account].append(stack)
    leaves: defaultdict[str, set[str]] = defaultdict(set)
    arrives: defaultdict[str, set[str]] = defaultdict(set)
    for flow in flows:
        leaves[flow.source.partition("/")[0]].add(flow.kind)
        arrives[flow.target.partition("/")[0]].add(flow.kind)
    roles = {}
    for account, its in held.items():
        role = AccountRole(
            registry=any(True for stack in its for _ in stack.resources(*_REGISTRY))
            or PULL in leaves[account]
            or bool(INCOMING & arrives[account]),
            pulls=PULL in arrives[account],
            rolls_out=ROLL_OUT in leaves[account],
            told=REPORT in arrives[account],
            tells=REPORT in leaves[account],
        )
        for stack in its:
            _names(stack, role)
        role.sends = [
            name
            for kind, name in (
                ("AWS::CloudFormation::StackSet", "stack sets"),
                ("AWS::Organizations::Policy", "guardrails"),
            )
            if any(True for stack in its for _ in stack.resources(kind))
        ]
        role.titles = list(_titles(role, its))
        roles[account] = role
    return roles


def _names(stack: DeployedStack, role: AccountRole) -> None:
    """The names that a stack's own name holds: of a team, or of a consumer."""
    team = _between(stack.name, "ecr-registry-", stack.region)
    if team:
        role.teams.setdefault(team)
    consumer = _between(stack.name, "ecr-consumer-", stack.account)
    if stack.by_stack_set:
        consumer = _between(stack.name, "ecr-pull-", "") or _between(stack.name, "ecr-endpoints-", "")
    if consumer:
        role.consumers.setdefault(consumer)


def _between(name: str, start: str, end: str) -> str:
    if not (name.startswith(start) and name.endswith(end)):
        return ""
    return name[len(start) : len(name) - len(end)].strip("-")


def _titles(role: AccountRole, stacks: list[DeployedStack]) -> Iterator[str]:
    kinds = {
        resource["Type"] for stack in stacks for resource in stack.template.get("Resources", {}).values()
    }
    own = {
        resource["Type"]
        for stack in stacks
        if not stack.by_stack_set
        for resource in stack.template.get("Resources", {}).values()
    }
    if role.teams:
        yield f"team {', '.join(role.teams)}"
    elif role.registry:
        yield "registry account"
    if {"AWS::Organizations::Policy", "Custom::InspectorAdministrator"} & own:
        yield "management account"
    if "AWS::CloudFormation::StackSet" in own:
        yield "stack-set administrator"
    if role.told:
        yield "security account" if "Custom::InspectorOrganization" in own else "account that is told"
    if role.consumers:
        yield f"workloads: {', '.join(role.consumers)}"
    elif "AWS::EC2::VPCEndpoint" in kinds or (role.pulls and not role.registry):
        yield "workloads"
