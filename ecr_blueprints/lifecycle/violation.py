"""What a lifecycle policy can break, and one case of it.

`CONSTRAINTS` is the whole table: every constraint that the library knows, with what ECR wants and where
that is written. A `Violation` is one constraint broken at one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["CONSTRAINTS", "Constraint", "SeverityHint", "Violation", "shown_number", "shown_text"]


class SeverityHint(StrEnum):
    """``error``: ECR refuses the policy. ``warning``: it may, or it accepts what cannot be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One thing that ECR wants of a lifecycle policy.

    Args:
        name: The granular id, stable: ``countUnit``, ``any-last``.
        wants: What ECR wants, as a sentence.
        source: Where that is written.
        severity_hint: What breaking it amounts to. Default: error.
    """

    name: str
    wants: str
    source: str
    severity_hint: SeverityHint = SeverityHint.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One constraint, broken at one place.

    Args:
        constraint: The name of an entry of `CONSTRAINTS`.
        path: The place in the policy document: ``rules[1].selection.countUnit``; empty for the whole text.
        message: What is wrong, with the value; lower case, without a full stop. Names the rule.
        fix: What to do, as an instruction.
        rule_index: The rule's position in the document, from 0. Default: not about one rule.
        rule_priority: The rule's ``rulePriority``. Default: unknown, or not about one rule.
    """

    constraint: str
    path: str
    message: str
    fix: str
    rule_index: int | None = None
    rule_priority: int | None = None

    @property
    def severity_hint(self) -> SeverityHint:
        """What breaking the constraint amounts to."""
        return CONSTRAINTS[self.constraint].severity_hint

    def __str__(self) -> str:
        place = self.path if self.path else "policy text"
        return f"[{self.constraint}] {place}: {self.message}; fix: {self.fix}"


_PARAMETERS: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html"
_POLICIES: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html"
_ARCHIVE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html"
_QUOTAS: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"
_API: Final = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html"
_UNVERIFIED: Final = "not verified against ECR; the documentation does not say"


def _table(constraints: Iterable[Constraint]) -> Mapping[str, Constraint]:
    return MappingProxyType({one.name: one for one in constraints})


CONSTRAINTS: Final[Mapping[str, Constraint]] = _table(
    (
        # the document
        Constraint(name="json", wants="The text is one JSON object.", source=_API),
        Constraint(name="text-length", wants="The text has 100 to 30,720 characters.", source=_API),
        Constraint(
            name="unknown-member",
            wants="Only the members that ECR documents, spelled as it spells them.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="duplicate-member",
            wants=f"No member twice in one object (which one counts: {_UNVERIFIED}).",
            source="https://www.rfc-editor.org/rfc/rfc8259#section-4",
        ),
        Constraint(
            name="null-member",
            wants="No member is null: leave it out instead.",
            source="https://github.com/cloudposse/terraform-aws-ecr/issues/158",
        ),
        Constraint(name="rules", wants="`rules` is a list of 1 to 50 rules.", source=_QUOTAS),
        # one member
        Constraint(
            name="rulePriority", wants="`rulePriority` is a whole number of at least 1.", source=_PARAMETERS
        ),
        Constraint(
            name="description", wants="`description` is a text, where it is given.", source=_PARAMETERS
        ),
        Constraint(name="selection", wants="`selection` is an object.", source=_PARAMETERS),
        Constraint(name="tagStatus", wants="`tagStatus` is tagged, untagged or any.", source=_PARAMETERS),
        Constraint(
            name="countType",
            wants="`countType` is imageCountMoreThan, sinceImagePushed, sinceImagePulled or "
            "sinceImageTransitioned.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="countUnit",
            wants="`countUnit` is days in the three since… count types, and absent with imageCountMoreThan.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="countNumber", wants="`countNumber` is a whole number of at least 1.", source=_PARAMETERS
        ),
        Constraint(
            name="storageClass",
            wants="`storageClass` is archive with sinceImageTransitioned, else standard or absent.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="action",
            wants="`action` is an object whose `type` is expire or transition.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="targetStorageClass",
            wants="`targetStorageClass` is archive with transition, and absent with expire.",
            source=_PARAMETERS,
        ),
        # one rule
        Constraint(
            name="pulled-expire",
            wants="sinceImagePulled goes with transition only: pulls archive an image, never delete it.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="transitioned-transition",
            wants="sinceImageTransitioned goes with expire only: an archived image cannot be archived again.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="transitioned-90",
            wants="An archived image is deleted after 90 days at the earliest.",
            source=_ARCHIVE,
        ),
        Constraint(
            name="tag-list-required",
            wants="tagStatus tagged comes with a `tagPatternList` or a `tagPrefixList` that is not empty.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="tag-list-forbidden",
            wants="tagStatus untagged and any come without a tag list.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="tag-list-both",
            wants="A rule has a `tagPatternList` or a `tagPrefixList`, not both.",
            source=_POLICIES,
        ),
        Constraint(
            name="tag-list-entry",
            wants="An entry of a tag list is a text that is not empty, a pattern with at most four `*`.",
            source=_POLICIES,
        ),
        Constraint(
            name="tag-list-entry-twice",
            wants="An entry stands once in its list; a second time adds nothing.",
            source=_POLICIES,
            severity_hint=SeverityHint.WARNING,
        ),
        Constraint(
            name="tag-list-no-tag",
            wants="Some tag can match the entry: up to 128 of A-Z a-z 0-9 _ . -, neither . nor - first.",
            source="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests",
            severity_hint=SeverityHint.WARNING,
        ),
        # the rules together
        Constraint(
            name="duplicate-priority",
            wants="Every `rulePriority` is unique in the policy.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="any-last",
            wants="A rule with tagStatus any has the largest `rulePriority` of its storage class.",
            source=_PARAMETERS,
        ),
        Constraint(
            name="untagged-once",
            wants="At most one rule of a storage class selects untagged images.",
            source=_POLICIES,
        ),
        Constraint(
            name="tag-list-duplicate",
            wants="No two rules of a storage class have the same tag list.",
            source=_POLICIES,
        ),
        Constraint(
            name="tag-list-shared",
            wants="No two rules of a storage class share an entry of their tag lists "
            f"(whether ECR compares entries or lists: {_UNVERIFIED}).",
            source=_POLICIES,
            severity_hint=SeverityHint.WARNING,
        ),
    )
)
"""Every constraint by name, in the order in which documentation lists them."""


_SHOWN_CHARACTERS: Final = 60
_SHOWN_NUMBER: Final = 10**12


def shown_text(text: str) -> str:
    """Somebody else's text in a message: quoted, shortened, and without characters that a terminal obeys."""
    return ascii(text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}...")


def shown_number(number: int) -> str:
    """Somebody else's number in a message; of a huge one only that it is huge."""
    if -_SHOWN_NUMBER < number < _SHOWN_NUMBER:
        return str(number)
    return f"{'below -' if number < 0 else 'above '}{_SHOWN_NUMBER}"
