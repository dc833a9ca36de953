"""What constructs said against an assembly, taken from the error that the CDK raises for all of them."""

from __future__ import annotations

from typing import Final

__all__ = ["failed_validations"]

_VALIDATION_FAILED: Final = "Validation failed with the following errors:"


def failed_validations(error: RuntimeError) -> list[str]:
    """The errors of constructs' own validations, each with its construct path; empty if it was not they.

    Args:
        error: What ``app.synth()`` raised.
    """
    listed = str(error).partition(_VALIDATION_FAILED)[2]
    return [line.strip() for line in listed.splitlines() if line.strip().startswith("[")]
