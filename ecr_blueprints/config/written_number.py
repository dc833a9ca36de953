"""Whole numbers that are written in another way than people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_written_numbers"]

_DECIMAL: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")


def check_written_numbers(document: MarkedDocument) -> Iterator[BlueprintError]:
    """Numbers that YAML 1.1 reads as others than they look: ``010`` is 8, and ``1:30`` is 90.

    Args:
        document: A file of the right form, so that each number stands where one is needed.

    Source: https://yaml.org/type/int.html
    """
    for path, number in _numbers(document.value, ()):
        text = document.texts.get(path)
        if text is not None and text[:1] not in "*&!" and not _DECIMAL.fullmatch(text):
            yield BlueprintError(
                f"{text} is read as {number}",
                where=document.where(path),
                allowed="whole numbers of decimal digits, without a 0 before them",
                fix="write the number that you mean",
            )


def _numbers(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield path, value
    elif isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _numbers(member, (*path, key))
