"""What a registry contract adds to a registry that was read elsewhere.

A team's template does not hold the registry-level settings that its repositories live under. The
contract does: it completes the registry, so that a judgement which needs those settings can be made.
What the source declares wins over the contract. What comes from the contract is *context*: rules
judge with it, and nothing is reported on it. Its place (``source.template``) is the contract's file,
which tells it apart from everything that a template declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.errors import ContractError
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.contract import Contract
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry

__all__ = ["complete_registry", "entry_for", "select_entry"]

_Prefixed = TypeVar("_Prefixed", CreationTemplate, CacheRule)


def entry_for(registry: Registry, contract: Contract) -> Registry | None:
    """The contract's entry for a registry that was read from a template.

    Args:
        registry: The registry; its account and Region may be unknown.
        contract: The contract.

    Returns:
        The entry of the same account and Region. Where a part is not known on either side, the only
        entry that agrees with what is known. None if the contract says nothing of this registry.

    Raises:
        ContractError: Several entries agree; ``allowed`` lists them.
    """
    fitting = [
        entry
        for entry in contract.registries
        if _agree(entry.account, registry.account) and _agree(entry.region, registry.region)
    ]
    if registry.account is not None and registry.region is not None:
        for entry in fitting:
            if (entry.account, entry.region) == (registry.account, registry.region):
                return entry
    if len(fitting) > 1:
        raise ContractError(
            f"the contract holds {len(fitting)} registries that {registry.label} may be",
            allowed=", ".join(entry.label for entry in fitting),
            fix="say which account and Region is meant",
        )
    return fitting[0] if fitting else None


def select_entry(contract: Contract, label: str, *, where: str = "registry.json") -> Contract:
    """The contract with one entry only.

    Args:
        contract: The contract.
        label: The entry's account and Region, such as ``111122223333/eu-west-1``.
        where: How to name the contract in errors. Default: ``registry.json``.

    Raises:
        ContractError: The contract holds no such entry.
    """
    selected = tuple(entry for entry in contract.registries if entry.label == label)
    if not selected:
        raise ContractError(
            f"the contract holds no registry {label!r}",
            where=where,
            allowed=", ".join(entry.label for entry in contract.registries),
        )
    return Contract(registries=selected[:1])


def complete_registry(registry: Registry, entry: Registry) -> Registry:
    """The registry with what the contract's entry knows and the source does not declare.

    Args:
        registry: What the source declares.
        entry: The contract's entry for it.

    Returns:
        The registry with the entry's declaration of production and build caches, its encryption, scanning and
        signing configuration if the source declares none, and its creation templates and caches under
        prefixes that the source does not declare itself. Context stands before what the source declares,
        so that a conflict is found at the declaration and not at the context. The absence of what neither
        holds is known to be one.
    """
    return replace(
        registry,
        production=_production(registry.production, entry.production),
        base_prefixes=tuple(dict.fromkeys((*entry.base_prefixes, *registry.base_prefixes))),
        naming_exceptions=(*entry.naming_exceptions, *registry.naming_exceptions),
        scanning=registry.scanning if registry.scanning else entry.scanning,
        signing=registry.signing if registry.signing else entry.signing,
        required_tags=tuple(dict.fromkeys((*entry.required_tags, *registry.required_tags))),
        encryption=entry.encryption if registry.encryption is None else registry.encryption,
        build_caches=(*entry.build_caches, *registry.build_caches),
        creation_templates=(
            *_undeclared(entry.creation_templates, registry.creation_templates),
            *registry.creation_templates,
        ),
        cache_rules=(*_undeclared(entry.cache_rules, registry.cache_rules), *registry.cache_rules),
        has_contract=True,
    )


def _agree(known: str | None, asked: str | None) -> bool:
    return known is None or asked is None or known == asked


def _production(declared: ProductionScope, known: ProductionScope) -> ProductionScope:
    return ProductionScope(
        convention=known.convention if declared.convention is None else declared.convention,
        stages=known.stages if declared.stages is None else declared.stages,
        whole_registry=known.whole_registry if declared.whole_registry is None else declared.whole_registry,
    )


def _undeclared(known: Sequence[_Prefixed], declared: Sequence[_Prefixed]) -> tuple[_Prefixed, ...]:
    taken = {one.known_prefix for one in declared}
    return tuple(one for one in known if one.known_prefix not in taken)
