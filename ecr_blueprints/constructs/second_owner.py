"""Other people's resources that set what a `PrivateRegistry` owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.registry.singleton import SingletonKind

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["second_owners"]


def second_owners(registry: PrivateRegistry) -> list[str]:
    """The resources of the app that set, in the registry's account and Region, what it sets itself.

    A construct of this library cannot; a ``CfnRegistryPolicy`` beside it can, and of the two the one that is
    deployed last stays, or the second fails. Looked for at synthesis, when everything is there.

    Args:
        registry: The registry.

    Returns:
        Errors of the synthesis, which name both; empty for most.

    Practices: REG-4
    """
    owned = {
        SingletonKind.SCANNING: registry.scanning_configuration,
        SingletonKind.REGISTRY_POLICY: registry.registry_policy,
        SingletonKind.REPLICATION: registry.replication_configuration,
        SingletonKind.SIGNING: registry.signing_configuration,
    }
    root, found = registry.node.root, []
    for kind, ours in owned.items():
        if ours is None:
            continue
        for other in cdk.ConstructSelector.resources_of_type(str(kind)).select(root):
            path = other.node.path
            if path == ours.node.path or not _is_in(registry, cdk.Stack.of(other)):
                continue
            found.append(
                f"an account and Region has one {kind.words}; {ours.node.path} and {path} both set that of "
                f"{registry.ledger.label}; fix: let {registry.node.path} own it and contribute to it, or "
                "leave it unmanaged there (RegistryManagement)"
            )
    return found


def _is_in(registry: PrivateRegistry, stack: cdk.Stack) -> bool:
    """Whether a stack goes where the registry is; what either leaves open says nothing."""
    for known, own in ((registry.account, stack.account), (registry.region, stack.region)):
        if is_token(own) is not (known is None) or (known is not None and own != known):
            return False
    return True
