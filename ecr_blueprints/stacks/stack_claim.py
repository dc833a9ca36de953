"""What keeps the stacks of workload accounts from being taken over by another registry's blueprint."""

from __future__ import annotations

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm

__all__ = ["CLAIMS_PATH", "claim"]

CLAIMS_PATH: Final = "/ecr-blueprints/stacks/"
"""What the names of the parameters begin with; a stack's name follows."""


def claim(stack: Stack, *, registry_account: str) -> ssm.CfnParameter:
    """Marks a stack as one that serves a registry account, so that no other registry's updates it.

    A workload account may pull from several registries, and CloudFormation tells stacks apart by account,
    Region and name alone: a second registry with a consumer of the same name would update the stack of the
    first, and take its permissions and endpoints away. The parameter's name is the stack's, and its logical
    ID is the registry account's: an update from another registry has to create a parameter that exists, and
    fails. Everything else in the stack waits for the parameter, so that nothing has been touched by then.

    Creates one ``AWS::SSM::Parameter`` ``/ecr-blueprints/stacks/<stack>``, standard and without charge, which
    goes with the stack.

    Args:
        stack: A stack in a workload account, complete.
        registry_account: The account of the registry that it serves.

    Practices: OPS-1
    """
    others = stack.node.children
    parameter = ssm.CfnParameter(
        stack,
        f"Serves{registry_account}",
        type="String",
        name=f"{CLAIMS_PATH}{stack.stack_name}",
        value=registry_account,
        description="The account of the registry that this stack serves; another's must not update it",
    )
    for other in others:
        other.node.add_dependency(parameter)
    return parameter
