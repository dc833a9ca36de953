"""A page for each example: what it creates where, what that costs at rest, and which quotas it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docs_assembly import DeployedStack, read_seeds, read_stacks, stack_sets
from docs_box import Topology
from docs_contents import repository_count
from docs_markdown import table_cell
from docs_model_cost import cost_table, costs, money, together
from docs_model_quotas import OTHER_QUOTAS, quota_rows
from docs_picture import render_picture
from docs_sentences import account_rows, flow_sentences, notes
from docs_topology import read_topology

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.registry.registry import Registry

__all__ = [
    "ASSEMBLIES",
    "MODELS",
    "example_names",
    "example_topology",
    "render_example",
    "render_example_picture",
    "render_index_of_models",
]

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
What is not in the table costs nothing at rest, as far as is known. Beside that, use is billed: stored images
per GB and month, each scan by Amazon Inspector where scanning is enhanced, data that leaves a Region or
passes an interface endpoint, and requests to keys and functions. The prices are third parties' reports for
us-east-1, read on the pages that are named; AWS's own pages were not read. Take yours from there."""


def example_names() -> tuple[str, ...]:
    """The examples, in the order of the alphabet."""
    found = sorted(one.parent.name for one in (ROOT / "examples").glob("*/blueprint.yaml"))
    return tuple(name for name in found if (ASSEMBLIES / name / "manifest.json").is_file())


def render_example_picture(name: str) -> str:
    """The picture of an example.

    Args:
        name: Its folder.
    """
    return render_picture(example_topology(name), f"{_title(name)}: accounts, registries and flows")


@cache
def example_topology(name: str) -> Topology:
    """What the picture of an example shows.

    Args:
        name: Its folder.
    """
    enterprise = _blueprint(name).get("enterprise", {})
    return read_topology(_stacks(name), read_seeds(ASSEMBLIES / name), enterprise)


def render_index_of_models() -> str:
    """The list of the pages."""
    rows = []
    for name in example_names():
        stacks = _stacks(name)
        registries = {one.place for one in stacks if any("::ECR::" in kind for kind in _kinds([one]))}
        numbers = (
            len({one.account for one in stacks}),
            len({one.region for one in stacks}),
            len(registries),
            repository_count(stacks),
            len(stacks),
        )
        cost = money(together(costs(stacks)))
        rows.append(f"| [{_title(name)}]({name}.md) | {' | '.join(map(str, numbers))} | {cost} |")
    return "\n".join(
        [
            "# The operating models, deployed",
            "",
            "A page for each example in [examples](../../../examples): a picture of its accounts, registries "
            "and flows, drawn from the synthesized stacks; what it creates; what that costs at rest; which "
            "quotas it uses. The pages are generated.",
            "",
            "| Example | Accounts | Regions | Registries | Repositories | Stacks | Dollars a month at rest |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "A registry is Amazon ECR in one account and Region; repositories are those of all registries. "
            "What stack sets make in the accounts of organizational units is not counted, since no template "
            "says how many accounts those are; a page says what it is for one. Dollars are US dollars. At "
            "rest is what is billed while nobody pushes or pulls: most of all VPC endpoints, where there are "
            "some.",
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
        *_story(name),
        f"Drawn and counted from the stacks of [examples/{name}](../../../examples/{name}/blueprint.yaml).",
        "",
        f"![Accounts, registries and flows, as the two lists below say them](pictures/{name}.svg)",
        "",
        "## Who is there",
        "",
        "| Who | Account, or organizational unit | What for |",
        "|---|---|---|",
        *(f"| {' | '.join(map(_cell, row))} |" for row in account_rows(example_topology(name))),
        "",
        "## What flows",
        "",
        *(f"* {_cell(sentence)}" for sentence in flow_sentences(example_topology(name))),
        *(line for note in notes(example_topology(name)) for line in ("", note)),
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
        "By the stacks above, all of them together.",
        "",
        "| Resources | Number |",
        "|---|---|",
        *(f"| `{kind}` | {number} |" for kind, number in sorted(_kinds(stacks).items())),
        "",
        *_stack_set_lines(stacks),
        "## What it costs at rest",
        "",
        *cost_table(stacks),
        "",
        _NOT_BILLED_AT_REST,
        "",
        "## Quotas",
        "",
        "Quotas of Amazon ECR hold for each account and Region, those of a policy or a stack for each one. "
        "Shown is the registry, policy or stack that uses the most of each.",
        "",
        "| Quota | Used | Of | Warning from 80 % | Raised by AWS | Source |",
        "|---|---|---|---|---|---|",
        *quota_rows(_registries(name), _stacks(name)),
        "",
        *OTHER_QUOTAS,
        "",
    ]
    return "\n".join(lines)


@cache
def _stacks(name: str) -> tuple[DeployedStack, ...]:
    return read_stacks(ASSEMBLIES / name)


@cache
def _registries(name: str) -> tuple[Registry, ...]:
    return read_inputs([str(ASSEMBLIES / name)]).registries


@cache
def _blueprint(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_blueprint_path(name).read_text(encoding="utf-8"))
    return found


def _blueprint_path(name: str) -> Path:
    return ROOT / "examples" / name / "blueprint.yaml"


def _story(name: str) -> Iterator[str]:
    """The first paragraph of the blueprint's own comment: whose registry it is."""
    words: list[str] = []
    for line in _blueprint_path(name).read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("#").strip()
        if not line.startswith("#") or (not text and words):
            break
        if text and not text.startswith("yaml-language-server"):
            words.append(text)
    if words:
        yield " ".join(words)
        yield ""


def _cell(text: str) -> str:
    """Text as Markdown shows it, in a table or a list."""
    return table_cell(text).replace("*", "\\*")


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("-", " ").capitalize())


def _kinds(stacks: Sequence[DeployedStack]) -> Counter[str]:
    return Counter(one["Type"] for stack in stacks for one in stack.template["Resources"].values())


def _stack_set_lines(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """What stack sets make, once for each account and Region that they reach."""
    for stack in stacks:
        for inner in stack_sets(stack):
            listed = ", ".join(f"`{kind}` {number}" for kind, number in sorted(_kinds([inner]).items()))
            cost = together(costs([inner]))
            text = f"The stack set `{inner.name}` makes in each account and Region that it reaches: {listed}."
            if cost:
                text += f" That costs {money(cost)} US dollars a month at rest, each time"
                text += ", for each subnet of its VPC." if _one_subnet(inner) else "."
            else:
                text += " None of that costs anything at rest."
            yield f"{text} It is not in the numbers above and below."
            yield ""


def _one_subnet(stack: DeployedStack) -> bool:
    """Whether endpoints are counted with one subnet, since only the account itself knows its subnets."""
    return any(
        "SubnetIds" in endpoint and not isinstance(endpoint["SubnetIds"], list)
        for _, endpoint in stack.resources("AWS::EC2::VPCEndpoint")
    )
