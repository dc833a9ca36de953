"""Telling CDK tokens from values, by looking: no call into Node.js."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["has_token", "is_token"]

_MARKER = "${Token["
_LIST_MARKER = "#{Token["
_NUMBER_LIMIT = -1e200


def is_token(value: object) -> bool:
    """Tell whether a value is, or holds, something that only synthesis or deployment determines.

    Args:
        value: A text or a number; any other value is none.
    """
    if isinstance(value, str):
        return _MARKER in value or _LIST_MARKER in value
    if isinstance(value, int | float):
        return value < _NUMBER_LIMIT
    return False


def has_token(value: object) -> bool:
    """Tell whether a JSON-like value holds a token anywhere.

    Args:
        value: Texts, numbers, mappings and sequences of them.
    """
    if isinstance(value, str | int | float) or value is None:
        return is_token(value)
    if isinstance(value, Mapping):
        return any(has_token(key) or has_token(member) for key, member in value.items())
    if isinstance(value, Iterable):
        return any(has_token(member) for member in value)
    return True  # An object of CDK's that resolves itself at synthesis.
