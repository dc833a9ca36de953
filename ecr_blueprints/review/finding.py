"""One answer of one rule about one thing: the contract that every report is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["SCHEMA_VERSION", "Finding"]

SCHEMA_VERSION = 1
"""The version of the finding contract; a change that a reader could notice raises it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict.

    Attributes:
        rule_id: Such as ``ECR301``; never reused.
        name: The rule's name, the same as its file, its page and what the terminal shows.
        severity: How much a failure matters.
        verdict: Only ``fail`` counts for the exit code.
        message: What is wrong, lower case, without a full stop. Empty for ``pass``.
        resource: The declaration, with the property where there is one.
        granular: Which constraint of a rule that holds a grammar, such as ``countUnit``.
        witness: A concrete example that shows it: the image that is lost, the principal that can
            pull. None if there is none to show.
        fix: What to do, as an instruction.
        missing: For ``open``: what would have to be known, the same text for the same gap.
        key: Tells two findings of one rule on one property apart, stable across edits elsewhere.
        practices: IDs of the practices that the rule stands for.
        crosswalk: IDs of other tools' rules that it subsumes.
    """

    rule_id: str
    name: str
    severity: Severity
    verdict: Verdict
    message: str
    resource: SourceLocation
    granular: str | None = None
    witness: str | None = None
    fix: str | None = None
    missing: str | None = None
    key: str = ""
    practices: tuple[str, ...] = ()
    crosswalk: tuple[str, ...] = ()

    @property
    def granular_id(self) -> str:
        """The rule id with its constraint: ``ECR301[countUnit]``, or the rule id alone."""
        return self.rule_id if self.granular is None else f"{self.rule_id}[{self.granular}]"

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that stay the same while the finding does.

        Made of the granular id, the resource (construct path, or file name and logical ID), the
        property and the key; not of the message, a line number or the folder that was reviewed.
        """
        resource = self.resource
        place = resource.construct_path or resource.arn
        if place is None:
            place = f"{PurePath(resource.template or '').name}#{resource.logical_id or ''}"
        text = "\0".join((self.granular_id, place, resource.property_path or "", self.key))
        return hashlib.sha256(text.encode()).hexdigest()[:32]
