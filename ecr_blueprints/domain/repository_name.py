"""The name of a private repository."""

from __future__ import annotations

import re
from typing import Self

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "MAX_REPOSITORY_NAME_LENGTH",
    "MIN_REPOSITORY_NAME_LENGTH",
    "NAME_PART_IN_WORDS",
    "REPOSITORY_NAME_PATTERN",
    "ROOT",
    "RepositoryName",
    "is_name_part",
]

MIN_REPOSITORY_NAME_LENGTH = 2
MAX_REPOSITORY_NAME_LENGTH = 256
"""Both lengths in characters. Source: API shape ``RepositoryName`` (facts §13)."""

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"

REPOSITORY_NAME_PATTERN = rf"{_PART}(?:/{_PART})*"
"""The grammar of a repository name, to be matched in full; its length is checked apart.

AWS's prose says that a name starts with a letter; its pattern lets a digit come first, and the pattern
is what the service and CloudFormation check (facts §13). Separators and alphanumerics do not overlap,
so that the expression cannot backtrack more than linearly.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

NAME_PART_IN_WORDS = "lower-case letters and digits, joined by '.', '_', '__' or hyphens"
"""What stands between two slashes, for error messages."""

ROOT = "ROOT"
"""What ECR writes for the prefix that covers every repository name (facts §2)."""

_NAME = re.compile(REPOSITORY_NAME_PATTERN)
_NAME_PART = re.compile(_PART)


def is_name_part(text: str) -> bool:
    """Tell whether a text can stand between two slashes of a repository name."""
    return _NAME_PART.fullmatch(text) is not None


class RepositoryName(str):
    """The name of a private repository, such as ``prod/payments/api``; valid once it exists.

    It is a string: it goes wherever a name goes.

    Args:
        value: 2 to 256 characters: parts of lower-case letters and digits, joined within a part by one
            ``.``, one or two ``_`` or any number of ``-``, and between parts by ``/``.

    Raises:
        InvalidValueError: The name breaks ECR's grammar; the error says where and suggests a name.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Check the name."""
        broken_rule = _broken_rule(value)
        if broken_rule is not None:
            suggestion = _suggest(value)
            raise InvalidValueError(
                f"{_shown(value)} is not a repository name: {broken_rule}",
                where="repository name",
                allowed=(
                    f"{MIN_REPOSITORY_NAME_LENGTH} to {MAX_REPOSITORY_NAME_LENGTH} characters: "
                    f"{NAME_PART_IN_WORDS}, in parts separated by '/'"
                ),
                fix=None if suggestion is None else f"write {suggestion!r}",
            )
        return super().__new__(cls, value)

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts between the slashes: ``("prod", "payments", "api")``."""
        return tuple(self.split("/"))


def _shown(value: str) -> str:
    """The text as an error message quotes it, cut where it is longer than any name can be."""
    return repr(value) if len(value) <= MAX_REPOSITORY_NAME_LENGTH else f"{value[:40]!r}…"


def _broken_rule(value: str) -> str | None:
    """The rule that a text breaks, in words; None for a valid name."""
    if len(value) < MIN_REPOSITORY_NAME_LENGTH:
        return f"its length is {len(value)}, less than {MIN_REPOSITORY_NAME_LENGTH}"
    if len(value) > MAX_REPOSITORY_NAME_LENGTH:
        return f"its length is {len(value)}, more than {MAX_REPOSITORY_NAME_LENGTH}"
    if _NAME.fullmatch(value):
        return None
    if value.startswith("/") or value.endswith("/"):
        return "it starts or ends with '/'"
    if "//" in value:
        return "it holds an empty part ('//')"
    if any("A" <= character <= "Z" for character in value):
        return "it holds upper-case letters"
    foreign = re.search(r"[^a-z0-9._/-]", value)
    if foreign:
        return f"it holds {foreign.group()!r}"
    part = next(part for part in value.split("/") if not is_name_part(part))
    if not (part[0].isalnum() and part[-1].isalnum()):
        return f"its part {part!r} does not start and end with a letter or digit"
    return f"its part {part!r} joins letters and digits by something else than '.', '_', '__' or hyphens"


def _suggest(value: str) -> str | None:
    """A valid name as near to the text as simple edits lead; None where they lead nowhere."""
    parts = (_suggest_part(part) for part in value.strip().lower().split("/"))
    suggestion = "/".join(part for part in parts if part)
    return suggestion if _broken_rule(suggestion) is None else None


def _suggest_part(part: str) -> str:
    """The part with foreign characters as hyphens and with separators that ECR allows."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", part)
    plain = re.sub(r"[._-]{2,}", lambda run: run.group() if is_name_part(f"a{run.group()}a") else "-", plain)
    return plain.strip("._-")
