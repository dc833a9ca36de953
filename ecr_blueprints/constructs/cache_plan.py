"""Everything that a pull-through cache will be, checked before any of it is created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_blueprints.constructs.argument_type import (
    FLAG,
    TEXT,
    check_arguments,
    check_literal_text,
    member_of,
)
from ecr_blueprints.constructs.cache_credential import CacheCredential
from ecr_blueprints.constructs.cache_role import CacheRole
from ecr_blueprints.constructs.cache_upstream import (
    IS_FIXED,
    check_upstream,
    check_upstream_prefix,
    read_upstream,
)
from ecr_blueprints.constructs.cache_validation import OnInvalid
from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.domain.upstream_registry import Authentication, UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.registry.cache_credential import find_credential_faults
from ecr_blueprints.registry.cache_mutability import freezes_tags
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.source_location import SourceLocation

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry
    from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate

__all__ = ["CREDENTIAL_ID", "ROLE_ID", "TEMPLATE_ID", "CachePlan"]

CREDENTIAL_ID: Final = "Credential"
ROLE_ID: Final = "Role"
TEMPLATE_ID: Final = "CreationTemplate"

_ACCEPTED: Final = {
    "secret_name": TEXT,
    "template": CREATION_TEMPLATE_OPTIONS,
    "frozen": FLAG,
    "wait_for_secret": FLAG,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePlan:
    """What the arguments of `PullThroughCache` mean.

    Attributes:
        upstream: What is cached.
        prefix: The cache's prefix, without a slash at its end, or ``ROOT``.
        upstream_prefix: The prefix at the upstream; None for all of it.
        credential: Where its credential lies.
        role: Which role ECR assumes.
        options: The settings of its creation template.
        shared_template: The registry's ``ROOT`` template, for a cache under ``ROOT``; None if it has its own.
        rule: The cache as the read model holds it.
        on_invalid: What a deployment does if ECR cannot log in to the upstream; None if it is not asked.
    """

    upstream: UpstreamRegistry
    prefix: str
    upstream_prefix: str | None
    credential: CacheCredential
    role: CacheRole
    options: CreationTemplateOptions
    shared_template: RepositoryCreationTemplate | None
    rule: CacheRule
    on_invalid: OnInvalid | None

    @classmethod
    def make(
        cls,
        path: str,
        *,
        registry: PrivateRegistry,
        upstream: UpstreamRegistry | str,
        prefix: str | None,
        upstream_prefix: str | None,
        credential: secretsmanager.ISecret | str | None,
        secret_name: str | None,
        role: iam.IRole | str | None,
        template: CreationTemplateOptions | None,
        frozen: bool,
        validate: bool | OnInvalid,
        wait_for_secret: bool,
    ) -> Self:
        """Check the arguments, and what the registry says to them.

        Args:
            path: The construct path of the cache.
            registry: As for `PullThroughCache`; so are all that follow.
            upstream: What is cached.
            prefix: The cache's prefix.
            upstream_prefix: The prefix at the upstream.
            credential: An existing secret.
            secret_name: The name of a secret to make.
            role: An existing role.
            template: The creation template's settings.
            frozen: Whether cached tags stay as they were pulled first.
            validate: Whether ECR is asked after deployment whether it can log in.
            wait_for_secret: Whether the rule waits for the secret that is made.

        Raises:
            InvalidValueError: A value that ECR refuses, or that cannot work.
            RegistryConflictError: The registry cannot hold the cache beside what it holds.
        """
        given = {
            "secret_name": secret_name,
            "template": template,
            "frozen": frozen,
            "wait_for_secret": wait_for_secret,
        }
        check_arguments(given, _ACCEPTED, where=path, required=("frozen", "wait_for_secret"))
        known = read_upstream(upstream, where=path)
        if prefix is not None:
            check_literal_text(prefix, argument="prefix", where=path, because=IS_FIXED)
        namespace = CachePrefix(known.default_prefix if prefix is None else prefix).value.removesuffix("/")
        where = f"cache {namespace!r}"
        check_upstream(known, registry.environment, where=where)
        part = check_upstream_prefix(upstream_prefix, known, prefix=namespace, where=where)
        chosen = CacheCredential.choose(
            known,
            prefix=namespace,
            credential=credential,
            secret_name=secret_name,
            environment=registry.environment,
        )
        assumed = CacheRole.choose(known, role=role, environment=registry.environment, where=where)
        on_invalid = _on_invalid(validate, known, chosen, where=path)
        if wait_for_secret and chosen.new_secret_name is None:
            raise InvalidValueError(
                "wait_for_secret without a secret that is made here",
                where=path,
                fix="leave it out: there is nothing to wait for",
            )
        secret_path = f"{path}/{CREDENTIAL_ID}"
        rule = CacheRule(
            source=SourceLocation(construct_path=path, resource_type="AWS::ECR::PullThroughCacheRule"),
            prefix=namespace,
            upstream_registry=str(known.key),
            upstream_registry_url=known.upstream_registry_url,
            upstream_prefix=part,
            credential_arn=chosen.arn_in_model(secret_path),
            credential=chosen.secret_in_model(secret_path),
            custom_role_arn=assumed.arn_in_model(f"{path}/{ROLE_ID}"),
            frozen=frozen,
        )
        for fault in find_credential_faults(rule, account=registry.account, region=registry.region):
            raise InvalidValueError(fault.message, where=path, fix=fault.fix)
        options = CreationTemplateOptions() if template is None else template
        shared = _root_template(registry, namespace, template, frozen=frozen, where=path)
        described = describe_creation_template(
            f"{path}/{TEMPLATE_ID}",
            prefix=namespace,
            applied_for=[AppliedFor.PULL_THROUGH_CACHE],
            options=options,
            region=registry.region,
            account=registry.account,
            frozen=frozen,
        )
        registry.check_contribution(rule)
        if shared is None:
            registry.check_contribution(described)
        return cls(
            upstream=known,
            prefix=namespace,
            upstream_prefix=part,
            credential=chosen,
            role=assumed,
            options=options,
            shared_template=shared,
            rule=rule,
            on_invalid=on_invalid,
        )

    @property
    def upstream_repository_arn(self) -> str:
        """The ARN of the repositories of another ECR registry that the cache holds, with ``*``."""
        account, region = self.upstream.account, self.upstream.region
        assert account is not None
        assert region is not None
        names = CachePrefix(ROOT if self.upstream_prefix is None else self.upstream_prefix).pattern
        return f"arn:{partition_of(region).name}:ecr:{region}:{account}:repository/{names}"


def _root_template(
    registry: PrivateRegistry,
    prefix: str,
    template: CreationTemplateOptions | None,
    *,
    frozen: bool,
    where: str,
) -> RepositoryCreationTemplate | None:
    """The registry's ``ROOT`` template, for a cache under ``ROOT`` that says nothing else of it."""
    root = registry.root_template
    if prefix != ROOT or root is None:
        return None
    mutability = root.model.tag_mutability
    freezes = isinstance(mutability, TagMutability) and freezes_tags(mutability)
    if template is None and freezes is frozen:
        return root
    given = "frozen=True" if template is None else "a template of its own"
    raise RegistryConflictError(
        f"the cache has {given}, and the registry's one creation template for {ROOT} is {root.node.path}",
        where=where,
        fix="write root_template=False of the PrivateRegistry, so that the cache makes the template",
    )


def _on_invalid(
    validate: object, upstream: UpstreamRegistry, credential: CacheCredential, *, where: str
) -> OnInvalid | None:
    if validate is False:
        return None
    # A secret that is made holds a placeholder at first, and would fail every first deployment.
    by_default = OnInvalid.FAIL if credential.new_secret_name is None else OnInvalid.WARN
    chosen = (
        by_default if validate is True else member_of(OnInvalid, validate, argument="validate", where=where)
    )
    if upstream.authentication is Authentication.NONE:
        raise InvalidValueError(
            f"{upstream.key} takes no credential, so that there is no log-in to validate",
            where=where,
            fix="leave out validate",
        )
    return chosen
