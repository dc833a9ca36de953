"""A repository creation template, with the role that it may need."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, Accepted, check_arguments
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_model import (
    describe_creation_template,
    key_arn_of,
    policy_document_of,
    role_arn_of,
)
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.creation_template_role import CreationTemplateRole
from ecr_blueprints.constructs.encryption_key import check_construct_region
from ecr_blueprints.constructs.registry_encryption import encryption_of_registry
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.registry_policy import POLICY_VERSION, check_policy, read_access_policy
from ecr_blueprints.constructs.repository_encryption import warn_of_dual_layer
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import EXCLUSION_FILTER_TYPE, TagMutability
from ecr_blueprints.registry.cache_mutability import lies_in_frozen_cache
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["RepositoryCreationTemplate"]

_ACCEPTED: Final = {
    "options": CREATION_TEMPLATE_OPTIONS,
    "removal_policy": Accepted(types=(cdk.RemovalPolicy,), words="RemovalPolicy of aws_cdk"),
    "frozen": FLAG,
}


class RepositoryCreationTemplate(Construct):
    """The settings of the repositories that ECR creates itself under a prefix.

    It never applies to a repository that CloudFormation creates, nor to one that exists (facts §2).

    Example:
        from ecr_blueprints import AppliedFor, CreationTemplateOptions, RepositoryCreationTemplate, Retention

        RepositoryCreationTemplate(
            stack,
            "Sandbox",
            registry=registry,
            prefix="sandbox",
            applied_for=[AppliedFor.CREATE_ON_PUSH],
            options=CreationTemplateOptions(
                lifecycle=Retention(keep=["v*"], builds=["sha-*"], builds_days=14)
            ),
        )

    Creates:
        One ``AWS::ECR::RepositoryCreationTemplate``, and an ``AWS::IAM::Role`` where tags or a key of AWS KMS
        need one and none is given; both are free of charge and go with the stack. The repositories that ECR
        made by it stay, with the settings of that day; their images are billed as storage of ECR.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        prefix: ``prod`` covers ``prod/api``, not ``production/api``; ``ROOT`` what no other prefix covers.
        applied_for: The mechanisms that use it, at least one.
        options: Its settings. Default: as `CreationTemplateOptions` says.
        removal_policy: What happens to it when its stack goes. Default: deleted.
        frozen: Whether it is a template of a frozen `PullThroughCache`. Default: as its prefix lies in one
            that is declared before it; where not, the tags of caches have to be able to move.

    Raises:
        InvalidValueError: A value that ECR or CloudFormation refuses.
        RegistryConflictError: The registry has a template for the prefix already; the error names both.

    Practices: TMPL-3, TMPL-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        prefix: str,
        applied_for: Sequence[AppliedFor | str],
        options: CreationTemplateOptions | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        frozen: bool | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="RepositoryCreationTemplate")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        given = {"options": options, "removal_policy": removal_policy, "frozen": frozen}
        check_arguments(given, _ACCEPTED, where=path)
        check_same_environment(registry, scope, where=path)
        chosen = CreationTemplateOptions() if options is None else options
        if registry.tagging is not None:
            chosen = registry.tagging.for_template(chosen)
        by_default = encryption_of_registry(registry)
        if by_default is not None:
            chosen = by_default.for_template(chosen)
        if chosen.encryption_key is not None and not isinstance(chosen.encryption_key, str):
            check_construct_region(chosen.encryption_key, registry.region, where=path)
        checked = describe_creation_template(
            path,
            prefix=prefix,
            applied_for=applied_for,
            options=chosen,
            region=registry.region,
            account=registry.account,
            frozen=bool(frozen),
            in_frozen_cache=frozen is None and lies_in_frozen_cache(registry.ledger, prefix),
        )
        registry.check_contribution(checked)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._registry = registry
        self._given_policy = policy_document_of(chosen.repository_policy)
        self._model = checked
        key = key_arn_of(chosen)
        encryption = checked.encryption
        encryption_type = encryption.type if isinstance(encryption, Encryption) else EncryptionType.AES256
        self.role: iam.IRole | None = None if isinstance(chosen.role, str) else chosen.role
        role_arn = role_arn_of(chosen.role)
        if role_arn is None and checked.needs_role:
            self.role = CreationTemplateRole(
                self,
                "Role",
                repository_arn=registry.repository_arn_under(prefix),
                uses_kms=encryption_type is not EncryptionType.AES256,
                key_arn=key,
                key_arn_pattern=registry.arn("kms", "key/*"),
            )
            role_arn = self.role.role_arn
        self.resource = ecr.CfnRepositoryCreationTemplate(
            self,
            "Resource",
            prefix=self.prefix,
            applied_for=[str(mechanism) for mechanism in self.applied_for],
            description=chosen.description,
            custom_role_arn=role_arn,
            encryption_configuration=ecr.CfnRepositoryCreationTemplate.EncryptionConfigurationProperty(
                encryption_type=str(encryption_type), kms_key=key
            ),
            image_tag_mutability=str(self._tag_mutability.mode),
            image_tag_mutability_exclusion_filters=[
                ecr.CfnRepositoryCreationTemplate.ImageTagMutabilityExclusionFilterProperty(
                    image_tag_mutability_exclusion_filter_type=EXCLUSION_FILTER_TYPE,
                    image_tag_mutability_exclusion_filter_value=exclusion.pattern,
                )
                for exclusion in self._tag_mutability.exclusions
            ]
            or None,
            lifecycle_policy=checked.lifecycle_policy if isinstance(checked.lifecycle_policy, str) else None,
            resource_tags=[cdk.CfnTag(key=name, value=value) for name, value in chosen.resource_tags.items()]
            or None,
        )
        if removal_policy is not None:
            self.resource.apply_removal_policy(removal_policy)
        if self._given_policy is not None:
            self._render_policy(self._given_policy)
        registry.contribute(checked)
        if isinstance(encryption_type, EncryptionType):
            warn_of_dual_layer(self, encryption_type, region=registry.region)

    @property
    def prefix(self) -> str:
        """The prefix without a slash at its end, or ``ROOT``."""
        return self._model.known_prefix or ""

    @property
    def applied_for(self) -> tuple[AppliedFor, ...]:
        """The mechanisms that use it."""
        return self._model.applied_for if isinstance(self._model.applied_for, tuple) else ()

    @property
    def model(self) -> CreationTemplate:
        """The template as the registry's ledger holds it."""
        return self._model

    @property
    def _tag_mutability(self) -> TagMutability:
        mutability = self._model.tag_mutability
        return mutability if isinstance(mutability, TagMutability) else TagMutability()

    def set_consumer_statements(self, statements: Sequence[Mapping[str, Any]]) -> None:
        """Put statements behind those of the given repository policy, in place of earlier ones, and render.

        Args:
            statements: JSON objects without ``Resource``; their texts may hold tokens.

        Raises:
            InvalidValueError: The policy would be longer than ECR takes.
        """
        given = {} if self._given_policy is None else self._given_policy
        own = given.get("Statement", [])
        policy = {
            "Version": POLICY_VERSION,
            **given,
            "Statement": [*(own if isinstance(own, list) else [own]), *map(dict, statements)],
        }
        check_policy(policy, where=f"creation template {self.prefix!r}: repository policy")
        self._render_policy(policy)
        changed = replace(self._model, policy=read_access_policy(policy))
        self._registry.replace_creation_template(self._model, changed)
        self._model = changed

    def _render_policy(self, policy: Mapping[str, Any]) -> None:
        self.resource.repository_policy = json.dumps(policy, separators=(",", ":"))
