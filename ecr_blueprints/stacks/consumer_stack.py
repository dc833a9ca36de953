"""What a workload account needs to pull from the registry account."""

from __future__ import annotations

from aws_cdk import Environment, Stack
from constructs import Construct

from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.stacks.consumer_access import ConsumerAccess

__all__ = ["ConsumerStack"]


class ConsumerStack(Stack):
    """A managed policy for the roles that pull: cluster nodes, task execution roles, functions.

    A pull from another account needs both sides: the repository policy in the registry account, and
    this identity policy here (facts §6). Creates one ``AWS::IAM::ManagedPolicy``, attached to the ``roles``
    of the consumer, which exist, and one ``AWS::IAM::Role`` for each of its ``pull_roles``, called
    ``<name>-pull-<consumer>-<nodes, tasks or pods>``. The outputs say what a cluster asks: the ARNs, the
    registry's address and that of each cache in each Region.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-consumer-<consumer>-<account>``.
        blueprint: The blueprint.
        name: The consumer's name.
        consumer: Who pulls what.
        env: The workload account; IAM is global, the Region is where the stack lives.

    Attributes:
        access: What it holds.

    Practices: ACC-1, OPS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        blueprint: RegistryBlueprint,
        name: str,
        consumer: ConsumerModel,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="What pulling from the shared registry needs."
        )
        self.access = ConsumerAccess(self, blueprint=blueprint, name=name, consumer=consumer)
