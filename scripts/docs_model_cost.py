"""What the resources of an example cost at rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from docs_assembly import DeployedStack
from docs_markdown import table_cell

from ecr_blueprints.domain.resting_price import RESTING_PRICES

__all__ = ["cost_table", "costs", "money", "together"]


def cost_table(stacks: Sequence[DeployedStack]) -> Iterator[str]:
    """The lines of a table: a row for each type of resource that costs something.

    Args:
        stacks: Those of the assembly.
    """
    rows = list(costs(stacks))
    if not rows:
        yield "Nothing that it creates costs anything while nobody uses it."
        return
    heads = (
        "What, and what is counted",
        "Number",
        "Price of one",
        "US dollars a month",
        "Reported by",
        "AWS's page",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for kind, number, amount in rows:
        resting = RESTING_PRICES[kind]
        price = resting.price
        read = f", read {price.read_on}" if price.read_on else ""
        yield (
            f"| `{kind}`, per {table_cell(resting.per)} | {number} | {money(price.usd)} | {money(amount)} | "
            f"[{urlsplit(price.source).netloc}]({price.source}){read} | [today]({resting.price_page}) |"
        )
    yield f"| **Together** | | | **{money(together(rows))}** | | |"


def together(rows: Iterable[tuple[str, int, Decimal]]) -> Decimal:
    """The sum of what :func:`costs` gives.

    Args:
        rows: Its rows.
    """
    return sum((amount for *_, amount in rows), Decimal(0))


def costs(stacks: Sequence[DeployedStack]) -> Iterator[tuple[str, int, Decimal]]:
    """Type, number of what is counted, and US dollars a month.

    Args:
        stacks: Any stacks.
    """
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


def money(amount: Decimal) -> str:
    """An amount with its cents.

    Args:
        amount: In US dollars.
    """
    return f"{amount:,.2f}"
