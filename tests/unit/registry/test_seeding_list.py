"""The seeding list is read as it was written, and refused where it is none."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.registry.seeding_list import Filling, Seed, parse_seeding_list, render_seeding_list

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[3] / "docs/reference/seeding-list-schema.json").read_text()
)
SEEDS = tuple(
    Seed(
        source="docker.io/library/nginx",
        digest=f"sha256:{'a' * 64}",
        target="111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx",
        tag="1.27",
        region="eu-west-1",
        filling=filling,
    )
    for filling in Filling
)
ENTRY = json.loads(render_seeding_list(SEEDS))["seeds"][0]


def test_what_is_written_is_read_and_meets_the_schema() -> None:
    text = render_seeding_list(SEEDS)
    assert parse_seeding_list(text) == SEEDS
    jsonschema.validate(json.loads(text), SCHEMA)


def test_members_of_a_newer_version_are_ignored() -> None:
    document = {"seedingListVersion": 1, "more": 1, "seeds": [{**ENTRY, "platforms": ["linux/arm64"]}]}
    assert parse_seeding_list(json.dumps(document)) == SEEDS[:1]


@pytest.mark.parametrize(
    ("member", "value", "what"),
    [
        ("source", None, "source is None"),
        ("source", "--all", "source is '--all'"),
        ("target", "a b", "target is 'a b'"),
        ("digest", "sha256:1", "'sha256:1' is not an image digest"),
        ("tag", "a/b", "'a/b'"),
        ("region", "europe", "'europe'"),
        ("filling", "push", "filling is 'push'"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(member: str, value: object, what: str) -> None:
    document = {"seedingListVersion": 1, "seeds": [ENTRY, {**ENTRY, member: value}]}
    with pytest.raises(UnusableInputError) as caught:
        parse_seeding_list(json.dumps(document))
    assert caught.value.where == "seeding-list.json: seeds[1]"
    assert what in caught.value.what
