"""The registry scanning configuration as a resource, rendered anew whenever its rules change."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.registry_scanning import ScanningPlan

__all__ = ["RegistryScanningConfiguration"]

_FILTER_TYPE = "WILDCARD"


class RegistryScanningConfiguration(ecr.CfnRegistryScanningConfiguration):
    """The one scanning configuration of an account and Region.

    It always has explicit rules: what an empty list does is not documented (facts §5). It is retained when
    its stack goes, also after a creation that is rolled back, since deleting it may switch Amazon Inspector
    off for the whole registry.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical ID follows from it.
        plan: The rules.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-registryscanningconfiguration.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, plan: ScanningPlan) -> None:
        super().__init__(scope, construct_id, scan_type=str(plan.scan_type), rules=_properties(plan))
        self.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def render(self, plan: ScanningPlan) -> None:
        """Put the plan's rules in the place of the earlier ones."""
        self.rules = _properties(plan)


def _properties(
    plan: ScanningPlan,
) -> list[cdk.IResolvable | ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty]:
    configuration = ecr.CfnRegistryScanningConfiguration
    return [
        configuration.ScanningRuleProperty(
            scan_frequency=str(rule.frequency),
            repository_filters=[
                configuration.RepositoryFilterProperty(filter=str(text), filter_type=_FILTER_TYPE)
                for text in (rule.filters if isinstance(rule.filters, tuple) else ())
            ],
        )
        for rule in plan.rules
    ]
