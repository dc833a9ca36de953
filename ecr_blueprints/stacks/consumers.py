"""The stacks of everybody who pulls from the registry of a blueprint."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import App, Environment

from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.stacks.consumer_stack import ConsumerStack
from ecr_blueprints.stacks.endpoints_stack import EndpointsStack
from ecr_blueprints.stacks.units_stack import UnitsStack

__all__ = ["build_consumers"]


def build_consumers(
    app: App, blueprint: RegistryBlueprint, registries: Mapping[str, RegistryReference]
) -> None:
    """Adds the stacks of the workload accounts.

    * ``ecr-consumer-<consumer>-<account>``: the pull policy, and the roles that have it.
    * ``ecr-endpoints-<account>-<region>``: the endpoints of the account's VPCs.
    * ``ecr-units-<consumer>``: stack sets that bring both to every account of organizational units.

    Args:
        app: The app.
        blueprint: The blueprint.
        registries: The registry of each Region, complete with its caches.
    """
    for name, consumer in blueprint.consumers.items():
        for account in consumer.accounts:
            ConsumerStack(
                app,
                f"ecr-consumer-{name}-{account}",
                blueprint=blueprint,
                name=name,
                consumer=consumer,
                env=Environment(account=account, region=blueprint.iam_region),
            )
        if consumer.units and blueprint.organization is not None:
            UnitsStack(
                app,
                f"ecr-units-{name}",
                blueprint=blueprint,
                organization=blueprint.organization,
                name=name,
                consumer=consumer,
                registry=registries[blueprint.iam_region],
                env=Environment(account=blueprint.organization.administrator, region=blueprint.iam_region),
            )
    for account, regions in blueprint.networks.items():
        for region, networks in regions.items():
            EndpointsStack(
                app,
                f"ecr-endpoints-{account}-{region}",
                networks=networks,
                registry=registries[region],
                fill_caches=not blueprint.air_gapped,
                env=Environment(account=account, region=region),
            )
