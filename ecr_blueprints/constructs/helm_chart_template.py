"""The creation template of Helm charts that nobody declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_kms as kms_references
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments, check_literal_text
from ecr_blueprints.constructs.construct_place import check_place, path_under
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.helm_chart_options import (
    DEFAULT_CHART_VERSIONS,
    chart_retention,
    check_chart_prefix,
)
from ecr_blueprints.constructs.push_creation import PushCreation
from ecr_blueprints.constructs.registry_environment import check_registry
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.helm_chart import CHART_PREFIX
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["HelmChartTemplate"]

_DESCRIPTION: Final = "Helm charts: immutable versions, the newest are kept"


class HelmChartTemplate(RepositoryCreationTemplate):
    """What a chart's repository gets that ECR creates when the chart is first pushed, or replicated here.

    With it, ``helm push`` of a new chart needs no declaration. What is created has the settings of
    `HelmChartRepository`. In the destination of a replication it is what gives the copies their lifecycle
    and immutability, which do not travel.

    Which permission the pusher needs is not verified: AWS names the usual push actions, and a user reports
    that any principal that can log in made empty repositories appear (facts §3). So, where a push creates, a
    statement of the registry policy denies pushing and creating under the prefix to principals of other
    accounts than those named, as `CreateOnPush` does; it takes effect in policy scope ``V2`` alone.

    Example:
        from ecr_blueprints import HelmChartTemplate

        charts = HelmChartTemplate(stack, "Charts", registry=registry)
        pushed_to = charts.push_reference

    Creates:
        One ``AWS::ECR::RepositoryCreationTemplate``, the role that it needs with KMS or tags, and statements
        of the registry policy; none of it costs, and all is deleted with its stack. The repositories that ECR
        creates by it are nobody's: they stay, and are billed as storage of ECR.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        prefix: ``charts`` covers ``charts/api``. Default: ``charts``.
        prefix_exception: Why the prefix says neither ``chart`` nor ``helm``. Default: it must.
        versions: How many versions of each chart stay, at least 1. None: all. Default: 100.
        keep: Versions, or patterns such as ``1.4.*``, that stay whatever their number. Default: none.
        created_on_push: Whether a push creates a repository. Default: yes.
        replicated: Whether replication into this registry creates one. Default: yes.
        pusher_accounts: Other accounts that push charts, 12 digits each: the registry policy lets them, as
            far as their own account does. Default: the registry's own only.
        organization_id: The organization whose accounts all push charts, in place of accounts; likewise.
            Default: none.
        repository_policy: Who may reach the repositories. Default: nobody by policy.
        resource_tags: Their tags. They need a role. Default: none.
        encryption: As for `CreationTemplateOptions`.
        encryption_key: As for `CreationTemplateOptions`.
        role: As for `CreationTemplateOptions`.

    Raises:
        InvalidValueError: A value that ECR refuses, a prefix that does not say that charts lie there,
            neither mechanism, a malformed account or organization, or pushers where no push creates.
        RegistryConflictError: The registry has a template for the prefix already.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

    Practices: HELM-1, HELM-2, TMPL-5
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        prefix: str = CHART_PREFIX,
        prefix_exception: str | None = None,
        versions: int | None = DEFAULT_CHART_VERSIONS,
        keep: Sequence[str] = (),
        created_on_push: bool = True,
        replicated: bool = True,
        pusher_accounts: Sequence[str] = (),
        organization_id: str | None = None,
        repository_policy: Mapping[str, Any] | iam.PolicyDocument | None = None,
        resource_tags: Mapping[str, str] | None = None,
        encryption: EncryptionType | None = None,
        encryption_key: kms_references.IKeyRef | str | None = None,
        role: iam.IRole | str | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="HelmChartTemplate")
        where = path_under(scope, construct_id)
        mechanisms = {
            AppliedFor.CREATE_ON_PUSH: created_on_push,
            AppliedFor.REPLICATION: replicated,
        }
        flags = {"created_on_push": created_on_push, "replicated": replicated}
        check_arguments(flags, dict.fromkeys(flags, FLAG), where=where, required=flags)
        check_literal_text(
            prefix, argument="prefix", where=where, because="ECR fixes it when a template is created"
        )
        namespace = check_chart_prefix(prefix, prefix_exception, where=where)
        check_registry(registry, where=where)
        creation = PushCreation(
            pusher_accounts=pusher_accounts,
            organization_id=organization_id,
            kind="HelmChartTemplate",
            path=where,
        )
        if created_on_push:
            creation.check(registry, namespace)
        elif creation.names_pushers:
            raise InvalidValueError(
                "somebody is named who pushes, and no push creates a repository",
                where=where,
                allowed="pusher_accounts or organization_id with created_on_push=True",
                fix="let them push with the repositories' own policies: repository_policy",
            )
        super().__init__(
            scope,
            construct_id,
            registry=registry,
            prefix=namespace,
            applied_for=[mechanism for mechanism, wanted in mechanisms.items() if wanted],
            options=CreationTemplateOptions(
                description=_DESCRIPTION,
                tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE),
                lifecycle=chart_retention(versions, keep, where=where),
                repository_policy=repository_policy,
                resource_tags={} if resource_tags is None else resource_tags,
                encryption=encryption,
                encryption_key=encryption_key,
                role=role,
            ),
        )
        if created_on_push:
            creation.guard(registry, namespace, self.resource)
        self._push_reference = f"oci://{registry.uri}/{namespace}"

    @property
    def push_reference(self) -> str:
        """The address for ``helm push``, which appends the chart's name: ``oci://…/charts``."""
        return self._push_reference
