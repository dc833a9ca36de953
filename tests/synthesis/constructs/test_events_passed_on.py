"""Alerts on a bus to which other accounts pass their events on, and what passes them on."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from ecr_blueprints.constructs.event_forwarding import EventForwarding
from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import RegistryManagement
from ecr_blueprints.constructs.registry_settings import RegistrySettings
from ecr_blueprints.constructs.scan_finding_alerts import ScanFindingAlerts
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

pytestmark = pytest.mark.node

BUS = "arn:aws:events:eu-west-1:122222222222:event-bus/ecr-findings"


def rules(stack: cdk.Stack) -> list[dict[str, Any]]:
    found = Template.from_stack(stack).find_resources("AWS::Events::Rule").values()
    return [dict(one["Properties"]) for one in found]


def test_findings_on_a_bus_are_of_every_account(stack: cdk.Stack, lint: Any) -> None:
    ScanFindingAlerts(stack, "Findings", event_bus_name="ecr-findings", scan_type=ScanType.ENHANCED)
    found = rules(stack)
    assert {rule["EventBusName"] for rule in found} == {"ecr-findings"}
    assert "awsAccountId" not in json.dumps(found)
    assert "ECR Image Scan" not in json.dumps(found), "rules of the other scanner"
    assert lint(Template.from_stack(stack).to_json()) == []


def test_failures_on_a_bus(stack: cdk.Stack) -> None:
    OperationalAlerts(
        stack, "Failures", event_bus_name="ecr-findings", signing=None, lifecycle=None, quotas=None
    )
    assert [rule["EventBusName"] for rule in rules(stack)] == ["ecr-findings", "ecr-findings"]


def test_what_is_passed_on_is_what_alerts_on_the_bus_match(stack: cdk.Stack, lint: Any) -> None:
    made = EventForwarding(
        stack, "Forward", bus_arn=BUS, severities=[FindingSeverity.CRITICAL], name_prefix="ecr-baseline"
    )
    assert set(made.rules) == {"Finding", "CoverageLost", "CacheSync", "Replication"}
    for rule in rules(stack):
        assert rule["Name"].startswith("ecr-baseline-")
        (target,) = rule["Targets"]
        assert target["Arn"] == BUS
        assert "RoleArn" in target
    (role,) = Template.from_stack(stack).find_resources("AWS::IAM::Role").values()
    (policy,) = role["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {"Action": "events:PutEvents", "Effect": "Allow", "Resource": BUS}
    ]
    assert lint(Template.from_stack(stack).to_json()) == []


@pytest.mark.parametrize("construct", [ScanFindingAlerts, OperationalAlerts])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"event_bus_name": BUS}, "the name of a bus, not its ARN"),
        ({"event_bus_name": ""}, "event_bus_name is ''"),
        ({"event_bus_name": 1}, "event_bus_name is 1"),
        ({"event_bus_name": "b", "registry": True}, "a registry's own events arrive on the default bus"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, construct: Any, arguments: dict[str, Any], message: str) -> None:
    if arguments.get("registry"):
        arguments = {**arguments, "registry": PrivateRegistry(stack, "Registry")}
    with pytest.raises(InvalidValueError) as caught:
        construct(stack, "Alerts", **arguments)
    assert message in str(caught.value)
    assert stack.node.try_find_child("Alerts") is None


def test_what_another_account_s_events_cannot_tell(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError) as caught:
        OperationalAlerts(stack, "Alerts", event_bus_name="ecr-findings", quotas=None)
    assert "signing and lifecycle cannot be told" in str(caught.value)
    assert "write signing=None, lifecycle=None" in str(caught.value)


def test_a_scanner_that_there_is_not(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError, match="scan_type is 'FAST'"):
        ScanFindingAlerts(stack, "Alerts", scan_type="FAST")


def test_settings_that_are_another_owner_s_are_not_made_here(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry", manage=RegistryManagement(settings=False))
    with pytest.raises(RegistryConflictError, match="leaves to another owner"):
        RegistrySettings(stack, "Settings", registry=registry)
    with pytest.raises(InvalidValueError, match="settings is 'no'"):
        RegistryManagement(settings="no")  # type: ignore[arg-type]
