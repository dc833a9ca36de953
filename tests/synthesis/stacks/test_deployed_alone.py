"""Every stack of every example can be deployed alone, once what it waits for is there: a page says for which.

The page's table and the stored assemblies are held against each other, both ways.

Practices: OPS-1
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from example_assemblies import example_names
from local_cloud import ROOT
from stored_assembly import read_stored

PAGE = ROOT / "docs" / "reference" / "deployment-order.md"
REGION = r"[a-z]{2}-[a-z]+-\d"
OUTPUT_TYPES = {"AWS::KMS::Key", "AWS::SNS::Topic"}
"""What a stack may read of another: a registry's key and the topics of its alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    stack: str
    other: str
    fails_alone: bool

    def covers(self, stack: str, other: str, *, main: str) -> bool:
        """Whether it says that a stack waits for another.

        Args:
            stack: The one that waits.
            other: The one that comes before.
            main: The main Region of the example.
        """
        of_stack, of_other = _match(self.stack, stack), _match(self.other, other)
        if of_stack is None or of_other is None:
            return False
        both = {**of_stack, **of_other}
        if "main" in both:
            return both["main"] == main != both["region"] and of_stack.get("key") in (
                None,
                of_other.get("key"),
            )
        return all(both[part] == value for part, value in of_stack.items())


def _match(pattern: str, name: str) -> dict[str, str] | None:
    """What stands in a name for each part of a pattern; None where it does not match."""
    parts = {"main": REGION, "region": REGION, "key": "[a-z0-9-]+?", "team": "[a-z0-9-]+?"}
    text = re.sub(r"<(\w+)>", lambda found: f"(?P<{found[1]}>{parts[found[1]]})", pattern)
    found = re.fullmatch(text, name)
    return found.groupdict() if found else None


def rows() -> list[Row]:
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `")
    ]
    assert {one[-1] for one in cells} == {"fails", "works"}
    # No example says `iam_region`, so that it is the main one.
    named = [[cell.replace("<iam>", "<main>") for cell in one] for one in cells]
    return [
        Row(stack=one[0].strip("`"), other=one[1].strip("`"), fails_alone=one[-1] == "fails") for one in named
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What is stored of an example."""

    stacks: dict[str, dict[str, Any]]
    templates: dict[str, dict[str, Any]]

    @property
    def main(self) -> str:
        """The Region of its first registry, bridge or platform stack."""
        environment: str = next(iter(self.stacks.values()))["environment"]
        return environment.rpartition("/")[2]

    def waits(self) -> set[tuple[str, str]]:
        """Each stack with one that it waits for."""
        return {(name, other) for name, one in self.stacks.items() for other in one["dependencies"]}


def read(name: str) -> Example:
    files = read_stored(name)
    stacks = json.loads(files["manifest.json"])["artifacts"]
    return Example(
        stacks=stacks, templates={one: json.loads(files[f"{one}.template.json"]) for one in stacks}
    )


EXAMPLES = {name: read(name) for name in example_names()}


def taken_from_stacks(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "Fn::GetStackOutput" in value:
            yield value["Fn::GetStackOutput"]
        for inner in value.values():
            yield from taken_from_stacks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from taken_from_stacks(inner)


def test_the_rows_tell_stacks_apart() -> None:
    def is_said(stack: str, other: str) -> bool:
        return any(row.covers(stack, other, main="eu-west-1") for row in rows())

    assert is_said("ecr-repositories-cards-eu-west-1", "ecr-repositories-cards-eu-central-1")
    assert not is_said("ecr-repositories-cards-eu-west-1", "ecr-repositories-ledger-eu-central-1")
    assert not is_said("ecr-repositories-cards-eu-central-1", "ecr-repositories-cards-eu-west-1")
    assert not is_said("ecr-registry-eu-west-1", "ecr-repositories-cards-eu-west-1")
    assert not is_said("ecr-repositories-cards-eu-west-1", "ecr-registry-eu-central-1")
    assert not is_said("ecr-consumer-production-333344445555", "ecr-registry-eu-west-1")


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_stack_waits_for_what_the_page_says(name: str) -> None:
    example, known = EXAMPLES[name], rows()
    unsaid = [
        f"{stack} waits for {other}"
        for stack, other in sorted(example.waits())
        if not any(row.covers(stack, other, main=example.main) for row in known)
    ]
    assert unsaid == []


def test_each_row_of_the_page_is_so_in_an_example() -> None:
    waits = [(one, example.main) for example in EXAMPLES.values() for one in example.waits()]
    idle = [row for row in rows() if not any(row.covers(*one, main=main) for one, main in waits)]
    assert idle == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_value_is_taken_only_from_what_is_waited_for_and_is_a_key_or_a_topic(name: str) -> None:
    example = EXAMPLES[name]
    for stack, template in example.templates.items():
        assert "Fn::ImportValue" not in json.dumps(template), stack
        assert not [one for one in template.get("Outputs", {}).values() if "Export" in one], stack
        for taken in taken_from_stacks(template):
            other = taken["StackName"]
            assert other in example.stacks[stack]["dependencies"], stack
            assert taken["Region"] == example.stacks[other]["environment"].rpartition("/")[2]
            value = example.templates[other]["Outputs"][taken["OutputName"]]["Value"]
            (logical_id,) = value["Fn::GetAtt"][:1] if "Fn::GetAtt" in value else [value["Ref"]]
            assert example.templates[other]["Resources"][logical_id]["Type"] in OUTPUT_TYPES


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_takes_a_value_of_another_is_said_to_fail_before_it(name: str) -> None:
    example = EXAMPLES[name]
    reads = {
        (stack, taken["StackName"])
        for stack, template in example.templates.items()
        for taken in taken_from_stacks(template)
    }
    for stack, other in reads:
        said = [row for row in rows() if row.covers(stack, other, main=example.main)]
        assert said
        assert all(row.fails_alone for row in said)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_stack_of_a_consumer_waits(name: str) -> None:
    for stack, one in EXAMPLES[name].stacks.items():
        if stack.startswith(("ecr-consumer-", "ecr-endpoints-", "ecr-units-")):
            assert one["dependencies"] == [], stack


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_team_waits_for_the_platform_or_another_team(name: str) -> None:
    """A stack of an account waits for one of another account in the platform's part alone."""
    stacks = EXAMPLES[name].stacks
    for stack, other in EXAMPLES[name].waits():
        accounts = {stacks[one]["environment"].partition("//")[2].partition("/")[0] for one in (stack, other)}
        assert len(accounts) == 1 or (stack.startswith("ecr-platform-") and other.startswith("ecr-platform-"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_stacks_of_a_workload_account_are_named_by_a_pattern(name: str) -> None:
    stacks = EXAMPLES[name].stacks
    accounts = {stack.split("-")[-1] for stack in stacks if stack.startswith("ecr-consumer-")}
    for account in accounts:
        of_account = {
            stack for stack, one in stacks.items() if re.match(rf"aws://{account}/", one["environment"])
        }
        assert of_account == set(fnmatch.filter(stacks, f"*-{account}*"))
