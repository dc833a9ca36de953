"""The key and the value of a resource tag as AWS takes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = ["MAX_TAG_KEY_LENGTH", "MAX_TAG_VALUE_LENGTH", "check_tag_key", "check_tag_value", "in_words"]

MAX_TAG_KEY_LENGTH: Final = 128
"""Characters. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html"""

MAX_TAG_VALUE_LENGTH: Final = 256
"""Characters. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html"""

_PUNCTUATION: Final = "+-=._:/@"
_CHARACTERS: Final = f"letters, digits, spaces and {' '.join(_PUNCTUATION)}"


def check_tag_key(key: str) -> str:
    """Return the key if AWS takes it: 1 to 128 characters that every service takes, not ``aws:…``.

    Raises:
        InvalidValueError: It does not.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
    """
    if not 1 <= len(key) <= MAX_TAG_KEY_LENGTH:
        raise InvalidValueError(
            f"a tag key has {len(key)} characters", where="tag", allowed=f"1 to {MAX_TAG_KEY_LENGTH}"
        )
    if key.lower().startswith("aws:"):
        raise InvalidValueError(
            f"the tag key {key!r} begins with 'aws:', which AWS keeps for itself",
            where="tag",
            fix="use another key",
        )
    _check_characters(key, f"the tag key {key!r}")
    return key


def check_tag_value(value: str) -> str:
    """Return the value if AWS takes it: at most 256 characters that every service takes; it may be empty.

    Raises:
        InvalidValueError: It does not.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
    """
    if len(value) > MAX_TAG_VALUE_LENGTH:
        raise InvalidValueError(
            f"a tag's value has {len(value)} characters",
            where="tag",
            allowed=f"at most {MAX_TAG_VALUE_LENGTH}",
        )
    _check_characters(value, f"the tag value {value!r}")
    return value


def _check_characters(text: str, subject: str) -> None:
    refused = next(
        (one for one in text if one not in _PUNCTUATION and unicodedata.category(one)[0] not in "LNZ"), None
    )
    if refused is not None:
        raise InvalidValueError(
            f"{subject} has the character {refused!r}", where="tag", allowed=_CHARACTERS, fix="leave it out"
        )


def in_words(keys: Sequence[str]) -> str:
    """Some tags by their keys, as a person says it: ``the tags 'owner', 'cost-centre'``."""
    return f"the tag{'' if len(keys) == 1 else 's'} {', '.join(map(repr, keys))}"
