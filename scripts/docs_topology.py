"""What stands where and what flows between: read from the templates of a cloud assembly."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = [
    "Box",
    "DeployedStack",
    "Flow",
    "FlowKind",
    "Topology",
    "read_stacks",
    "read_topology",
    "stack_sets",
]

FlowKind = str
PUSH, PULL, COPY, FETCH, ROLL_OUT, REPORT = "push", "pull", "copy", "fetch", "roll out", "report"

_ENVIRONMENT = re.compile(r"aws://(?P<account>[^/]+)/(?P<region>.+)")
_ROLE = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/(?P<name>[\w+=,.@/*-]+)")
_REPOSITORIES = re.compile(
    r"arn:[\w-]+:ecr:(?P<region>[\w-]+):(?P<account>\d{12}):repository/(?P<name>[^\"]+)"
)
_ISSUERS = {
    "token.actions.githubusercontent.com": "GitHub Actions",
    "gitlab.com": "GitLab pipelines",
}
_SUBJECT = re.compile(r':sub": "([^"]+)"')
_OUTSIDE, _REGISTRIES, _WORKLOADS, _PLATFORM = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedStack:
    """A stack of the assembly.

    Attributes:
        name: Its name.
        account: Where it goes.
        region: Where it goes.
        template: Its template.
    """

    name: str
    account: str
    region: str
    template: Mapping[str, Any]

    def resources(self, resource_type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Logical id and properties of each resource of a type."""
        for logical_id, resource in self.template.get("Resources", {}).items():
            if resource["Type"] == resource_type:
                yield logical_id, resource.get("Properties", {})


@dataclass(slots=True, kw_only=True)
class Box:
    """Something that is drawn: an account, a Region in it, or what is outside.

    Attributes:
        key: What flows refer to.
        column: From left to right: outside, registries, workloads, platform.
        title: Its first line.
        lines: What is in it.
        inner: Boxes inside.
        outside: Whether it is no account of the assembly.
    """

    key: str
    column: int
    title: str
    lines: list[str] = field(default_factory=list)
    inner: list[Box] = field(default_factory=list)
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow between two boxes, of one of the kinds above."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Everything that a picture shows."""

    boxes: tuple[Box, ...]
    flows: tuple[Flow, ...]


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
        found.append(DeployedStack(name=name, template=json.loads(text), **environment.groupdict()))
    return tuple(found)


def stack_sets(stack: DeployedStack) -> tuple[DeployedStack, ...]:
    """The templates that a stack's stack sets bring to other accounts.

    Args:
        stack: The stack.
    """
    return tuple(
        DeployedStack(
            name=str(properties["StackSetName"]),
            account="each account",
            region="each Region",
            template=json.loads(properties["TemplateBody"]),
        )
        for _, properties in stack.resources("AWS::CloudFormation::StackSet")
    )


def read_topology(stacks: tuple[DeployedStack, ...]) -> Topology:
    """What stands in which account and Region, and what flows between.

    Args:
        stacks: As :func:`read_stacks` gives them.
    """
    reading = _Reading()
    for stack in stacks:
        reading.take(stack)
    return reading.topology()


