"""A call of ECR's API that brings something in line, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ApiCall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call.

    Attributes:
        operation: The operation, in the API's spelling: ``PutLifecyclePolicy``.
        parameters: The parameters, in the API's spelling; a policy is the document itself.
    """

    operation: str
    parameters: Mapping[str, Any]
