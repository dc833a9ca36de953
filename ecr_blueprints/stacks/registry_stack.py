"""The registry-level settings of the registry's account in one Region."""

from __future__ import annotations

from aws_cdk import Environment, RemovalPolicy, Stack
from constructs import Construct

from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.constructs.pipeline_identity_provider import PipelineIdentityProvider
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.stacks.blueprint_registry import BlueprintRegistry
from ecr_blueprints.stacks.team_pushers import pipeline_issuers

__all__ = ["RegistryStack"]


class RegistryStack(Stack):
    """One registry: settings, key, scanning, signing, alerts, registry policy, creation templates, caches.

    Args:
        scope: The app.
        construct_id: The stack's name, ``ecr-registry-<region>``.
        blueprint: The blueprint.
        env: The registry's account and Region.

    Attributes:
        blueprint_registry: What it holds.
        registry: The owner of the registry-level settings; the repositories' stacks contribute to it.

    Practices: OPS-1, OPS-3
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, blueprint: RegistryBlueprint, env: Environment
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Registry-level settings of Amazon ECR: scanning, policy, templates and caches.",
        )
        self.blueprint_registry = BlueprintRegistry(self, blueprint=blueprint)
        self.registry = self.blueprint_registry.registry
        for name, cache in blueprint.caches.items():
            if cache.existing:
                _import(
                    self.registry.add_pull_through_cache(name, prefix=cache.prefix, credential=cache.secret)
                )
            else:
                self.registry.add_pull_through_cache(name, prefix=cache.prefix, secret_name=cache.secret)
        for consumer in blueprint.consumers.values():
            for name in consumer.caches:
                cache_construct: PullThroughCache = self.registry.cache(name)
                for account in consumer.accounts:
                    cache_construct.grant_pull_to_account(account)
                if consumer.admitted_paths:
                    cache_construct.grant_pull_to_organization_paths(*consumer.admitted_paths)
        if blueprint.organization is not None:
            self.registry.deny_outside_organization(blueprint.organization.id)
        # Providers are IAM's: the account has one of each, whatever its Regions.
        if blueprint.manage.pipeline_identity and env.region == blueprint.registry.regions[0]:
            for name, identity in pipeline_issuers(blueprint).items():
                PipelineIdentityProvider(self, name, identity=identity)
        self.blueprint_registry.complete()


def _import(cache: PullThroughCache) -> None:
    """Has an existing rule, and a template of its prefix, come in by an import.

    CloudFormation imports what says what becomes of it, and what refers to nothing that is not there yet. The
    rule is there already, so that no pull can come before the template; only a first deployment needs them in
    order.
    """
    for resource in (cache.resource, cache.template.resource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
    cache.resource.remove_resource_dependency(cache.template.resource)
