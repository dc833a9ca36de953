"""The registry that a reader of the documentation has: small, and made by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.inventory import DescribedImage
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.policy_document import parse_policy
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation

__all__ = ["page_images", "page_registry"]

ACCOUNT, CONSUMER, REGION = "111122223333", "222233334444", "eu-west-1"
_PLACE = f"arn:aws:ecr:{REGION}:{ACCOUNT}"
_LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
            "action": {"type": "expire"},
        }
    ]
}


def page_registry() -> Registry:
    """Two repositories of a team, an old one that Lambda pulls, one of a cache, and a registry policy."""
    pull = _allow({"AWS": f"arn:aws:iam::{CONSUMER}:root"}, sid="Pull")
    lambdas = _allow({"Service": "lambda.amazonaws.com"}, sid="LambdaECRImageRetrievalPolicy")
    policy = {
        "Sid": "Caches",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{CONSUMER}:root"},
        "Action": ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"],
        "Resource": f"{_PLACE}:repository/k8s/*",
    }
    mutable = TagMutability()
    return Registry(
        account=ACCOUNT,
        region=REGION,
        repositories=(
            _repository("dev/payments/api"),
            _repository("k8s/pause", tag_mutability=mutable, lifecycle_policy=None),
            _repository("legacy/batch", lambdas, tag_mutability=mutable, lifecycle_policy=None),
            _repository("prod/payments/api", pull),
        ),
        cache_rules=(
            CacheRule(
                source=SourceLocation(arn=f"{_PLACE}:pull-through-cache-rule/k8s"),
                prefix="k8s",
                upstream_registry_url="registry.k8s.io",
            ),
        ),
    ).with_policy(
        RegistryPolicy(source=SourceLocation(arn=f"{_PLACE}:registry-policy"), policy=_policy(policy))
    )


def page_images(name: str) -> tuple[DescribedImage, ...]:
    """Its images: three of each repository, all old; one has lost its tag."""
    pushed = datetime(2026, 1, 1, tzinfo=UTC)
    return tuple(
        DescribedImage(image=InventoryImage(digest=f"{name}@{number}", tags=tags, pushed_at=pushed))
        for number, tags in enumerate((["v1"], ["v2"], []))
    )


def _repository(name: str, *statements: dict[str, Any], **more: Any) -> Repository:
    more.setdefault("tag_mutability", TagMutability(mode=MutabilityMode.IMMUTABLE))
    more.setdefault("lifecycle_policy", json.dumps(_LIFECYCLE))
    return Repository(
        source=SourceLocation(arn=f"{_PLACE}:repository/{name}"),
        name=name,
        policy=_policy(*statements) if statements else None,
        **more,
    )


def _allow(principal: dict[str, str], *, sid: str) -> dict[str, Any]:
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions}


def _policy(*statements: dict[str, Any]) -> Any:
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
