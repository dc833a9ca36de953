"""Whether an organization's property injectors have a say in the repositories of a scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import IConstruct, IValidation

__all__ = ["InjectsOthers", "has_own_defaults", "is_injected", "stands_alone", "with_own_defaults"]

_LATER: Final = "_ecr_blueprints_later_injectors"
"""The attribute of a construct that was asked and has no injector: what looks at it again."""

_LATE_WARNING: Final = "ecr-blueprints:late-property-injector"
"""The id of the warning that an injector came after repositories that it did not reach."""


_HAS_OWN_DEFAULTS: Final[ContextVar[bool]] = ContextVar("_HAS_OWN_DEFAULTS", default=False)


class InjectsOthers:
    """An injector of the library's: it leaves an `ImageRepository` alone, which has defaults by its kind."""


@contextmanager
def with_own_defaults() -> Iterator[None]:
    """While an `ImageRepository` is made: CDK does not tell an injector which class it is asked for."""
    before = _HAS_OWN_DEFAULTS.set(True)
    try:
        yield
    finally:
        _HAS_OWN_DEFAULTS.reset(before)


def has_own_defaults() -> bool:
    """Whether the repository that is being made is an `ImageRepository`, or a subclass of it."""
    return _HAS_OWN_DEFAULTS.get()


def is_injected(scope: IConstruct) -> bool:
    """Whether a property injector for ``ecr.Repository`` stands on a scope or above it.

    A scope where none stands is asked once. Synthesis warns where one was added later: repositories that were
    made in between had the library's defaults passed to it as if they had been given.

    Args:
        scope: Where a repository is to be.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/blueprints.html
    """
    asked: list[IConstruct] = []
    construct: IConstruct | None = scope
    while construct is not None and _LATER not in vars(construct):
        if _has_injector(construct):
            return True
        asked.append(construct)
        construct = construct.node.scope
    if not asked:
        return False
    if construct is None:
        later = _LaterInjectors()
        asked[-1].node.add_validation(later)
    else:
        later = vars(construct)[_LATER]
    later.constructs.extend(asked)
    for one in asked:
        vars(one)[_LATER] = later
    return False


def stands_alone(construct: IConstruct, scope: IConstruct) -> None:
    """Note that a construct was just made without an injector of its own: only those above it count so far.

    Args:
        construct: The construct.
        scope: The scope to which it belongs.
    """
    if not is_injected(scope):
        later: _LaterInjectors = vars(scope)[_LATER]
        later.constructs.append(construct)
        vars(construct)[_LATER] = later


def _has_injector(construct: IConstruct) -> bool:
    if not cdk.PropertyInjectors.has_property_injectors(construct):
        return False
    injector = cdk.PropertyInjectors.of(construct).for_(ecr.Repository.PROPERTY_INJECTION_ID)
    return injector is not None and not isinstance(injector, InjectsOthers)


@jsii.implements(IValidation)
class _LaterInjectors:
    """CDK asks this once, when the app is synthesized."""

    def __init__(self) -> None:
        self.constructs: list[IConstruct] = []

    def validate(self) -> list[str]:
        """No errors; a warning where an injector was added later."""
        for construct in self.constructs:
            if _has_injector(construct):
                cdk.Validations.of(construct).add_warning(
                    _LATE_WARNING,
                    "a property injector for ecr.Repository was added after an ImageRepository had been "
                    "made here; those made since have the library's defaults where the injector only fills "
                    "in what is not given. Add it before the first of them",
                )
        return []
