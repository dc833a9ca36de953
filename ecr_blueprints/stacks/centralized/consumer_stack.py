"""What a workload account needs to pull from the registry account."""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.domain.actions import AUTHORIZE, CREATE, IMPORT_UPSTREAM, PULL
from ecr_blueprints.domain.principals import partition_of, registry_uri
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
        blueprint: Blueprint,
        consumer: ConsumerModel,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="What pulling from the shared registry needs."
        )
        arns = [
            f"arn:{partition_of(region).name}:ecr:{region}:{blueprint.registry.account}:repository/"
            for region in blueprint.registry.regions
        ]
        prefixes = [_cache_prefix(blueprint, name) for name in consumer.caches]
        cached = [f"{arn}{prefix}/*" for arn in arns for prefix in prefixes]
        statements = [
            iam.PolicyStatement(
                sid="LogIn",
                # ECR knows no narrower resource for it (facts §6).
                actions=list(AUTHORIZE),
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="Pull",
                actions=list(PULL),
                resources=[*(f"{arn}{pattern}" for arn in arns for pattern in consumer.pull), *cached],
            ),
        ]
        if cached:
            statements.append(
                iam.PolicyStatement(
                    sid="PullThroughCaches",
                    actions=[*IMPORT_UPSTREAM, *CREATE],
                    resources=cached,
                )
            )
        self.pull_policy = iam.ManagedPolicy(
            self, "Pull", description="Pull from the shared registry.", statements=statements
        )
        CfnOutput(self, "PullPolicyArn", value=self.pull_policy.managed_policy_arn)
        for region in blueprint.registry.regions:
            CfnOutput(
                self,
                f"Registry{region.replace('-', '')}",
                value=registry_uri(blueprint.registry.account, region),
                description=f"The registry's address in {region}.",
            )


def _cache_prefix(blueprint: Blueprint, name: str) -> str:
    prefix = blueprint.caches[name].prefix
    return UpstreamRegistry.parse(name).default_prefix if prefix is None else prefix.removesuffix("/")
