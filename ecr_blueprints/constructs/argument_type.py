"""The types of what a construct is given, looked at in plain Python before CDK is.

CDK answers a value of a wrong type with an error of its own transport into Node.js, or takes a text for a
sequence of characters. Whether a value of the right type is a good one is judged by whoever knows it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

import aws_cdk as cdk

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.errors import InvalidValueError

__all__ = ["FLAG", "TEXT", "TEXTS", "Accepted", "check_arguments", "check_literal_text", "member_of"]

_Member = TypeVar("_Member", bound=Enum)
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What an argument can be, besides None.

    Attributes:
        types: Python types. A truth value is no number and a text is no sequence, unless named here.
        words: The same for people.
        fix: What to write instead. Default: where the value itself shows what was meant, that.
        each: The types of a sequence's members. Default: not looked at.
    """

    types: tuple[type, ...]
    words: str
    fix: str | None = None
    each: tuple[type, ...] = ()

    def takes(self, value: object) -> bool:
        """Whether the value, and each member of a sequence, is of one of the types."""
        if not _is_one_of(value, self.types):
            return False
        members = value if self.each and isinstance(value, Sequence) and not isinstance(value, str) else ()
        return all(_is_one_of(member, self.each) for member in members)


TEXT: Final = Accepted(types=(str,), words="a text")
FLAG: Final = Accepted(types=(bool,), words="True or False")
TEXTS: Final = Accepted(types=(Sequence,), words="a list of texts", each=(str,))


def check_arguments(
    given: Mapping[str, object],
    accepted: Mapping[str, Accepted],
    *,
    where: str,
    required: Container[str] = (),
) -> None:
    """Refuse the first argument of another type than it can be.

    Args:
        given: The arguments by name.
        accepted: What each of them can be.
        where: The construct or call, for the error.
        required: Those that cannot be None. Default: all can.

    Raises:
        InvalidValueError: One is of another type.
    """
    for argument, value in given.items():
        expected = accepted[argument]
        if value is None and argument not in required:
            continue
        if not expected.takes(value):
            fix = _fix_for(argument, value, expected)
            raise InvalidValueError(
                f"{argument} is {_shown(value)}",
                where=where,
                allowed=expected.words,
                fix=expected.fix if fix is None else fix,
            )


def check_literal_text(value: object, *, argument: str, where: str, because: str) -> str:
    """The value if it is a text that is known now.

    Args:
        value: As given.
        argument: Its name, for the error.
        where: The construct or call, for the error.
        because: Why it has to be known before deployment.

    Raises:
        InvalidValueError: It is none, or a token.
    """
    check_arguments({argument: value}, {argument: TEXT}, where=where, required=(argument,))
    assert isinstance(value, str)
    if is_token(value):
        raise InvalidValueError(
            f"{argument} is known only at deployment, and {because}",
            where=where,
            allowed="a literal text",
            fix="write the value itself",
        )
    return value


def member_of(words: type[_Member], value: object, *, argument: str, where: str) -> _Member:
    """The member of an enumeration, given itself or by its word.

    Args:
        words: The enumeration.
        value: As given.
        argument: Its name, for the error.
        where: The construct or call, for the error.

    Raises:
        InvalidValueError: It has no such member.
    """
    for member in words:
        if value is member or (isinstance(value, str) and value == member.value):
            return member
    meant = _member_meant(value, words)
    raise InvalidValueError(
        f"{argument} is {_shown(value)}",
        where=where,
        allowed=", ".join(str(member.value) for member in words),
        fix=None if meant is None else f"write {words.__name__}.{meant.name}",
    )


def _is_one_of(value: object, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool) and bool not in types:
        return False
    if isinstance(value, str | bytes) and str not in types and not any(issubclass(t, Enum) for t in types):
        return False
    return isinstance(value, types)


def _shown(value: object) -> str:
    if value is None or isinstance(value, str | bytes | bool | int | float | list | tuple | dict):
        shown = repr(value)
        return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 1]}…"
    return f"of the type {type(value).__name__}"


def _fix_for(argument: str, value: Any, expected: Accepted) -> str | None:
    """What was meant, where the value itself shows it."""
    if isinstance(value, cdk.CfnParameter):
        return f"write {argument}=parameter.value_as_string"
    if str in expected.types and isinstance(getattr(value, "creation_stack", None), list):
        return f"write {argument}=cdk.Token.as_string(…)"
    for words in expected.types:
        if issubclass(words, Enum):
            meant = _member_meant(value, words)
            if meant is not None:
                module = words.__module__.removeprefix("aws_cdk.")
                module = "cdk" if module == "aws_cdk" else module.removeprefix("aws_")
                return f"write {argument}={module}.{words.__name__}.{meant.name}"
    if Sequence in expected.types and _is_one_of(value, expected.each):
        return f"write {argument}=[{_shown(value)}]"
    if str in expected.types and isinstance(value, int | float) and not isinstance(value, bool):
        return f"write {argument}='…', in quotes" if argument.isidentifier() else "write it in quotes"
    return None


def _member_meant(value: object, words: type[_Member]) -> _Member | None:
    value = getattr(value, "mode", value)
    word = value.value if isinstance(value, Enum) else value
    if not isinstance(word, str):
        return None
    for member in words:
        if word.lower().replace("_", "-") in (
            str(member.value).lower().replace("_", "-"),
            member.name.lower().replace("_", "-"),
        ):
            return member
    return None
