"""What synthesis says of a registry's quotas, with ids that can be acknowledged."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk.assertions import Annotations, Match

from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion


def quota_warnings(stack: cdk.Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("ecr-blueprints:quota-"))
    return [str(one.entry.data) for one in found]


def exclude(stack: cdk.Stack, registry: PrivateRegistry, count: int) -> None:
    for number in range(count):
        role = f"arn:aws:iam::111122223333:role/scanner-{number}"
        PullTimeUpdateExclusion(stack, f"Exclude{number}", registry=registry, principal=role)


def test_a_quota_is_warned_of_once_from_80_percent(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    exclude(stack, registry, 80)
    (warning,) = quota_warnings(stack)
    assert "80 of 100 pull-time update exclusions are used; AWS raises it for nobody" in warning
    assert "ecr-blueprints:quota-pull-time-exclusions" in warning


def test_below_nothing_is_said(stack: cdk.Stack) -> None:
    exclude(stack, PrivateRegistry(stack, "Registry"), 79)
    assert quota_warnings(stack) == []


def test_a_warning_is_acknowledged_by_its_id(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    exclude(stack, registry, 80)
    cdk.Validations.of(stack).acknowledge(
        cdk.Acknowledgment(id="Annotation::ecr-blueprints:quota-pull-time-exclusions", reason="known")
    )
    assert quota_warnings(stack) == []


def test_a_repository_policy_says_when_it_fills_up(stack: cdk.Stack) -> None:
    paths = [f"o-a1b2c3d4e5/r-ab12/ou-ab12-{number:08}/*" for number in range(220)]
    ImageRepository(stack, "Roomy", repository_name="a/roomy").grant_pull_to_organization_paths(*paths[:150])
    ImageRepository(stack, "Full", repository_name="a/full").grant_pull_to_organization_paths(*paths[:215])
    (warning,) = quota_warnings(stack)
    assert "of 10,240 characters of the repository policy are used" in warning
    assert "ecr-blueprints:quota-repository-policy-length" in warning
