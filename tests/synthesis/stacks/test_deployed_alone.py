"""Every stack can be deployed alone: only a key comes from another stack, once that one is there."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import Any

from synthesized import Assembly


def functions_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from functions_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from functions_in(inner)


def stacks_of(assembly: Assembly) -> dict[str, dict[str, Any]]:
    artifacts = json.loads((assembly.path / "manifest.json").read_text())["artifacts"]
    return {name: one for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}


def registry_stack_of(name: str) -> set[str]:
    """The one stack that a stack of repositories may need: it makes the key that encrypts them."""
    region = re.search(r"-(\w+-\w+-\d)$", name)
    return {f"ecr-registry-{region[1]}"} if region and name.startswith("ecr-repositories-") else set()


def test_no_template_takes_a_value_of_another_stack_but_the_registrys_key(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert "Fn::ImportValue" not in set(functions_in(template)), name
        assert {one["StackName"] for one in taken_from_stacks(template)} <= registry_stack_of(name), name
        assert {one["OutputName"] for one in taken_from_stacks(template)} <= key_outputs(assembly, name), name
        assert not [one for one in template.get("Outputs", {}).values() if "Export" in one], name


def test_no_stack_waits_for_another_but_for_its_registry(assembly: Assembly) -> None:
    stacks = stacks_of(assembly)
    assert len(stacks) == len(assembly.templates)
    for name, stack in stacks.items():
        assert set(stack.get("dependencies", [])) & set(stacks) <= registry_stack_of(name), name


def taken_from_stacks(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "Fn::GetStackOutput" in value:
            yield value["Fn::GetStackOutput"]
        for inner in value.values():
            yield from taken_from_stacks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from taken_from_stacks(inner)


def key_outputs(assembly: Assembly, name: str) -> set[str]:
    """The outputs of the stack's registry that are the ARN of a key."""
    return {
        output
        for registry in registry_stack_of(name)
        for output, one in assembly.templates[registry].get("Outputs", {}).items()
        for logical_id in one["Value"].get("Fn::GetAtt", [])[:1]
        if assembly.templates[registry]["Resources"][logical_id]["Type"] == "AWS::KMS::Key"
    }


def test_the_stacks_of_an_account_are_named_by_a_pattern(assembly: Assembly) -> None:
    for account in ("222233334444", "333344445555"):
        of_account = {
            name
            for name, stack in stacks_of(assembly).items()
            if re.match(rf"aws://{account}/", stack["environment"])
        }
        assert of_account
        assert set(fnmatch.filter(assembly.templates, f"*-{account}*")) == of_account
