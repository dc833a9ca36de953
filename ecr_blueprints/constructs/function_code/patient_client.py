"""Clients of AWS's API that give up before their function's time is over."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

__all__ = ["client"]


def client(service: str) -> Any:
    """A client in the function's own account and Region: three attempts of at most 13 seconds each."""
    retries = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client(service, config=Config(connect_timeout=3, read_timeout=10, retries=retries))
