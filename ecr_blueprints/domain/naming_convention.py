"""The convention by which a company names its repositories."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ecr_blueprints.domain.repository_name import NAME_PART_IN_WORDS, RepositoryName, is_name_part
from ecr_blueprints.errors import InvalidValueError

__all__ = ["DEFAULT_CONVENTION", "NamingConvention"]

DEFAULT_CONVENTION = "{stage}/{team}/{app}"
"""Stage first, so that every prefix-keyed feature of ECR can tell production apart (facts §17)."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SEGMENT_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_EXAMPLES = {"stage": "prod", "environment": "prod", "team": "payments", "app": "api", "service": "api"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One path part of the template: a literal, or one named segment between two literals."""

    before: str
    segment: str | None = None
    after: str = ""

    def read(self, text: str) -> str | None:
        """The segment's value in a name's part; None if the part does not fit."""
        if len(text) <= len(self.before) + len(self.after):
            return None
        if not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        value = text[len(self.before) : len(text) - len(self.after)]
        return value if is_name_part(value) else None


@dataclass(frozen=True, slots=True)
class NamingConvention:
    """A template of named segments that every repository name follows.

    Each segment is one path part of the name; literals may stand as parts of their own
    (``apps/{team}/{app}``) or around a segment (``team-{team}/{app}``). A segment that is called
    ``stage`` is what tells production apart (see `ProductionScope`).

    Args:
        template: Such as ``{stage}/{team}/{app}``, ``{team}/{app}`` or ``{app}``.

    Raises:
        InvalidValueError: The template has no segment, names one twice, puts two into one part, or
            makes names that ECR does not allow.
    """

    template: str = DEFAULT_CONVENTION
    _parts: tuple[_Part, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read and check the template."""
        object.__setattr__(self, "_parts", tuple(self._read_part(text) for text in self.template.split("/")))
        if not self.segments:
            raise self._invalid("it has no named segment", fix=f"write for instance {DEFAULT_CONVENTION!r}")
        repeated = sorted({name for name in self.segments if self.segments.count(name) > 1})
        if repeated:
            raise self._invalid(f"it names {repeated[0]!r} twice", fix="give each segment a name of its own")
        try:
            self.example()
        except InvalidValueError as error:
            raise self._invalid(f"it makes names that ECR refuses: {error.what}", fix=None) from error

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments, in the template's order."""
        return tuple(part.segment for part in self._parts if part.segment is not None)

    def match(self, name: str) -> dict[str, str] | None:
        """Take a repository name apart.

        Args:
            name: A repository name.

        Returns:
            The value of each segment, or None if the name does not follow the convention.
        """
        texts = name.split("/")
        if len(texts) != len(self._parts):
            return None
        values: dict[str, str] = {}
        for part, text in zip(self._parts, texts, strict=True):
            if part.segment is None:
                if text != part.before:
                    return None
                continue
            value = part.read(text)
            if value is None:
                return None
            values[part.segment] = value
        return values

    def render(self, **segments: str) -> RepositoryName:
        """Make the name that the segments' values give.

        Args:
            segments: A value for each segment, and for nothing else.

        Raises:
            InvalidValueError: A value is missing, unknown or not one part of a repository name.
        """
        missing = [name for name in self.segments if name not in segments]
        unknown = sorted(name for name in segments if name not in self.segments)
        if missing or unknown:
            what = (
                f"no value for {', '.join(missing)}" if missing else f"unknown segments: {', '.join(unknown)}"
            )
            raise InvalidValueError(
                f"the convention {self.template!r} cannot be filled in: {what}",
                where="naming convention",
                allowed=f"one value for each of {', '.join(self.segments)}",
            )
        for name, value in segments.items():
            if not is_name_part(value):
                raise InvalidValueError(
                    f"{value!r} cannot be the segment {name!r} of {self.template!r}",
                    where="naming convention",
                    allowed=f"one part of a repository name, without '/': {NAME_PART_IN_WORDS}",
                )
        return RepositoryName(
            "/".join(
                f"{part.before}{segments[part.segment]}{part.after}"
                if part.segment is not None
                else part.before
                for part in self._parts
            )
        )

    def check(self, name: str) -> dict[str, str]:
        """Take a repository name apart, or say why that is impossible.

        Args:
            name: A repository name.

        Raises:
            InvalidValueError: The name does not follow the convention; the error shows a name that does.
        """
        values = self.match(name)
        if values is None:
            raise InvalidValueError(
                f"the repository name {name!r} does not follow the convention {self.template!r}",
                where="naming convention",
                allowed=f"names such as {str(self.example())!r}",
                fix="rename the repository, or declare it as an exception to the convention",
            )
        return values

    def example(self) -> RepositoryName:
        """A name that follows the convention."""
        return self.render(**{name: _EXAMPLES.get(name, f"{name}-1") for name in self.segments})

    def __str__(self) -> str:
        return self.template

    def _read_part(self, text: str) -> _Part:
        """Read one path part of the template."""
        placeholders = list(_PLACEHOLDER.finditer(text))
        if len(placeholders) > 1:
            raise self._invalid(
                f"its part {text!r} holds two segments, which cannot be told apart in a name",
                fix="separate the segments by '/'",
            )
        if not placeholders:
            if "{" in text or "}" in text:
                raise self._invalid(f"its part {text!r} has an unbalanced brace", fix=None)
            return _Part(text)
        (placeholder,) = placeholders
        name = placeholder.group(1)
        before, after = text[: placeholder.start()], text[placeholder.end() :]
        if any(brace in literal for brace in "{}" for literal in (before, after)):
            raise self._invalid(f"its part {text!r} has an unbalanced brace", fix=None)
        if not _SEGMENT_NAME.fullmatch(name):
            raise self._invalid(
                f"{name!r} is not the name of a segment",
                fix="use lower-case letters, digits and single underscores, a letter first",
            )
        return _Part(before, name, after)

    def _invalid(self, reason: str, *, fix: str | None) -> InvalidValueError:
        """The error for a template that cannot be used."""
        return InvalidValueError(
            f"{self.template!r} is not a naming convention: {reason}",
            where="naming convention",
            allowed="named segments and literals, one segment per path part, such as '{stage}/{team}/{app}'",
            fix=fix,
        )
