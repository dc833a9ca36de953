"""A repository creation template as the read model holds it, checked before anything is created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from ecr_blueprints.constructs.argument_type import Accepted, check_arguments, check_literal_text, member_of
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.creation_template_role import check_role_environment
from ecr_blueprints.constructs.encryption_key import check_key_region
from ecr_blueprints.constructs.registry_policy import check_policy, read_access_policy
from ecr_blueprints.constructs.resource_tags import check_resource_tags
from ecr_blueprints.domain.creation_template import MAX_DESCRIPTION_LENGTH, AppliedFor, check_custom_role_arn
from ecr_blueprints.domain.encryption import EncryptionType, check_template_kms_key
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.cache_mutability import freezes_tags
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["describe_creation_template", "key_arn_of", "policy_document_of", "role_arn_of"]

_RESOURCE_TYPE = "AWS::ECR::RepositoryCreationTemplate"
_MUTABLE = (MutabilityMode.MUTABLE, MutabilityMode.MUTABLE_WITH_EXCLUSION)


def describe_creation_template(
    path: str,
    *,
    prefix: str,
    applied_for: Sequence[AppliedFor | str],
    options: CreationTemplateOptions,
    region: str | None,
    account: str | None = None,
    frozen: bool = False,
    in_frozen_cache: bool = False,
) -> CreationTemplate:
    """The template as the read model holds it, checked before anything is created.

    Args:
        path: The construct path of the template.
        prefix: As for the constructor.
        applied_for: As for the constructor.
        options: The settings.
        region: The registry's Region, if it is known.
        account: The registry's account. Default: not known.
        frozen: Whether the tags of the cache's repositories are meant to stay. Default: they follow.
        in_frozen_cache: Whether the prefix lies in a frozen cache, whose templates keep tags where they are
            unless they say otherwise. Default: it does not.

    Raises:
        InvalidValueError: A value that ECR or CloudFormation refuses.
    """
    check_literal_text(
        prefix, argument="prefix", where=path, because="ECR fixes it when a template is created"
    )
    where = f"creation template {prefix!r}"
    namespace = CreationTemplatePrefix(prefix)
    mechanisms = _mechanisms(applied_for, where)
    if in_frozen_cache and AppliedFor.PULL_THROUGH_CACHE in mechanisms:
        frozen = frozen or options.mutability is None or freezes_tags(options.mutability)
    mutability = _mutability(options.mutability, mechanisms, where, frozen=frozen)
    _check_texts(options, where)
    key = key_arn_of(options)
    if key is not None and not is_token(key):
        check_template_kms_key(key)
        check_key_region(key, region, where=where)
    role_arn = role_arn_of(options.role)
    if role_arn is not None and not is_token(role_arn):
        check_custom_role_arn(role_arn)
        check_role_environment(role_arn, account=account, region=region, where=where)
    policy = policy_document_of(options.repository_policy)
    if policy is not None:
        check_policy(policy, where=f"{where}: repository policy")
    encryption_type = _encryption_type(options, where)
    model = CreationTemplate(
        source=SourceLocation(construct_path=path, resource_type=_RESOURCE_TYPE),
        prefix=namespace.value.removesuffix("/"),
        applied_for=mechanisms,
        tag_mutability=mutability,
        encryption=Encryption(type=encryption_type, kms_key=_resolvable(key)),
        lifecycle_policy=_lifecycle_text(options, mutability, frozen=frozen),
        policy=None if policy is None else read_access_policy(policy),
        resource_tags={name: _known(value) for name, value in options.resource_tags.items()},
        custom_role_arn=_resolvable(role_arn),
    )
    if model.needs_role and role_arn is None:
        model = replace(
            model, custom_role_arn=Unresolved(f"GetAtt: {path}/Role.Arn", depends_on=f"{path}/Role")
        )
    return model


def _mechanisms(applied_for: Sequence[AppliedFor | str], where: str) -> tuple[AppliedFor, ...]:
    accepted = Accepted(types=(str, Sequence), words=", ".join(AppliedFor))
    check_arguments(
        {"applied_for": applied_for}, {"applied_for": accepted}, where=where, required=("applied_for",)
    )
    given = [applied_for] if isinstance(applied_for, str) else list(applied_for)
    allowed = ", ".join(AppliedFor)
    if not given:
        raise InvalidValueError(
            "it is applied for nothing", where=where, allowed=allowed, fix="name a mechanism"
        )
    return tuple(
        dict.fromkeys(member_of(AppliedFor, one, argument="applied_for", where=where) for one in given)
    )


def _mutability(
    given: TagMutability | None, mechanisms: tuple[AppliedFor, ...], where: str, *, frozen: bool
) -> TagMutability:
    if frozen:
        return _frozen_mutability(given, where)
    caches = AppliedFor.PULL_THROUGH_CACHE in mechanisms
    if given is None:
        return TagMutability(mode=MutabilityMode.MUTABLE if caches else MutabilityMode.IMMUTABLE)
    if caches and given.mode not in _MUTABLE:
        raise InvalidValueError(
            f"{given.mode} tags in the repositories of a cache: a tag could not follow its upstream",
            where=where,
            allowed=", ".join(_MUTABLE),
            fix="make the tags mutable, or apply the template for the other mechanisms only; if they are "
            "meant to stay, say frozen=True of the cache and declare it first, or write "
            "RepositoryCreationTemplate(…, frozen=True)",
        )
    return given


def _frozen_mutability(given: TagMutability | None, where: str) -> TagMutability:
    if given is None:
        return TagMutability(mode=MutabilityMode.IMMUTABLE)
    if not freezes_tags(given):
        raise InvalidValueError(
            f"{given.mode} tags in the repositories of a frozen cache: they would follow their upstream",
            where=where,
            allowed="IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with exclusions that leave tags out",
            fix="leave tag_mutability out, or frozen",
        )
    return given


def _check_texts(options: CreationTemplateOptions, where: str) -> None:
    if options.description is not None and not is_token(options.description):
        length = len(options.description)
        if length > MAX_DESCRIPTION_LENGTH:
            raise InvalidValueError(
                f"the description has {length} characters",
                where=where,
                allowed=f"at most {MAX_DESCRIPTION_LENGTH}",
            )
    check_resource_tags(options.resource_tags, where=where)


def _encryption_type(options: CreationTemplateOptions, where: str) -> EncryptionType:
    if options.encryption is None:
        return EncryptionType.AES256 if options.encryption_key is None else EncryptionType.KMS
    chosen = options.encryption
    if chosen is EncryptionType.AES256 and options.encryption_key is not None:
        raise InvalidValueError(
            "a KMS key together with AES256",
            where=where,
            allowed="KMS, KMS_DSSE",
            fix="leave out the key, or the encryption: a key means KMS",
        )
    return chosen


def key_arn_of(options: CreationTemplateOptions) -> str | None:
    """The ARN of the KMS key, or the token that stands for it; None if there is no key.

    Raises:
        InvalidValueError: It is an alias, which ECR refuses here.
    """
    key = options.encryption_key
    if key is None:
        return None
    arn = key if isinstance(key, str) else key.key_ref.key_arn
    if isinstance(key, kms.Alias) or ":alias/" in arn or arn.startswith("alias/"):
        raise InvalidValueError(
            "an alias cannot be the KMS key of a creation template",
            where="creation template",
            allowed="the key itself, or its full ARN arn:aws:kms:<region>:<account>:key/<id>",
            fix="give the key that the alias names",
        )
    return arn


def role_arn_of(role: iam.IRole | str | None) -> str | None:
    """The ARN of the role, or the token that stands for it; None if there is no role."""
    return role if role is None or isinstance(role, str) else role.role_arn


def _lifecycle_text(
    options: CreationTemplateOptions, mutability: TagMutability, *, frozen: bool
) -> str | None:
    lifecycle = options.lifecycle
    if lifecycle is None:
        return None
    if not isinstance(lifecycle, LifecyclePolicy):
        # What a frozen cache holds without a tag was pulled by digest, and may run as in any cache.
        moving = frozen or mutability.mode in _MUTABLE
        lifecycle = lifecycle.policy(RepositoryKind.CACHE if moving else RepositoryKind.APPLICATION)
    return render_lifecycle_policy(lifecycle)


def policy_document_of(policy: Mapping[str, Any] | iam.PolicyDocument | None) -> Mapping[str, Any] | None:
    """The policy as a JSON object; None if there is none."""
    if policy is None:
        return None
    document: Mapping[str, Any] = policy.to_json() if isinstance(policy, iam.PolicyDocument) else policy
    return document


def _resolvable(value: str | None) -> Resolvable[str] | None:
    return None if value is None else _known(value)


def _known(value: str) -> Resolvable[str]:
    return Unresolved(value, depends_on="deployment") if is_token(value) else value
