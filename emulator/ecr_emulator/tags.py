"""Resource tags: ECR's limits, and the `aws:` keys that only AWS itself may set."""

from __future__ import annotations

from typing import Any

from ecr_emulator.errors import EcrError

MAXIMUM_TAGS = 50
Tag = dict[str, Any]


def check_tags(tags: list[Tag]) -> None:
    """Raise for tags that ECR refuses: key 1 to 128, value up to 256 characters, 50 tags."""
    keys = [str(tag.get("Key", "")) for tag in tags]
    if len(set(keys)) != len(keys):
        raise EcrError("InvalidTagParameterException", "Duplicate tag keys are not allowed")
    for tag in tags:
        key, value = str(tag.get("Key", "")), str(tag.get("Value", ""))
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise EcrError("InvalidTagParameterException", f"Invalid tag '{key}': key 1-128, value 0-256")
        if is_reserved(tag):
            raise EcrError("InvalidTagParameterException", f"Tag key '{key}': the aws: prefix is reserved")
    if len(tags) > MAXIMUM_TAGS:
        raise EcrError("TooManyTagsException", f"A resource may have {MAXIMUM_TAGS} tags, given {len(tags)}")


def is_reserved(tag: Tag) -> bool:
    """Whether only AWS may set the tag."""
    return str(tag.get("Key", "")).lower().startswith("aws:")


def is_of_cloudformation(tag: Tag) -> bool:
    """Whether the tag is one of the three that CloudFormation itself sets."""
    return str(tag.get("Key", "")).startswith("aws:cloudformation:")


def merge(current: list[Tag], added: list[Tag]) -> list[Tag]:
    """The tags after `added` are set."""
    merged = {tag["Key"]: tag for tag in current}
    merged.update({tag["Key"]: tag for tag in added})
    return list(merged.values())
