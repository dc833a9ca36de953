"""A page for each example: what it creates where, what that costs at rest, and which quotas it uses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from docs_markdown import table_cell
from docs_picture import render_picture
from docs_topology import DeployedStack, read_stacks, read_topology, stack_sets

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.domain.managed_policy import MAX_MANAGED_POLICIES_PER_ROLE, MAX_MANAGED_POLICY_LENGTH
from ecr_blueprints.domain.organization import MAX_CONTROL_POLICY_LENGTH, PolicyType
from ecr_blueprints.domain.quotas import POLICY_LENGTH
from ecr_blueprints.domain.resting_price import RESTING_PRICES
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES, MAX_TEMPLATE_BYTES
from ecr_blueprints.domain.stack_set import MAX_TEMPLATE_BODY_BYTES
from ecr_blueprints.domain.vpc_endpoint import ENDPOINT_POLICY_LENGTH
from ecr_blueprints.registry.guardrails import policy_length
from ecr_blueprints.registry.quota_use import QuotaUse, quota_uses
from ecr_blueprints.registry.registry import Registry

__all__ = ["MODELS", "example_names", "render_example", "render_example_picture", "render_index_of_models"]

ROOT = Path(__file__).resolve().parent.parent
ASSEMBLIES = ROOT / "tests" / "fixtures" / "assemblies"
MODELS = "docs/reference/models"
"""The folder of the pages; their pictures lie in ``pictures`` in it."""

_TITLES = {
    "centralized": "Centralized",
    "centralized-air-gapped": "Centralized, air-gapped",
    "centralized-disaster-recovery": "Centralized, with disaster recovery",
    "tenant-managed": "Tenant-managed",
    "enterprise-harbor": "Enterprise registry: Harbor",
    "enterprise-artifactory": "Enterprise registry: Artifactory",
}
_NOT_BILLED_AT_REST = """\
Beside that, use is billed: stored images per GB and month, each scan by Amazon Inspector where scanning is
enhanced, data that leaves a Region or passes an interface endpoint, and requests to keys and functions. The
prices are third parties' reports for us-east-1, read on the pages that are named; AWS's own pages were not
read. Take yours from there."""


def example_names() -> tuple[str, ...]:
    """The examples, in the order of the alphabet."""
    found = sorted(one.parent.name for one in (ROOT / "examples").glob("*/blueprint.yaml"))
    return tuple(name for name in found if (ASSEMBLIES / name / "manifest.json").is_file())


def render_example_picture(name: str) -> str:
    """The picture of an example.

    Args:
        name: Its folder.
    """
    return render_picture(read_topology(_stacks(name)), f"{_title(name)}: accounts, registries and flows")


def render_index_of_models() -> str:
    """The list of the pages."""
    rows = []
    for name in example_names():
        stacks = _stacks(name)
        accounts = len({one.account for one in stacks})
        cost = _money(_together(_costs(stacks)))
        rows.append(f"| [{_title(name)}]({name}.md) | {accounts} | {len(stacks)} | {cost} |")
    return "\n".join(
        [
            "# The operating models, deployed",
            "",
            "A page for each example in [examples](../../../examples): a picture of its accounts, registries "
            "and flows, drawn from the synthesized stacks; what it creates; what that costs at rest; which "
            "quotas it uses. The pages are generated.",
            "",
            "| Example | Accounts | Stacks | US dollars a month at rest |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def render_example(name: str) -> str:
    """The page of an example.

    Args:
        name: Its folder.
    """
    stacks = _stacks(name)
    lines = [
        f"# {_title(name)}",
        "",
        f"Drawn and counted from the stacks of [examples/{name}](../../../examples/{name}/blueprint.yaml).",
        "",
        f"![Accounts, registries and flows](pictures/{name}.svg)",
        "",
        "## Stacks",
        "",
        "| Stack | Account | Region | Resources |",
        "|---|---|---|---|",
        *(
            f"| `{stack.name}` | {stack.account} | {stack.region} | {len(stack.template['Resources'])} |"
            for stack in stacks
        ),
        "",
        "## What is created",
        "",
        "| Resources | Number |",
        "|---|---|",
        *(f"| `{kind}` | {number} |" for kind, number in sorted(_kinds(stacks).items())),
        "",
        *_stack_set_lines(stacks),
        "## What it costs at rest",
        "",
        *_cost_table(stacks),
        "",
        _NOT_BILLED_AT_REST,
        "",
        "## Quotas",
        "",
        "The registry, or the stack, that uses the most of each.",
        "",
        "| Quota | Used | Of | Warning from 80 % | Source |",
        "|---|---|---|---|---|",
        *_quota_rows(name),
        "",
        _OTHER_QUOTAS,
        "",
    ]
    return "\n".join(lines)


@cache
def _stacks(name: str) -> tuple[DeployedStack, ...]:
    return read_stacks(ASSEMBLIES / name)


@cache
def _registries(name: str) -> tuple[Registry, ...]:
    return read_inputs([str(ASSEMBLIES / name)]).registries


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("-", " ").capitalize())


def _kinds(stacks: Sequence[DeployedStack]) -> Counter[str]:
    return Counter(one["Type"] for stack in stacks for one in stack.template["Resources"].values())


# --- cost ---------------------------------------------------------------------------------------------


def _stack_set_lines(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """What stack sets make, once for each account and Region that they reach."""
    for stack in stacks:
        for inner in stack_sets(stack):
            listed = ", ".join(f"`{kind}` {number}" for kind, number in sorted(_kinds([inner]).items()))
            yield (
                f"The stack set `{inner.name}` makes in each account and Region that it reaches: {listed}; "
                f"{_money(_together(_costs([inner])))} dollars a month at rest for each."
            )
            yield ""


def _cost_table(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    rows = list(_costs(stacks))
    if not rows:
        yield "Nothing that it creates costs anything while nobody uses it."
        return
    yield from ("| What | Number | US dollars a month | Price | Read on |", "|---|---|---|---|---|")
    for kind, number, amount in rows:
        resting = RESTING_PRICES[kind]
        price = resting.price
        yield (
            f"| `{kind}`, per {table_cell(resting.per)} | {number} | {_money(amount)} | "
            f"{_money(price.usd)} [reported]({price.source}), [AWS's]({resting.price_page}) | "
            f"{price.read_on or 'not said'} |"
        )
    yield f"| **Together** | | **{_money(_together(rows))}** | | |"


def _together(rows: Iterable[tuple[str, int, Decimal]]) -> Decimal:
    return sum((amount for *_, amount in rows), Decimal(0))


def _costs(stacks: Sequence[DeployedStack]) -> Iterator[tuple[str, int, Decimal]]:
    counted: Counter[str] = Counter()
    for stack in stacks:
        for resource in stack.template["Resources"].values():
            if resource["Type"] in RESTING_PRICES:
                counted[resource["Type"]] += _units(resource)
    for kind, number in sorted(counted.items()):
        if number:
            yield kind, number, number * RESTING_PRICES[kind].price.usd


def _units(resource: Mapping[str, Any]) -> int:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::EC2::VPCEndpoint":
        if properties.get("VpcEndpointType", "Gateway") == "Gateway":
            return 0
        subnets = properties.get("SubnetIds", [])
        return len(subnets) if isinstance(subnets, list) else 1
    if resource["Type"] == "AWS::CloudWatch::Alarm":
        return sum("MetricStat" in one for one in properties.get("Metrics", [])) or 1
    return 1


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


# --- quotas -------------------------------------------------------------------------------------------


_IAM_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_STACK_LIMITS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_ORGANIZATION_LIMITS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
_ENDPOINT_LIMITS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"

_OTHER_QUOTAS = """\
Synthesis warns from 80 % of each, with the id that is named; an acknowledgement takes it away. Of a
template's bytes it warns for stacks of repositories by an estimate, and tells of others on standard error
once they are written. What AWS does not raise is refused beyond.

