"""What the evaluator and the review cost beside what nobody can do without. `make bench` runs it.

The floor of an evaluation is sorting the images, that of a review parsing the JSON.
"""

from __future__ import annotations

import json
import random
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.review.reviewer import Reviewer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IMAGES = 100_000
"""As many as a repository holds by default (facts §16)."""

large_template = runpy.run_path(str(Path(__file__).with_name("large_template.py")))["large_template"]


@pytest.fixture(scope="module")
def images() -> list[InventoryImage]:
    chance = random.Random(1)
    return [
        InventoryImage(
            digest=f"sha256:{number:064x}",
            pushed_at=NOW - timedelta(hours=chance.randrange(1, 20_000)),
            tags=(f"{chance.choice(['v', 'sha-', 'deployed-', 'pr-'])}{number}",)
            if chance.random() < 0.8
            else (),
        )
        for number in range(IMAGES)
    ]


@pytest.mark.benchmark(group="evaluate 100,000 images")
def test_floor_sorting_the_images(benchmark: BenchmarkFixture, images: list[InventoryImage]) -> None:
    assert len(benchmark(lambda: sorted(images, key=lambda image: image.pushed_at))) == IMAGES


@pytest.mark.benchmark(group="evaluate 100,000 images")
def test_evaluating_a_policy_of_five_rules(benchmark: BenchmarkFixture, images: list[InventoryImage]) -> None:
    policy = Retention(keep=["v*", "deployed-*"], builds=["sha-*", "pr-*"], builds_days=90).policy()
    assert len(policy.rules) == 5
    evaluation = benchmark(lambda: evaluate(policy, images, now=NOW))
    assert len(evaluation.outcomes) == IMAGES


@pytest.fixture(scope="module")
def text() -> str:
    return json.dumps(large_template())


@pytest.mark.benchmark(group="review 490 repositories")
def test_floor_parsing_the_json(benchmark: BenchmarkFixture, text: str) -> None:
    assert benchmark(lambda: json.loads(text))


@pytest.mark.benchmark(group="review 490 repositories")
def test_reading_and_reviewing(benchmark: BenchmarkFixture, text: str) -> None:
    def review() -> int:
        template = Template.parse(text, name="template.json")
        return Reviewer().review(read_registries([template])).repositories

    assert benchmark(review) == 490
