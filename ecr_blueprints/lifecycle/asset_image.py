"""Whether a lifecycle policy can touch an image asset of the CDK.

An image asset has one tag, its hash, and is run by that tag for as long as some stack's template names it:
by a Lambda function for years. Neither its age nor the number of newer ones tells whether it still is.
"""

from __future__ import annotations

from ecr_blueprints.domain.cdk_asset import can_match_asset_tag
from ecr_blueprints.domain.wildcard import WILDCARD, covers
from ecr_blueprints.lifecycle.grammar import StorageClass, TagStatus
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule

__all__ = ["rule_touching_assets"]


def rule_touching_assets(policy: LifecyclePolicy, *, tag_prefix: str) -> LifecycleRule | None:
    """The first rule that can delete or archive a tagged image asset.

    Args:
        policy: The policy.
        tag_prefix: What stands before the hash in an asset's tag.

    Returns:
        None if no rule can, or a shield stands before each that could.
    """
    assets = f"{tag_prefix}{WILDCARD}"
    for rule in sorted(policy.rules, key=lambda one: one.priority):
        if rule.effective_storage_class is StorageClass.ARCHIVE or rule.tag_status is TagStatus.UNTAGGED:
            continue
        patterns = (*rule.tag_patterns, *(f"{prefix}{WILDCARD}" for prefix in rule.tag_prefixes))
        if rule.is_shield and all(covers(pattern, assets) for pattern in patterns):
            return None
        if not rule.is_shield and all(can_match_asset_tag(pattern, tag_prefix) for pattern in patterns):
            return rule
    return None
