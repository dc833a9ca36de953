"""The images that a blueprint's registry has to be filled with, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.domain.principals import registry_uri
from ecr_blueprints.domain.upstream_image import UpstreamImage, check_tagged_name
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.registry.seeding_list import Filling, Seed

__all__ = ["declared_seeds"]


def declared_seeds(blueprint: RegistryBlueprint) -> Iterator[Seed]:
    """What the caches of every Region are filled with, and the frozen copies where there are repositories.

    Args:
        blueprint: The whole blueprint.
    """
    repositories = [
        repository
        for repository in declared_repositories(blueprint)
        if repository.model.copies and repository.model.state != "retired"
    ]
    for region in blueprint.pull_regions:
        host = registry_uri(blueprint.registry.account, region)
        for name, cache in blueprint.caches.items():
            upstream = UpstreamRegistry.parse(name)
            prefix = upstream.default_prefix if cache.prefix is None else cache.prefix.rstrip("/")
            for image, digest in cache.seeds.items():
                repository_name, tag = check_tagged_name(image)
                yield Seed(
                    source=f"{upstream.reference_host}/{repository_name}",
                    digest=digest,
                    target=f"{host}/{prefix}/{repository_name}",
                    tag=tag,
                    region=region,
                    filling=Filling.PULL_THROUGH,
                )
        if region not in blueprint.registry.regions:
            continue
        for repository in repositories:
            for tag, text in repository.model.copies.items():
                original = UpstreamImage.parse(text)
                yield Seed(
                    source=original.repository,
                    digest=original.digest,
                    target=f"{host}/{repository.name}",
                    tag=tag,
                    region=region,
                    filling=Filling.COPY,
                )
