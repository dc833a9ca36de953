"""Where a person sees a registry in the AWS Management Console."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ecr_blueprints.domain.principals import PARTITIONS

__all__ = ["CONSOLE_HOSTS", "console_host"]

_KNOWN: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}

CONSOLE_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        partition.name: _KNOWN.get(partition.name, f"console.{partition.dns_suffix}")
        for partition in PARTITIONS
    }
)
"""Partition → the console's host, before which the Region goes.

That of China is no AWS page's that was read, and those of the partitions without a page are formed by analogy
(unverified). Source: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
"""


def console_host(partition: str) -> str:
    """The console's host in a partition.

    Args:
        partition: Its name.
    """
    return CONSOLE_HOSTS[partition]
