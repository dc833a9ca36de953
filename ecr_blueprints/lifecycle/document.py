"""ECR's JSON text and the typed policy: find what is wrong with a text, parse it, render a policy.

Grammar: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html (facts §1.1).
The texts that come here are other people's: nothing in them may raise anything but `LifecyclePolicyError`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ecr_blueprints.lifecycle.constraints import violations_of_drafts
from ecr_blueprints.lifecycle.document_reader import PolicyReader
from ecr_blueprints.lifecycle.json_object import JsonObject, kind_of_json, object_of_pairs
from ecr_blueprints.lifecycle.policy import LifecyclePolicy, refuse, too_long
from ecr_blueprints.lifecycle.policy_text import MAXIMUM_TEXT_LENGTH, MINIMUM_TEXT_LENGTH, policy_text
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import Violation

__all__ = ["find_violations", "parse_lifecycle_policy", "render_lifecycle_policy"]

# A text far beyond ECR's maximum is not worth reading.
_READ_AT_MOST: Final = 4 * MAXIMUM_TEXT_LENGTH


def find_violations(text: str) -> tuple[Violation, ...]:
    """Everything that is wrong with a lifecycle policy text.

    Never raises, whatever the text: malformed or deeply nested JSON, wrong types, unknown, repeated or null
    members, too short, too long, too many rules. What can still be judged after an error is judged.

    Args:
        text: What a template or a repository holds.

    Returns:
        All violations in the order of the document, then those of the rules together; warnings too.
    """
    return _read(text).violations


def parse_lifecycle_policy(text: str) -> LifecyclePolicy:
    """The typed policy that a text holds, with every field that the text has.

    Args:
        text: ECR's JSON, 100 to 30,720 characters.

    Raises:
        LifecyclePolicyError: with every violation that ECR refuses.
    """
    reading = _read(text)
    refuse(reading.violations, where="lifecycle policy text")
    return LifecyclePolicy(reading.rules)


def render_lifecycle_policy(policy: LifecyclePolicy) -> str:
    """ECR's JSON for a policy: compact, ASCII, in ECR's member order, rules in the order written.

    Never holds an empty or null member, and always has 100 to 30,720 characters: the shortest valid rule
    renders to more than 100, and a policy longer than the maximum cannot be made.
    """
    return policy_text(policy.rules)


@dataclass(frozen=True, slots=True)
class _Reading:
    violations: tuple[Violation, ...]
    rules: tuple[LifecycleRule, ...] = ()


def _read(text: str) -> _Reading:
    # A text beyond ECR's maximum is never valid: not worth a place in the cache.
    return _read_cached(text) if len(text) <= MAXIMUM_TEXT_LENGTH else _read_uncached(text)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _read_uncached(text: str) -> _Reading:
    found: list[Violation] = []
    if len(text) < MINIMUM_TEXT_LENGTH:
        found.append(
            Violation(
                constraint="text-length",
                path="",
                message=f"the text has {len(text)} characters, ECR wants {MINIMUM_TEXT_LENGTH} or more",
                fix="a valid rule is longer than that: write the whole rule",
            )
        )
    elif len(text) > MAXIMUM_TEXT_LENGTH:
        found.append(too_long(len(text)))
    if len(text) > _READ_AT_MOST:
        return _Reading(tuple(found))
    try:
        document = json.loads(text, object_pairs_hook=object_of_pairs, parse_constant=_refuse_constant)
    except RecursionError:
        return _Reading((*found, _not_json("it is nested too deeply")))
    except ValueError as malformed:
        return _Reading((*found, _not_json(str(malformed))))
    if not isinstance(document, JsonObject):
        return _Reading((*found, _not_json(f"it is {kind_of_json(document)}, not an object")))
    reader = PolicyReader(found)
    drafts, rules = reader.policy(document)
    if drafts is not None:
        found.extend(violations_of_drafts(drafts))
    return _Reading(tuple(found), rules)


_read_cached = lru_cache(maxsize=2048)(_read_uncached)


def _not_json(reason: str) -> Violation:
    return Violation(
        constraint="json",
        path="",
        message=f"the policy text is not a JSON object: {reason}",
        fix='write {"rules":[{"rulePriority":1,"selection":{…},"action":{…}}]} as one text',
    )
