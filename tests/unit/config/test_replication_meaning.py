"""Replication that cannot be is refused at its place, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1, eu-central-1]}}
caches: {{k8s: {{}}}}
replication: {replication}
consumers: {{all: {{accounts: ["222233334444"], pull: ["{pull}"]}}}}
teams: [{{team: payments, repositories: {{api: {{}}}}}}]
{more}"""


def write(folder: Path, replication: str, *, pull: str = "prod/*", more: str = "") -> Path:
    path = folder / "blueprint.yaml"
    path.write_text(BLUEPRINT.format(replication=replication, pull=pull, more=more))
    return path


def refusal(path: Path) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    return caught.value


@pytest.mark.parametrize(
    ("replication", "what", "where"),
    [
        ("{to: [eu-west-1]}", "'eu-west-1' is the main Region", "replication.to[0]"),
        ("{to: [eu-north-1, eu-north-1]}", "the Region 'eu-north-1' stands twice", "replication.to[1]"),
        ("{to: [cn-north-1]}", "is in the partition aws-cn", "replication.to[0]"),
        ("{to: [eu-north-1], prefixes: [prod]}", "the prefix 'prod' is no namespace", "prefixes[0]"),
        ("{to: [eu-north-1], prefixes: ['prod/*']}", "'prod/*' is not a", "prefixes[0]"),
        ("{to: [eu-north-1], prefixes: [live/]}", "matches none of the", "prefixes[0]"),
        ("{to: [eu-north-1], prefixes: [k8s/]}", "holds repositories of the cache 'k8s'", "prefixes[0]"),
        ("{to: [eu-north-1], prefixes: [k8s/team/]}", "of the cache 'k8s'", "prefixes[0]"),
        ("{to: [eu-north-1], prefixes: [prod/, prod/payments/]}", "within another prefix", "prefixes[1]"),
        ("{to: [eu-north-1], prefixes: [prod/, prod/]}", "within another prefix", "prefixes[1]"),
        ("{to: []}", "is empty", "replication.to"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(
    tmp_path: Path, replication: str, what: str, where: str
) -> None:
    text = str(refusal(write(tmp_path, replication)))
    assert what in text
    assert where in text
    assert "blueprint.yaml:6: replication" in text


def test_the_fix_is_the_prefix_with_a_slash(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "{to: [eu-north-1], prefixes: [prod]}")).fix == "write prod/"


def test_more_prefixes_or_regions_than_a_quota_are_refused(tmp_path: Path) -> None:
    prefixes = ", ".join(f"p{number}/" for number in range(101))
    assert "there are 101 prefixes" in str(
        refusal(write(tmp_path, f"{{to: [eu-north-1], prefixes: [{prefixes}]}}"))
    )
    regions = ", ".join(f"eu-west-{number}" for number in range(2, 28))
    assert "there are 26 Regions" in str(refusal(write(tmp_path, f"{{to: [{regions}]}}")))


def test_a_configuration_of_somebody_else_takes_no_rule(tmp_path: Path) -> None:
    path = write(tmp_path, "{to: [eu-north-1]}", more="manage: {replication: false}\n")
    assert "belongs to somebody else" in refusal(path).what


@pytest.mark.parametrize("convention", ["{team}/{app}/{stage}", "{team}/{stage}/{app}"])
def test_without_the_stage_first_prefixes_are_needed(tmp_path: Path, convention: str) -> None:
    more = f'convention: "{convention}"\n'
    pull = "*"
    error = refusal(write(tmp_path, "{to: [eu-north-1]}", pull=pull, more=more))
    assert "does not begin with the stage" in error.what
    assert error.fix == "add `prefixes`"
    load_blueprint(write(tmp_path, "{to: [eu-north-1], prefixes: [payments/]}", pull=pull, more=more))


def test_without_a_production_stage_prefixes_are_needed(tmp_path: Path) -> None:
    path = write(tmp_path, "{to: [eu-north-1]}")
    path.write_text(path.read_text().replace("prod: {production: true}", "prod: {}"))
    assert "no stage is production" in refusal(path).what


@pytest.mark.parametrize("pull", ["prod/payments/api", "prod/*/api", "*api"])
def test_a_pull_that_no_template_can_allow_is_refused_where_templates_decide(
    tmp_path: Path, pull: str
) -> None:
    error = refusal(write(tmp_path, "{to: [eu-north-1]}", pull=pull))
    assert "a template is for a whole namespace" in error.what
    assert error.allowed is not None
    assert "prod/payments/*" in error.allowed
    assert "add eu-north-1 to the registry's Regions" in str(error.fix)
    # Where the repositories are declared, each has a policy of its own.
    load_blueprint(write(tmp_path, "{to: [eu-central-1]}", pull=pull))


def test_a_repository_s_mistake_is_told_at_its_own_place(tmp_path: Path) -> None:
    path = write(tmp_path, "{to: [eu-north-1]}")
    path.write_text(path.read_text().replace("{api: {}}", "{Api_: {}}"))
    assert "teams[0].repositories.Api_" in str(refusal(path))


def test_the_regions_of_copies_alone_follow_the_registry_s(tmp_path: Path) -> None:
    blueprint = load_blueprint(write(tmp_path, "{to: [eu-north-1, eu-central-1]}"))
    assert isinstance(blueprint, CentralizedBlueprint)
    assert blueprint.recovery_regions == ("eu-north-1",)
    assert blueprint.pull_regions == ("eu-west-1", "eu-central-1", "eu-north-1")
