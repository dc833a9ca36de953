"""Replication from the main Region into others, both sides."""

from __future__ import annotations

from collections.abc import Mapping

from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.declared_copies import DeclaredCopies, declared_copies, replication_prefixes
from ecr_blueprints.constructs.accepted_replication import AcceptedReplication
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.registry_replication import RegistryReplication
from ecr_blueprints.stacks.registry_stack import RegistryStack
from ecr_blueprints.stacks.repositories_stack import RepositoriesStack

__all__ = ["replicate"]


def replicate(
    blueprint: CentralizedBlueprint,
    registries: Mapping[str, RegistryStack],
    repositories: Mapping[str, Mapping[str, RepositoriesStack]],
) -> None:
    """Has what is pushed in the main Region copied into the others that the blueprint names.

    Each of them gets the templates of the copies before the main Region gets the rule; where a Region has
    repositories of its own, they are there before the first copy could make one by a template: the stacks
    of the main Region depend on theirs.

    Args:
        blueprint: The blueprint; without `replication`, nothing happens.
        registries: Region → its registry.
        repositories: Region → its repositories, by their ``stack`` key.

    Practices: REPL-1, REPL-2, OPS-1
    """
    if blueprint.replication is None:
        return
    main = registries[blueprint.registry.regions[0]]
    destinations = dict.fromkeys(blueprint.replication.to)
    copies = declared_copies(blueprint)
    for region in destinations:
        for one in copies:
            _accept(registries[region], blueprint.registry.account, one)
    RegistryReplication(
        main,
        "Replication",
        registry=main.registry,
        prefixes=replication_prefixes(blueprint),
        destinations=[registries[region].registry for region in destinations],
    )
    for region in destinations:
        for key, stack in repositories.get(region, {}).items():
            main.add_stack_dependency(stack, "its repositories are declared, not made by the first copy")
            repositories[blueprint.registry.regions[0]][key].add_stack_dependency(
                stack, "as before the first push"
            )


def _accept(stack: RegistryStack, account: str, copies: DeclaredCopies) -> None:
    accepted = AcceptedReplication(
        stack,
        f"Copies-{copies.namespace.rstrip('/').replace('/', ':')}",
        registry=stack.registry,
        source_account=account,
        prefixes=[copies.namespace],
        template=CreationTemplateOptions(
            description="Copies of another Region's images",
            tag_mutability=copies.mutability,
            lifecycle=copies.lifecycle,
        ),
    )
    for consumer in copies.consumers.values():
        if consumer.accounts:
            accepted.grant_pull_to_account(*consumer.accounts)
        if consumer.admitted_paths:
            accepted.grant_pull_to_organization_paths(*consumer.admitted_paths)
