"""Reads a parsed JSON document as a lifecycle policy, and notes what is wrong with its members.

Grammar: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html (facts §1.1).
Only what concerns one member is judged, by `MemberReader`; how members and rules go together is judged in
`constraints`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
from ecr_blueprints.lifecycle.json_object import JsonObject, kind_of_json
from ecr_blueprints.lifecycle.member_reader import MemberReader
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import Violation

__all__ = ["PolicyReader"]

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


@dataclass(slots=True)
class PolicyReader:
    """Reads one document, and notes what is wrong with its members.

    Attributes:
        found: Where it is noted.
    """

    found: list[Violation]

    def policy(self, document: JsonObject) -> tuple[list[DraftRule] | None, tuple[LifecycleRule, ...]]:
        """Read the whole document.

        Returns:
            The rules as far as they can be read, ``None`` where there is no list of rules at all; and those
            that are complete.
        """
        members = MemberReader(found=self.found)
        members.check_members(document, "", _POLICY_MEMBERS, allowed_in="a policy")
        rules = document.members.get("rules")
        if "rules" not in document.members:
            members.note("rules", "rules", "the policy has no member rules", 'write {"rules":[…]}')
            return None, ()
        if not isinstance(rules, list):
            if rules is not None:
                members.note(
                    "rules", "rules", f"rules is {kind_of_json(rules)}, not a list", "write a list of rules"
                )
            return None, ()
        drafts: list[DraftRule] = []
        complete: list[LifecycleRule] = []
        for index, written in enumerate(rules[:_READ_AT_MOST]):
            draft, description = self._rule(index, written)
            drafts.append(draft)
            rule = _complete(draft, description)
            if rule is not None:
                complete.append(rule)
        drafts.extend(DraftRule(index=index) for index in range(_READ_AT_MOST, len(rules)))
        return drafts, tuple(complete)

    def _rule(self, index: int, written: object) -> tuple[DraftRule, str | None]:
        path = f"rules[{index}]"
        members = MemberReader(found=self.found, index=index)
        if not isinstance(written, JsonObject):
            members.note(
                "rules", path, f"it is {kind_of_json(written)}, not an object", "write a rule as an object"
            )
            return DraftRule(index=index, unusable=frozenset({"selection"})), None
        members.priority = members.number(written, path, "rulePriority", note=False)
        members.check_members(written, path, _RULE_MEMBERS, allowed_in="a rule")
        members.number(written, path, "rulePriority")
        description = members.text(written, path, "description")
        selection = members.object(written, path, "selection", _SELECTION_MEMBERS)
        action = members.object(written, path, "action", _ACTION_MEMBERS)
        inside, acting = f"{path}.selection", f"{path}.action"
        draft = DraftRule(
            index=index,
            priority=members.priority,
            tag_status=members.word(TagStatus, selection, inside, "tagStatus", required=True),
            tag_patterns=members.texts(selection, inside, "tagPatternList"),
            tag_prefixes=members.texts(selection, inside, "tagPrefixList"),
            storage_class=members.word(StorageClass, selection, inside, "storageClass"),
            count_type=members.word(CountType, selection, inside, "countType", required=True),
            count_unit=members.word(CountUnit, selection, inside, "countUnit"),
            count_number=members.number(selection, inside, "countNumber"),
            action=members.word(ActionType, action, acting, "type", required=True),
            target_storage_class=members.word(TargetStorageClass, action, acting, "targetStorageClass"),
            unusable=frozenset(members.unusable),
        )
        return draft, description


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
