"""What very many repositories of an app have in common, made once for all of them."""

from __future__ import annotations

import json
from functools import cache, lru_cache

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr

from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy

__all__ = [
    "lifecycle_property",
    "lifecycle_text",
    "repository_selector",
    "repository_type",
    "written_policy",
]


@cache
def repository_selector() -> cdk.IConstructSelector:
    """What finds the resource of a repository."""
    return cdk.ConstructSelector.resources_of_type(repository_type())


@cache
def repository_type() -> str:
    """What CloudFormation calls a repository."""
    return str(ecr.CfnRepository.CFN_RESOURCE_TYPE_NAME)


@lru_cache(maxsize=64)
def lifecycle_property(text: str, registry_id: str | None) -> ecr.CfnRepository.LifecyclePolicyProperty:
    """A lifecycle policy as the resource takes it.

    Args:
        text: ECR's JSON.
        registry_id: The account whose registry holds the repository; None for its own.
    """
    return ecr.CfnRepository.LifecyclePolicyProperty(lifecycle_policy_text=text, registry_id=registry_id)


@lru_cache(maxsize=64)
def written_policy(text: str) -> cdk.IResolvable:
    """A repository policy as the resource takes it.

    Args:
        text: The policy document as JSON, which may hold tokens.
    """
    return cdk.Token.as_any(json.loads(text))


@lru_cache(maxsize=256)
def lifecycle_text(policy: LifecyclePolicy) -> str:
    """ECR's JSON of a lifecycle policy.

    Args:
        policy: The policy.
    """
    return render_lifecycle_policy(policy)
