"""Which images would go that are kept now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.inventory import DescribedImage
from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.lost_images import with_lost_images
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import drifts
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def untagged_after(days: int) -> str:
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": days,
    }
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def registry(policy: str | None) -> Registry:
    repository = Repository(source=SourceLocation(arn="arn"), name="prod/api", lifecycle_policy=policy)
    return Registry(account="111122223333", region="eu-west-1", repositories=(repository,))


def image(number: int, *tags: str, days: int) -> DescribedImage:
    pushed = NOW - timedelta(days=days)
    return DescribedImage(image=InventoryImage(digest=f"sha256:{number:064}", tags=tags, pushed_at=pushed))


def told(now: str | None, then: str | None, images: Sequence[DescribedImage]) -> Difference:
    live, declared = registry(now), registry(then)
    (found,) = with_lost_images(drifts(live, declared), live, declared, lambda _: images, now=NOW)
    return found.differences[-1]


def test_what_goes_that_is_kept_now_is_counted_and_shown() -> None:
    images = [image(1, "v1", days=99), image(2, days=3), image(3, days=30)]

    found = told(untagged_after(7), untagged_after(1), images)

    # The third one goes already, whatever comes.
    assert (
        found.message == "1 of its 3 images would go within a day that are kept now: an image without a tag"
    )
    assert found.impact is Impact.LOSES


def test_where_nothing_goes_that_is_told_too() -> None:
    assert (
        told(None, untagged_after(1), [image(1, "v1", days=9)]).message == "none of its 1 image goes at once"
    )
    assert told(None, untagged_after(1), []).message == "it holds no image"


def test_images_are_asked_for_only_where_the_policy_differs() -> None:
    drift = Drift(
        resource_type="AWS::ECR::Repository",
        identifier="prod/api",
        source=SourceLocation(),
        differences=(Difference(property="Tags", impact=Impact.CHANGES, message="x"),),
    )

    def never(_: str) -> Sequence[DescribedImage]:
        raise AssertionError

    assert list(with_lost_images([drift], Registry(), Registry(), never, now=NOW)) == [drift]
