"""What a workload account needs to pull from the registry account."""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
from ecr_blueprints.domain.principals import registry_uri
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry

__all__ = ["ConsumerStack"]


class ConsumerStack(Stack):
    """A managed policy for the roles that pull: cluster nodes, task execution roles, functions.

    A pull from another account needs both sides: the repository policy in the registry account, and
    this identity policy here (facts §6). Creates one ``AWS::IAM::ManagedPolicy``; attach it to roles.

    Args:
        scope: The app.
        construct_id: The stack's name, ``ecr-consumer-<consumer>-<account>``.
        blueprint: The blueprint.
        consumer: Who pulls what.
        env: The workload account; IAM is global, the Region is where the stack lives.

    Practices: ACC-1, OPS-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        blueprint: RegistryBlueprint,
        consumer: ConsumerModel,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="What pulling from the shared registry needs."
        )
        self.pull_policy = ConsumerPolicy(
            self,
            "Pull",
            account=blueprint.registry.account,
            regions=blueprint.pull_regions,
            pull=consumer.pull,
            caches=[_cache_prefix(blueprint, name) for name in consumer.caches],
            description="Pull from the shared registry.",
        ).policy
        CfnOutput(self, "PullPolicyArn", value=self.pull_policy.managed_policy_arn)
        for region in blueprint.pull_regions:
            CfnOutput(
                self,
                f"Registry{region.replace('-', '')}",
                value=registry_uri(blueprint.registry.account, region),
                description=f"The registry's address in {region}.",
            )


def _cache_prefix(blueprint: RegistryBlueprint, name: str) -> str:
    prefix = blueprint.caches[name].prefix
    return UpstreamRegistry.parse(name).default_prefix if prefix is None else prefix.removesuffix("/")
