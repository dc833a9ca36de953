"""A pull-through cache: the rule, its credential, its creation template and who may pull."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from ecr_blueprints.constructs.cache_address import CacheAddress
from ecr_blueprints.constructs.cache_consumers import (
    CacheConsumer,
    ConsumerKind,
    import_statements,
    pull_statements,
)
from ecr_blueprints.constructs.cache_credential_secret import CacheCredentialSecret
from ecr_blueprints.constructs.cache_lambda import CachedFunctionImages, check_not_lambda
from ecr_blueprints.constructs.cache_plan import CREDENTIAL_ID, ROLE_ID, TEMPLATE_ID, CachePlan
from ecr_blueprints.constructs.cache_pull_grant import check_create, grant_identity_pull
from ecr_blueprints.constructs.cache_upstream_access import UpstreamAccess
from ecr_blueprints.constructs.cache_upstream_role import CacheUpstreamRole
from ecr_blueprints.constructs.cache_validation import DEFAULT_PATIENCE_SECONDS, CacheValidation, OnInvalid
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_of, path_under
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.grantee import account_of, check_grantee, check_unconditional, role_arn_of
from ecr_blueprints.constructs.image_reference import RegistryImage
from ecr_blueprints.constructs.named_principals import (
    named_accounts,
    named_organization,
    named_organization_paths,
    named_roles,
)
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.constructs.secret_ready import SecretReady
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["PullThroughCache"]


class PullThroughCache(Construct):
    """A cache of an upstream registry under a prefix of a private registry.

    A cache needs more than its rule: a credential that ECR can read, the role that it assumes for another ECR
    registry, a creation template, without which its repositories are never cleaned up, scanning by their
    names, and pullers who may import and create. Here they are made together, and what could not work is
    refused: ECR finds a wrong secret, role or prefix only when it creates the rule, or when somebody pulls.

    Every property of a rule is create-only (facts §4): what changes with a rotation is not in it. On pull by
    tag, ECR asks the upstream again after 24 hours, and answers from the cache if the upstream does not. The
    first pull of an image needs a route to the internet, also where interface endpoints are in use. AWS
    Lambda cannot pull through a cache: a function of this app whose image lies in one fails the synthesis.

    ``frozen`` makes the tags immutable: a cached tag stays at the image that was pulled first, and never gets
    a fix that its upstream publishes under it. It is the one documented way to that: a pull-time update
    exclusion, with which caches are said to be pinned, only stops a principal's pulls from counting as pulls
    (facts §10). It freezes nothing that was not pulled yet, no repository that existed before, and nothing
    that ECR's lifecycle policy deletes. Where those matter, copy the image into an ordinary repository.

    Of a registry of another account, that registry has to allow the copy, see
    `PrivateRegistry.allow_cache_upstream`. If this app owns it too, and made its `PrivateRegistry` before the
    cache, the cache adds the statement itself: for ``upstream_prefix``, or without one for every repository.

    Example:
        Docker Hub, for the nodes of another account::

            from ecr_blueprints import PullThroughCache

            cache = PullThroughCache(stack, "DockerHub", registry=registry, upstream="docker-hub")
            cache.grant_pull_to_account("222233334444")
            nginx = cache.image("library/nginx", tag="1.27").uri

    Creates:
        * one ``AWS::ECR::PullThroughCacheRule``; deleted with its stack, while the repositories that it
          filled stay, billed as storage of ECR;
        * one ``AWS::ECR::RepositoryCreationTemplate``, and the role that it may need; deleted with its stack;
        * where the upstream takes a secret and none is given, one ``AWS::SecretsManager::Secret``, billed by
          Secrets Manager per secret and month; kept when its stack goes;
        * for another ECR registry, where no role is given, one ``AWS::IAM::Role``; deleted with its stack;
        * for ``validate`` and ``wait_for_secret``, a custom resource each, with a Lambda function that the
          stack shares and that runs at deployments;
        * for consumers of other accounts, statements of the registry policy, which `PrivateRegistry` makes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        upstream: One of ECR's nine upstreams, or its key, host or common name: ``docker-hub``,
            ``public.ecr.aws``, ``acme.azurecr.io``, ``UpstreamRegistry.ecr("222233334444", "eu-west-1")``.
        prefix: The prefix of its repositories, 2 to 30 characters, or ``ROOT`` for every name that no other
            cache has. Default: the upstream's key.
            Under ``ROOT`` the cache has the registry's ``ROOT`` template, where there is one: whom another
            account's pull is granted to may pull what replication creates by it, too.
        upstream_prefix: Of another ECR registry, the prefix that is cached, 2 to 30 characters; the cache's
            prefix takes its place: under ``my-app`` with the upstream prefix ``upstream-app``, the upstream's
            ``upstream-app/api`` is ``my-app/api``. Not with the prefix ``ROOT``. Default: all of it.
        credential: An existing secret with the credential: a construct, its full ARN, or its name. By name,
            the rule gets the ARN without the suffix that Secrets Manager appends. Secrets Manager finds the
            secret by it; that ECR takes it is not documented (unverified). Default: where the
            upstream needs one, a secret is made with a placeholder.
        secret_name: The name of the secret that is made. Default: ``ecr-pullthroughcache/<prefix>``.
        role: Of another ECR registry, the role that ECR assumes to reach it: a construct or its ARN, in the
            cache's account. It has to trust ``pullthroughcache.ecr.amazonaws.com``. Default: one is made,
            also for another Region of the same account, where AWS's pages disagree whether it is needed.
        template: The creation template's settings; under ``ROOT`` only where the registry has
            ``root_template=False``. Default: mutable tags, or immutable ones where frozen;
            untagged images deleted after 14 days, AES-256, no tags, no role.
        frozen: Whether cached tags stay as they were pulled first. Default: no, they follow the upstream.
        validate: Whether each deployment of the rule asks ECR whether it can log in to the upstream, see
            `CacheValidation`: ``OnInvalid.FAIL`` to fail where it cannot, ``OnInvalid.WARN`` to tell and go
            on. True is to fail, except where the secret is made here: that holds a placeholder, with which
            every first deployment would be rolled back, so that it is to tell. Write ``OnInvalid.FAIL`` once
            the credential is in. Default: no.
        wait_for_secret: Whether the rule waits until Secrets Manager knows the secret that is made, see
            by a custom resource: right after its secret a rule has been seen to fail. Default: no.

    Attributes:
        upstream: What it caches.
        address: Where it keeps what it caches.
        frozen: Whether cached tags stay as they were pulled first.
        secret: The secret that was made; None if one was given or none is needed.
        role: The role that was made or given as a construct; None otherwise.
        template: The creation template; under ``ROOT`` the registry's, where it has one.
        validation: The check after deployment; None if there is none.
        resource: The rule, a ``CfnPullThroughCacheRule``.

    Raises:
        InvalidValueError: A value that ECR refuses, a credential or role that cannot work, or an upstream
            that is the registry itself.
        RegistryConflictError: The prefix is taken or lies within another cache's, or a creation template goes
            against it; the error names both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html,
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html,
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html

    Practices: PTC-1, PTC-3, PTC-4, PTC-5, PTC-7
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        upstream: UpstreamRegistry | str,
        prefix: str | None = None,
        upstream_prefix: str | None = None,
        credential: secretsmanager.ISecret | str | None = None,
        secret_name: str | None = None,
        role: iam.IRole | str | None = None,
        template: CreationTemplateOptions | None = None,
        frozen: bool = False,
        validate: bool | OnInvalid = False,
        wait_for_secret: bool = False,
    ) -> None:
        check_place(scope, construct_id, kind="PullThroughCache")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        plan = CachePlan.make(
            path,
            registry=registry,
            upstream=upstream,
            prefix=prefix,
            upstream_prefix=upstream_prefix,
            credential=credential,
            secret_name=secret_name,
            role=role,
            template=template,
            frozen=frozen,
            validate=validate,
            wait_for_secret=wait_for_secret,
        )
        access = UpstreamAccess.find(
            scope, plan.upstream, upstream_prefix=plan.upstream_prefix, account=registry.account, path=path
        )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._registry = registry
        self._consumers: dict[tuple[ConsumerKind, str], CacheConsumer] = {}
        self.upstream = plan.upstream
        self.frozen = frozen
        self.address = CacheAddress(
            prefix=plan.prefix,
            upstream=plan.upstream,
            registry_uri=registry.uri,
            repository_arn_base=registry.arn("ecr", "repository"),
            upstream_prefix=plan.upstream_prefix,
        )
        self.secret = self._make_secret(plan)
        self.role: iam.IRole | None = None if isinstance(role, str) else role
        if plan.role.is_made:
            self.role = CacheUpstreamRole(
                self,
                ROLE_ID,
                upstream_arn=plan.upstream_repository_arn,
                cache_arn=self.repository_arn_pattern,
                upstream=str(plan.upstream),
            )
        self.template = plan.shared_template or RepositoryCreationTemplate(
            self,
            TEMPLATE_ID,
            registry=registry,
            prefix=plan.prefix,
            applied_for=[AppliedFor.PULL_THROUGH_CACHE],
            options=plan.options,
            frozen=frozen,
        )
        self.resource = ecr.CfnPullThroughCacheRule(
            self,
            "Resource",
            ecr_repository_prefix=plan.prefix,
            upstream_registry=str(plan.upstream.key),
            upstream_registry_url=plan.upstream.upstream_registry_url,
            upstream_repository_prefix=plan.upstream_prefix,
            credential_arn=plan.credential.existing_arn if self.secret is None else self.secret.secret_arn,
            custom_role_arn=self.role.role_arn
            if plan.role.is_made and self.role is not None
            else plan.role.existing_arn,
        )
        if wait_for_secret and self.secret is not None:
            ready = SecretReady(self, "CredentialReady", secret_arn=self.secret.secret_arn)
            self.resource.node.add_dependency(ready)
        self.validation: CacheValidation | None = None
        if plan.on_invalid is not None:
            # A placeholder never passes: where that is only told, nothing is worth waiting for.
            is_told = self.secret is not None and plan.on_invalid is OnInvalid.WARN
            self.validation = CacheValidation(
                self,
                "Validation",
                rule=self.resource,
                prefix=plan.prefix,
                on_invalid=plan.on_invalid,
                patience_seconds=0 if is_told else DEFAULT_PATIENCE_SECONDS,
            )
        # The first pull may follow the rule at once; the repository it creates shall find its template.
        self.resource.add_resource_dependency(self.template.resource)
        if plan.prefix != ROOT:
            self.node.add_validation(
                CachedFunctionImages(self, registry_uri=registry.uri, prefix=plan.prefix)
            )
        registry.contribute(plan.rule)
        registry.add_cache(self)
        if access is not None:
            access.allow()

    def _make_secret(self, plan: CachePlan) -> CacheCredentialSecret | None:
        name = plan.credential.new_secret_name
        if name is None:
            return None
        return CacheCredentialSecret(self, CREDENTIAL_ID, name=name, upstream=plan.upstream.key)

    @property
    def prefix(self) -> str:
        """The prefix of its repositories, without a slash at its end, or ``ROOT``."""
        return self.address.prefix

    @property
    def secret_arn(self) -> str | None:
        """The ARN of the credential's secret; None if the upstream needs none."""
        return self.resource.credential_arn

    @property
    def repository_arn_pattern(self) -> str:
        """The ARN of every repository of the cache, with ``*``."""
        return self.address.repository_arn_pattern

    def repository_uri(self, name: str) -> str:
        """The URI of a cached repository.

        Args:
            name: Its name at the upstream, such as ``library/nginx``, without host, tag and digest.

        Raises:
            InvalidValueError: The upstream has no such name; the error names the fix.
        """
        return self.address.repository_uri(name)

    def image(self, name: str, *, tag: str | None = None, digest: str | None = None) -> RegistryImage:
        """A cached image, for a container of CDK or as a URI.

        The ``uri`` of ``cache.image("library/nginx", tag="1.27")`` is
        ``<registry>/docker-hub/library/nginx:1.27``. Where CDK binds it to a container, the role that
        pulls it is granted to pull through the cache, see `grant_pull`.

        Args:
            name: The repository's name at the upstream, without host, tag and digest.
            tag: The tag.
            digest: The digest.

        Returns:
            What CDK's ECS and Batch take as ``image``; its ``uri`` is the reference as a text.

        Raises:
            InvalidValueError: Neither or both of tag and digest, or a part is malformed.
        """
        return RegistryImage(self.address.image(name, tag=tag, digest=digest), grant_pull=self.grant_pull)

    def grant_pull(self, grantee: iam.IGrantable, *, create: bool = True) -> iam.Grant:
        """Let a principal pull through the cache, under its prefix only.

        A principal of the registry's account gets it by its own policy: to log in, to pull, to import from
        the upstream and to create the repository of what nobody pulled before. The last is in none of the
        managed policies that nodes usually have, such as ``AmazonEC2ContainerRegistryPullOnly`` (facts §4):
        without it the first pull of an image fails with *name unknown*. A principal of another account gets
        it by the registry policy and the repositories' policy, and also by its own where this app holds it;
        else its account has to allow the same actions. A role of another account is named by a condition on
        its account, since ECR refuses a principal that does not exist yet. Where a stack leaves its account
        open, it is taken for the registry's.

        Args:
            grantee: A role or user, or a principal that names a role or an account.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: The grantee can be granted nothing this way, or is a Lambda function or the
                service Lambda, which cannot pull through a cache; the error names what to do.
        """
        where = f"{self.node.path}.grant_pull"
        check_not_lambda(grantee, where=where)
        check_grantee(grantee, where=where)
        account = account_of(grantee)
        if account is None or self._registry.account in (None, account):
            return grant_identity_pull(
                grantee, repository_arn=self.repository_arn_pattern, create=create, where=where
            )
        check_unconditional(grantee, where=where)
        role_arn = role_arn_of(grantee)
        if role_arn is not None:
            self._add([CacheConsumer(kind=ConsumerKind.ROLE, value=role_arn, account=account, create=create)])
        elif isinstance(grantee, iam.AccountPrincipal):
            self.grant_pull_to_account(account, create=create)
        else:
            raise InvalidValueError(
                f"the grantee of account {account} is neither a role nor the account",
                where=where,
                allowed="a role, iam.ArnPrincipal of a role, iam.AccountPrincipal",
                fix="grant to the role that it assumes, or use grant_pull_to_account",
            )
        return grant_identity_pull(
            grantee, repository_arn=self.repository_arn_pattern, create=create, where=where, required=False
        )

    def grant_pull_to_account(self, *account_ids: str, create: bool = True, fill: bool = True) -> None:
        """Let other accounts' principals pull, as far as their own account lets them.

        Args:
            account_ids: 12 digits each.
            create: Whether the first pull of an image may create its repository. Default: yes.
            fill: Whether a pull may fetch what the cache does not hold. Default: yes. No: what the cache was
                filled with is pulled, and nothing else.

        Raises:
            InvalidValueError: No account, or a malformed one.
        """
        self._add(
            CacheConsumer(kind=ConsumerKind.ACCOUNT, value=account, account=account, create=create, fill=fill)
            for account in named_accounts(account_ids, method="grant_pull_to_account")
        )

    def grant_pull_to_role(self, *role_arns: str, create: bool = True, fill: bool = True) -> None:
        """Let roles of other accounts pull, whether they exist yet or not.

        Args:
            role_arns: Their ARNs; the account id in each must be literal.
            create: Whether the first pull of an image may create its repository. Default: yes.
            fill: Whether a pull may fetch what the cache does not hold. Default: yes. No: what the cache was
                filled with is pulled, and nothing else.

        Raises:
            InvalidValueError: No role, or one that is no role's ARN.
        """
        self._add(
            CacheConsumer(kind=ConsumerKind.ROLE, value=arn, account=account, create=create, fill=fill)
            for account, arn in named_roles(role_arns, method="grant_pull_to_role")
        )

    def grant_pull_to_organization_paths(self, *paths: str, create: bool = True, fill: bool = True) -> None:
        """Let the accounts under paths of an organization pull.

        Args:
            paths: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``.
            create: Whether the first pull of an image may create its repository. Default: yes.
            fill: Whether a pull may fetch what the cache does not hold. Default: yes. No: what the cache was
                filled with is pulled, and nothing else.

        Raises:
            InvalidValueError: No path, or a malformed one.
        """
        self._add(
            CacheConsumer(kind=ConsumerKind.ORGANIZATION_PATH, value=path, create=create, fill=fill)
            for path in named_organization_paths(paths, method="grant_pull_to_organization_paths")
        )

    def grant_pull_to_organization(
        self, organization_id: str, *, create: bool = True, fill: bool = True
    ) -> None:
        """Let every account of an organization pull.

        Args:
            organization_id: Such as ``o-a1b2c3d4e5``.
            create: Whether the first pull of an image may create its repository. Default: yes.
            fill: Whether a pull may fetch what the cache does not hold. Default: yes. No: what the cache was
                filled with is pulled, and nothing else.

        Raises:
            InvalidValueError: It is no organization's id.
        """
        organization = named_organization(organization_id, method="grant_pull_to_organization")
        self._add(
            [CacheConsumer(kind=ConsumerKind.ORGANIZATION, value=organization, create=create, fill=fill)]
        )

    def _add(self, added: Iterable[CacheConsumer]) -> None:
        """Enter consumers; whoever may create or fill once may create or fill."""
        path = path_of(self)
        entered = dict(self._consumers)
        for consumer in added:
            check_create(consumer.create, fill=consumer.fill, where=path)
            if not consumer.fill:
                consumer = replace(consumer, create=False)
            key = (consumer.kind, consumer.value)
            earlier = entered.get(key)
            if earlier is not None:
                consumer = replace(
                    consumer, create=consumer.create or earlier.create, fill=consumer.fill or earlier.fill
                )
            entered[key] = consumer
        consumers = list(entered.values())
        partition = self._registry.partition
        statements = import_statements(
            consumers, repository_arn=self.repository_arn_pattern, partition=partition
        )
        self._registry.check_registry_policy(path, statements)
        self.template.set_consumer_statements(pull_statements(consumers, partition=partition))
        self._registry.set_registry_policy(path, statements)
        self._consumers = entered
