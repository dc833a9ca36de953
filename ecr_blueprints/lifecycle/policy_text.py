"""The JSON text that ECR takes for lifecycle rules.

Member order and names are those of the template in
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from ecr_blueprints.domain.quotas import LIFECYCLE_POLICY_LENGTH
from ecr_blueprints.lifecycle.rule import LifecycleRule

__all__ = ["MAXIMUM_TEXT_LENGTH", "MINIMUM_TEXT_LENGTH", "policy_text"]

MINIMUM_TEXT_LENGTH: Final = 100
"""Characters of a policy text (botocore shape ``LifecyclePolicyText``; the CloudFormation schemas agree)."""

MAXIMUM_TEXT_LENGTH: Final = LIFECYCLE_POLICY_LENGTH.value
"""Characters of a policy text (https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html)."""


def policy_text(rules: Iterable[LifecycleRule]) -> str:
    """Render rules as ECR's JSON, compact, without an empty or null member.

    The shortest rule that ECR accepts already renders to more than the `MINIMUM_TEXT_LENGTH` characters
    that ECR asks for, so nothing is ever padded. The text is plain ASCII: CloudFormation does not carry
    other characters reliably.

    Args:
        rules: In the order in which they are written.
    """
    return json.dumps({"rules": [_rule_object(rule) for rule in rules]}, separators=(",", ":"))


def _rule_object(rule: LifecycleRule) -> dict[str, object]:
    selection: dict[str, object] = {"tagStatus": rule.tag_status.value}
    if rule.tag_patterns:
        selection["tagPatternList"] = list(rule.tag_patterns)
    if rule.tag_prefixes:
        selection["tagPrefixList"] = list(rule.tag_prefixes)
    if rule.storage_class is not None:
        selection["storageClass"] = rule.storage_class.value
    selection["countType"] = rule.count_type.value
    if rule.count_unit is not None:
        selection["countUnit"] = rule.count_unit.value
    selection["countNumber"] = rule.count_number
    action: dict[str, object] = {"type": rule.action.value}
    if rule.target_storage_class is not None:
        action["targetStorageClass"] = rule.target_storage_class.value
    written: dict[str, object] = {"rulePriority": rule.priority}
    if rule.description is not None:
        written["description"] = rule.description
    written["selection"] = selection
    written["action"] = action
    return written