class _Reading:
    """Collects over all stacks; the order of what is drawn is the order of the stacks."""

    def __init__(self) -> None:
        self.lines: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.notes: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self.repositories: Counter[tuple[str, str]] = Counter()
        self.pulls: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.pushers: defaultdict[str, set[str]] = defaultdict(set)
        self.upstreams: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.units: dict[str, dict[str, None]] = {}
        self.flows: dict[Flow, None] = {}
        self.environments: dict[tuple[str, str], None] = {}

    # --- reading ------------------------------------------------------------------------------------

    def take(self, stack: DeployedStack) -> None:
        """Takes one stack in."""
        place = (stack.account, stack.region)
        self.environments.setdefault(place)
        self.repositories[place] += sum(1 for _ in stack.resources("AWS::ECR::Repository"))
        for line in _contents(stack):
            self.notes[place].setdefault(line)
        for kind, number in _counts(stack).items():
            self.lines[place][kind] += number
        self._caches(stack)
        self._replication(stack)
        self._pushers(stack)
        self._pulls(stack, stack.account)
        self._stack_sets(stack)
        self._organization(stack)
        self._events(stack, f"{stack.account}")

    def _caches(self, stack: DeployedStack) -> None:
        for _, rule in stack.resources("AWS::ECR::PullThroughCacheRule"):
            url = rule.get("UpstreamRegistryUrl", "another registry")
            text = url if isinstance(url, str) else "another registry"
            self.upstreams[stack.account].setdefault(text)

    def _replication(self, stack: DeployedStack) -> None:
        for _, configuration in stack.resources("AWS::ECR::ReplicationConfiguration"):
            for rule in configuration["ReplicationConfiguration"]["Rules"]:
                for destination in rule["Destinations"]:
                    target = f"{destination['RegistryId']}/{destination['Region']}"
                    self.flows.setdefault(Flow(f"{stack.account}/{stack.region}", target, COPY))

    def _pushers(self, stack: DeployedStack) -> None:
        for _, repository in stack.resources("AWS::ECR::Repository"):
            policy = repository.get("RepositoryPolicyText", {})
            for statement in policy.get("Statement", []) if isinstance(policy, dict) else []:
                if statement["Effect"] == "Allow" and "ecr:PutImage" in json.dumps(statement.get("Action")):
                    for role in _ROLE.finditer(json.dumps(statement)):
                        self.pushers[stack.account].add(f"role {role['name'].rpartition('/')[2]}")
        for _, role in stack.resources("AWS::IAM::Role"):
            trust = json.dumps(role.get("AssumeRolePolicyDocument", {}))
            if "sts:AssumeRoleWithWebIdentity" in trust:
                self.pushers[stack.account].add(_web_identity(trust))
            elif stack.name.startswith("ecr-bridge-") and "lambda.amazonaws.com" not in trust:
                self.pushers[stack.account].add("the enterprise registry")

    def _pulls(self, stack: DeployedStack, target: str) -> None:
        for resource_type in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::Policy"):
            for _, properties in stack.resources(resource_type):
                text = json.dumps(properties)
                if "ecr:BatchGetImage" not in text:
                    continue
                for arn in _REPOSITORIES.finditer(text):
                    if arn["account"] != stack.account:
                        self.pulls[target].setdefault(arn["name"])
                        self.flows.setdefault(Flow(arn["account"], target, PULL))

    def _stack_sets(self, stack: DeployedStack) -> None:
        for (_, properties), inner in zip(
            stack.resources("AWS::CloudFormation::StackSet"), stack_sets(stack), strict=True
        ):
            for unit in _units(properties):
                held = self.units.setdefault(unit, {})
                held.setdefault(f"stack set {inner.name}")
                for line in (*_contents(inner), *_counted(_counts(inner))):
                    held.setdefault(f"· {line}")
                self.flows.setdefault(Flow(stack.account, unit, ROLL_OUT))
                self._pulls(inner, unit)
                self._events(inner, unit)

    def _organization(self, stack: DeployedStack) -> None:
        for _, properties in stack.resources("AWS::Organizations::Policy"):
            kind = {
                "SERVICE_CONTROL_POLICY": "service control policy",
                "RESOURCE_CONTROL_POLICY": "resource control policy",
            }.get(properties.get("Type", ""), "policy")
            for unit in properties.get("TargetIds", []):
                if isinstance(unit, str):
                    self.units.setdefault(unit, {}).setdefault(f"{kind} {properties.get('Name', '')}".strip())
                    self.flows.setdefault(Flow(stack.account, unit, ROLL_OUT))

    def _events(self, stack: DeployedStack, source: str) -> None:
        for _, properties in stack.resources("AWS::Events::Rule"):
            text = json.dumps(properties.get("Targets", []))
            for bus in re.finditer(r":(\d{12}):event-bus/", text):
                if bus[1] != source:
                    self.flows.setdefault(Flow(source, bus[1], REPORT))

    # --- drawing ------------------------------------------------------------------------------------

    def topology(self) -> Topology:
        """The boxes and flows."""
        accounts = list(self._accounts())
        boxes = [*self._beside(list(self._outside()), accounts), *accounts, *self._organizational_units()]
        keys = {box.key for box in boxes} | {inner.key for box in boxes for inner in box.inner}
        flows = tuple(flow for flow in self.flows if {flow.source, flow.target} <= keys)
        return Topology(boxes=tuple(boxes), flows=flows)

    def _beside(self, outside: list[Box], accounts: list[Box]) -> list[Box]:
        """What is outside in the order of the accounts that it reaches, so that few arrows cross."""
        order = {account.key: number for number, account in enumerate(accounts)}
        reached = {
            box.key: min(order.get(flow.target, 0) for flow in self.flows if flow.source == box.key)
            for box in outside
        }
        return sorted(outside, key=lambda box: reached[box.key])

    def _outside(self) -> Iterator[Box]:
        whose = {account: tuple(sorted(names)) for account, names in self.pushers.items() if names}
        for number, (account, names) in enumerate(whose.items()):
            key = f"pushers-{number}"
            title = "Pipelines that push"
            yield Box(key=key, column=_OUTSIDE, title=title, lines=_shortened(names), outside=True)
            self.flows.setdefault(Flow(key, account, PUSH))
        cached: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for account, urls in self.upstreams.items():
            cached[tuple(urls)].append(account)
        for number, (urls, accounts) in enumerate(cached.items()):
            key = f"upstreams-{number}"
            yield Box(key=key, column=_OUTSIDE, title="Upstream registries", lines=list(urls), outside=True)
            for account in accounts:
                self.flows.setdefault(Flow(key, account, FETCH))

    def _accounts(self) -> Iterator[Box]:
        regions: defaultdict[str, list[str]] = defaultdict(list)
        for account, region in self.environments:
            regions[account].append(region)
        for account, held in regions.items():
            inner = [self._region(account, region) for region in held]
            is_registry = any(self.repositories[(account, region)] for region in held) or any(
                "registry" in line for region in held for line in self.lines[(account, region)]
            )
            platform = any(flow.source == account and flow.kind == ROLL_OUT for flow in self.flows) or any(
                flow.target == account and flow.kind == REPORT for flow in self.flows
            )
            column = _REGISTRIES if is_registry else _PLATFORM if platform else _WORKLOADS
            lines = [f"pulls {text}" for text in _shortened(tuple(self.pulls[account]), most=5)]
            yield Box(key=account, column=column, title=f"Account {account}", lines=lines, inner=inner)

    def _region(self, account: str, region: str) -> Box:
        place = (account, region)
        lines = []
        if self.repositories[place]:
            number = self.repositories[place]
            lines.append(f"{number} {'repository' if number == 1 else 'repositories'}")
        lines += [*self.notes[place], *_counted(self.lines[place])]
        return Box(key=f"{account}/{region}", column=_REGISTRIES, title=region, lines=lines)

    def _organizational_units(self) -> Iterator[Box]:
        for unit, held in self.units.items():
            lines = [*held, *(f"pulls {text}" for text in _shortened(tuple(self.pulls[unit]), most=5))]
            title = f"Accounts of {unit}"
            yield Box(key=unit, column=_WORKLOADS, title=title, lines=lines, outside=True)


