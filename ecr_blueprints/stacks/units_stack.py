"""What every account of organizational units needs to pull, by stack sets."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Environment, Stack
from constructs import Construct

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.organization import OrganizationModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.organization_stack_set import OrganizationStackSet
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.stack_set import CallAs
from ecr_blueprints.stacks.consumer_access import ConsumerAccess
from ecr_blueprints.stacks.unit_endpoints import add_unit_endpoints

__all__ = ["UnitsStack"]


class UnitsStack(Stack):
    """A consumer in each account of organizational units: thirty accounts without thirty stacks.

    Creates the ``AWS::CloudFormation::StackSet`` ``<name>-pull-<consumer>``, which brings to each account
    what a `ConsumerStack` holds, in the Region of IAM's stacks, since IAM is global; and, where the consumer
    has a ``network``, the set ``<name>-endpoints-<consumer>``, which brings the endpoints to each of its
    Regions. New accounts of the units get both by themselves; the organization's management account never
    does. The registry admits the units by their paths, so that it need not know an account either.

    Nobody reads the outputs of thirty stacks: the policy is called ``<name>-pull-<consumer>`` and the roles
    ``<name>-pull-<consumer>-<nodes, tasks or pods>`` in every account, so that a cluster's template can name
    them. Roles named under ``roles`` have to exist in each account before, a new one too.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-units-<consumer>``.
        blueprint: The blueprint.
        organization: The organization, as the blueprint says it.
        name: The consumer's name.
        consumer: Who pulls what.
        registry: The registry with its caches; those of all Regions are alike.
        env: The account that deploys stack sets, and the Region in which they stand.

    Attributes:
        access: The stack set of the policy and the roles.
        endpoints: The stack set of the endpoints; None where there is no network.

    Practices: ACC-1, NET-1, OPS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        blueprint: RegistryBlueprint,
        organization: OrganizationModel,
        name: str,
        consumer: ConsumerModel,
        registry: RegistryReference,
        env: Environment,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Stack sets for pulling from the shared registry, in every account of the units.",
        )
        names = BlueprintNames.of(blueprint)
        units = [unit.rpartition("/")[2] for unit in consumer.units]
        call_as = CallAs.DELEGATED_ADMIN if organization.delegated else CallAs.SELF

        def fill_access(inner: cdk.Stack) -> None:
            inner.template_options.description = "What pulling from the shared registry needs."
            policy_name = names.pull(name)
            ConsumerAccess(inner, blueprint=blueprint, name=name, consumer=consumer, policy_name=policy_name)

        self.access = OrganizationStackSet(
            self,
            "Access",
            stack_set_name=names.pull(name),
            build=fill_access,
            units=units,
            regions=[blueprint.iam_region],
            description="What pulling from the shared registry needs: a policy, and the roles that have it.",
            call_as=call_as,
        )
        self.endpoints: OrganizationStackSet | None = None
        network = consumer.network
        if network is None:
            return

        def fill_endpoints(inner: cdk.Stack) -> None:
            inner.template_options.description = "VPC endpoints for pulling from the shared registry."
            add_unit_endpoints(
                inner, network=network, registry=registry, fill_caches=not blueprint.air_gapped
            )

        self.endpoints = OrganizationStackSet(
            self,
            "Endpoints",
            stack_set_name=names.unit_endpoints(name),
            build=fill_endpoints,
            units=units,
            regions=network.regions or blueprint.pull_regions,
            description="VPC endpoints for pulling from the shared registry.",
            call_as=call_as,
        )
