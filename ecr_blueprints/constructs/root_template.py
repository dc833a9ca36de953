"""The ``ROOT`` creation template: what repositories get that no other template covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.registry_management import Ownership
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_name import ROOT

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["check_root_template", "choose_root_options", "make_root_template"]

_CONSTRUCT_ID: Final = "RootTemplate"
_MECHANISMS: Final = (AppliedFor.REPLICATION, AppliedFor.PULL_THROUGH_CACHE)


def choose_root_options(
    chosen: CreationTemplateOptions | bool, ownership: Ownership
) -> CreationTemplateOptions | None:
    """The settings of the template; None if there is to be none.

    Args:
        chosen: The settings, True for those that can hurt nobody, or False for no template.
        ownership: Who owns the template.
    """
    if chosen is False or ownership is Ownership.UNMANAGED:
        return None
    return CreationTemplateOptions.harmless() if chosen is True else chosen


def check_root_template(
    options: CreationTemplateOptions, *, registry_path: str, account: str | None, region: str | None
) -> None:
    """Refuse settings that ECR or CloudFormation would, before anything is created.

    Args:
        options: The settings.
        registry_path: The registry's construct path.
        account: The registry's account; None if it is left open.
        region: The registry's Region; None if it is left open.

    Raises:
        InvalidValueError: A value that ECR or CloudFormation refuses.
    """
    describe_creation_template(
        f"{registry_path}/{_CONSTRUCT_ID}",
        prefix=ROOT,
        applied_for=_MECHANISMS,
        options=options,
        region=region,
        account=account,
    )


def make_root_template(
    registry: PrivateRegistry, options: CreationTemplateOptions
) -> RepositoryCreationTemplate:
    """The template as a construct of its registry; one that is imported is retained.

    Args:
        registry: The registry.
        options: The settings, which `check_root_template` let pass.
    """
    imported = registry.manage.root_template is Ownership.IMPORT
    return RepositoryCreationTemplate(
        registry,
        _CONSTRUCT_ID,
        registry=registry,
        prefix=ROOT,
        applied_for=_MECHANISMS,
        options=options,
        removal_policy=cdk.RemovalPolicy.RETAIN if imported else None,
    )
