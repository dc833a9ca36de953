"""Repositories that exist with a KMS key, about to be imported under one that no template names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.encryption_change import in_words
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["with_undetermined_keys"]

_REPOSITORY: Final = "AWS::ECR::Repository"
_PROPERTY: Final = "EncryptionConfiguration"


def with_undetermined_keys(
    drifts: Iterable[Drift],
    live: Registry,
    declared: Registry,
    *,
    imported: Collection[str],
    stacks: Collection[str],
) -> Iterator[Drift]:
    """Adds that a repository's key is fixed, where its template has a key that only deployment determines.

    CloudFormation would take the template's word for it, and could not replace the repository once the
    template says otherwise. Where none of the stacks stands, the key is one that they make anew; where one
    does, it may be the very key.

    Args:
        drifts: The differences that are known.
        live: The registry that exists, with its owners.
        declared: The one that the templates declare.
        imported: The names of the repositories that are imported.
        stacks: The stacks of the templates.
    """
    stands = not {one.stack for one in live.owners.values()}.isdisjoint(stacks)
    there = {one.known_name: one.encryption for one in live.repositories}
    found: dict[str, Drift] = {}
    for repository in declared.repositories:
        name, wanted = repository.known_name, repository.encryption
        has = there.get(name)
        if name is None or name not in imported or not isinstance(has, Encryption):
            continue
        if not isinstance(has.kms_key, str) or not isinstance(wanted, Encryption):
            continue
        if not isinstance(wanted.kms_key, Unresolved):
            continue
        difference = Difference(
            property=_PROPERTY,
            impact=Impact.OPEN if stands else Impact.CANNOT,
            message=f"{in_words(has)} is fixed at creation, and a key is declared that "
            + ("only deployment determines: unless it is that one," if stands else "the stacks make anew:")
            + " name the ARN instead, in a blueprint under kms_keys",
        )
        found[name] = Drift(
            resource_type=_REPOSITORY,
            identifier=name,
            source=repository.source,
            differences=(difference,),
        )
    for drift in drifts:
        if drift.resource_type == _REPOSITORY and drift.identifier in found:
            yield replace(drift, differences=(*drift.differences, *found.pop(drift.identifier).differences))
        else:
            yield drift
    yield from found.values()
