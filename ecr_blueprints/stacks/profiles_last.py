"""Signing profiles, made when everything else of their stack is there that could fail."""

from __future__ import annotations

from typing import Final

import jsii
from aws_cdk import CfnResource, Stack
from aws_cdk import aws_signer as signer
from constructs import IValidation

__all__ = ["make_profiles_last"]

_MAY_FAIL: Final = (
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::KMS::Alias",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "Custom::",
)
"""What finds its name taken, or is done by a function."""


def make_profiles_last(stack: Stack) -> None:
    """Have the signing profiles of a stack wait for whatever in it may fail.

    The name of a profile is never free again, so that a profile stays when the stack's creation is rolled
    back, and the next creation finds the name taken. Made last, it is not there yet when something fails.

    Args:
        stack: The stack, of which nothing that may fail uses the profile.

    Practices: SIGN-2, OPS-1
    """
    stack.node.add_validation(_Profiles(stack))


@jsii.implements(IValidation)
class _Profiles:
    """CDK's hook at synthesis, when everything has been constructed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._done = False

    def validate(self) -> list[str]:
        """Add the dependencies, once, however often it is asked."""
        if not self._done:
            self._done = True
            resources = [one for one in self._stack.node.find_all() if isinstance(one, CfnResource)]
            profiles = [one for one in resources if isinstance(one, signer.CfnSigningProfile)]
            if profiles:
                before = [one for one in resources if one.cfn_resource_type.startswith(_MAY_FAIL)]
                for profile in profiles:
                    for one in before:
                        profile.add_resource_dependency(one)
        return []
