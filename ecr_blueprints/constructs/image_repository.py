"""A private repository with secure defaults, in the place of ``ecr.Repository``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, overload

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import check_arguments, member_of
from ecr_blueprints.constructs.cached_name import check_not_cached
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import (
    check_place,
    environment_of,
    path_under,
    place_in,
    refusal_if_taken,
)
from ecr_blueprints.constructs.deletion_keys import check_removal, is_deletion_allowed
from ecr_blueprints.constructs.existing_encryption import find_existing_encryption
from ecr_blueprints.constructs.granted_actions import check_actions
from ecr_blueprints.constructs.image_repository_arguments import IMAGE_REPOSITORY_ARGUMENTS
from ecr_blueprints.constructs.image_suffix import image_suffix
from ecr_blueprints.constructs.owner_tags import owner_tags
from ecr_blueprints.constructs.policy_length import is_surely_short, watch_policy_length
from ecr_blueprints.constructs.policy_statement import check_statement
from ecr_blueprints.constructs.property_injection import is_injected, with_own_defaults
from ecr_blueprints.constructs.purpose_statements import PurposeStatements
from ecr_blueprints.constructs.registry_environment import check_same_environment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.repository_batch import RepositoryBatch
from ecr_blueprints.constructs.repository_declaration import (
    declared_repository,
    named_repository,
    plain_properties,
)
from ecr_blueprints.constructs.repository_deletion import (
    DELETION_POLICIES,
    KEPT_ONCE_CREATED,
    RepositoryDeletion,
)
from ecr_blueprints.constructs.repository_encryption import (
    RepositoryEncryption,
    read_encryption,
    warn_of_dual_layer,
)
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.constructs.repository_lifecycle import RepositoryLifecycle, read_cdk_rule
from ecr_blueprints.constructs.repository_mutability import check_exclusions, default_mutability
from ecr_blueprints.constructs.repository_resource import (
    lifecycle_property,
    lifecycle_text,
    repository_selector,
    written_policy,
)
from ecr_blueprints.constructs.service_pull import LAMBDA, unpinned_service
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.domain.tags import MutabilityMode
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.registry.existing_repositories import ExistingRepositories
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.federated_role import FederatedGrant
    from ecr_blueprints.constructs.image_reference import RegistryImage

__all__ = ["ImageRepository"]

_LATEST_WARNING: Final = "ecr-blueprints:latest-in-production"
"""The id of the warning that production runs whatever ``latest`` is at the moment."""

# What CDK's own check of a name accepts; narrower than ECR's grammar, which `RepositoryName` holds.
_NAME_FOR_CDK: Final = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")

_REMOVAL: Final = "removal_policy"
_CACHED_FIX: Final = "give it another prefix, or kind=RepositoryKind.CACHE where it is for the cache to fill"


class ImageRepository(ecr.Repository):
    """A private repository, with every argument and method of ``ecr.Repository`` and wherever that goes.

    What differs where nothing is said:

    * Tags are immutable, or mutable where ``kind`` says that they move (base images, caches, build caches).
    * A lifecycle policy deletes what nobody can run: untagged images, see `Retention`.
    * The repository is kept when it leaves the template or is replaced; only a create that is rolled back
      removes it, so that its name does not collide with the next attempt (``RetainExceptOnCreate``).
    * Deletion takes two keys: ``removal_policy=DESTROY`` (with ``empty_on_delete=True`` where there are
      images) and the context value ``ecr-blueprints:allow-repository-deletion`` on the stage or app. With
      the first alone, the repository is kept and synthesis warns. An aspect or an override on the
      ``CfnRepository`` is out of this construct's sight.

    Neither the name nor the encryption is set unless given: they can be chosen only when a repository is
    created, so that replacing ``ecr.Repository`` by this class replaces no repository. It does make tags
    immutable: where a pipeline moves tags, say ``image_tag_mutability=TagMutability.MUTABLE``. An
    organization's property injector for ``ecr.Repository`` works here too, and what it says counts as given;
    `RepositoryDefaults`, the library's own, does not touch an `ImageRepository`.

    Example:
        from ecr_blueprints import ImageRepository, Retention

        api = ImageRepository(
            stack,
            "Api",
            repository_name="payments/api",
            retention=Retention(keep=["v*", "deployed-*"], builds=["sha-*"], builds_days=90),
            registry=registry,
        )
        api.grant_pull_to_account("222233334444")

    Creates:
        One ``AWS::ECR::Repository``, with its lifecycle policy and, once something is granted, its repository
        policy. The repository is free of charge; its images are billed as storage by GB and month, and what
        leaves the Region as data transfer (https://aws.amazon.com/ecr/pricing/). It and its images are left
        behind on deletion, unless both keys are turned. ``auto_delete_images`` also makes CDK's custom
        resource, with a function and its role.

    Args:
        scope: Where it belongs.
        id: Its id within the scope.
        auto_delete_images: Deprecated by CDK; as ``empty_on_delete``, by a custom resource.
        empty_on_delete: Whether deleting the repository deletes its images. Takes ``removal_policy=DESTROY``
            and the second key.
        encryption: CDK's or the library's kind of encryption; ``KMS_DSSE``, which ``ecr.Repository`` refuses,
            too. Default: KMS where a key is given, else nothing is rendered, which is AES-256.
        encryption_key: A key of the same Region, as a construct or an ARN. Default: the registry's, where it
            has one, ``encryption`` is not given and the name is literal and not among those that exist; with
            KMS alone ``aws/ecr``.
        existing_encryption: What the repository of that name is encrypted with, if it exists already: the
            kind, or a record (`ExistingRepositories`). A change, which would replace it, is refused. Default:
            what the registry's record says.
        image_scan_on_push: Deprecated by CloudFormation in favour of registry scanning. Default: not set.
        image_tag_mutability: Default: immutable, or by ``kind``.
        image_tag_mutability_exclusion_filters: 1 to 5, with the two modes that have exclusions.
        lifecycle_registry_id: The account whose registry holds the repository, for the lifecycle policy.
        lifecycle_rules: CDK's rules, see `add_lifecycle_rule`.
        removal_policy: Default: kept, except when its creation is rolled back.
        repository_name: Any name that ECR takes. CDK refuses ``--`` and ``__``, which ECR allows; such a name
            is set behind CDK's back, with one limit: a stack of another account or Region cannot refer to
            the repository through this construct. Default: CloudFormation generates one.
        retention: What is kept. Default: `Retention` by ``kind``.
        lifecycle_policy: The whole policy, in place of ``retention`` and ``lifecycle_rules``.
        registry: The registry to which it belongs, own or by contract: its convention is checked, the owner
            is read from the name, and the repository is entered in its ledger. Default: none.
        owner: Whose it is, for the ``owner`` tag. Default: the ``team`` segment of the name, if the registry
            declares a convention that has one.
        tags: Further resource tags; with the owner's at most 50.
        kind: What it is for; ``CACHE`` to make a repository before its pull-through cache does. Default: an
            application's images.
        convention_exception: Why the name need not follow the registry's convention. Default: it must.

    Raises:
        InvalidValueError: A name, combination or value that ECR or the library does not take; a name under
            the prefix of a pull-through cache, into which nothing can be pushed.
        LifecyclePolicyError: The lifecycle policy breaks ECR's grammar or constraints.
        RegistryConflictError: The registry has a repository of that name.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
    and https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html

    Practices: NAME-1, NAME-3, NAME-4, PROMO-3, PROMO-4, LIFE-1, ENC-1
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auto_delete_images: bool | None = None,
        empty_on_delete: bool | None = None,
        encryption: ecr.RepositoryEncryption | EncryptionType | None = None,
        encryption_key: IKeyRef | str | None = None,
        image_scan_on_push: bool | None = None,
        image_tag_mutability: ecr.TagMutability | None = None,
        image_tag_mutability_exclusion_filters: Sequence[ecr.ImageTagMutabilityExclusionFilter] | None = None,
        lifecycle_registry_id: str | None = None,
        lifecycle_rules: Sequence[ecr.LifecycleRule | Mapping[str, Any]] | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        repository_name: str | None = None,
        retention: Retention | None = None,
        lifecycle_policy: LifecyclePolicy | None = None,
        registry: RegistryReference | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        kind: RepositoryKind = RepositoryKind.APPLICATION,
        convention_exception: str | None = None,
        existing_encryption: EncryptionType | ExistingRepositories | None = None,
    ) -> None:
        check_place(scope, id, kind="ImageRepository")
        where = f"ImageRepository({(repository_name if isinstance(repository_name, str) else id)!r})"
        check_arguments(
            {
                "auto_delete_images": auto_delete_images,
                "empty_on_delete": empty_on_delete,
                "encryption": encryption,
                "image_scan_on_push": image_scan_on_push,
                "image_tag_mutability": image_tag_mutability,
                "image_tag_mutability_exclusion_filters": image_tag_mutability_exclusion_filters,
                "lifecycle_registry_id": lifecycle_registry_id,
                "lifecycle_rules": lifecycle_rules,
                "removal_policy": removal_policy,
                "repository_name": repository_name,
                "retention": retention,
                "lifecycle_policy": lifecycle_policy,
                "registry": registry,
                "owner": owner,
                "tags": tags,
                "convention_exception": convention_exception,
                "existing_encryption": existing_encryption,
            },
            IMAGE_REPOSITORY_ARGUMENTS,
            where=where,
        )
        kind = member_of(RepositoryKind, kind, argument="kind", where=where)
        if isinstance(existing_encryption, str):
            existing_encryption = member_of(
                EncryptionType, existing_encryption, argument="existing_encryption", where=where
            )
        path = path_under(scope, id)
        is_literal = repository_name is not None and not is_token(repository_name)
        name = RepositoryName(repository_name) if is_literal and repository_name is not None else None
        check_exclusions(image_tag_mutability, image_tag_mutability_exclusion_filters, where=where)
        check_removal(
            removal_policy,
            empty_on_delete=empty_on_delete,
            auto_delete_images=auto_delete_images,
            where=where,
        )
        lifecycle = RepositoryLifecycle(
            where=where,
            policy=lifecycle_policy,
            retention=retention,
            kind=kind,
            mutability=default_mutability(kind)
            if image_tag_mutability is None
            else MutabilityMode(image_tag_mutability.value),
            rules=tuple(read_cdk_rule(rule, where=where) for rule in lifecycle_rules or ()),
        )
        lifecycle.check_sources()
        lifecycle.compose()
        resource_tags = owner_tags(
            owner=owner,
            tags=tags,
            repository_name=name,
            convention=None
            if registry is None or convention_exception is not None
            else registry.ledger.production.convention,
        )
        _, region = environment_of(scope)
        existing = find_existing_encryption(
            registry,
            existing_encryption,
            name=name,
            account=None if registry is None else registry.account,
            region=region,
            where=where,
        )
        encryption_key = existing.key_for(encryption, encryption_key)
        ciphered = read_encryption(encryption, encryption_key, region=region, where=where)
        existing.check(encryption, encryption_key)
        if registry is not None:
            check_same_environment(registry, scope, where=where)
            if name is not None and kind is not RepositoryKind.CACHE:
                check_not_cached(registry.ledger, name, where=where, fix=_CACHED_FIX)
            named = named_repository(path, repository_name, kind)
            registry.check_repository(named, exception=convention_exception)
        name_for_cdk = None if name is not None and not _NAME_FOR_CDK.fullmatch(name) else repository_name
        may_destroy = removal_policy is not cdk.RemovalPolicy.DESTROY or is_deletion_allowed(
            scope, repository_name=name, construct_path=path
        )
        # Calls into Node.js are what a construct costs. Where nobody else has a say in what is rendered, CDK
        # gets the defaults at once, and nothing has to be read back.
        plain: dict[str, Any] | None = None
        if ciphered == RepositoryEncryption() and not is_injected(scope):
            plain = plain_properties(
                mutability=image_tag_mutability or ecr.TagMutability(default_mutability(kind).value),
                exclusions=image_tag_mutability_exclusion_filters,
                name=repository_name,
                removal_policy=removal_policy,
                scan_on_push=image_scan_on_push,
            )
        if plain is not None:
            image_tag_mutability = ecr.TagMutability(plain["imageTagMutability"])
            removal_policy = removal_policy or cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        try:
            with with_own_defaults():
                super().__init__(
                    scope,
                    id,
                    auto_delete_images=auto_delete_images if may_destroy else None,
                    empty_on_delete=empty_on_delete if may_destroy else None,
                    encryption=ciphered.for_cdk,
                    encryption_key=ciphered.key_for_cdk,
                    image_scan_on_push=image_scan_on_push,
                    image_tag_mutability=image_tag_mutability,
                    image_tag_mutability_exclusion_filters=None
                    if image_tag_mutability_exclusion_filters is None
                    else list(image_tag_mutability_exclusion_filters),
                    lifecycle_registry_id=lifecycle_registry_id,
                    removal_policy=removal_policy if may_destroy else None,
                    repository_name=name_for_cdk,
                )
        except RuntimeError:
            refusal = refusal_if_taken(scope, id)
            if refusal is not None:
                raise refusal from None
            raise
        self._literal_name = name
        self._registry_reference = registry
        self._declared: Repository | None = None
        self._access = RepositoryGrants.from_repository(self)
        self._statements = PurposeStatements.of(self)
        if registry is not None:
            self._access.belong_to(registry, repository_name=name)
        if type(self).add_to_resource_policy is ImageRepository.add_to_resource_policy:
            self._statements.write_with(self._write_policy)
        place_in(self, scope)
        self._construct_path = path
        self._has_written_policy = False
        self._resource_registry_id = lifecycle_registry_id
        self._found_resource: ecr.CfnRepository | None = None
        self._deletion = RepositoryDeletion(self, lambda: self._repository_resource, repository_name=name)
        if name_for_cdk != repository_name:
            self._repository_resource.repository_name = repository_name
        if ciphered.for_resource is not None:
            self._repository_resource.encryption_configuration = ciphered.for_resource
        # An organization's property injector may have changed what was passed; what it says counts as given.
        properties = plain or dict(cdk.Stack.of(self).resolve(self._repository_resource._cfn_properties))
        existing.check_rendered(properties.get("encryptionConfiguration"))
        if "imageTagMutability" not in properties:
            properties["imageTagMutability"] = default_mutability(kind).value
            self._repository_resource.image_tag_mutability = properties["imageTagMutability"]
        if encryption is not None:
            warn_of_dual_layer(self, encryption, region=region)
        if encryption is None and "encryptionConfiguration" not in properties:
            existing.warn_if_undecided(self, registry, name=name)
        if not may_destroy:
            self._deletion.warn_kept()
        if plain is not None and removal_policy is not None:
            deletion_policy = DELETION_POLICIES[removal_policy]
        else:
            deletion_policy = self._deletion.settle(removal_policy, properties)
            if deletion_policy == KEPT_ONCE_CREATED:
                super().apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self._lifecycle = lifecycle.after_injection(
            mutability=MutabilityMode(properties["imageTagMutability"]),
            text=properties.get("lifecyclePolicy", {}).get("lifecyclePolicyText"),
        )
        batch = RepositoryBatch.in_scope(scope)
        if batch is not None:
            self._statements.hold_back()
            batch.add(id, tags=resource_tags, complete=self._complete)
        else:
            self._render_lifecycle()
            self._tag(resource_tags)
        if registry is not None:
            self._declared = declared_repository(
                construct_path=path,
                properties=properties,
                deletion_policy=deletion_policy,
                lifecycle_policy=self.lifecycle_policy_text,
                tags=resource_tags,
                kind=kind,
            )
            registry.declare_repository(self._declared, exception=convention_exception)
        if batch is None:
            self._require_tags()

    # What CDK's repository has, with the library's rules

    def add_lifecycle_rule(
        self,
        *,
        description: str | None = None,
        max_image_age: cdk.Duration | None = None,
        max_image_count: float | None = None,
        rule_priority: float | None = None,
        tag_pattern_list: Sequence[str] | None = None,
        tag_prefix_list: Sequence[str] | None = None,
        tag_status: ecr.TagStatus | None = None,
    ) -> None:
        """Add a lifecycle rule in CDK's terms; the whole policy is judged and rendered at once.

        Rules get the priorities that ``ecr.Repository`` would give them: first those that have one, then the
        others in the order of adding, the rule for all images last. They follow those of ``retention`` or
        ``lifecycle_policy``. For the rest of ECR's grammar, such as archiving
        or the last pull, write a `LifecyclePolicy` or a `Retention`.

        Args:
            description: For people. Default: none.
            max_image_age: Images older than this go, counted from their push; whole days.
            max_image_count: Images beyond this number go, the oldest first.
            rule_priority: At least 1, each once. Default: numbered.
            tag_pattern_list: Only images that match **every** pattern. Default: none.
            tag_prefix_list: Only images that match **every** prefix. Default: none.
            tag_status: Default: tagged where there is a tag list, else any.

        Raises:
            LifecyclePolicyError: The policy would break ECR's grammar or constraints.
            InvalidValueError: A member or a combination that cannot be.
        """
        given = read_cdk_rule(
            {
                "description": description,
                "max_image_age": max_image_age,
                "max_image_count": max_image_count,
                "rule_priority": rule_priority,
                "tag_pattern_list": tag_pattern_list,
                "tag_prefix_list": tag_prefix_list,
                "tag_status": tag_status,
            },
            where=self._lifecycle.where,
        )
        extended = self._lifecycle.with_rule(given)
        extended.compose()
        self._lifecycle = extended
        self._declare_anew(lifecycle_policy=self._render_lifecycle())

    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Say what happens to the repository when it leaves the template or is replaced.

        Args:
            policy: ``DESTROY`` takes the second key; without it the repository is kept and synthesis warns.

        Raises:
            InvalidValueError: ``SNAPSHOT``, of which ECR knows nothing.
        """
        where = self._lifecycle.where
        check_arguments(
            {"removal_policy": policy}, IMAGE_REPOSITORY_ARGUMENTS, where=where, required=(_REMOVAL,)
        )
        check_removal(policy, where=where)
        if policy is cdk.RemovalPolicy.DESTROY and not self._deletion.is_allowed():
            self._deletion.warn_kept()
            return
        super().apply_removal_policy(policy)
        self._declare_anew(deletion_policy=DELETION_POLICIES[policy])

    def add_to_resource_policy(self, statement: iam.PolicyStatement) -> iam.AddToResourcePolicyResult:
        """Add a statement to the repository policy; leave its resources out.

        Args:
            statement: The statement.

        Raises:
            InvalidValueError: It is no statement.
        """
        check_statement(statement, where=f"{self._lifecycle.where}.add_to_resource_policy(…)")
        self._statements.to_cdk()
        watch_policy_length(self, self._repository_resource)
        self._declare_policy()
        added = super().add_to_resource_policy(statement)
        if self._has_written_policy:
            self._repository_resource.repository_policy_text = added.policy_dependable
            self._has_written_policy = False
        return added

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Grant actions to a principal.

        A role or user of another account gets a statement for its account that holds only where
        ``aws:PrincipalArn`` is the principal: ECR refuses a policy that names a principal which does not
        exist yet.

        Args:
            grantee: Whoever is to be granted something.
            actions: Such as ``ecr:DescribeImages``.

        Raises:
            InvalidValueError: The grantee is no principal or everybody, without a condition; or no action is
                given, or one that is none.
        """
        where = f"{self._lifecycle.where}.grant(…)"
        self._access.check(grantee, where=where)
        check_actions(actions, where=where)
        granted = self._access.to_principal_elsewhere(grantee, actions)
        if granted is not None:
            return granted
        self._access.let_sign(grantee, actions)
        return super().grant(grantee, *actions)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal describe the repository and its images; no image content. See `grant`."""
        self._access.check(grantee, where=f"{self._lifecycle.where}.grant_read(…)")
        return super().grant_read(grantee)

    @overload
    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant: ...
    @overload
    def grant_pull(self, grantee: FederatedIdentity) -> FederatedGrant: ...
    def grant_pull(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant | FederatedGrant:
        """Let a principal pull, and log in where CDK owns its policy. See `grant`.

        A pipeline, such as `GitHubActions`, gets a role in this stack, the same for every grant to it: see
        `FederatedRole`. Lambda's service principal gets what `grant_pull_to_lambda` grants to this account
        and, at synthesis, to the other accounts of this app whose functions have their image here. Other
        services are refused without a condition on their source, see `grant_pull_to_service`.
        """
        if isinstance(grantee, FederatedIdentity):
            return self._access.pull_by_pipeline(grantee)
        if unpinned_service(grantee) == LAMBDA:
            return self._access.pull_by_lambda(grantee)
        self._access.check(grantee, where=f"{self._lifecycle.where}.grant_pull(…)")
        return super().grant_pull(grantee)

    @overload
    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant: ...
    @overload
    def grant_push(self, grantee: FederatedIdentity) -> FederatedGrant: ...
    def grant_push(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant | FederatedGrant:
        """Let a principal or pipeline push, and log in where CDK owns its policy. See `grant_pull`.

        Where a signing rule of the registry covers the repository, it may sign with the rule's profile too.
        """
        if isinstance(grantee, FederatedIdentity):
            return self._access.push_by_pipeline(grantee)
        self._access.check(grantee, where=f"{self._lifecycle.where}.grant_push(…)")
        return super().grant_push(grantee)

    @overload
    def grant_pull_push(self, grantee: iam.IGrantable) -> iam.Grant: ...
    @overload
    def grant_pull_push(self, grantee: FederatedIdentity) -> FederatedGrant: ...
    def grant_pull_push(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant | FederatedGrant:
        """Let a principal or pipeline pull and push. See `grant_pull` and `grant_push`."""
        if isinstance(grantee, FederatedIdentity):
            return self._access.pull_push_by_pipeline(grantee)
        self._access.check(grantee, where=f"{self._lifecycle.where}.grant_pull_push(…)")
        return super().grant_pull_push(grantee)

    # Duties of their own

    def grant_promote(
        self, grantee: iam.IGrantable | FederatedIdentity, *, source: ecr.IRepository
    ) -> iam.Grant:
        """Let a principal or pipeline copy images here from ``source``; see `RepositoryGrants.promote`."""
        return self._access.promote(grantee, source=source)

    def grant_administer(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let an identity change settings and policy; see `RepositoryGrants.administer`."""
        return self._access.administer(grantee)

    def grant_delete_images(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let an identity delete images; see `RepositoryGrants.delete_images`."""
        return self._access.delete_images(grantee)

    # Grants to services

    def grant_pull_to_lambda(self, *account_ids: str) -> None:
        """Let Lambda pull for functions here or elsewhere; see `RepositoryGrants.pull_to_lambda`."""
        self._access.pull_to_lambda(*account_ids)

    def grant_pull_to_service(
        self, service: str, *, source_account: str | None = None, source_arn: str | None = None
    ) -> None:
        """Let a service pull for an account or resource; see `RepositoryGrants.pull_to_service`."""
        self._access.pull_to_service(service, source_account=source_account, source_arn=source_arn)

    # Grants to principals of which this app knows the id alone

    def grant_pull_to_account(self, *account_ids: str) -> None:
        """Let other accounts pull; see `RepositoryGrants.pull_to_account`."""
        self._access.pull_to_account(*account_ids)

    def grant_pull_to_organization(self, organization_id: str) -> None:
        """Let a whole organization pull; see `RepositoryGrants.pull_to_organization`."""
        self._access.pull_to_organization(organization_id)

    def grant_pull_to_organization_paths(self, *paths: str) -> None:
        """Let organizational units pull; see `RepositoryGrants.pull_to_organization_paths`."""
        self._access.pull_to_organization_paths(*paths)

    def grant_pull_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts pull; see `RepositoryGrants.pull_to_role`."""
        self._access.pull_to_role(*role_arns)

    def grant_push_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts push; see `RepositoryGrants.push_to_role`."""
        self._access.push_to_role(*role_arns)

    # Images

    def image(self, *, digest: str | None = None, tag: str | None = None) -> RegistryImage:
        """An image of this repository, for a container of CDK or as a URI.

        Args:
            digest: ``sha256:`` and 64 hexadecimal digits: always the same image. Prefer it in production.
            tag: A tag. ``latest`` in a production repository makes synthesis warn: nobody can tell later
                which image ran.

        Returns:
            What CDK's ECS and Batch take as ``image``; its ``uri`` is the reference as a text.

        Raises:
            InvalidValueError: Not exactly one is given, or it is malformed.
        """
        suffix = image_suffix(tag=tag, digest=digest, where=f"{self._lifecycle.where}.image(…)")
        name, registry = self._literal_name, self._registry_reference
        if tag == "latest" and name is not None and registry is not None and registry.is_production(name):
            cdk.Validations.of(self).add_warning(
                _LATEST_WARNING,
                f"{name} is production and its image is referred to as 'latest', which says nothing about "
                "the image that runs; refer to it by digest, or by a tag that is made once",
            )
        from ecr_blueprints.constructs.image_reference import RegistryImage  # It loads CDK's ECS module.

        return RegistryImage(f"{self.repository_uri}{suffix}", grant_pull=self.grant_pull)

    # How it is rendered

    @property
    def lifecycle_policy_text(self) -> str:
        """The lifecycle policy, as ECR gets it."""
        return lifecycle_text(self._lifecycle.compose())

    def _complete(self, resource: ecr.CfnRepository | None, tags: Mapping[str, str]) -> None:
        """Set what was held back until all repositories of a batch were made; see `RepositoryBatch`."""
        self._found_resource = self._found_resource or resource
        self._render_lifecycle()
        self._tag(tags)
        self._require_tags()
        self._statements.write_held_back()

    @property
    def _repository_resource(self) -> ecr.CfnRepository:
        if self._found_resource is None:
            (resource,) = repository_selector().select(self)  # One call; node.default_child takes two.
            assert isinstance(resource, ecr.CfnRepository)
            self._found_resource = resource
        return self._found_resource

    def _tag(self, tags: Mapping[str, str]) -> None:
        if tags:
            tagged = cdk.Tags.of(self)
            for key, value in tags.items():
                tagged.add(key, value)

    def _require_tags(self) -> None:
        """Have synthesis look for the tags that the registry's repositories must have."""
        registry = self._registry_reference
        required = () if registry is None else registry.ledger.required_tags
        if required:
            from ecr_blueprints.constructs.required_tags import RequiredTags

            name = repr(self._literal_name or self._construct_path)
            self.node.add_validation(RequiredTags(self._repository_resource, required=required, name=name))

    def _render_lifecycle(self) -> str:
        text = self.lifecycle_policy_text
        self._repository_resource.lifecycle_policy = lifecycle_property(text, self._resource_registry_id)
        return text

    def _write_policy(self, policy: Mapping[str, object]) -> None:
        """Set the whole policy; see `PurposeStatements.write_with`."""
        text = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
        self._repository_resource.repository_policy_text = written_policy(text)
        self._has_written_policy = True
        if not is_surely_short(text):
            watch_policy_length(self, self._repository_resource)
        self._declare_policy()

    def _declare_policy(self) -> None:
        self._declare_anew(
            policy=Unresolved("the statements that synthesis collects", depends_on=self._construct_path)
        )

    def _declare_anew(self, **changed: Any) -> None:
        """Bring the registry's ledger up to what has changed since the declaration."""
        if self._declared is None or self._registry_reference is None:
            return
        later = replace(self._declared, **changed)
        if later != self._declared:
            self._registry_reference.replace_repository(self._declared, later)
            self._declared = later
