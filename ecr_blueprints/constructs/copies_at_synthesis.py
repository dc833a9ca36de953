"""Whether copies stay as long as the originals that this app declares, when all of them are declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import jsii
from constructs import IValidation

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ReplicationFilter
from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.longer import rule_that_loses
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.repository import Repository

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["CopiesAtSynthesis"]


@jsii.implements(IValidation)
class CopiesAtSynthesis:
    """CDK's hook at synthesis, for one rule of replication into registries of the app.

    Args:
        source: The registry from which images are copied.
        destinations: Those to which they are copied.
        prefixes: The rule's filters.
        path: The rule's construct path.
    """

    def __init__(
        self,
        source: PrivateRegistry,
        destinations: Sequence[PrivateRegistry],
        *,
        prefixes: Sequence[str],
        path: str,
    ) -> None:
        self._source = source
        self._destinations = tuple(destinations)
        self._filters = [ReplicationFilter(text) for text in prefixes]
        self._path = path

    def validate(self) -> list[str]:
        """What copies would lose, as errors of the synthesis: the first for each destination."""
        found = []
        for destination in self._destinations:
            found += list(self._losses(destination))[:1]
        return found

    def _losses(self, destination: PrivateRegistry) -> Iterator[str]:
        for repository in self._source.ledger.repositories:
            name = repository.known_name
            if name is None or not any(one.matches(name) for one in self._filters):
                continue
            if repository.is_released:  # Nothing is pushed to it, and so nothing copied.
                continue
            template = template_for(destination.ledger, name, AppliedFor.REPLICATION)
            if template is None or not isinstance(template.lifecycle_policy, str):
                continue
            rule = rule_that_loses(parse_lifecycle_policy(template.lifecycle_policy), _policy_of(repository))
            if rule is not None:
                described = f" ({rule.description})" if rule.description else ""
                yield (
                    f"{self._path}: rule {rule.priority}{described} of creation template "
                    f"{template.label!r} in {destination.ledger.label} may remove copies of {name!r} that "
                    "its own lifecycle policy keeps; allowed: the policy of the originals, or the same "
                    "rules with larger numbers; fix: give source_lifecycle, and a rule of its own for "
                    "prefixes whose repositories differ"
                )


def _policy_of(repository: Repository) -> LifecyclePolicy | None:
    text = repository.lifecycle_policy
    if not isinstance(text, str):
        return None
    try:
        return parse_lifecycle_policy(text)
    except LifecyclePolicyError:
        return None
