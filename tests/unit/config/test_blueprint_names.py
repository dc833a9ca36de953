"""The names of a blueprint's stacks, roles and stack sets.

Practices: OPS-1
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config.blueprint_names import MAX_STACK_NAME_LENGTH, BlueprintNames
from ecr_blueprints.config.loader import load_blueprint
from ecr_blueprints.domain.principals import MAX_ROLE_NAME_LENGTH
from ecr_blueprints.domain.workload import Workload
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
name: {name}
stages: {{prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1]}}
consumers:
  {consumer}: {{accounts: ["222233334444"], pull: ["prod/*"], pull_roles: {{{workload}: {{}}}}}}
teams: [{{team: payments, repositories: {{api: {{{stack}}}}}}}]
"""


def load(
    tmp_path: Path,
    *,
    name: str = "ecr",
    consumer: str = "production",
    workload: Workload = Workload.NODES,
    stack: str = "",
) -> BlueprintNames:
    text = BLUEPRINT.format(name=name, consumer=consumer, workload=workload, stack=stack)
    (tmp_path / "blueprint.yaml").write_text(text)
    return BlueprintNames.of(load_blueprint(tmp_path / "blueprint.yaml"))


def every_name(names: BlueprintNames) -> set[str]:
    return {
        names.registry("eu-west-1"),
        names.registry("eu-west-1", team="payments"),
        names.repositories("payments", "eu-west-1"),
        names.bridge("eu-west-1"),
        names.consumer("production", "222233334444"),
        names.endpoints("222233334444", "eu-west-1"),
        names.units("shops"),
        names.platform("baseline"),
        names.platform("findings", "eu-west-1"),
        names.pull("shops"),
        names.pull_role("production", Workload.NODES),
        names.unit_endpoints("shops"),
    }


def test_what_nobody_named_is_called_ecr(tmp_path: Path) -> None:
    text = BLUEPRINT.format(name="ecr", consumer="production", workload="nodes", stack="")
    (tmp_path / "blueprint.yaml").write_text(text.replace("name: ecr\n", ""))
    assert BlueprintNames.of(load_blueprint(tmp_path / "blueprint.yaml")) == load(tmp_path)
    assert load(tmp_path).consumer("production", "222233334444") == "ecr-consumer-production-222233334444"


def test_two_blueprints_have_no_name_in_common(tmp_path: Path) -> None:
    ours, theirs = every_name(load(tmp_path)), every_name(load(tmp_path, name="tools"))
    assert len(ours) == len(theirs) == 12
    assert not ours & theirs


@pytest.mark.parametrize("name", ["Tools", "-tools", "tools-", "a_b", "1st", "a" * 21, "''"])
def test_what_is_no_name_is_refused_where_it_stands(tmp_path: Path, name: str) -> None:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, name=name)
    assert caught.value.where is not None
    assert caught.value.where.endswith("blueprint.yaml:3: name")


@pytest.mark.parametrize("name", ["ecr-repositories-a", "x-registry", "my-pull-stacks"])
def test_a_name_that_reads_like_a_stack_s_is_refused(tmp_path: Path, name: str) -> None:
    """With the first, this registry's stack would be another blueprint's stack key ``a-registry``."""
    with pytest.raises(BlueprintError, match="which tells stacks apart") as caught:
        load(tmp_path, name=name)
    assert str(caught.value.where).endswith("blueprint.yaml:3: name")
    assert load(tmp_path, name="registry").registry("eu-west-1") == "registry-registry-eu-west-1"


@pytest.mark.parametrize("name", ["ecr", "a" * 20])
@pytest.mark.parametrize("workload", Workload)
def test_the_longest_consumer_s_role_is_as_long_as_iam_takes(
    tmp_path: Path, name: str, workload: Workload
) -> None:
    longest = "a" * (MAX_ROLE_NAME_LENGTH - len(BlueprintNames(name).pull_role("", workload)))
    names = load(tmp_path, name=name, consumer=longest, workload=workload)
    assert len(names.pull_role(longest, workload)) == MAX_ROLE_NAME_LENGTH
    with pytest.raises(BlueprintError, match="longer than IAM takes") as caught:
        load(tmp_path, name=name, consumer=f"{longest}a", workload=workload)
    assert f"at most {len(longest)}" in str(caught.value)


def test_every_stack_s_name_is_one_that_cloudformation_takes() -> None:
    """The longest name of a blueprint, of a team and of a Region; a consumer's is limited by the rest."""
    names = BlueprintNames("a" * 20)
    longest_region = "ap-southeast-6"
    assert len(names.repositories("t" * 60, longest_region)) <= MAX_STACK_NAME_LENGTH
    assert len(names.registry(longest_region, team="t" * 60)) <= MAX_STACK_NAME_LENGTH
