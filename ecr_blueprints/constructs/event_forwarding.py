"""Events of a registry and its scanner that are passed on to an event bus of another account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.alert_publisher import from_rules
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import (
    CACHE_ACTION,
    COVERAGE_CHANGE,
    COVERAGE_FAILURE_REASONS,
    ECR_IMAGE_RESOURCE,
    ENHANCED_FINDING,
    FAILED,
    REPLICATION_ACTION,
)
from ecr_blueprints.domain.scanning import ScanType

__all__ = ["EventForwarding"]

_ENABLED: Final = "ENABLED"


class EventForwarding(Construct):
    """Rules that pass findings, lost coverage and failures on, so that one account hears of all.

    What is passed on is what somebody is told of: EventBridge bills an event that goes to another account,
    and an event of AWS's own only there. It goes as it is, with the account and Region that it is from.

    Creates: four ``AWS::Events::Rule`` and the ``AWS::IAM::Role`` by which they send.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        bus_arn: The bus, of the same Region.
        severities: Which findings are passed on.
        name_prefix: What the names of the rules and of the role begin with. The role's ends with the Region,
            since roles are the account's.

    Attributes:
        rules: Id → rule.
        role: The role.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html

    Practices: SCAN-3, OBS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bus_arn: str,
        severities: Sequence[FindingSeverity],
        name_prefix: str,
    ) -> None:
        super().__init__(scope, construct_id)
        environment = RegistryEnvironment.of_stack(self)
        put = iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus_arn])
        self.role = iam.Role(
            self,
            "Role",
            role_name=f"{name_prefix}-forward-{cdk.Stack.of(self).region}",
            description="Passes events of Amazon ECR and Amazon Inspector on",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com", conditions=from_rules(environment)),
            inline_policies={"Put": iam.PolicyDocument(statements=[put])},
        )
        self.rules: dict[str, events.CfnRule] = {}
        for rule_id, description, pattern in (
            ("Finding", "Findings of Amazon Inspector in images", _findings(severities)),
            ("CoverageLost", "Images that Amazon Inspector cannot scan", _lost_coverage(environment)),
            (
                "CacheSync",
                "Pull-through caches that could not reach their upstream",
                CACHE_ACTION.pattern({"sync-status": [{"anything-but": ["SUCCESS"]}]}),
            ),
            (
                "Replication",
                "Images that could not be replicated",
                REPLICATION_ACTION.pattern({"result": [FAILED]}),
            ),
        ):
            self.rules[rule_id] = events.CfnRule(
                self,
                rule_id,
                name=f"{name_prefix}-{rule_id.lower()}",
                description=description,
                event_pattern=pattern,
                state=_ENABLED,
                targets=[events.CfnRule.TargetProperty(id="Bus", arn=bus_arn, role_arn=self.role.role_arn)],
            )


def _findings(severities: Sequence[FindingSeverity]) -> dict[str, Any]:
    return ENHANCED_FINDING.pattern(
        {
            "severity": [severity.word_of(ScanType.ENHANCED) for severity in severities],
            "status": ["ACTIVE"],
            "resources": {"type": [ECR_IMAGE_RESOURCE]},
        }
    )


def _lost_coverage(environment: RegistryEnvironment) -> dict[str, Any]:
    return COVERAGE_CHANGE.pattern(
        {"scanStatus": {"statusCodeValue": ["INACTIVE"], "reason": list(COVERAGE_FAILURE_REASONS)}},
        resources=[{"prefix": f"arn:{environment.partition}:ecr:"}],
    )
