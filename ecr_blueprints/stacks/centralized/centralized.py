"""The stacks of the centralized operating model."""

from __future__ import annotations

from collections import defaultdict

from aws_cdk import App, Environment, Tags

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.declared_repository import DeclaredRepository, declared_repositories
from ecr_blueprints.stacks.centralized.replication import replicate
from ecr_blueprints.stacks.consumers import build_consumers
from ecr_blueprints.stacks.registry_stack import RegistryStack
from ecr_blueprints.stacks.repositories_stack import RepositoriesStack

__all__ = ["build_centralized"]


def build_centralized(app: App, blueprint: CentralizedBlueprint) -> None:
    """Adds the stacks of the registry account in each Region and of each workload account.

    A stack's name comes from what it is for and never from what is in it, so that adding a team or
    a repository moves nothing:

    * ``<name>-registry-<region>``: scanning, registry policy, creation templates, caches; also in the Regions
      that have copies alone.
    * ``<name>-repositories-<stack key>-<region>``: repositories.
    * those of the consumers; see `build_consumers`.

    All stacks stand directly in the app, so that ``cdk deploy --all`` takes them; a stage of the CDK
    would hide them from it.

    Practices: OPS-1
    """
    names = BlueprintNames.of(blueprint)
    by_stack: defaultdict[str, list[DeclaredRepository]] = defaultdict(list)
    for repository in declared_repositories(blueprint):
        by_stack[repository.stack].append(repository)
    registries: dict[str, RegistryStack] = {}
    repositories_in: dict[str, dict[str, RepositoriesStack]] = {}
    for region in blueprint.pull_regions:
        environment = Environment(account=blueprint.registry.account, region=region)
        registries[region] = RegistryStack(app, names.registry(region), blueprint=blueprint, env=environment)
        if region in blueprint.recovery_regions:
            continue
        repositories_in[region] = {
            key: RepositoriesStack(
                app,
                names.repositories(key, region),
                registry=registries[region].registry,
                blueprint=blueprint,
                repositories=repositories,
                env=environment,
            )
            for key, repositories in by_stack.items()
        }
    with blueprint.at("replication"):
        replicate(blueprint, registries, repositories_in)
    build_consumers(app, blueprint, {region: one.registry for region, one in registries.items()})
    for key, value in blueprint.tags.items():
        Tags.of(app).add(key, value, priority=50)
