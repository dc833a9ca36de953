"""What lets a workload account pull from the shared registry: a policy, the roles, and what clusters ask."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.domain.managed_policy import MAX_MANAGED_POLICIES_PER_ROLE
from ecr_blueprints.domain.principals import registry_uri
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.domain.workload import ASSUME_ACTIONS, WORKLOAD_SERVICES, Workload

__all__ = ["ConsumerAccess", "cache_prefix"]


class ConsumerAccess:
    """The pull policy of a consumer in one account, and the roles that have it.

    It is no construct, so that nothing stands between the stack and what it holds, be it a stack of the app
    or the template of a stack set. Logical IDs follow from the ids ``Pull``, ``Role-<name>`` and
    ``PullRole<workload>``.

    A made role does what its policies say and nothing else: a node needs more than pulling, which `policies`
    of the blueprint or the cluster's own stack gives it. Trust is by service, since neither the nodes nor the
    tasks have a cluster that could be named here.

    Args:
        stack: The stack of the workload account.
        blueprint: The blueprint.
        name: The consumer's name.
        consumer: Who pulls what.
        policy_name: The name of the pull policy. Default: CloudFormation generates one.

    Attributes:
        pull_policy: The managed policy.
        pull_roles: The roles that are made, by what they are for.

    Practices: ACC-1, PTC-4, OPS-1
    """

    def __init__(
        self,
        stack: Stack,
        *,
        blueprint: RegistryBlueprint,
        name: str,
        consumer: ConsumerModel,
        policy_name: str | None = None,
    ) -> None:
        registry = blueprint.registry
        prefixes = [cache_prefix(blueprint, cache) for cache in consumer.caches]
        # Without egress caches are pulled from like any repository: nobody here fills them.
        pulled = [f"{prefix}/*" for prefix in prefixes] if blueprint.air_gapped else []
        self.pull_policy = ConsumerPolicy(
            stack,
            "Pull",
            account=registry.account,
            regions=blueprint.pull_regions,
            pull=[*consumer.pull, *pulled],
            caches=[] if blueprint.air_gapped else prefixes,
            description="Pull from the shared registry.",
            managed_policy_name=policy_name,
            roles=[iam.Role.from_role_name(stack, f"Role-{role}", role) for role in consumer.roles],
        ).policy
        made: dict[Workload, iam.Role] = {}
        for key, model in consumer.pull_roles.made.items():
            workload = Workload(key)
            role = iam.Role(
                stack,
                f"PullRole{workload.title()}",
                role_name=BlueprintNames.of(blueprint).pull_role(name, workload),
                description=f"Pulls from the shared registry: {workload}.",
                assumed_by=_trust(workload),
                managed_policies=[
                    self.pull_policy,
                    *(iam.ManagedPolicy.from_aws_managed_policy_name(one) for one in model.policies),
                ],
            )
            made[workload] = role
            warn_of_quota(
                role,
                "managed-policies-per-role",
                used=1 + len(model.policies),
                limit=MAX_MANAGED_POLICIES_PER_ROLE,
                what="managed policies of a role",
                advice="ask AWS for more before it is used up, or give the role less",
                raised=True,
            )
            CfnOutput(
                stack,
                f"PullRole{workload.title()}Arn",
                value=role.role_arn,
                description=f"The role for {workload} that pull from the shared registry.",
            )
        self.pull_roles: Mapping[Workload, iam.Role] = MappingProxyType(made)
        CfnOutput(stack, "PullPolicyArn", value=self.pull_policy.managed_policy_arn)
        for region in blueprint.pull_regions:
            host, suffix = registry_uri(registry.account, region), region.replace("-", "")
            CfnOutput(
                stack, f"Registry{suffix}", value=host, description=f"The registry's address in {region}."
            )
            for cache in consumer.caches:
                CfnOutput(
                    stack,
                    f"Cache-{cache}-{suffix}",
                    value=f"{host}/{cache_prefix(blueprint, cache)}",
                    description=f"Where {cache} is pulled from in {region}.",
                )


def cache_prefix(blueprint: RegistryBlueprint, name: str) -> str:
    """The prefix of the repositories of a cache, without a slash at its end.

    Args:
        blueprint: The blueprint.
        name: The cache's key in it.
    """
    prefix = blueprint.caches[name].prefix
    return UpstreamRegistry.parse(name).default_prefix if prefix is None else prefix.removesuffix("/")


def _trust(workload: Workload) -> iam.IPrincipal:
    service = iam.ServicePrincipal(WORKLOAD_SERVICES[workload])
    return service.with_session_tags() if "sts:TagSession" in ASSUME_ACTIONS[workload] else service
