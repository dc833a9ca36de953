"""Repositories that a push creates, for development."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from constructs import Construct

from ecr_blueprints.constructs.argument_type import check_arguments, check_literal_text
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.push_creation import PushCreation
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["CreateOnPush"]

_ACCEPTED: Final = {"options": CREATION_TEMPLATE_OPTIONS}


class CreateOnPush(Construct):
    """A prefix under which a push creates the repository that it names, for development.

    ECR creates on push only where a creation template is applied for it: there is no switch for a registry.
    So the prefix is narrow and never ``ROOT``, never production, and its template sets what every repository
    should have: immutable tags, a lifecycle policy, encryption.

    A user has reported that anybody who can log in, of another account too, made empty repositories appear
    by pushing to names under such a prefix; whether ECR asks the pusher for ``ecr:CreateRepository`` is not
    documented. A statement of the registry policy therefore denies pushing and creating there to principals
    of other accounts than those named. That it stops a stranger is **unverified**; it takes effect in policy
    scope ``V2`` alone, the default of new registries, which `RegistrySettings` sets.

    Example:
        from ecr_blueprints import CreateOnPush

        CreateOnPush(stack, "Sandbox", registry=registry, prefix="sandbox", pusher_accounts=["222233334444"])

    Creates:
        A creation template, a role where it sets tags or a KMS key, and a statement of the registry policy.
        Nothing of it costs. Repositories that pushes made stay when it goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        prefix: The namespace, such as ``dev``; not ``ROOT``.
        pusher_accounts: Other accounts that push there, 12 digits each: the registry policy lets them, as far
            as their own account does. Default: the registry's own only.
        organization_id: The organization whose accounts all push there, in place of accounts; likewise.
            Default: none.
        options: The settings of the repositories. Default: immutable tags, untagged images deleted after a
            day, AES-256, no tags.

    Attributes:
        prefix: The namespace, without a slash at its end.
        template: The creation template.

    Raises:
        InvalidValueError: ``ROOT``, a prefix under which production lies, or a malformed account or
            organization.
        RegistryConflictError: The registry has a template for the prefix, or one inside a cache's prefix.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

    Practices: TMPL-5
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        prefix: str,
        pusher_accounts: Sequence[str] = (),
        organization_id: str | None = None,
        options: CreationTemplateOptions | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="CreateOnPush")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        check_arguments({"options": options}, _ACCEPTED, where=path)
        creation = PushCreation(
            pusher_accounts=pusher_accounts, organization_id=organization_id, kind="CreateOnPush", path=path
        )
        check_literal_text(
            prefix, argument="prefix", where=path, because="ECR fixes it when a template is created"
        )
        namespace = _namespace(prefix, registry, path)
        described = describe_creation_template(
            f"{path}/CreationTemplate",
            prefix=namespace,
            applied_for=[AppliedFor.CREATE_ON_PUSH],
            options=CreationTemplateOptions() if options is None else options,
            region=registry.region,
            account=registry.account,
        )
        registry.check_contribution(described)
        creation.check(registry, namespace)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.prefix = namespace
        self.template = RepositoryCreationTemplate(
            self,
            "CreationTemplate",
            registry=registry,
            prefix=namespace,
            applied_for=[AppliedFor.CREATE_ON_PUSH],
            options=options,
        )
        creation.guard(registry, namespace, self.template.resource)


def _namespace(prefix: str, registry: PrivateRegistry, where: str) -> str:
    checked = CreationTemplatePrefix(prefix)
    if checked.is_root:
        raise InvalidValueError(
            "a push would create any repository, since ROOT covers every name",
            where=where,
            allowed="a namespace for development, such as 'dev'",
        )
    if registry.is_production(f"{checked.namespace}/a/a") or registry.is_production(f"{checked.namespace}/a"):
        raise InvalidValueError(
            f"names under {checked.namespace}/ are production, which a push shall not create",
            where=where,
            allowed="a namespace for development",
            fix="declare production's repositories with ImageRepository",
        )
    return checked.namespace