Not listed, and not warned of, since others use them too and no blueprint knows how much: service control
policies on a unit (5), rules on an account's event bus (300), roles in an account, managed policies on roles
that exist already. How many creation templates a registry takes, AWS does not say."""


def _quota_rows(name: str) -> Iterator[str]:
    for identifier, what, used, limit, source in (*_registry_quotas(name), *_other_quotas(name)):
        if used:
            yield f"| {what} | {used:,} | {limit} | `ecr-blueprints:{identifier}` | [AWS]({source}) |"


_QuotaRow = tuple[str, str, int, str, str]
"""The warning's id, what is limited, how much is used, the limit, where AWS says it."""


def _registry_quotas(name: str) -> Iterator[_QuotaRow]:
    largest: dict[str, QuotaUse] = {}
    for registry in _registries(name):
        for use in quota_uses(registry):
            if use.name not in largest or use.used > largest[use.name].used:
                largest[use.name] = use
    for use in largest.values():
        unit = f" {use.quota.unit}" if use.quota.unit else ""
        yield f"quota-{use.name}", use.quota.name, use.used, f"{use.limit:,}{unit}", use.quota.source


def _other_quotas(name: str) -> Iterator[_QuotaRow]:
    stacks = _stacks(name)
    inner = [one for stack in stacks for one in stack_sets(stack)]
    everything = [*stacks, *inner]
    for kind, member, identifier in (
        ("AWS::ECR::RegistryPolicy", "PolicyText", "quota-registry-policy-length"),
        ("AWS::ECR::Repository", "RepositoryPolicyText", "quota-repository-policy-length"),
    ):
        what = f"{POLICY_LENGTH.name} ({'registry' if 'Registry' in kind else 'repository'})"
        limit = f"{POLICY_LENGTH.value:,} {POLICY_LENGTH.unit}"
        yield identifier, what, _longest(stacks, kind, member), limit, POLICY_LENGTH.source
    yield (
        "quota-managed-policy-length",
        "length of a managed policy",
        _longest(everything, "AWS::IAM::ManagedPolicy", "PolicyDocument"),
        f"{MAX_MANAGED_POLICY_LENGTH:,} characters",
        _IAM_QUOTAS,
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
        _IAM_QUOTAS,
    )
    yield (
        "quota-endpoint-policy-length",
        "length of an endpoint's policy",
        _longest(everything, "AWS::EC2::VPCEndpoint", "PolicyDocument"),
        f"{ENDPOINT_POLICY_LENGTH:,} characters",
        _ENDPOINT_LIMITS,
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
            _ORGANIZATION_LIMITS,
        )
    yield (
        "quota-stack-set-template",
        "template of a stack set",
        max((_bytes(one) for one in inner), default=0),
        f"{MAX_TEMPLATE_BODY_BYTES:,} bytes",
        _STACK_LIMITS,
    )
    resources = max(len(stack.template["Resources"]) for stack in stacks)
    yield (
        "stack-nears-its-limit",
        "resources in a stack",
        resources,
        str(MAX_STACK_RESOURCES),
        _STACK_LIMITS,
    )
    yield (
        "stack-nears-its-limit",
        "template of a stack",
        max(map(_bytes, stacks)),
        f"{MAX_TEMPLATE_BYTES:,} bytes",
        _STACK_LIMITS,
    )


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
