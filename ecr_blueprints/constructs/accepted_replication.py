"""The destination's side of replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs import Construct

from ecr_blueprints.constructs.argument_type import (
    TEXT,
    TEXTS,
    Accepted,
    check_arguments,
    check_literal_text,
)
from ecr_blueprints.constructs.cache_consumers import CacheConsumer, ConsumerKind, pull_statements
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.named_principals import (
    named_accounts,
    named_organization,
    named_organization_paths,
    named_roles,
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
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.replication_configuration import ReplicationSource
from ecr_blueprints.registry.source_location import SourceLocation

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["SOURCE_LIFECYCLE", "AcceptedReplication"]

SOURCE_LIFECYCLE: Final = Accepted(
    types=(LifecyclePolicy, Retention), words="a LifecyclePolicy or a Retention"
)
"""What an argument can be that says how long originals are kept."""

_UNSAID: Final = Retention()
_ACCEPTED: Final = {
    "prefixes": TEXTS,
    "template": CREATION_TEMPLATE_OPTIONS,
    "source_lifecycle": SOURCE_LIFECYCLE,
}


class AcceptedReplication(Construct):
    """What a registry needs to take in another registry's images: a policy statement and creation templates.

    Replication copies images and nothing else: no lifecycle policy, no immutability, no encryption, no
    repository policy. A repository that replication creates gets them from a creation template of the
    destination, and without one has none. So each prefix gets a template here, applied for replication; one
    that the registry already has for the prefix, applied for replication, is used as it is.

    Nor does anybody's right to pull: `grant_pull_to_account` and its siblings give it for the copies.

    Copies stay at least as long as the originals: where the lifecycle policy of the source is given, the
    copies get the same, and another one is refused if it might delete what the source keeps. Where it is not,
    only untagged copies go, after 14 days. Tags are mutable unless said otherwise: an image whose tag exists
    in an immutable repository arrives without that tag.

    Nothing is signed here: replication has no pusher. A signature made at the source travels with its image
    as a referrer (announced by AWS in 2024, not said in its guide: unverified); whoever verifies it has to
    list this registry in the ``registryScopes`` of the trust policy that trusts the source's profile
    (facts §7).

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
        source_account: The account id of the registry from which they come, 12 digits, or a token.
        prefixes: The namespaces that are taken in, such as ``prod/``: the same as in the source's rule.
            A text without ``/`` at its end is taken for a namespace too.
        template: The settings of the copies. What they do not say is: mutable tags, the lifecycle policy of
            the source, no repository policy, AES-256, no tags.
        source_lifecycle: The lifecycle policy of what is copied, or the `Retention` of application images.
            Default: not known.

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
        source_lifecycle: LifecyclePolicy | Retention | None = None,
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
        check_arguments(
            {"source_account": source_account},
            {"source_account": TEXT},
            where=path,
            required=("source_account",),
        )
        if not is_token(source_account):
            check_account_id(source_account)
        namespaces = _namespaces(prefixes, path)
        original = _original(source_lifecycle)
        options = _options(template, original)
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
                _check_lifecycle(existing, original, where=path, is_made=False)
        for namespace in missing:
            described = describe_creation_template(
                f"{path}/{_template_id(namespace)}",
                prefix=namespace,
                applied_for=[AppliedFor.REPLICATION],
                options=options,
                region=registry.region,
                account=registry.account,
            )
            registry.check_contribution(described)
            _check_lifecycle(described, original, where=path, is_made=True)
        statements = (
            []
            if source_account in (registry.account, registry.environment.account_text)
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
        self._registry = registry
        self._consumers: dict[tuple[ConsumerKind, str], CacheConsumer] = {}

    def grant_pull_to_account(self, *account_ids: str) -> None:
        """Let other accounts' principals pull the copies, as far as their own account lets them.

        The policies of the originals do not travel. What is granted here goes into the policy of repositories
        that replication creates from now on, by the templates that were made here.

        Args:
            account_ids: 12 digits each.

        Raises:
            InvalidValueError: No account, or a malformed one.
        """
        for account in named_accounts(account_ids, method="grant_pull_to_account"):
            self._add(CacheConsumer(kind=ConsumerKind.ACCOUNT, value=account, account=account))

    def grant_pull_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts pull the copies, whether they exist yet or not.

        Args:
            role_arns: Their ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, or one that is no role's ARN.
        """
        for account, arn in named_roles(role_arns, method="grant_pull_to_role"):
            self._add(CacheConsumer(kind=ConsumerKind.ROLE, value=arn, account=account))

    def grant_pull_to_organization_paths(self, *paths: str) -> None:
        """Let the accounts under paths of an organization pull the copies.

        Args:
            paths: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``.

        Raises:
            InvalidValueError: No path, or a malformed one.
        """
        for path in named_organization_paths(paths, method="grant_pull_to_organization_paths"):
            self._add(CacheConsumer(kind=ConsumerKind.ORGANIZATION_PATH, value=path))

    def grant_pull_to_organization(self, organization_id: str) -> None:
        """Let every account of an organization pull the copies.

        Args:
            organization_id: Such as ``o-a1b2c3d4e5``.

        Raises:
            InvalidValueError: It is no organization's id.
        """
        organization = named_organization(organization_id, method="grant_pull_to_organization")
        self._add(CacheConsumer(kind=ConsumerKind.ORGANIZATION, value=organization))

    def _add(self, consumer: CacheConsumer) -> None:
        if not self.templates:
            raise InvalidValueError(
                "the registry has a template of its own for each prefix, and none was made here",
                where=self.node.path,
                fix="give that template the repository_policy that the copies shall have",
            )
        held = {**self._consumers, (consumer.kind, consumer.value): consumer}
        statements = pull_statements(list(held.values()), partition=self._registry.partition)
        for template in self.templates:
            template.set_consumer_statements(statements)
        self._consumers = held


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
    """The settings as given; what they do not say is as is safe for copies."""
    options = CreationTemplateOptions() if given is None else given
    if options.tag_mutability is None:
        options = replace(options, tag_mutability=TagMutability(mode=MutabilityMode.MUTABLE))
    if source_lifecycle is not None and options.lifecycle == _UNSAID:
        options = replace(options, lifecycle=source_lifecycle)
    return options


def _original(given: LifecyclePolicy | Retention | None) -> LifecyclePolicy | None:
    return given.policy(RepositoryKind.APPLICATION) if isinstance(given, Retention) else given


def _template_of(registry: PrivateRegistry, namespace: str) -> CreationTemplate | None:
    """The registry's own template for exactly this prefix, applied for replication."""
    found = template_for(registry.ledger, f"{namespace}/a", AppliedFor.REPLICATION)
    return found if found is not None and found.known_prefix == namespace else None


def _check_lifecycle(
    template: CreationTemplate, original: LifecyclePolicy | None, *, where: str, is_made: bool
) -> None:
    if original is None or not isinstance(template.lifecycle_policy, str):
        return
    rule = rule_that_loses(parse_lifecycle_policy(template.lifecycle_policy), original)
    if rule is not None:
        described = f" ({rule.description})" if rule.description else ""
        raise InvalidValueError(
            f"rule {rule.priority}{described} of the lifecycle policy for copies under {template.label!r} "
            "may remove a copy that its source keeps",
            where=where,
            allowed="the source's own policy, or the same rules with larger numbers",
            fix="leave the lifecycle out of the template's options: the copies then get the source's"
            if is_made
            else f"the registry has that template already: give it the source's policy, or replicate "
            f"{template.label}/ by a rule of its own, with the lifecycle policy of what lies there",
        )
