"""Which images a lifecycle policy in the place of another one would take that are kept now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.inventory import DescribedImage
from ecr_blueprints.lifecycle.preview import preview
from ecr_blueprints.lifecycle.rule_in_words import image_in_words
from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import template_of

__all__ = ["with_lost_images"]

_PROPERTY: Final = "LifecyclePolicy"
_SHOWN: Final = 3


def with_lost_images(
    found: Iterable[Drift],
    live: Registry,
    declared: Registry,
    images_of: Callable[[str], Sequence[DescribedImage]],
    *,
    now: datetime,
) -> Iterator[Drift]:
    """Adds to each repository whose lifecycle policy differs how many of its images would go, and which.

    What goes is what the declared policy deletes as soon as it is there, and the present one does not.

    Args:
        found: What differs.
        live: The registry that exists.
        declared: The one that the templates declare.
        images_of: The images of a repository, by its name; asked only where the answer counts.
        now: The moment to judge, with a time zone.

    Practices: LIFE-6
    """
    there = {one.known_name: one.lifecycle_policy for one in live.repositories}
    wanted = {one.known_name: one.lifecycle_policy for one in declared.repositories}
    for drift in found:
        differs = any(one.property == _PROPERTY and one.impact is Impact.LOSES for one in drift.differences)
        if not differs or drift.resource_type != "AWS::ECR::Repository":
            yield drift
            continue
        name = drift.identifier
        template = template_of(declared, name) if drift.by_template else None
        then = wanted.get(name) if template is None else template.lifecycle_policy
        images = images_of(name)
        kept_now = {one.image.digest for one in images} - _deleted(there.get(name), images, now)
        lost = kept_now & _deleted(then, images, now)
        shown = [image_in_words(one.image.tags) for one in images if one.image.digest in lost]
        if not images:
            message = "it holds no image"
        elif not lost:
            message = f"none of its {_number(len(images))} goes at once"
        else:
            more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
            message = (
                f"{len(lost)} of its {_number(len(images))} would go within a day that are kept now: "
                f"{', '.join(shown[:_SHOWN])}{more}"
            )
        told = Difference(
            property=_PROPERTY, impact=Impact.LOSES if lost else Impact.CHANGES, message=message
        )
        # Beside the rules that do it.
        place = 1 + max(at for at, one in enumerate(drift.differences) if one.property == _PROPERTY)
        differences = (*drift.differences[:place], told, *drift.differences[place:])
        yield replace(drift, differences=differences)


def _deleted(policy: object, images: Sequence[DescribedImage], now: datetime) -> set[str]:
    if not isinstance(policy, str):
        return set()
    try:
        parsed = parse_lifecycle_policy(policy)
    except LifecyclePolicyError:
        return set()
    return {one.image.digest for one in preview(parsed, images, now=now).deleted}


def _number(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"
