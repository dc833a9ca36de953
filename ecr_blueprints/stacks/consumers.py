"""The stacks of everybody who pulls from the registry of a blueprint."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import App, Environment, Stack

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.blueprint_places import placed_errors
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.stacks.construct_places import come_from
from ecr_blueprints.stacks.consumer_stack import ConsumerStack
from ecr_blueprints.stacks.endpoints_stack import EndpointsStack
from ecr_blueprints.stacks.stack_claim import claim
from ecr_blueprints.stacks.units_stack import UnitsStack

__all__ = ["build_consumers"]


def build_consumers(
    app: App, blueprint: RegistryBlueprint, registries: Mapping[str, RegistryReference]
) -> None:
    """Adds the stacks of the workload accounts.

    * ``<name>-consumer-<consumer>-<account>``: the pull policy, and the roles that have it.
    * ``<name>-endpoints-<account>-<region>``: the endpoints of the account's VPCs.
    * ``<name>-units-<consumer>``: stack sets that bring both to every account of organizational units.

    Each is marked as this registry's, so that another registry's blueprint cannot take it over; see `claim`.

    Args:
        app: The app.
        blueprint: The blueprint.
        registries: The registry of each Region, complete with its caches.
    """
    names = BlueprintNames.of(blueprint)
    stacks: list[Stack] = []
    for name, consumer in blueprint.consumers.items():
        where = blueprint.where("consumers", name)
        for account in consumer.accounts:
            come_from(app, names.consumer(name, account), where)
            with placed_errors(where):
                stacks.append(
                    ConsumerStack(
                        app,
                        names.consumer(name, account),
                        blueprint=blueprint,
                        name=name,
                        consumer=consumer,
                        env=Environment(account=account, region=blueprint.iam_region),
                    )
                )
        if consumer.units and blueprint.organization is not None:
            come_from(app, names.units(name), where)
            with placed_errors(where):
                stacks.append(
                    UnitsStack(
                        app,
                        names.units(name),
                        blueprint=blueprint,
                        organization=blueprint.organization,
                        name=name,
                        consumer=consumer,
                        registry=registries[blueprint.iam_region],
                        env=Environment(
                            account=blueprint.organization.administrator, region=blueprint.iam_region
                        ),
                    )
                )
    for account, regions in blueprint.networks.items():
        for region, networks in regions.items():
            where = blueprint.where("networks", account, region)
            come_from(app, names.endpoints(account, region), where)
            with placed_errors(where):
                stacks.append(
                    EndpointsStack(
                        app,
                        names.endpoints(account, region),
                        networks=networks,
                        registry=registries[region],
                        fill_caches=not blueprint.air_gapped,
                        env=Environment(account=account, region=region),
                    )
                )
    for stack in stacks:
        claim(stack, registry_account=blueprint.registry.account)
