"""Events: nothing that AWS does not document gets into a pattern or a path."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.console_address import CONSOLE_HOSTS, console_host
from ecr_blueprints.domain.principals import PARTITIONS
from ecr_blueprints.domain.registry_event import BASIC_SCAN, ENHANCED_FINDING, LIFECYCLE_EXECUTION
from ecr_blueprints.errors import InvalidValueError


def test_a_pattern_names_source_and_kind() -> None:
    assert BASIC_SCAN.pattern({}) == {"source": ["aws.ecr"], "detail-type": ["ECR Image Scan"]}
    pattern = BASIC_SCAN.pattern({"scan-status": ["FAILED"]}, resources=[{"prefix": "arn"}])
    assert pattern["detail"] == {"scan-status": ["FAILED"]}
    assert pattern["resources"] == [{"prefix": "arn"}]


def test_an_undocumented_member_is_refused() -> None:
    with pytest.raises(
        InvalidValueError, match=r"event 'ECR Image Scan' has no member 'severity'.*scan-status"
    ):
        BASIC_SCAN.pattern({"severity": ["HIGH"]})
    with pytest.raises(InvalidValueError, match=r"has no member 'resources.kind'"):
        ENHANCED_FINDING.pattern({"resources": {"kind": ["x"]}})
    with pytest.raises(InvalidValueError, match=r"has no member 'repository'"):
        BASIC_SCAN.path("repository")
    with pytest.raises(InvalidValueError, match=r"has no member 'serviceEventDetails.deleted'"):
        LIFECYCLE_EXECUTION.pattern({"serviceEventDetails": {"$or": [{"deleted": [{"exists": True}]}]}})


def test_a_path_reaches_into_a_list() -> None:
    member = "resources[0].details.awsEcrContainerImage.repositoryName"
    assert ENHANCED_FINDING.path(member) == f"$.detail.{member}"
    assert BASIC_SCAN.path("finding-severity-counts.HIGH") == "$.detail.finding-severity-counts.HIGH"


def test_the_console_has_a_host_in_every_partition() -> None:
    assert set(CONSOLE_HOSTS) == {partition.name for partition in PARTITIONS}
    assert console_host("aws") == "console.aws.amazon.com"
    assert console_host("aws-cn") == "console.amazonaws.cn"
    assert console_host("aws-us-gov") == "console.amazonaws-us-gov.com"
