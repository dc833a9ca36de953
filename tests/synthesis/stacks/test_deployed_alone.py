"""Every stack can be deployed alone: no template needs another's values, and few have to wait for another."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import Any

from synthesized import Assembly

FROM_ELSEWHERE = {"Fn::ImportValue", "Fn::GetStackOutput"}


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


def test_no_template_takes_a_value_of_another_stack(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert not FROM_ELSEWHERE & set(functions_in(template)), name
        assert not [one for one in template.get("Outputs", {}).values() if "Export" in one], name


def test_no_stack_waits_for_another(assembly: Assembly) -> None:
    stacks = stacks_of(assembly)
    assert len(stacks) == len(assembly.templates)
    waiting = {
        name: sorted(set(stack.get("dependencies", [])) & set(stacks)) for name, stack in stacks.items()
    }
    assert {name: others for name, others in waiting.items() if others} == {}


def test_the_stacks_of_an_account_are_named_by_a_pattern(assembly: Assembly) -> None:
    for account in ("222233334444", "333344445555"):
        of_account = {
            name
            for name, stack in stacks_of(assembly).items()
            if re.match(rf"aws://{account}/", stack["environment"])
        }
        assert of_account
        assert set(fnmatch.filter(assembly.templates, f"*-{account}*")) == of_account
