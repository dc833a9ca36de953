"""How much one CloudFormation stack holds.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_STACK_RESOURCES", "MAX_TEMPLATE_BYTES"]

MAX_STACK_RESOURCES: Final = 500
"""Resources in one template; AWS does not raise it."""

MAX_TEMPLATE_BYTES: Final = 1_000_000
"""Bytes of a template that is read from S3, which AWS gives as 1 MB and does not raise."""
