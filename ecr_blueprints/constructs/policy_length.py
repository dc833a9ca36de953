"""The length of a repository policy, judged at synthesis as far as it can be known."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import IConstruct, IValidation

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.domain.quotas import NEARLY_FULL, POLICY_LENGTH

__all__ = ["is_surely_short", "shortest_text_length", "watch_policy_length"]

_ATTRIBUTE: Final = "_ecr_blueprints_policy_length"

_PARTITION: Final = re.compile(r"\$\{Token\[AWS\.Partition\.[0-9]+\]\}")

_SHORTEST: Final = {"AWS::Partition": "aws", "AWS::AccountId": "0" * 12, "AWS::URLSuffix": "amazonaws.eu"}


def watch_policy_length(repository: ecr.IRepository, resource: IConstruct | None = None) -> None:
    """Have synthesis fail where a repository's policy is certainly longer than ECR takes.

    Once for each repository, however often it is called.

    Args:
        repository: The repository; one without a resource of its own in this app is passed over.
        resource: Its resource. Default: asked of CDK.

    Practices: REG-5
    """
    if _ATTRIBUTE in vars(repository):
        return
    vars(repository)[_ATTRIBUTE] = True
    if resource is None:
        resource = repository.node.default_child
    if isinstance(resource, ecr.CfnRepository):
        repository.node.add_validation(_PolicyLength(resource))


def is_surely_short(policy_text: str) -> bool:
    """Whether a policy is far from ECR's limit whatever comes; then there is nothing to watch.

    Args:
        policy_text: The policy; one with a token may become longer than it looks, unless it stands for the
            partition, which is shorter than its token.
    """
    return len(policy_text) < NEARLY_FULL * POLICY_LENGTH.value and not is_token(
        _PARTITION.sub("", policy_text)
    )


def shortest_text_length(policy: object) -> int:
    """The characters that a policy has at least, whatever its intrinsic functions yield.

    Args:
        policy: The policy document as CloudFormation's JSON.
    """
    return len(json.dumps(_shortest(policy), separators=(",", ":"), ensure_ascii=False))


def _shortest(value: object) -> object:
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return _SHORTEST.get(str(argument), "")
            if name == "Fn::Join" and isinstance(argument, list) and isinstance(argument[1], list):
                return str(argument[0]).join(str(_shortest(part)) for part in argument[1])
            if str(name).startswith("Fn::"):
                return ""
        return {name: _shortest(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_shortest(member) for member in value]
    return value


@jsii.implements(IValidation)
class _PolicyLength:
    """CDK asks this once, when the app is synthesized."""

    def __init__(self, resource: ecr.CfnRepository) -> None:
        self._resource = resource
        self._is_noted = False

    def validate(self) -> list[str]:
        """What is wrong with the policy's length; nothing for most."""
        properties = cdk.Stack.of(self._resource).resolve(self._resource._cfn_properties)
        policy = properties.get("repositoryPolicyText")
        length = shortest_text_length(policy)
        if length <= POLICY_LENGTH.value:
            if not self._is_noted:
                self._is_noted = True
                warn_of_quota(
                    self._resource,
                    "repository-policy-length",
                    used=length,
                    limit=POLICY_LENGTH.value,
                    what="characters of the repository policy",
                    advice="grant to organization paths in place of single accounts and roles",
                )
            return []
        return [
            f"the repository policy has at least {length:,} characters; allowed: {POLICY_LENGTH.value:,}; "
            "fix: grant to organization paths in place of single accounts and roles, or split the repository"
        ]
