"""The replication configuration as a resource, rendered anew whenever its rules change."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.domain.repository_filter import REPLICATION_FILTER_TYPE
from ecr_blueprints.registry.replication_configuration import ReplicationDestination, ReplicationRule
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["RegistryReplicationConfiguration"]


class RegistryReplicationConfiguration(ecr.CfnReplicationConfiguration):
    """The one replication configuration of an account and Region.

    Deleting it stops replication; copies that exist stay.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical ID follows from it.
        rules: The rules; their accounts may be tokens.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-replicationconfiguration.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, rules: Sequence[ReplicationRule]) -> None:
        super().__init__(scope, construct_id, replication_configuration=_property(rules))

    def render(self, rules: Sequence[ReplicationRule]) -> None:
        """Put these rules in the place of the earlier ones."""
        self.replication_configuration = _property(rules)


def _property(
    rules: Sequence[ReplicationRule],
) -> ecr.CfnReplicationConfiguration.ReplicationConfigurationProperty:
    configuration = ecr.CfnReplicationConfiguration
    rendered: list[cdk.IResolvable | ecr.CfnReplicationConfiguration.ReplicationRuleProperty] = [
        configuration.ReplicationRuleProperty(
            destinations=[
                configuration.ReplicationDestinationProperty(
                    region=_rendered(one.region), registry_id=_rendered(one.registry_id)
                )
                for one in (rule.destinations if isinstance(rule.destinations, tuple) else ())
                if isinstance(one, ReplicationDestination)
            ],
            repository_filters=[
                configuration.RepositoryFilterProperty(filter=str(text), filter_type=REPLICATION_FILTER_TYPE)
                for text in (rule.filters if isinstance(rule.filters, tuple) else ())
            ]
            or None,
        )
        for rule in rules
    ]
    return configuration.ReplicationConfigurationProperty(rules=rendered)


def _rendered(value: str | Unresolved) -> str:
    """The value; a token is carried as an Unresolved whose expression it is."""
    return value.expression if isinstance(value, Unresolved) else value
