"""What happens to a repository when it leaves the template or is replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY, is_deletion_allowed
from ecr_blueprints.registry.repository import DeletionPolicy

__all__ = [
    "DELETION_POLICIES",
    "KEPT_ONCE_CREATED",
    "RepositoryDeletion",
    "remove_auto_delete",
    "warn_of_kept_repository",
]

_DELETED: Final = DeletionPolicy(on_delete="Delete", on_replace="Delete")
_KEPT: Final = DeletionPolicy(on_delete="Retain", on_replace="Retain")

KEPT_ONCE_CREATED: Final = DeletionPolicy(on_delete="RetainExceptOnCreate", on_replace="Retain")
"""Kept, except that a create which is rolled back removes it."""

DELETION_POLICIES: Final[Mapping[cdk.RemovalPolicy, DeletionPolicy]] = MappingProxyType(
    {
        cdk.RemovalPolicy.DESTROY: _DELETED,
        cdk.RemovalPolicy.RETAIN: _KEPT,
        cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: KEPT_ONCE_CREATED,
    }
)
"""What CloudFormation is told, by CDK's word for it."""

_KEPT_WARNING: Final = "ecr-blueprints:repository-kept"
"""The id of the warning that a repository is kept although its construct says otherwise."""

_AUTO_DELETE_RESOURCE: Final = "AutoDeleteImagesCustomResource"
_AUTO_DELETE_TAG: Final = "aws-cdk:auto-delete-images"


class RepositoryDeletion:
    """Whether one repository is deleted with its construct, by the two keys of `deletion_keys`.

    Args:
        repository: The repository.
        resource: Finds its resource, which takes a call into Node.js.
        repository_name: Its name; None if it is not known at synthesis.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """

    def __init__(
        self,
        repository: ecr.Repository,
        resource: Callable[[], ecr.CfnRepository],
        *,
        repository_name: str | None,
    ) -> None:
        self._repository = repository
        self._resource = resource
        self._name = repository_name
        self._has_warned = False

    def is_allowed(self) -> bool:
        """Whether the second key is turned.

        Raises:
            InvalidValueError: The context value is neither true or false nor a list of patterns.
        """
        return is_deletion_allowed(
            self._repository, repository_name=self._name, construct_path=self._repository.node.path
        )

    def settle(self, given: cdk.RemovalPolicy | None, properties: dict[str, Any]) -> DeletionPolicy:
        """Keep the repository unless both keys are turned, and say what CloudFormation is to be told.

        Args:
            given: The removal policy as given.
            properties: The resource's properties; loses ``emptyOnDelete`` where the repository is kept.

        Returns:
            What is in the template; but `KEPT_ONCE_CREATED` is for the caller to apply.
        """
        resource = self._resource()
        is_deleted = resource.cfn_options.deletion_policy is cdk.CfnDeletionPolicy.DELETE
        if is_deleted and (given is cdk.RemovalPolicy.DESTROY or self.is_allowed()):
            return _DELETED
        if is_deleted:
            self.warn_kept()
            resource.empty_on_delete = None
            properties.pop("emptyOnDelete", None)
            remove_auto_delete(self._repository, resource)
        return _KEPT if given is cdk.RemovalPolicy.RETAIN else KEPT_ONCE_CREATED

    def warn_kept(self) -> None:
        """Warn, once, that the repository is kept although its removal policy is ``DESTROY``."""
        if self._has_warned:
            return
        self._has_warned = True
        named = self._repository.node.path if self._name is None else self._name
        warn_of_kept_repository(self._repository, named)


def remove_auto_delete(repository: ecr.Repository, resource: ecr.CfnRepository) -> bool:
    """Take away what deletes the images of a repository that is kept; whether there was something.

    Args:
        repository: The repository.
        resource: Its resource.
    """
    if not repository.node.try_remove_child(_AUTO_DELETE_RESOURCE):
        return False
    cdk.Tags.of(resource).remove(_AUTO_DELETE_TAG)
    return True


def warn_of_kept_repository(construct: Construct, named: str) -> None:
    """Warn that a repository is kept although its removal policy is ``DESTROY``.

    Args:
        construct: Where the warning is shown.
        named: The repository's name or construct path.
    """
    cdk.Validations.of(construct).add_warning(
        _KEPT_WARNING,
        f"{named} and its images are kept although its removal policy is DESTROY, since deletion takes a "
        f"second key. To allow it, set the context value {DELETION_CONTEXT_KEY!r} of its app or stage to "
        f'["{named}"] (names or construct paths; * is a wildcard). To keep the repository, leave '
        "removal_policy, empty_on_delete and auto_delete_images out",
    )
