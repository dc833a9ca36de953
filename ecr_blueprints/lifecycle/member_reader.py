"""Reads the members of one JSON object of a lifecycle policy, and notes what is wrong with each.

Missing, unknown, repeated, null, of the wrong type, not one of the allowed words: what concerns one member
alone. Grammar: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
(facts §1.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from ecr_blueprints.lifecycle.draft_rule import DraftRule
from ecr_blueprints.lifecycle.grammar import ActionType, TargetStorageClass
from ecr_blueprints.lifecycle.json_object import JsonObject, kind_of_json
from ecr_blueprints.lifecycle.violation import Violation, shown_text

__all__ = ["MemberReader"]

_Member = TypeVar("_Member", bound=StrEnum)


@dataclass(slots=True, kw_only=True)
class MemberReader:
    """Reads members one by one.

    Attributes:
        found: Where what is wrong is noted.
        index: Which rule the members are of; None outside the rules.
        priority: That rule's priority, as soon as it is known.
        unusable: The names of members that cannot be used, or that are missing though a rule needs them.
    """

    found: list[Violation]
    index: int | None = None
    priority: int | None = None
    unusable: set[str] = field(default_factory=set)

    def check_members(
        self, written: JsonObject, path: str, allowed: tuple[str, ...], *, allowed_in: str
    ) -> None:
        """Note members that are repeated, null or unknown."""
        prefix = f"{path}." if path else ""
        for name in written.repeated:
            self.note(
                "duplicate-member",
                prefix + _named(name),
                f"{_named(name)} is written more than once",
                "keep one of them; which one ECR reads is not documented",
            )
        for name, value in written.members.items():
            if name not in allowed:
                self.note(
                    "unknown-member",
                    prefix + _named(name),
                    f"{_named(name)} is no member of {allowed_in}",
                    _suggestion(name, allowed),
                )
            elif value is None:
                self.unusable.add(name)
                self.note(
                    "null-member",
                    prefix + name,
                    f"{name} is null",
                    f"leave {name} out, or give it a value; ECR refuses null",
                )

    def object(
        self, written: JsonObject, path: str, name: str, allowed: tuple[str, ...]
    ) -> JsonObject | None:
        """An object that must be there; its own members are noted too. None if it is none."""
        if name not in written.members:
            self.unusable.add(name)
            self.note(name, f"{path}.{name}", f"{name} is missing", f'add "{name}":{{…}}')
            return None
        value = written.members[name]
        if isinstance(value, JsonObject):
            self.check_members(value, f"{path}.{name}", allowed, allowed_in=f"{name}")
            return value
        self.unusable.add(name)
        if value is not None:
            self.note(
                name,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not an object",
                f'write "{name}":{{…}}',
            )
        return None

    def number(self, written: JsonObject | None, path: str, name: str, *, note: bool = True) -> int | None:
        """A whole number that must be there; None if it is none. ``note=False`` only looks."""
        if written is None:
            self.unusable.add(name)
            return None
        value = written.members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.unusable.add(name)
        if note and name not in written.members:
            self.note(
                name,
                f"{path}.{name}",
                f"{name} is missing",
                f'add "{name}" with a whole number of at least 1',
            )
        elif note and value is not None:
            self.note(
                name,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not a whole number",
                f"write a whole number of at least 1, without quotes: {name}",
            )
        return None

    def text(self, written: JsonObject, path: str, name: str) -> str | None:
        """A text that may be left out; None if it is, or is none."""
        value = written.members.get(name)
        if value is None or isinstance(value, str):
            return value
        self.note(
            name,
            f"{path}.{name}",
            f"{name} is {kind_of_json(value)}, not a text",
            "write a text, or leave it out",
        )
        return None

    def texts(self, written: JsonObject | None, path: str, name: str) -> tuple[str, ...] | None:
        """A list of texts that may be left out; None if it is, or is none."""
        if written is None:
            self.unusable.add(name)
            return None
        value = written.members.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.unusable.add(name)
            fix = f'write "{name}":["…"], with the brackets'
            self.note("tag-list-entry", f"{path}.{name}", f"{name} is {kind_of_json(value)}, not a list", fix)
            return None
        entries: list[str] = []
        for position, entry in enumerate(value):
            if isinstance(entry, str):
                entries.append(entry)
            else:
                self.unusable.add(name)
                self.note(
                    "tag-list-entry",
                    f"{path}.{name}[{position}]",
                    f"an entry of {name} is {kind_of_json(entry)}, not a text",
                    "write each entry as a text",
                )
        return None if name in self.unusable else tuple(entries)

    def word(
        self,
        enumeration: type[_Member],
        written: JsonObject | None,
        path: str,
        name: str,
        *,
        required: bool = False,
    ) -> _Member | None:
        """One of the allowed words, as the member of its enumeration; None if it is none."""
        constraint = "action" if name == "type" else name
        if written is None:
            self.unusable.add(name)
            return None
        value = written.members.get(name)
        allowed = ", ".join(enumeration)
        if isinstance(value, str) and value in enumeration.__members__.values():
            return enumeration(value)
        if name not in written.members:
            if required:
                self.note(
                    constraint, f"{path}.{name}", f"{name} is missing", f'add "{name}": one of {allowed}'
                )
            return None
        self.unusable.add(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.note(
                constraint,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not a text",
                f"write one of {allowed}",
            )
        elif enumeration is ActionType and value.lower() == "archive":
            self.note(
                constraint,
                f"{path}.{name}",
                "there is no action archive",
                'write "action":{"type":"transition","targetStorageClass":"archive"}',
            )
        elif enumeration is TargetStorageClass and value.lower() == "standard":
            self.note(
                constraint,
                f"{path}.{name}",
                "a lifecycle rule cannot restore an image to standard",
                "write archive, or remove the rule and restore images through the API",
            )
        else:
            known = _suggestion(value, tuple(enumeration))
            self.note(constraint, f"{path}.{name}", f"{_named(value)} is no {name}", known)
        return None

    def note(self, constraint: str, path: str, message: str, fix: str) -> None:
        """Note what is wrong at a path of the document, with the rule in which it stands."""
        if self.index is not None:
            name = DraftRule(index=self.index, priority=self.priority).name
            message = f"{name}: {message}"
        self.found.append(
            Violation(
                constraint=constraint,
                path=path,
                message=message,
                fix=fix,
                rule_index=self.index,
                rule_priority=self.priority,
            )
        )


def _suggestion(name: str, allowed: Iterable[str]) -> str:
    known = tuple(allowed)
    near = [one for one in known if one.lower() == name.lower()]
    return f"write {near[0]}" if near else f"use one of {', '.join(known)}"


def _named(text: str) -> str:
    """A text of the document, short enough and safe to print."""
    return shown_text(text)[1:-1]
