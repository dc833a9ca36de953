"""The message that an alert's rule makes of an event: JSON that a person reads and a subscription filters.

Amazon SNS filters by the body only where the body is a JSON object, and EventBridge does not escape what it
puts in: so the message is an object, its texts hold nothing but names, digests, dates and numbers, and what
may hold a quotation mark goes in as a JSON value of its own.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ecr_blueprints.domain.finding_severity import FindingSeverity

__all__ = ["REPOSITORY_KEY", "WHOLE_EVENT", "AlertMessage"]

REPOSITORY_KEY: Final = "repository"
"""The member by which teams filter: the repository's name, or its ARN where the event has only that."""

WHOLE_EVENT: Final = "<aws.events.event.json>"
"""The event itself, which EventBridge puts in as JSON."""

_ENVELOPE: Final = {"account": "$.account", "region": "$.region", "time": "$.time"}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """What a message says, with ``<variable>`` for what the event tells.

    Attributes:
        summary: One sentence.
        severity: How bad it is.
        kind: What kind of alert it is, for programs.
        repository: The repository, as a variable or a text.
        paths: Variable → where the event has it. ``account``, ``region`` and ``time`` are always there.
        texts: Further members, as texts.
        values: Further members that are lists, objects or free text, each one variable that every such event
            has: EventBridge writes it as JSON, and leaves a hole where the event has none.
        has_name: Whether ``repository`` is a name, so that the link leads to it.
    """

    summary: str
    severity: FindingSeverity
    kind: str
    repository: str
    paths: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=lambda: _NONE)
    values: Mapping[str, str] = field(default_factory=lambda: _NONE)
    has_name: bool = True

    @property
    def input_paths(self) -> dict[str, str]:
        """Variable → path, for the rule's target."""
        return {**_ENVELOPE, **self.paths}

    def input_template(self, console_host: str) -> str:
        """The message, for the rule's target.

        Args:
            console_host: The console's host in the partition.
        """
        place = "repositories/private/<account>/<repository>" if self.has_name else "private-registry"
        texts = {
            "summary": self.summary,
            "severity": self.severity.value,
            "kind": self.kind,
            REPOSITORY_KEY: self.repository,
            **self.texts,
            "account": "<account>",
            "region": "<region>",
            "time": "<time>",
            "link": f"https://<region>.{console_host}/ecr/{place}?region=<region>",
        }
        lines = [f"  {json.dumps(key)}: {json.dumps(text)}" for key, text in texts.items()]
        lines += [f"  {json.dumps(key)}: {variable}" for key, variable in self.values.items()]
        return "{\n" + ",\n".join(lines) + "\n}"
