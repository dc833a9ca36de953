"""Which pushes are looked at for their signing: those that the registry's signing rules cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import jsii
from constructs import Construct, IValidation

from ecr_blueprints.constructs.argument_type import TEXTS, check_arguments, check_literal_text
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.repository_filter import SigningFilter
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.signing_configuration import SigningRule

__all__ = ["signed_filters", "watch_signed_filters"]

_BECAUSE: Final = "it decides which pushes are looked at"


def signed_filters(
    registry: RegistryReference | None, signed: Sequence[str] | None, *, where: str
) -> tuple[str, ...] | None:
    """The filters of what is signed, empty for everything; None if it is known that nothing is.

    Args:
        registry: The registry, if there is one.
        signed: As given, if it was.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A filter that signing does not know, or an empty list.
    """
    check_arguments({"signed": signed}, {"signed": TEXTS}, where=where)
    if signed is None:
        return () if registry is None else _filters_of(registry.ledger)
    if not signed:
        raise InvalidValueError(
            "signed names no repository",
            where=where,
            fix='write signed=["*"] for every push, or signing=None for no alert',
        )
    for one in signed:
        SigningFilter(check_literal_text(one, argument="a filter of signed", where=where, because=_BECAUSE))
    return tuple(signed)


def watch_signed_filters(
    construct: Construct, registry: RegistryReference, filters: tuple[str, ...] | None
) -> None:
    """Refuse at synthesis that the registry signs something else by then.

    Args:
        construct: What looks at the pushes.
        registry: The registry.
        filters: What `signed_filters` said.
    """
    construct.node.add_validation(_SignedFiltersHold(registry, filters))


@jsii.implements(IValidation)
class _SignedFiltersHold:
    def __init__(self, registry: RegistryReference, filters: tuple[str, ...] | None) -> None:
        self._registry = registry
        self._filters = filters

    def validate(self) -> list[str]:
        """What is wrong: that a signing rule was added after the alerts."""
        if _filters_of(self._registry.ledger) == self._filters:
            return []
        return [
            "signing rules were added to the registry after these alerts, which do not look at what they "
            "sign; fix: make OperationalAlerts after them, or name what is signed: signed=[…]"
        ]


def _filters_of(ledger: Registry) -> tuple[str, ...] | None:
    if not ledger.signing:
        return None
    found: list[str] = []
    for configuration in ledger.signing:
        if not isinstance(configuration.rules, tuple):
            return ()
        for rule in configuration.rules:
            if not isinstance(rule, SigningRule) or not isinstance(rule.filters, tuple) or not rule.filters:
                return ()
            texts = [one for one in rule.filters if isinstance(one, str)]
            if len(texts) != len(rule.filters):
                return ()
            found += texts
    return tuple(dict.fromkeys(found)) if found else None
