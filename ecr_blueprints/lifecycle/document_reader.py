"""Reads a parsed JSON document as a lifecycle policy, and notes what is wrong with its members.

Grammar: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html (facts §1.1).
Only what concerns one member is judged here (missing, unknown, repeated, null, of the wrong type, not one of
the allowed words); how members and rules go together is judged in `constraints`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from ecr_blueprints.domain.quotas import LIFECYCLE_RULES
from ecr_blueprints.lifecycle.draft_rule import DraftRule
from ecr_blueprints.lifecycle.grammar import (
    ActionType,
    CountType,
    CountUnit,
    StorageClass,
    TagStatus,
    TargetStorageClass,
)
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import Violation, shown_text

__all__ = ["JsonObject", "PolicyReader", "kind_of_json", "object_of_pairs"]

_POLICY_MEMBERS: Final = ("rules",)
_RULE_MEMBERS: Final = ("rulePriority", "description", "selection", "action")
_SELECTION_MEMBERS: Final = (
    "tagStatus",
    "tagPatternList",
    "tagPrefixList",
    "storageClass",
    "countType",
    "countUnit",
    "countNumber",
)
_ACTION_MEMBERS: Final = ("type", "targetStorageClass")

# A few rules too many are worth reading one by one; a flood is not.
_READ_AT_MOST: Final = 4 * LIFECYCLE_RULES.value

_Member = TypeVar("_Member", bound=StrEnum)


@dataclass(slots=True)
class JsonObject:
    """One JSON object with its repeated member names, which a dict alone would lose."""

    members: dict[str, object]
    repeated: tuple[str, ...] = ()


def object_of_pairs(pairs: list[tuple[str, object]]) -> JsonObject:
    """The hook for `json.loads` that keeps what a dict would lose."""
    members = dict(pairs)
    if len(members) == len(pairs):
        return JsonObject(members)
    times = Counter(name for name, _ in pairs)
    return JsonObject(members, tuple(name for name, number in times.items() if number > 1))


@dataclass(slots=True)
class PolicyReader:
    """Reads members one by one and notes what is wrong with each."""

    found: list[Violation]
    index: int | None = None
    priority: int | None = None
    unusable: set[str] = field(default_factory=set)

    def policy(self, document: JsonObject) -> tuple[list[DraftRule] | None, tuple[LifecycleRule, ...]]:
        """Read the whole document.

        Returns:
            The rules as far as they can be read, ``None`` where there is no list of rules at all; and those
            that are complete.
        """
        self._members(document, "", _POLICY_MEMBERS, allowed_in="a policy")
        rules = document.members.get("rules")
        if "rules" not in document.members:
            self._note("rules", "rules", "the policy has no member rules", 'write {"rules":[…]}')
            return None, ()
        if not isinstance(rules, list):
            if rules is not None:
                self._note(
                    "rules", "rules", f"rules is {kind_of_json(rules)}, not a list", "write a list of rules"
                )
            return None, ()
        drafts: list[DraftRule] = []
        complete: list[LifecycleRule] = []
        for index, written in enumerate(rules[:_READ_AT_MOST]):
            self.index, self.priority, self.unusable = index, None, set()
            draft, description = self._rule(written)
            drafts.append(draft)
            rule = _complete(draft, description)
            if rule is not None:
                complete.append(rule)
        self.index = self.priority = None
        drafts.extend(DraftRule(index=index) for index in range(_READ_AT_MOST, len(rules)))
        return drafts, tuple(complete)

    def _rule(self, written: object) -> tuple[DraftRule, str | None]:
        path = f"rules[{self.index}]"
        if not isinstance(written, JsonObject):
            self._note(
                "rules", path, f"it is {kind_of_json(written)}, not an object", "write a rule as an object"
            )
            return DraftRule(index=self.index or 0, unusable=frozenset({"selection"})), None
        self.priority = self._number(written, path, "rulePriority", note=False)
        self._members(written, path, _RULE_MEMBERS, allowed_in="a rule")
        self._number(written, path, "rulePriority")
        description = self._text(written, path, "description")
        selection = self._object(written, path, "selection", _SELECTION_MEMBERS)
        action = self._object(written, path, "action", _ACTION_MEMBERS)
        inside, acting = f"{path}.selection", f"{path}.action"
        draft = DraftRule(
            index=self.index or 0,
            priority=self.priority,
            tag_status=self._member(TagStatus, selection, inside, "tagStatus", required=True),
            tag_patterns=self._texts(selection, inside, "tagPatternList"),
            tag_prefixes=self._texts(selection, inside, "tagPrefixList"),
            storage_class=self._member(StorageClass, selection, inside, "storageClass"),
            count_type=self._member(CountType, selection, inside, "countType", required=True),
            count_unit=self._member(CountUnit, selection, inside, "countUnit"),
            count_number=self._number(selection, inside, "countNumber"),
            action=self._member(ActionType, action, acting, "type", required=True),
            target_storage_class=self._member(TargetStorageClass, action, acting, "targetStorageClass"),
            unusable=frozenset(self.unusable),
        )
        return draft, description

    # members

    def _members(self, written: JsonObject, path: str, allowed: tuple[str, ...], *, allowed_in: str) -> None:
        """Note members that are repeated, null or unknown."""
        prefix = f"{path}." if path else ""
        for name in written.repeated:
            self._note(
                "duplicate-member",
                prefix + _named(name),
                f"{_named(name)} is written more than once",
                "keep one of them; which one ECR reads is not documented",
            )
        for name, value in written.members.items():
            if name not in allowed:
                self._note(
                    "unknown-member",
                    prefix + _named(name),
                    f"{_named(name)} is no member of {allowed_in}",
                    _suggestion(name, allowed),
                )
            elif value is None:
                self.unusable.add(name)
                self._note(
                    "null-member",
                    prefix + name,
                    f"{name} is null",
                    f"leave {name} out, or give it a value; ECR refuses null",
                )

    def _object(
        self, written: JsonObject, path: str, name: str, allowed: tuple[str, ...]
    ) -> JsonObject | None:
        if name not in written.members:
            self.unusable.add(name)
            self._note(name, f"{path}.{name}", f"{name} is missing", f'add "{name}":{{…}}')
            return None
        value = written.members[name]
        if isinstance(value, JsonObject):
            self._members(value, f"{path}.{name}", allowed, allowed_in=f"{name}")
            return value
        self.unusable.add(name)
        if value is not None:
            self._note(
                name,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not an object",
                f'write "{name}":{{…}}',
            )
        return None

    def _number(self, written: JsonObject | None, path: str, name: str, *, note: bool = True) -> int | None:
        if written is None:
            self.unusable.add(name)
            return None
        value = written.members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.unusable.add(name)
        if note and name not in written.members:
            self._note(
                name,
                f"{path}.{name}",
                f"{name} is missing",
                f'add "{name}" with a whole number of at least 1',
            )
        elif note and value is not None:
            self._note(
                name,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not a whole number",
                f"write a whole number of at least 1, without quotes: {name}",
            )
        return None

    def _text(self, written: JsonObject, path: str, name: str) -> str | None:
        value = written.members.get(name)
        if value is None or isinstance(value, str):
            return value
        self._note(
            name,
            f"{path}.{name}",
            f"{name} is {kind_of_json(value)}, not a text",
            "write a text, or leave it out",
        )
        return None

    def _texts(self, written: JsonObject | None, path: str, name: str) -> tuple[str, ...] | None:
        if written is None:
            self.unusable.add(name)
            return None
        value = written.members.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.unusable.add(name)
            fix = f'write "{name}":["…"], with the brackets'
            self._note(
                "tag-list-entry", f"{path}.{name}", f"{name} is {kind_of_json(value)}, not a list", fix
            )
            return None
        entries: list[str] = []
        for position, entry in enumerate(value):
            if isinstance(entry, str):
                entries.append(entry)
            else:
                self.unusable.add(name)
                self._note(
                    "tag-list-entry",
                    f"{path}.{name}[{position}]",
                    f"an entry of {name} is {kind_of_json(entry)}, not a text",
                    "write each entry as a text",
                )
        return None if name in self.unusable else tuple(entries)

    def _member(
        self,
        enumeration: type[_Member],
        written: JsonObject | None,
        path: str,
        name: str,
        *,
        required: bool = False,
    ) -> _Member | None:
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
                self._note(
                    constraint, f"{path}.{name}", f"{name} is missing", f'add "{name}": one of {allowed}'
                )
            return None
        self.unusable.add(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._note(
                constraint,
                f"{path}.{name}",
                f"{name} is {kind_of_json(value)}, not a text",
                f"write one of {allowed}",
            )
        elif enumeration is ActionType and value.lower() == "archive":
            self._note(
                constraint,
                f"{path}.{name}",
                "there is no action archive",
                'write "action":{"type":"transition","targetStorageClass":"archive"}',
            )
        elif enumeration is TargetStorageClass and value.lower() == "standard":
            self._note(
                constraint,
                f"{path}.{name}",
                "a lifecycle rule cannot restore an image to standard",
                "write archive, or remove the rule and restore images through the API",
            )
        else:
            known = _suggestion(value, tuple(enumeration))
            self._note(constraint, f"{path}.{name}", f"{_named(value)} is no {name}", known)
        return None

    def _note(self, constraint: str, path: str, message: str, fix: str) -> None:
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


def _complete(draft: DraftRule, description: str | None) -> LifecycleRule | None:
    """The rule of a draft that has all that a rule needs; constraints are judged elsewhere."""
    if (
        draft.priority is None
        or draft.tag_status is None
        or draft.count_type is None
        or draft.count_number is None
        or draft.action is None
    ):
        return None
    return LifecycleRule(
        priority=draft.priority,
        description=description,
        tag_status=draft.tag_status,
        tag_patterns=draft.tag_patterns if draft.tag_patterns is not None else (),
        tag_prefixes=draft.tag_prefixes if draft.tag_prefixes is not None else (),
        storage_class=draft.storage_class,
        count_type=draft.count_type,
        count_number=draft.count_number,
        action=draft.action,
        target_storage_class=draft.target_storage_class,
    )


def _suggestion(name: str, allowed: Iterable[str]) -> str:
    known = tuple(allowed)
    near = [one for one in known if one.lower() == name.lower()]
    return f"write {near[0]}" if near else f"use one of {', '.join(known)}"


def _named(text: str) -> str:
    """A text of the document, short enough and safe to print."""
    return shown_text(text)[1:-1]


def kind_of_json(value: object) -> str:
    """What a JSON value is; never its content, which may be huge."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{_named(value)}'"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"
