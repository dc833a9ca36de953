"""The registry-level settings of the registry's account in one Region."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.config.cache import CacheModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.consumer_policy import ConsumerPolicy
from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.stacks.blueprint_registry import BlueprintRegistry
from ecr_blueprints.stacks.construct_places import come_from
from ecr_blueprints.stacks.consumer_access import cache_prefix
from ecr_blueprints.stacks.made_last import make_what_stays_last
from ecr_blueprints.stacks.team_pushers import pipeline_issuers

__all__ = ["RegistryStack"]


class RegistryStack(Stack):
    """One registry: settings, key, scanning, signing, alerts, registry policy, creation templates, caches.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-registry-<region>``.
        blueprint: The blueprint.
        env: The registry's account and Region.
        partners: Accounts outside the organization whom repository policies may admit. Default: none.
        scanning_follows: Whether a baseline of the same blueprint scans the registry. Default: no.

    Attributes:
        blueprint_registry: What it holds.
        registry: The owner of the registry-level settings; the repositories' stacks contribute to it.
        seeding_policy: What filling the caches takes; None where workloads fill them by pulling.

    Practices: OPS-1, OPS-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        blueprint: RegistryBlueprint,
        env: Environment,
        partners: Sequence[str] = (),
        scanning_follows: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Registry-level settings of Amazon ECR: scanning, policy, templates and caches.",
        )
        come_from(scope, construct_id, blueprint.where("registry"))
        self.blueprint_registry = BlueprintRegistry(
            self, blueprint=blueprint, scanning_follows=scanning_follows
        )
        self.registry = self.blueprint_registry.registry
        self.seeding_policy: iam.ManagedPolicy | None = None
        for name, cache in blueprint.caches.items():
            with blueprint.at("caches", name):
                self._cache(name, cache, frozen=blueprint.air_gapped)
        for consumer_name, consumer in blueprint.consumers.items():
            for name in consumer.caches:
                cache_construct: PullThroughCache = self.registry.cache(name)
                fill = not blueprint.air_gapped
                if consumer.accounts:
                    with blueprint.at("consumers", consumer_name, "accounts"):
                        cache_construct.grant_pull_to_account(*consumer.accounts, fill=fill)
                if consumer.admitted_paths:
                    with blueprint.at("consumers", consumer_name, "org_paths"):
                        cache_construct.grant_pull_to_organization_paths(*consumer.admitted_paths, fill=fill)
        if blueprint.air_gapped and blueprint.caches and env.region == blueprint.iam_region:
            with blueprint.at("caches"):
                self._let_seed(blueprint)
        if blueprint.organization is not None:
            with blueprint.at("organization"):
                self.registry.deny_outside_organization(blueprint.organization.id, except_accounts=partners)
        # Providers are IAM's: the account has one of each, whatever its Regions.
        if blueprint.manage.pipeline_identity and env.region == blueprint.iam_region:
            with blueprint.at("teams"):
                for name, identity in pipeline_issuers(blueprint).items():
                    PipelineIdentityProvider(self, name, identity=identity)
        self.blueprint_registry.complete()
        make_what_stays_last(self)

    def _cache(self, name: str, cache: CacheModel, *, frozen: bool) -> None:
        exists, secret = bool(cache.existing), cache.secret
        construct = self.registry.add_pull_through_cache(
            name,
            prefix=cache.prefix,
            credential=secret if exists else None,
            secret_name=None if exists else secret,
            frozen=frozen,
        )
        if cache.existing is True:
            _import(construct)

    def _let_seed(self, blueprint: RegistryBlueprint) -> None:
        """Makes the policy of the role that fills the caches; IAM is global, and the account has one."""
        self.seeding_policy = ConsumerPolicy(
            self,
            "Seeding",
            account=blueprint.registry.account,
            regions=blueprint.pull_regions,
            caches=[cache_prefix(blueprint, name) for name in blueprint.caches],
            description="Fill the registry's caches, from where the internet is.",
        ).policy
        CfnOutput(
            self,
            "SeedingPolicyArn",
            value=self.seeding_policy.managed_policy_arn,
            description="For the role of the host that fills the caches.",
        )


def _import(cache: PullThroughCache) -> None:
    """Has an existing rule, and a template of its prefix, come in by an import.

    CloudFormation imports what says what becomes of it, and what refers to nothing that is not there yet. The
    rule is there already, so that no pull can come before the template; only a first deployment needs them in
    order.
    """
    for resource in (cache.resource, cache.template.resource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
    cache.resource.remove_resource_dependency(cache.template.resource)
