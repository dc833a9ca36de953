"""What CloudFormation takes in one stack: warned of from 80 %, refused beyond, with the key to use."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Annotations, Match
from synthesized import synthesize

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.stacks.stack_limits import (
    check_template_sizes,
    refuse_too_many_resources,
    tell_large_templates,
    warn_where_nearly_full,
)

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
"""


def warnings(stack: Stack) -> list[str]:
    return [str(one.entry.data) for one in Annotations.from_stack(stack).find_warning("*", Match.any_value())]


def test_from_80_percent_synthesis_warns_and_names_the_sub_key() -> None:
    app = App()
    roomy, full, large = (Stack(app, name) for name in ("roomy", "full", "large"))
    warn_where_nearly_full(roomy, "payments", resources=399, template_bytes=799_999)
    warn_where_nearly_full(
        full, "payments", resources=400, template_bytes=0, taken=["payments", "payments-2"]
    )
    warn_where_nearly_full(large, "payments-2", resources=10, template_bytes=810_000)
    assert warnings(roomy) == []
    (of_resources,) = warnings(full)
    assert "the stack 'payments' has 400 of 500 resources; write `stack: payments-3`" in of_resources
    assert "ecr-blueprints:stack-nears-its-limit" in of_resources
    (of_bytes,) = warnings(large)
    assert "about 810 of 1000 kB of template; write `stack: payments-3`" in of_bytes


def test_what_the_cdk_refuses_for_its_number_says_what_to_do() -> None:
    refuse_too_many_resources("something else")
    name = "ecr-repositories-payments-2-eu-west-1"
    with pytest.raises(InvalidValueError, match="501 resources") as caught:
        refuse_too_many_resources(
            f"Number of resources in stack '{name}': 501 is greater than allowed maximum of 500: AWS::ECR…"
        )
    assert caught.value.where == name
    assert caught.value.fix is not None
    assert "`stack: payments-3`" in caught.value.fix


def test_a_template_that_is_too_large_leaves_nothing_to_deploy(tmp_path: Path) -> None:
    consumers = ", ".join(f'"{222200000000 + number}"' for number in range(240))
    apps = "\n".join(f"      a{number}: {{stages: [prod]}}" for number in range(120))
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(
        f'{BLUEPRINT}consumers: {{all: {{accounts: [{consumers}], pull: ["prod/*"]}}}}\n'
        f"teams:\n  - team: payments\n    repositories:\n{apps}\n"
    )
    last = len(blueprint.read_text().splitlines())
    result = synthesize(blueprint, tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(
        f"error: {blueprint}:{last}: teams[0].repositories.a119: the template of "
        "'ecr-repositories-payments-eu-west-1' has"
    )
    assert "write `stack: payments-2` at the repositories that are new" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_an_assembly_within_the_limit_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "a.template.json").write_text(" " * 1_000_000)
    check_template_sizes(tmp_path)
    (tmp_path / "b.template.json").write_text(" " * 1_000_001)
    with pytest.raises(InvalidValueError, match="1,000,001 bytes") as caught:
        check_template_sizes(tmp_path)
    assert caught.value.fix == "declare less in one stack: fewer caches, consumers, rules or VPCs"
    assert not (tmp_path / "manifest.json").exists()


def test_a_large_template_that_is_not_of_repositories_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = {
        "ecr-endpoints-222233334444-eu-west-1": 800_000,
        "ecr-registry-eu-west-1": 799_999,
        "ecr-repositories-payments-eu-west-1": 900_000,
    }
    for name, size in sizes.items():
        (tmp_path / f"{name}.template.json").write_text(" " * size)
    tell_large_templates(tmp_path)
    assert capsys.readouterr().err == (
        "warning: ecr-endpoints-222233334444-eu-west-1: the template has 800,000 of 1,000,000 bytes; "
        "declare less in one stack: fewer caches, consumers, rules or VPCs\n"
    )
