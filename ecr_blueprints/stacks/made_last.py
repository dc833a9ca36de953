"""What stays where a creation is rolled back, made when everything else of its stack is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import jsii
from aws_cdk import CfnResource, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_signer as signer
from constructs import IValidation

__all__ = ["make_what_stays_last"]

_MAY_FAIL: Final = (
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "Custom::",
)
"""What finds its name taken, or is done by a function."""


def make_what_stays_last(stack: Stack) -> None:
    """Have the key's alias and the signing profiles of a stack wait for whatever in it may fail.

    The name of a profile is never free again, so that a profile stays when the stack's creation is rolled
    back, and the next creation finds the name taken. An alias stays, and its key with it, where guardrails
    keep keys, which they know by their alias. Made last, neither is there yet when something fails: the alias
    after everything else, and the profiles after the alias, whose name may be taken.

    Args:
        stack: The stack, of which nothing that may fail uses the alias or a profile.

    Practices: SIGN-2, OPS-1
    """
    stack.node.add_validation(_Last(stack))


@jsii.implements(IValidation)
class _Last:
    """CDK's hook at synthesis, when everything has been constructed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._done = False

    def validate(self) -> list[str]:
        """Add the dependencies, once, however often it is asked."""
        if not self._done:
            self._done = True
            resources = [one for one in self._stack.node.find_all() if isinstance(one, CfnResource)]
            aliases = [one for one in resources if isinstance(one, kms.CfnAlias)]
            profiles = [one for one in resources if isinstance(one, signer.CfnSigningProfile)]
            if aliases or profiles:
                before = [one for one in resources if one.cfn_resource_type.startswith(_MAY_FAIL)]
                _wait(aliases, before)
                _wait(profiles, [*before, *aliases])
        return []


def _wait(resources: Sequence[CfnResource], before: Sequence[CfnResource]) -> None:
    for resource in resources:
        for one in before:
            resource.add_resource_dependency(one)
