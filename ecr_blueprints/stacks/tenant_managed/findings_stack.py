"""Where the findings of all accounts arrive, in one Region."""

from __future__ import annotations

from aws_cdk import Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from ecr_blueprints.config.blueprint_names import BASELINE
from ecr_blueprints.config.security import SecurityModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.inspector_organization import InspectorOrganization
from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
from ecr_blueprints.constructs.scan_finding_alerts import ScanFindingAlerts
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.stacks.tenant_managed.baseline import BUS_NAME

__all__ = ["FindingsStack"]


class FindingsStack(Stack):
    """The bus to which every account's baseline passes its events on, and alerts by severity.

    The bus takes events from the organization alone, and there from the baseline's roles alone. Where the
    security account is Amazon Inspector's delegated administrator, images are scanned in every account that
    joins.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-platform-findings-<region>``.
        blueprint: The blueprint.
        security: What it says of the security account.
        env: The security account and the Region.

    Attributes:
        bus: The bus.
        topics: Where alerts go.

    Practices: OPS-2, SCAN-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        blueprint: TenantManagedBlueprint,
        security: SecurityModel,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="Findings in the images of all accounts, and alerts."
        )
        arn = f"arn:{self.partition}:events:{self.region}:{self.account}:event-bus/{BUS_NAME}"
        self.bus = events.CfnEventBus(
            self,
            "Bus",
            name=BUS_NAME,
            description="Events of Amazon ECR and Amazon Inspector, of every account",
            policy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Baseline",
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "events:PutEvents",
                        "Resource": arn,
                        "Condition": {
                            "StringEquals": {"aws:PrincipalOrgID": blueprint.organization.id},
                            "ArnLike": {"aws:PrincipalArn": f"arn:*:iam::*:role/{BASELINE}-forward-*"},
                        },
                    }
                ],
            },
        )
        severities = [FindingSeverity(word) for word in security.findings]
        self.topics = AlertTopics(self, "Alerts", severities=severities)
        for address in security.email:
            self.topics.add_subscription(subscriptions.EmailSubscription(address))
        alerts = (
            ScanFindingAlerts(
                self,
                "Findings",
                severities=severities,
                topics=self.topics,
                event_bus_name=BUS_NAME,
                scan_type=ScanType.ENHANCED,
            ),
            OperationalAlerts(
                self,
                "Operations",
                replication=severities[-1],
                caches=severities[-1],
                signing=None,
                lifecycle=None,
                quotas=None,
                topics=self.topics,
                event_bus_name=BUS_NAME,
            ),
        )
        for alert in alerts:
            alert.node.add_dependency(self.bus)
        if security.inspector:
            accounts = [team.account for team in blueprint.teams if self.region in blueprint.regions_of(team)]
            InspectorOrganization(self, "Inspector", members=accounts)
