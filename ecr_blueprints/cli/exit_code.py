"""The exit codes of the program."""

from __future__ import annotations

__all__ = ["FAILED", "FINDINGS", "INTERRUPTED", "NOTHING_FOUND"]

NOTHING_FOUND = 0
"""Nothing at or above the level of ``--fail-on``."""

FINDINGS = 1
"""At least one failure at or above the level of ``--fail-on``."""

FAILED = 2
"""The input or the usage is unusable, or the output cannot be written; the reason is on standard error."""

INTERRUPTED = 130
"""Ctrl-C: 128 and the number of SIGINT, as shells have it."""
