"""Images of production that the blueprint keeps: no repository lets them go, or moves their tags, unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import Blueprint, load_blueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
retention: {keep: ["v*", "deployed-*"]}
teams:
  - team: payments
    repositories:
      api:
"""
API = "teams[0].repositories.api"
WITHOUT_STAGE = BLUEPRINT.replace("stages: {dev: {}, prod:", "convention: '{team}/{app}'\nstages: {prod:")


def rule(number: int, selection: str, count: str = "sinceImagePushed", days: int = 1, more: str = "") -> str:
    unit = "" if count == "imageCountMoreThan" else "countUnit: days, "
    return (
        f"{{rulePriority: {number}, selection: {{{selection}, countType: {count}, {unit}"
        f"countNumber: {days}{more}}}, action: {{type: expire}}}}"
    )


ANY = "tagStatus: any"
V = 'tagStatus: tagged, tagPatternList: ["v*"]'
DEPLOYED = 'tagStatus: tagged, tagPatternList: ["deployed-*"]'
ARCHIVED = (
    "{rulePriority: 1, selection: {tagStatus: tagged, tagPatternList: ['v*'], countType: sinceImagePushed, "
    "countUnit: days, countNumber: 90}, action: {type: transition, targetStorageClass: archive}}"
)
GONE = rule(2, V, "sinceImageTransitioned", 90, ", storageClass: archive")
RESTED = rule(2, V, "sinceImageTransitioned", 3650, ", storageClass: archive")


def load(tmp_path: Path, *lines: str, blueprint: str = BLUEPRINT) -> Blueprint:
    path = tmp_path / "blueprint.yaml"
    path.write_text(blueprint + "".join(f"        {line}\n" for line in lines))
    return load_blueprint(path)


def lifecycle(*rules: str) -> tuple[str, ...]:
    return ("lifecycle:", *(f"  - {one}" for one in rules))


@pytest.mark.parametrize(
    ("lines", "line", "key", "what"),
    [
        (
            ('retention: {builds: ["*"], builds_days: 1}',),
            10,
            "retention.builds",
            "an image of 'prod/payments/api' tagged v1 is deleted after 1 day by `retention`, and the "
            "blueprint's `retention.keep` has 'v*'",
        ),
        (
            ('retention: {keep: ["v*"], builds: ["*-1"], builds_days: 9}',),
            10,
            "retention.builds",
            "tagged deployed-1 is deleted after 9 days",
        ),
        (lifecycle(rule(1, ANY)), 11, "lifecycle[0]", "tagged v1 is deleted after 1 day by rule 1"),
        (
            lifecycle(rule(2, ANY, days=30), rule(1, V, days=36500)),
            11,
            "lifecycle[0]",
            "tagged deployed-1 is deleted after 30 days by rule 2",
        ),
        (
            lifecycle(rule(1, V, "imageCountMoreThan", 30)),
            11,
            "lifecycle[0]",
            "tagged v1 is deleted when there are more than 30 by rule 1",
        ),
        (
            lifecycle(rule(1, 'tagStatus: tagged, tagPatternList: ["*-rc", "v1*"]')),
            11,
            "lifecycle[0]",
            "tagged v1-rc is deleted",
        ),
        (lifecycle(ARCHIVED, GONE), 12, "lifecycle[1]", "tagged v1 is deleted after 90 days by rule 2"),
    ],
)
def test_a_kept_image_that_goes_is_refused_with_a_tag(
    tmp_path: Path, lines: tuple[str, ...], line: int, key: str, what: str
) -> None:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, *lines)
    error = caught.value
    assert error.where == f"{tmp_path / 'blueprint.yaml'}:{line}: {API}.{key}"
    assert what in error.what
    assert error.allowed == "what deletes no image that is tagged v* or deployed-*, in production"
    assert error.fix is not None
    assert error.fix.endswith(", or say why under `unprotected`")
    load(tmp_path, *lines, "unprotected: nightly builds alone")
    load(tmp_path, *lines, "stages: [dev]")
    load(tmp_path, *lines, blueprint=BLUEPRINT.replace('retention: {keep: ["v*", "deployed-*"]}\n', ""))


@pytest.mark.parametrize(
    "lines",
    [
        ("retention: {untagged_days: 5}",),
        ('retention: {builds: ["sha-*"], builds_days: 1}',),
        ('retention: {keep: ["v*", "deployed-*"], builds: ["*"], builds_days: 1}',),
        lifecycle(rule(1, V, days=36500), rule(2, DEPLOYED, days=36500), rule(3, ANY)),
        lifecycle(rule(1, 'tagStatus: tagged, tagPatternList: ["*v*", "x*"]')),
        lifecycle(rule(1, 'tagStatus: tagged, tagPatternList: ["v1"]', "imageCountMoreThan", 1)),
        lifecycle(ARCHIVED, RESTED),
        ("name: legacy/batch/one/two", "exception: older", 'retention: {builds: ["*"], builds_days: 1}'),
    ],
)
def test_what_keeps_them_is_taken(tmp_path: Path, lines: tuple[str, ...]) -> None:
    load(tmp_path, *lines)


def test_what_the_fix_says_of_a_retention_mends_it(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, 'retention: {keep: ["deployed-*"], builds: ["*"], builds_days: 1}')
    assert caught.value.fix == "add 'v*' to its `keep`, or say why under `unprotected`"


@pytest.mark.parametrize("tag", ["latest", "v1.*", "deployed-prod"])
def test_a_tag_that_is_there_to_move_may(tmp_path: Path, tag: str) -> None:
    load(tmp_path, f'moving_tags: ["{tag}"]')


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("*", "every tag of 'prod/payments/api' can be moved to another image"),
        ("v*", "every tag of 'v*', which the blueprint's `retention.keep` has, of 'prod/payments/api'"),
        ("d*", "every tag of 'deployed-*', which"),
    ],
)
def test_kept_tags_that_move_are_refused(tmp_path: Path, tag: str, what: str) -> None:
    lines = (f'moving_tags: [latest, "{tag}"]',)
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, *lines)
    error = caught.value
    assert error.where == f"{tmp_path / 'blueprint.yaml'}:10: {API}.moving_tags[1]"
    assert what in error.what
    assert error.allowed == "tags that are there to move, such as latest"
    assert error.fix == "name those that move, or say why under `unprotected`"
    load(tmp_path, *lines, "unprotected: a mirror")
    load(tmp_path, *lines, "kind: base-image")
    load(tmp_path, *lines, "stages: [dev]")


@pytest.mark.parametrize(
    ("blueprint", "lines"),
    [
        (WITHOUT_STAGE, ()),
        (WITHOUT_STAGE, ("name: legacy/batch/api", "exception: older")),
        (BLUEPRINT, ("name: prod/payments/old",)),
    ],
)
def test_production_is_told_by_the_name_or_by_the_one_stage(
    tmp_path: Path, blueprint: str, lines: tuple[str, ...]
) -> None:
    with pytest.raises(BlueprintError, match="every tag of"):
        load(tmp_path, *lines, 'moving_tags: ["*"]', blueprint=blueprint)


def test_a_reason_for_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="`unprotected` explains a `retention`"):
        load(tmp_path, "unprotected: nothing")
