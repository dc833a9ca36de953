"""How much one CloudFormation stack holds."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_STACK_RESOURCES"]

MAX_STACK_RESOURCES: Final = 500
"""Resources in one template; AWS does not raise it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""
