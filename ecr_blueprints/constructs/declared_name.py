"""Whether a declared repository fits the registry: its name, and what is declared already."""

from __future__ import annotations

from collections.abc import Iterable

from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.registry.conflicts import Contribution, conflicts_with
from ecr_blueprints.registry.naming_exception import NamingException
from ecr_blueprints.registry.naming_fault import naming_fault
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository

__all__ = ["check_declared_name", "excepting", "raise_conflicts"]


def check_declared_name(registry: Registry, repository: Repository) -> None:
    """Hold a repository's name to the registry's convention and stages.

    Args:
        registry: The registry, with its recorded exceptions.
        repository: The declaration.

    Raises:
        InvalidValueError: The name does not follow the convention, or names a stage that is not declared.

    Practices: NAME-2
    """
    fault = naming_fault(registry, repository)
    if fault is not None:
        fix = f'{fault.fix}; an exception is the argument convention_exception="why the name stays"'
        raise InvalidValueError(fault.what, where=fault.where, allowed=fault.allowed, fix=fix)


def excepting(registry: Registry, repository: Repository, reason: str | None) -> Registry:
    """The registry with an exception to its convention for a repository, if there is a reason."""
    name = repository.known_name
    if reason is None or name is None:
        return registry
    return registry.with_naming_exception(NamingException(names=name, reason=reason))


def raise_conflicts(
    registry: Registry, contribution: Contribution, *, namesakes: Iterable[Repository] | None = None
) -> None:
    """Raise the first conflict that a contribution would cause.

    Args:
        registry: What there is.
        contribution: What is added.
        namesakes: As for `conflicts_with`.

    Raises:
        RegistryConflictError: With both parties.
    """
    for conflict in conflicts_with(registry, contribution, namesakes=namesakes):
        raise RegistryConflictError(conflict.message, where=str(conflict.source), fix=conflict.fix)
