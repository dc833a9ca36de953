"""Every mistake of form is told in the words of the file, with what is allowed and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
teams: [{team: payments, repositories: {api: {}}}]
"""
STAGES = "{dev: {}, prod: {production: true}}"
JARGON = (
    "tuple",
    "dict",
    "NoneType",
    "None",
    "validation",
    "instance",
    "datetime",
    "Model",
    "literal",
    "regex",
)


def told(tmp_path: Path, old: str, new: str) -> BlueprintError:
    """The refusal of the blueprint with one text replaced."""
    assert old in BLUEPRINT
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT.replace(old, new, 1))
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    text = str(caught.value).replace(str(tmp_path), "")
    assert [word for word in JARGON if word in text] == []
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "what", "fix"),
    [
        ("[eu-west-1]", "[]", "[] is empty", "add one"),
        ("[eu-west-1]", "eu-west-1", "eu-west-1 stands here, and a list", "write a list: [eu-west-1]"),
        ("[eu-west-1]", "", "nothing stands here, and a list is needed", "write a list"),
        (STAGES, "['dev', 'prod']", "['dev', 'prod'] stands here", "write {dev: {}, prod: {}}"),
        (STAGES, "{dev: , prod: {}}", "nothing stands here", "write {} for no settings"),
        (STAGES, "{dev: 3}", "3 stands here, and a set of keys", "write its keys: production"),
        (
            '{account: "111122223333", regions: [eu-west-1]}',
            "",
            "nothing stands here",
            "write its keys: account, regions",
        ),
        ('"111122223333"', "011122223333", "011122223333 is read as a number", '"011122223333"'),
        ('"111122223333"', "2024-01-01", "2024-01-01 is read as a date", '"2024-01-01"'),
        ('"111122223333"', "yes", "yes is read as true or false", '"yes"'),
        ('"111122223333"', "[a]", "[a] stands here, and a text is needed", "write the text"),
        ("version: 1", 'version: "1"', '"1" is not valid here', "write 1 without quotes"),
        ("centralized", "centralised", "centralised is not valid", "did you mean 'centralized'?"),
        ("true", '"true"', '"true" stands here, and true or false', "write it without quotes: true"),
        ("{api: {}}", "{api: }", "nothing stands here", "write {} for no settings"),
        (
            "{api: {}}",
            "{api: {lifecycle: {rules: []}}}",
            "a list is needed",
            "write the list of rules alone, without `rules:`",
        ),
        ("{api: {}}", "{api: {lifecycle: []}}", "[] is empty", "add one, or leave `lifecycle` out"),
        (
            "{api: {}}",
            '{api: {exception: ""}}',
            '"" is empty',
            "write the text, or leave `exception` out",
        ),
        (
            "{api: {}}",
            '{api: {retention: {builds_days: "90"}}}',
            '"90" stands here, and a whole number',
            "write it without quotes: 90",
        ),
        (
            "teams: [",
            "tags: []\nteams: [",
            "a set of keys with values",
            "write keys with values: {key: value}",
        ),
        ("model: centralized\n", "", "this key is missing", "add `model`"),
    ],
)
def test_a_wrong_value_is_shown_as_written_with_its_fix(
    tmp_path: Path, old: str, new: str, what: str, fix: str
) -> None:
    error = told(tmp_path, old, new)
    assert what in error.what
    assert error.fix is not None
    assert fix in error.fix


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("version: 1", "version: 2", "1"),
        ("version: 1", "version: 1\nmanage: {scanning: perhaps}", "true, false or import"),
        ("version: 1", "version: 1\nscanning: {development: off}", "continuous, on-push or none"),
        ("{api: {}}", "{api: {retention: {builds_days: 0}}}", "whole numbers from 1"),
        ("{api: {}}", "{api: {moving_tags: [a, b, c, d, e, f]}}", "at most 5"),
        ("{api: {}}", f"{{api: {{stack: {'a' * 61}}}}}", "at most 60 characters"),
        ("{api: {}}", "{api: {stack: My_Stack}}", "lower-case letters, digits and single hyphens"),
        ("payments", "Payments", "lower-case letters and digits"),
    ],
)
def test_a_value_out_of_bounds_says_what_is_allowed(tmp_path: Path, old: str, new: str, allowed: str) -> None:
    error = told(tmp_path, old, new)
    assert error.allowed is not None
    assert allowed in error.allowed


def test_one_wrong_item_is_one_mistake(tmp_path: Path) -> None:
    error = told(tmp_path, "[eu-west-1]", "[mars-1]")
    assert error.what == "'mars-1' is not the name of an AWS Region"
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:4: registry.regions[0]")


def test_a_value_of_several_lines_is_not_quoted(tmp_path: Path) -> None:
    error = told(tmp_path, "[eu-west-1]", "\n  {a: 1,\n  b: 2}")
    assert error.what == "a set of keys with values stands here, and a list is needed"


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ('{"aws:team": a}', "begins with 'aws:'"),
        ('{"": a}', "a tag key has 0 characters"),
        (f"{{{'k' * 129}: a}}", "a tag key has 129 characters"),
        (f"{{a: {'v' * 257}}}", "a tag's value has 257 characters"),
        ('{a: "x*y"}', "has the character '*'"),
        ('{"a#": x}', "has the character '#'"),
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("teams:", "tags: TAGS\nteams:"),
        ("{team: payments,", "{team: payments, tags: TAGS,"),
        ("{api: {}}", "{api: {tags: TAGS}}"),
    ],
    ids=["blueprint", "team", "repository"],
)
def test_a_tag_that_aws_does_not_take_is_refused_at_every_level(
    tmp_path: Path, old: str, new: str, tags: str, what: str
) -> None:
    assert what in told(tmp_path, old, new.replace("TAGS", tags)).what
