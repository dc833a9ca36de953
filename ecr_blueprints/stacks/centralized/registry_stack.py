"""The registry-level settings of the shared-services account in one Region."""

from __future__ import annotations

from typing import Literal

from aws_cdk import Environment, Stack
from constructs import Construct

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
from ecr_blueprints.domain.stages import Stages

__all__ = ["RegistryStack"]


class RegistryStack(Stack):
    """One registry: scanning, registry policy, creation templates and pull-through caches.

    Args:
        scope: The app.
        construct_id: The stack's name, ``ecr-registry-<region>``.
        blueprint: The blueprint.
        env: The registry's account and Region.

    Attributes:
        registry: The owner of the registry-level settings; the repositories' stacks contribute to it.

    Practices: OPS-1
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, blueprint: Blueprint, env: Environment
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Registry-level settings of Amazon ECR: scanning, policy, templates and caches.",
        )
        self.registry = PrivateRegistry(
            self,
            "Registry",
            convention=blueprint.convention,
            stages=Stages.of({name: stage.production for name, stage in blueprint.stages.items()}),
            scanning=RegistryScanning(development=DevelopmentScanning(blueprint.scanning.development)),
            manage=RegistryManagement(
                scanning=_ownership(blueprint.manage.scanning),
                registry_policy=_ownership(blueprint.manage.registry_policy),
                root_template=_ownership(blueprint.manage.root_template),
            ),
        )
        for name, cache in blueprint.caches.items():
            self.registry.add_pull_through_cache(name, prefix=cache.prefix, secret_name=cache.secret)
        for consumer in blueprint.consumers.values():
            for name in consumer.caches:
                cache_construct = self.registry.cache(name)
                for account in consumer.accounts:
                    cache_construct.grant_pull_to_account(account)
                if consumer.org_paths:
                    cache_construct.grant_pull_to_organization_paths(*consumer.org_paths)


def _ownership(manage: bool | Literal["import"]) -> Ownership:
    if manage == "import":
        return Ownership.IMPORT
    return Ownership.MANAGED if manage else Ownership.UNMANAGED
