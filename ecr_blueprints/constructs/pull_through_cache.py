"""A pull-through cache: the rule, its credential, its creation template and who may pull."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments, check_literal_text
from ecr_blueprints.constructs.cache_address import CacheAddress
from ecr_blueprints.constructs.cache_consumers import (
    CacheConsumer,
    ConsumerKind,
    import_statements,
    pull_statements,
)
from ecr_blueprints.constructs.cache_credential import CacheCredential
from ecr_blueprints.constructs.cache_credential_secret import CacheCredentialSecret
from ecr_blueprints.constructs.cache_pull_grant import check_create, grant_identity_pull
from ecr_blueprints.constructs.cache_upstream import IS_FIXED, check_upstream, read_upstream
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_model import describe_creation_template
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
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
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_credential import find_credential_faults
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.source_location import SourceLocation

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["PullThroughCache"]

_ACCEPTED = {"secret_name": TEXT, "template": CREATION_TEMPLATE_OPTIONS}
_CREDENTIAL_ID = "Credential"
_TEMPLATE_ID = "CreationTemplate"


class PullThroughCache(Construct):
    """A cache of an upstream registry under a prefix of a private registry.

    Makes the rule, the secret for the credential where the upstream needs one, and the creation template of
    the repositories that pulls create; the registry's scanning covers them. Every property of a rule is
    create-only, so that nothing which changes with a rotation is in it (facts §4).

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        upstream: The upstream, or its key, host or common name: ``docker-hub``, ``public.ecr.aws``. Another
            account's ECR is not supported yet.
        prefix: The prefix of its repositories, 2 to 30 characters. Default: the upstream's key.
        credential: An existing secret with the credential: a construct, its full ARN, or its name. By name,
            the rule gets the ARN without the suffix that Secrets Manager appends; that ECR takes it is not
            documented (unverified). Default: where the upstream needs one, a secret is made with a
            placeholder.
        secret_name: The name of the secret that is made. Default: ``ecr-pullthroughcache/<prefix>``.
        template: The creation template's settings. Default: mutable tags, untagged images deleted after
            14 days, AES-256, no tags, no role.

    Raises:
        InvalidValueError: A value that ECR refuses, or a credential that cannot work.
        RegistryConflictError: The prefix is taken or lies within another cache's; the error names both.

    Practices: PTC-1, PTC-3, PTC-4, PTC-5
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        upstream: UpstreamRegistry | str,
        prefix: str | None = None,
        credential: secretsmanager.ISecret | str | None = None,
        secret_name: str | None = None,
        template: CreationTemplateOptions | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="PullThroughCache")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        check_arguments({"secret_name": secret_name, "template": template}, _ACCEPTED, where=path)
        known = read_upstream(upstream, where=path)
        if prefix is not None:
            check_literal_text(prefix, argument="prefix", where=path, because=IS_FIXED)
        namespace = CachePrefix(known.default_prefix if prefix is None else prefix).value.removesuffix("/")
        check_upstream(known, where=f"cache {namespace!r}")
        chosen = CacheCredential.choose(
            known,
            prefix=namespace,
            credential=credential,
            secret_name=secret_name,
            environment=registry.environment,
        )
        secret_path = f"{path}/{_CREDENTIAL_ID}"
        rule = CacheRule(
            source=SourceLocation(construct_path=path, resource_type="AWS::ECR::PullThroughCacheRule"),
            prefix=namespace,
            upstream_registry=str(known.key),
            upstream_registry_url=known.upstream_registry_url,
            credential_arn=chosen.arn_in_model(secret_path),
            credential=chosen.secret_in_model(secret_path),
        )
        for fault in find_credential_faults(rule):
            raise InvalidValueError(fault.message, where=path, fix=fault.fix)
        options = CreationTemplateOptions() if template is None else template
        registry.check_contribution(rule)
        registry.check_contribution(
            describe_creation_template(
                f"{path}/{_TEMPLATE_ID}",
                prefix=namespace,
                applied_for=[AppliedFor.PULL_THROUGH_CACHE],
                options=options,
                region=registry.region,
            )
        )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._registry = registry
        self._consumers: dict[tuple[ConsumerKind, str], CacheConsumer] = {}
        self.upstream = known
        self.address = CacheAddress(
            prefix=namespace,
            upstream=known,
            registry_uri=registry.uri,
            repository_arn_base=registry.arn("ecr", "repository"),
        )
        self.secret: CacheCredentialSecret | None = None
        if chosen.new_secret_name is not None:
            self.secret = CacheCredentialSecret(
                self, _CREDENTIAL_ID, name=chosen.new_secret_name, upstream=known.key
            )
        self.template = RepositoryCreationTemplate(
            self,
            _TEMPLATE_ID,
            registry=registry,
            prefix=namespace,
            applied_for=[AppliedFor.PULL_THROUGH_CACHE],
            options=options,
        )
        self.resource = ecr.CfnPullThroughCacheRule(
            self,
            "Resource",
            ecr_repository_prefix=namespace,
            upstream_registry=str(known.key),
            upstream_registry_url=known.upstream_registry_url,
            credential_arn=chosen.existing_arn if self.secret is None else self.secret.secret_arn,
        )
        # The first pull may follow the rule at once; the repository it creates shall find its template.
        self.resource.add_resource_dependency(self.template.resource)
        registry.contribute(rule)
        registry.add_cache(self)

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
        the upstream and to create the repository of what nobody pulled before. One of another account gets
        it by the registry policy and the repositories' policy, and also by its own where this app holds it;
        else its account has to allow the same actions. A role of another account is named by a condition on
        its account, since ECR refuses a principal that does not exist yet. Where a
        stack leaves its account open, it is taken for the registry's.

        Args:
            grantee: A role or user, or a principal that names a role or an account.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: The grantee can be granted nothing this way; the error names the method to use.
        """
        where = f"{self.node.path}.grant_pull"
        check_grantee(grantee, where=where)
        account = account_of(grantee)
        if account is None or self._registry.account in (None, account):
            return grant_identity_pull(
                grantee, repository_arn=self.repository_arn_pattern, create=create, where=where
            )
        check_unconditional(grantee, where=where)
        role_arn = role_arn_of(grantee)
        if role_arn is not None:
            self._add(CacheConsumer(kind=ConsumerKind.ROLE, value=role_arn, account=account, create=create))
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

    def grant_pull_to_account(self, *account_ids: str, create: bool = True) -> None:
        """Let other accounts' principals pull, as far as their own account lets them.

        Args:
            account_ids: 12 digits each.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: No account, or a malformed one.
        """
        for account in named_accounts(account_ids, method="grant_pull_to_account"):
            self._add(CacheConsumer(kind=ConsumerKind.ACCOUNT, value=account, account=account, create=create))

    def grant_pull_to_role(self, *role_arns: str, create: bool = True) -> None:
        """Let roles of other accounts pull, whether they exist yet or not.

        Args:
            role_arns: Their ARNs; the account id in each must be literal.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: No role, or one that is no role's ARN.
        """
        for account, arn in named_roles(role_arns, method="grant_pull_to_role"):
            self._add(CacheConsumer(kind=ConsumerKind.ROLE, value=arn, account=account, create=create))

    def grant_pull_to_organization_paths(self, *paths: str, create: bool = True) -> None:
        """Let the accounts under paths of an organization pull.

        Args:
            paths: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: No path, or a malformed one.
        """
        for path in named_organization_paths(paths, method="grant_pull_to_organization_paths"):
            self._add(CacheConsumer(kind=ConsumerKind.ORGANIZATION_PATH, value=path, create=create))

    def grant_pull_to_organization(self, organization_id: str, *, create: bool = True) -> None:
        """Let every account of an organization pull.

        Args:
            organization_id: Such as ``o-a1b2c3d4e5``.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: It is no organization's id.
        """
        organization = named_organization(organization_id, method="grant_pull_to_organization")
        self._add(CacheConsumer(kind=ConsumerKind.ORGANIZATION, value=organization, create=create))

    def _add(self, consumer: CacheConsumer) -> None:
        """Enter a consumer; whoever may create once may create."""
        check_create(consumer.create, where=self.node.path)
        key = (consumer.kind, consumer.value)
        earlier = self._consumers.get(key)
        if earlier is not None and earlier.create:
            consumer = replace(consumer, create=True)
        consumers = list({**self._consumers, key: consumer}.values())
        partition = self._registry.partition
        statements = import_statements(
            consumers, repository_arn=self.repository_arn_pattern, partition=partition
        )
        self._registry.check_registry_policy(self.node.path, statements)
        self.template.set_consumer_statements(pull_statements(consumers, partition=partition))
        self._registry.set_registry_policy(self.node.path, statements)
        self._consumers[key] = consumer
