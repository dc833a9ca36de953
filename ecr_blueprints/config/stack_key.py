"""The key of the stack that a repository keeps for life, and the one that new repositories get instead."""

from __future__ import annotations

import re
from collections.abc import Container

__all__ = ["following_stack_key"]

_NUMBERED = re.compile(r"(.+)-([0-9]+)")


def following_stack_key(key: str, taken: Container[str] = ()) -> str:
    """The next sub-key: ``payments`` → ``payments-2`` → ``payments-3``.

    Args:
        key: The key of a stack that is full, or soon will be.
        taken: Keys of other stacks, which are passed over.
    """
    match = _NUMBERED.fullmatch(key)
    base, number = (match.group(1), int(match.group(2))) if match else (key, 1)
    while (following := f"{base}-{(number := number + 1)}") in taken:
        pass
    return following
