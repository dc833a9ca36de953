"""The lifecycle policy of a declared repository, as the blueprint means it."""

from __future__ import annotations

import json

from ecr_blueprints.config.declared_repository import DeclaredRepository
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention

__all__ = ["declared_lifecycle"]


def declared_lifecycle(repository: DeclaredRepository) -> LifecyclePolicy:
    """Its own policy, or the one that its retention gives.

    Args:
        repository: The repository.

    Raises:
        InvalidValueError: What the file says is no policy.
    """
    model, retention = repository.model, repository.retention
    if retention is None:
        return parse_lifecycle_policy(json.dumps({"rules": list(model.lifecycle or ())}, default=str))
    return Retention(
        keep=retention.keep,
        builds=retention.builds,
        builds_days=retention.builds_days,
        untagged_days=retention.untagged_days,
    ).policy(RepositoryKind(model.kind), immutable_tags=not model.moving_tags)
