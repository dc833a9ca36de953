"""Our facts of events, severities and usage metrics against AWS's models and AWS's own samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.loaders
import event_samples
import pytest

from ecr_blueprints.constructs.function_code import signing_status
from ecr_blueprints.domain import registry_event
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import REGISTRY_EVENTS, RegistryEvent
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.domain.usage_metric import API_CALLS, USAGE_METRICS, image_count_of


@pytest.fixture(scope="module")
def inspector() -> Any:
    return botocore.loaders.Loader().load_service_model("inspector2", "service-2")["shapes"]


def enum(shapes: Any, name: str) -> set[str]:
    return set(shapes[name]["enum"])


def test_severities_are_those_of_both_scanners(service_model: Any, inspector: Any) -> None:
    basic = {severity.word_of(ScanType.BASIC) for severity in FindingSeverity}
    enhanced = {severity.word_of(ScanType.ENHANCED) for severity in FindingSeverity}
    assert basic == enum(service_model["shapes"], "FindingSeverity")
    assert enhanced == enum(inspector, "Severity")


def test_the_words_in_patterns_are_words_of_the_models(service_model: Any, inspector: Any) -> None:
    shapes = service_model["shapes"]
    assert registry_event.FAILED in enum(shapes, "ScanStatus") & enum(shapes, "ReplicationStatus")
    assert enum(shapes, "SigningStatus") == {"IN_PROGRESS", "COMPLETE", "FAILED"}
    assert set(registry_event.COVERAGE_FAILURE_REASONS) <= enum(inspector, "ScanStatusReason")
    assert registry_event.ECR_IMAGE_RESOURCE in enum(inspector, "ResourceType")
    assert "ACTIVE" in enum(inspector, "FindingStatus")
    assert enum(inspector, "ScanStatusCode") == {"ACTIVE", "INACTIVE"}


def test_the_metered_calls_are_operations_of_ecr(service_model: Any) -> None:
    assert {metric.resource for metric in API_CALLS} <= set(service_model["operations"])
    assert len(API_CALLS) == 8


def test_the_errors_that_the_function_expects(service_model: Any) -> None:
    errors = {one["shape"] for one in service_model["operations"]["DescribeImageSigningStatus"]["errors"]}
    assert set(signing_status.GONE) <= errors


def test_what_eventbridge_takes(resource_schemas: Any) -> None:
    rule = resource_schemas.schema("AWS::Events::Rule")
    assert registry_event.STATE_WITH_READ_ONLY_EVENTS in rule["properties"]["State"]["enum"]
    template = rule["definitions"]["InputTransformer"]["properties"]["InputTemplate"]
    assert template["maxLength"] == registry_event.MAX_INPUT_TEMPLATE_LENGTH


def members_of(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from members_of(member, f"{prefix}{key}.")
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for one in value:
            yield from members_of(one, prefix)
    else:
        yield prefix.removesuffix(".")


@pytest.mark.parametrize("event", REGISTRY_EVENTS, ids=lambda event: str(event.detail_type))
def test_every_member_is_in_awss_samples(event: RegistryEvent) -> None:
    samples = [
        sample
        for sample in event_samples.SAMPLES.values()
        if (sample["source"], sample["detail-type"]) == (event.source, event.detail_type)
    ]
    assert samples
    shown = {member for sample in samples for member in members_of(sample["detail"])}
    for member in event.members:
        if member.endswith(".*"):
            assert any(one.startswith(member.removesuffix("*")) for one in shown), member
        else:
            assert any(one == member or one.startswith(f"{member}.") for one in shown), member


def test_a_usage_metric_has_the_dimensions_of_its_kind() -> None:
    for metric in (*USAGE_METRICS, image_count_of("prod/api")):
        dimensions = dict(metric.dimensions)
        assert dimensions["Service"] == "ECR"
        assert dimensions["Resource"] == metric.resource
        assert (metric.name, dimensions["Type"], metric.statistic, metric.period_seconds) in {
            ("CallCount", "API", "Sum", 60),
            ("ResourceCount", "RESOURCE", "Maximum", 300),
        }
    assert dict(image_count_of("prod/api").dimensions)["ResourceId"] == "repository/prod/api"
