"""Amazon ECR, done right, as code.

The names below are imported when they are first used, so that the command line and the review
never load the CDK. Constructs need the extra ``cdk``: ``pip install "ecr-blueprints[cdk]"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecr_blueprints._version import __version__

if TYPE_CHECKING:
    from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
    from ecr_blueprints.constructs.image_repository import ImageRepository
    from ecr_blueprints.constructs.private_registry import PrivateRegistry
    from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
    from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
    from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
    from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
    from ecr_blueprints.constructs.repository_grants import RepositoryGrants
    from ecr_blueprints.domain.creation_template import AppliedFor
    from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
    from ecr_blueprints.lifecycle.policy import LifecyclePolicy
    from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
    from ecr_blueprints.lifecycle.rule import LifecycleRule

__all__ = [
    "AppliedFor",
    "CreationTemplateOptions",
    "DevelopmentScanning",
    "ImageRepository",
    "LifecyclePolicy",
    "LifecycleRule",
    "Ownership",
    "PrivateRegistry",
    "PullThroughCache",
    "RegistryManagement",
    "RegistryScanning",
    "RepositoryCreationTemplate",
    "RepositoryGrants",
    "RepositoryKind",
    "Retention",
    "UpstreamRegistry",
    "__version__",
]

_MODULES = {
    "AppliedFor": "ecr_blueprints.domain.creation_template",
    "CreationTemplateOptions": "ecr_blueprints.constructs.creation_template_options",
    "DevelopmentScanning": "ecr_blueprints.constructs.registry_scanning",
    "ImageRepository": "ecr_blueprints.constructs.image_repository",
    "LifecyclePolicy": "ecr_blueprints.lifecycle.policy",
    "LifecycleRule": "ecr_blueprints.lifecycle.rule",
    "Ownership": "ecr_blueprints.constructs.registry_management",
    "PrivateRegistry": "ecr_blueprints.constructs.private_registry",
    "PullThroughCache": "ecr_blueprints.constructs.pull_through_cache",
    "RegistryManagement": "ecr_blueprints.constructs.registry_management",
    "RegistryScanning": "ecr_blueprints.constructs.registry_scanning",
    "RepositoryCreationTemplate": "ecr_blueprints.constructs.repository_creation_template",
    "RepositoryGrants": "ecr_blueprints.constructs.repository_grants",
    "RepositoryKind": "ecr_blueprints.lifecycle.retention",
    "Retention": "ecr_blueprints.lifecycle.retention",
    "UpstreamRegistry": "ecr_blueprints.domain.upstream_registry",
}


def __getattr__(name: str) -> object:
    """Imports a public name when it is first used.

    Raises:
        MissingDependencyError: The name is a construct and the extra ``cdk`` is not installed.
        AttributeError: There is no such name.
    """
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted({*globals(), *__all__})