def _web_identity(trust: str) -> str:
    """Whose tokens a role trusts, in a word or two."""
    for host, name in _ISSUERS.items():
        if host in trust:
            subject = re.search(r'"repo:([\w./-]+)', trust) or re.search(r'"project_path:([\w./-]+)', trust)
            return name if subject is None else f"{name} {subject[1]}"
    subject = _SUBJECT.search(trust)
    return "a web identity" if subject is None else subject[1].removeprefix("system:serviceaccount:")


def _units(stack_set: Mapping[str, Any]) -> Iterator[str]:
    for group in stack_set.get("StackInstancesGroup", []):
        yield from group.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])


def _contents(stack: DeployedStack) -> Iterator[str]:
    """What a Region has once, in words."""
    for _, scanning in stack.resources("AWS::ECR::RegistryScanningConfiguration"):
        yield f"{str(scanning['ScanType']).lower()} scanning"
    for _, signing in stack.resources("AWS::ECR::SigningConfiguration"):
        yield f"signing: {_plural(len(signing['Rules']), 'rule')}"
    if any(True for _ in stack.resources("AWS::ECR::RegistryPolicy")):
        yield "registry policy"
    for _, rule in stack.resources("AWS::ECR::PullThroughCacheRule"):
        yield f"cache {rule.get('EcrRepositoryPrefix')}"
    for _, configuration in stack.resources("AWS::ECR::ReplicationConfiguration"):
        rules = configuration["ReplicationConfiguration"]["Rules"]
        filters = [one["Filter"] for rule in rules for one in rule.get("RepositoryFilters", [])]
        yield f"replicates {' '.join(dict.fromkeys(filters)) or 'everything'}"
    if any(True for _ in stack.resources("AWS::Events::EventBus")):
        yield "event bus"


_COUNTED = {
    "AWS::ECR::RepositoryCreationTemplate": "creation template",
    "AWS::KMS::Key": "KMS key",
    "AWS::SNS::Topic": "topic",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "AWS::IAM::ManagedPolicy": "pull policy",
    "AWS::CloudFormation::StackSet": "stack set",
    "AWS::Organizations::Policy": "guardrail policy",
}


def _counts(stack: DeployedStack) -> Counter[str]:
    found: Counter[str] = Counter()
    for resource_type, name in _COUNTED.items():
        number = sum(1 for _ in stack.resources(resource_type))
        if number:
            found[name] += number
    return found


def _counted(counts: Counter[str]) -> list[str]:
    return [_plural(number, name) for name, number in counts.items()]


def _plural(number: int, name: str) -> str:
    if number == 1:
        return f"1 {name}"
    return (
        f"{number} {name[:-1]}ies" if name.endswith("y") and not name.endswith("ey") else f"{number} {name}s"
    )


def _shortened(names: tuple[str, ...], most: int = 6) -> list[str]:
    if len(names) <= most:
        return list(names)
    return [*names[: most - 1], f"and {len(names) - most + 1} more"]
