"""A frozen cache keeps each tag at the image that was pulled first, and no other cache does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]

TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", root_template=False)


def frozen(registry: PrivateRegistry, **options: Any) -> PullThroughCache:
    return PullThroughCache(
        registry,
        "Cache",
        registry=registry,
        upstream="k8s",
        frozen=True,
        template=CreationTemplateOptions(**options),
    )


def test_its_template_has_immutable_tags_and_the_lifecycle_of_a_cache(
    registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    cache = frozen(registry)
    assert cache.frozen
    (properties,) = (one["Properties"] for one in of_type(template_of(stack), TEMPLATE))
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    (rule,) = json.loads(properties["LifecyclePolicy"])["rules"]
    assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", 14)
    assert [one.frozen for one in registry.ledger.cache_rules] == [True]


def test_some_tags_may_be_left_out(
    registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    frozen(
        registry,
        tag_mutability=TagMutability(
            mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("latest"),)
        ),
    )
    (properties,) = (one["Properties"] for one in of_type(template_of(stack), TEMPLATE))
    assert properties["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert properties["ImageTagMutabilityExclusionFilters"] == [
        {
            "ImageTagMutabilityExclusionFilterType": "WILDCARD",
            "ImageTagMutabilityExclusionFilterValue": "latest",
        }
    ]


@pytest.mark.parametrize(
    ("mode", "exclusions"),
    [
        (MutabilityMode.MUTABLE, ()),
        (MutabilityMode.MUTABLE_WITH_EXCLUSION, ("v*",)),
        (MutabilityMode.IMMUTABLE_WITH_EXCLUSION, ("*",)),
    ],
)
def test_tags_that_move_are_refused(
    registry: PrivateRegistry, mode: MutabilityMode, exclusions: tuple[str, ...]
) -> None:
    children = len(registry.node.children)
    mutability = TagMutability(mode=mode, exclusions=tuple(map(ExclusionFilter, exclusions)))
    with pytest.raises(InvalidValueError, match=f"{mode} tags in the repositories of a frozen cache"):
        frozen(registry, tag_mutability=mutability)
    assert len(registry.node.children) == children


def test_immutable_tags_without_freezing_are_refused_with_the_way_to_mean_it(
    registry: PrivateRegistry, stack: cdk.Stack
) -> None:
    immutable = CreationTemplateOptions(tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE))
    with pytest.raises(InvalidValueError, match="say frozen=True of the cache"):
        PullThroughCache(stack, "Cache", registry=registry, upstream="k8s", template=immutable)


def test_a_template_inside_a_frozen_cache_is_frozen_too(registry: PrivateRegistry) -> None:
    frozen(registry)
    by_caches = ["PULL_THROUGH_CACHE"]
    silent = registry.add_creation_template("k8s/app", applied_for=by_caches)
    said = registry.add_creation_template("k8s/base", applied_for=by_caches, tag_mutability="IMMUTABLE")
    other = registry.add_creation_template("quay", applied_for=by_caches)
    modes = [one.resource.image_tag_mutability for one in (silent, said, other)]
    assert modes == ["IMMUTABLE", "IMMUTABLE", "MUTABLE"]
    with pytest.raises(RegistryConflictError, match=r"cache 'k8s' is frozen, and .* lets its tags move"):
        registry.add_creation_template("k8s/moves", applied_for=by_caches, tag_mutability="MUTABLE")


def test_a_template_before_its_frozen_cache_says_so_itself(
    registry: PrivateRegistry, stack: cdk.Stack
) -> None:
    with pytest.raises(InvalidValueError, match=r"RepositoryCreationTemplate\(…, frozen=True\)"):
        registry.add_creation_template(
            "k8s/app", applied_for=["PULL_THROUGH_CACHE"], tag_mutability="IMMUTABLE"
        )
    RepositoryCreationTemplate(
        stack, "App", registry=registry, prefix="k8s/app", applied_for=["PULL_THROUGH_CACHE"], frozen=True
    )
    assert frozen(registry).frozen


def test_a_template_of_its_own_takes_a_truth_value(registry: PrivateRegistry, stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError, match="frozen is 'no'"):
        RepositoryCreationTemplate(
            stack,
            "Template",
            registry=registry,
            prefix="k8s",
            applied_for=["PULL_THROUGH_CACHE"],
            frozen="no",  # type: ignore[arg-type]
        )
