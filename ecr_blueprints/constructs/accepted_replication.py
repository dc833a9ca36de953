"""The destination's side of replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXTS, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.registry_statement import allow_replication
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.principals import check_account_id
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix, ReplicationFilter
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.longer import rule_that_loses
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.replication_configuration import ReplicationSource
from ecr_blueprints.registry.source_location import SourceLocation

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["AcceptedReplication"]

_ACCEPTED: Final = {
    "prefixes": TEXTS,
    "template": CREATION_TEMPLATE_OPTIONS,
    "source_lifecycle": Accepted(types=(LifecyclePolicy,), words="a LifecyclePolicy"),
}


class AcceptedReplication(Construct):
    """What a registry needs to take in another registry's images: a policy statement and creation templates.

    Replication copies images and nothing else: no lifecycle policy, no immutability, no encryption, no
    repository policy. A repository that replication creates gets them from a creation template of the
    destination, and without one has none. So each prefix gets a template here, applied for replication; one
    that the registry already has for the prefix, applied for replication, is used as it is.

    Copies stay at least as long as the originals: where the lifecycle policy of the source is given, the
    copies get the same, and another one is refused if it might delete what the source keeps. Where it is not,
    only untagged copies go, after 14 days. Tags are mutable unless said otherwise: an image whose tag exists
    in an immutable repository arrives without that tag.

    Example:
        from ecr_blueprints import AcceptedReplication

        AcceptedReplication(
            stack, "FromBuild", registry=registry, source_account="222233334444", prefixes=["prod/"]
        )

    Creates:
        A statement of the registry policy for the source's account and the prefixes, unless the source is the
        same account, which needs none; and a creation template for each prefix, with a role where it sets
        tags or a KMS key. Nothing of it costs; the copies' storage does. Copies stay when this goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry into which images come.
        source_account: The account id of the registry from which they come, 12 digits.
        prefixes: The namespaces that are taken in, such as ``prod/``: the same as in the source's rule.
            A text without ``/`` at its end is taken for a namespace too.
        template: The settings of the copies. Default: mutable tags, AES-256, no tags, the lifecycle policy of
            the source.
        source_lifecycle: The lifecycle policy of what is copied. Default: not known.

    Attributes:
        templates: The creation templates that were made.
        prefixes: The namespaces, without a slash at their end.

    Raises:
        InvalidValueError: No prefix or a malformed one, a malformed account id, or a lifecycle policy that
            might delete a copy before its original.
        RegistryConflictError: A template inside a prefix is not applied for replication; the error names
            both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
    and https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

    Practices: REPL-2, HELM-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        source_account: str,
        prefixes: Sequence[str],
        template: CreationTemplateOptions | None = None,
        source_lifecycle: LifecyclePolicy | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="AcceptedReplication")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        check_arguments(
            {"prefixes": prefixes, "template": template, "source_lifecycle": source_lifecycle},
            _ACCEPTED,
            where=path,
            required=("prefixes",),
        )
        check_literal_text(
            source_account, argument="source_account", where=path, because="the registry policy names it"
        )
        check_account_id(source_account)
        namespaces = _namespaces(prefixes, path)
        options = _options(template, source_lifecycle)
        accepted = ReplicationSource(
            source=SourceLocation(construct_path=path), account=source_account, prefixes=namespaces
        )
        registry.check_contribution(accepted)
        missing: list[str] = []
        for namespace in namespaces:
            existing = _template_of(registry, namespace)
            if existing is None:
                missing.append(namespace)
            else:
                _check_lifecycle(existing, source_lifecycle, where=path)
        for namespace in missing:
            described = describe_creation_template(
                f"{path}/{_template_id(namespace)}",
                prefix=namespace,
                applied_for=[AppliedFor.REPLICATION],
                options=options,
                region=registry.region,
            )
            registry.check_contribution(described)
            _check_lifecycle(described, source_lifecycle, where=path)
        statements = (
            []
            if source_account == registry.account
            else [
                allow_replication(
                    source_account,
                    repository_arns=[registry.repository_arn_under(one) for one in namespaces],
                    partition=registry.partition,
                )
            ]
        )
        registry.check_registry_policy(path, statements)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.prefixes = namespaces
        self.templates = tuple(
            RepositoryCreationTemplate(
                self,
                _template_id(namespace),
                registry=registry,
                prefix=namespace,
                applied_for=[AppliedFor.REPLICATION],
                options=options,
            )
            for namespace in missing
        )
        registry.contribute(accepted)
        if statements:
            registry.set_registry_policy(path, statements)


def _namespaces(prefixes: Sequence[str], where: str) -> tuple[str, ...]:
    if not prefixes:
        raise InvalidValueError(
            "no prefix is taken in",
            where=where,
            allowed="the prefixes of the source's rule, such as 'prod/'",
        )
    found = []
    for text in prefixes:
        check_literal_text(text, argument="a prefix", where=where, because="its template is made for it")
        ReplicationFilter(text)
        found.append(CreationTemplatePrefix(text).namespace)
    return tuple(dict.fromkeys(found))


def _template_id(namespace: str) -> str:
    return f"CreationTemplate-{namespace}"


def _options(
    given: CreationTemplateOptions | None, source_lifecycle: LifecyclePolicy | None
) -> CreationTemplateOptions:
    if given is not None:
        return given
    options = CreationTemplateOptions(tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE))
    return options if source_lifecycle is None else replace(options, lifecycle=source_lifecycle)


def _template_of(registry: PrivateRegistry, namespace: str) -> CreationTemplate | None:
    """The registry's own template for exactly this prefix, applied for replication."""
    found = template_for(registry.ledger, f"{namespace}/a", AppliedFor.REPLICATION)
    return found if found is not None and found.known_prefix == namespace else None


def _check_lifecycle(template: CreationTemplate, original: LifecyclePolicy | None, *, where: str) -> None:
    if original is None or not isinstance(template.lifecycle_policy, str):
        return
    rule = rule_that_loses(parse_lifecycle_policy(template.lifecycle_policy), original)
    if rule is not None:
        described = f" ({rule.description})" if rule.description else ""
        raise InvalidValueError(
            f"rule {rule.priority}{described} of the copies' lifecycle policy may remove a copy that its "
            "source keeps",
            where=where,
            allowed="the source's own policy, or the same rules with larger numbers",
            fix="leave the lifecycle out of the template's options: the copies then get the source's",
        )
