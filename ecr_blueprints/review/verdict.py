"""What a rule can say of one thing that it looked at, and how much it matters."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Severity", "Verdict"]


class Verdict(StrEnum):
    """The four answers of a rule."""

    FAIL = "fail"
    OPEN = "open"
    """The source does not hold enough to know: an unresolved value, a setting that another app owns."""
    PASS = "pass"
    NOT_APPLICABLE = "not applicable"


class Severity(StrEnum):
    """How much a failure matters."""

    ERROR = "error"
    """It will not deploy, images are lost, it is public, a secret lies open, a singleton has two owners."""
    WARNING = "warning"
    """It works, and somebody will be hurt by it."""
    NOTE = "note"
    """Worth knowing; seldom worth failing a build."""

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return {"note": 0, "warning": 1, "error": 2}[self.value]
