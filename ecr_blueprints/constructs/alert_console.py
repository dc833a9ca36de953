"""The console's host for links in alerts, where the stack's partition may be left to the deployment."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.console_address import CONSOLE_HOSTS, console_host
from ecr_blueprints.domain.principals import partition_of

__all__ = ["console_host_for"]

_MAPPING_ID: Final = "ConsoleHosts"
_KEY: Final = "Host"


def console_host_for(scope: Construct) -> str:
    """The console's host in a stack's partition; a token where the stack leaves its Region open.

    Args:
        scope: A construct of the stack.
    """
    stack = cdk.Stack.of(scope)
    if not is_token(stack.region):
        return console_host(partition_of(stack.region).name)
    mapping = stack.node.try_find_child(_MAPPING_ID)
    if not isinstance(mapping, cdk.CfnMapping):
        mapping = cdk.CfnMapping(
            stack,
            _MAPPING_ID,
            mapping={partition: {_KEY: host} for partition, host in CONSOLE_HOSTS.items()},
        )
    return mapping.find_in_map(cdk.Aws.PARTITION, _KEY)
