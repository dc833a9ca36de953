"""The owner of one account and Region's registry-level settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from aws_cdk.interfaces import aws_kms as kms_references
from constructs import Construct

from ecr_blueprints.constructs.app_registries import AppRegistries
from ecr_blueprints.constructs.argument_type import TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.cache_lookup import find_cache
from ecr_blueprints.constructs.cache_upstream import read_upstream
from ecr_blueprints.constructs.cache_upstream_access import cache_upstream_statement
from ecr_blueprints.constructs.cache_validation import OnInvalid
from ecr_blueprints.constructs.construct_place import check_place, path_under
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.declared_name import check_declared_name, excepting
from ecr_blueprints.constructs.declared_production import declared_production
from ecr_blueprints.constructs.imported_registry import ImportedRegistry
from ecr_blueprints.constructs.named_principals import named_accounts, named_organization
from ecr_blueprints.constructs.policy_statement import check_registry_statement, check_statement
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.constructs.registry_at_synthesis import RegistryAtSynthesis
from ecr_blueprints.constructs.registry_encryption import RegistryEncryption
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_ledger import RegistryLedger
from ecr_blueprints.constructs.registry_management import OWNER_PARAMETER_NAME, Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_owner import RegistryOwner
from ecr_blueprints.constructs.registry_question import production_of, template_of
from ecr_blueprints.constructs.registry_scanning import RegistryScanning
from ecr_blueprints.constructs.registry_singletons import (
    singleton_sources,
)
from ecr_blueprints.constructs.registry_statement import deny_outside_organization
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.constructs.repository_tagging import RepositoryTagging
from ecr_blueprints.constructs.root_template import (
    check_root_template,
    choose_root_options,
    make_root_template,
)
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.stages import Stages
from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository

if TYPE_CHECKING:
    pass

__all__ = ["PrivateRegistry"]

_ACCEPTED = {
    "scanning": Accepted(
        types=(RegistryScanning,),
        words="a RegistryScanning",
        fix="write for example RegistryScanning(development=DevelopmentScanning.ON_PUSH)",
    ),
    "root_template": Accepted(
        types=(bool, CreationTemplateOptions), words="True, False or CreationTemplateOptions"
    ),
    "manage": Accepted(
        types=(RegistryManagement,),
        words="a RegistryManagement",
        fix="write for example RegistryManagement(scanning=Ownership.IMPORT)",
    ),
    "base_prefixes": Accepted(types=(Sequence,), words="a list of texts", each=(str,)),
    "tagging": Accepted(
        types=(RepositoryTagging,),
        words="a RepositoryTagging",
        fix='write RepositoryTagging(required=["owner"], of_templates={"owner": "platform"})',
    ),
    "encryption": Accepted(
        types=(RegistryEncryption,),
        words="a RegistryEncryption",
        fix="write for a new registry RegistryEncryption(key=…, existing=ExistingRepositories.none())",
    ),
}
_DEFAULT_RETENTION = Retention()


class PrivateRegistry(RegistryOwner):
    """The owner of what a registry has once: scanning, registry policy, ``ROOT`` template; and of its caches.

    Everything else contributes to it, and every contribution is rendered at once. What one registry cannot
    hold together is an error at the line that causes it. Synthesis writes ``registry.json`` beside the cloud
    assembly: what other apps may know of the registry (`from_contract`).

    The scanning configuration and the registry policy stay when their stack goes. Deleting the scanning
    configuration all the same may switch Amazon Inspector off for the registry (facts §5).

    Creates:
        * one ``AWS::ECR::RegistryScanningConfiguration``, unless ``manage`` says otherwise. By default it
          **switches the registry to enhanced scanning**, which Amazon Inspector bills per image and rescan
          (https://aws.amazon.com/inspector/pricing/); it is kept when the stack goes;
        * one ``AWS::ECR::RepositoryCreationTemplate`` for ``ROOT``, unless ``root_template=False``;
        * one ``AWS::SSM::Parameter`` of a fixed name, by which a second owner fails, unless
          ``owner_parameter=False``; both cost nothing and go with the stack;
        * with the first statement an ``AWS::ECR::RegistryPolicy``, which is kept; with the first rule an
          ``AWS::ECR::ReplicationConfiguration`` or ``AWS::ECR::SigningConfiguration``.

        The smallest one, for a registry that somebody else owns, creates nothing:
        ``PrivateRegistry(stack, "Registry", root_template=False,
        manage=RegistryManagement(scanning=Ownership.UNMANAGED, owner_parameter=False))``.

    Args:
        scope: The construct to belong to; the registry is that of its stack's account and Region.
        construct_id: Its id; the logical IDs follow from it.
        convention: How repositories are named, such as ``{stage}/{team}/{app}``. Default: nothing is
            demanded.
        stages: The stages, with whether each is production: ``{"dev": False, "prod": True}``. Default: none
            declared.
        production: Whether the registry as a whole is production, whatever names say. Default: names decide;
            where nothing is declared, everything is scanned as production is.
        scanning: How images are scanned. Default: `RegistryScanning`.
        root_template: The settings of the template for what no other template covers. Default: one that can
            hurt nobody, for replication and pull-through caches only: mutable tags, untagged images deleted
            after 14 days, AES-256, no tags, no role. False: none.
        manage: Who owns which setting. Default: this construct owns all.
        base_prefixes: Prefixes under which base images lie; always scanned as production is.
        encryption: The KMS key of the registry, for new repositories and creation templates that say nothing
            of encryption themselves, with the record of what exists and is left as it is. Default: AES-256.
        tagging: The tags that every repository has to have, also what creation templates make. Default: none
            is demanded.

    Attributes:
        encryption: The KMS key of the registry; None if there is none.
        tagging: The tags that every repository has to have; None if none is demanded.
        root_template: The ``ROOT`` template; None if there is none here.
        owner_parameter: The parameter that marks the owner; None if it is not wanted.

    Raises:
        InvalidValueError: A value that cannot be, or values that do not go together.
        RegistryConflictError: The app has another owner for the account and Region; the error names both.

    Practices: NAME-2, NAME-3, SCAN-1, TMPL-1, TMPL-2, REG-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        convention: NamingConvention | str | None = None,
        stages: Stages | Mapping[str, bool] | None = None,
        production: bool | None = None,
        scanning: RegistryScanning | None = None,
        root_template: CreationTemplateOptions | bool = True,
        manage: RegistryManagement | None = None,
        base_prefixes: Sequence[str] = ("base",),
        encryption: RegistryEncryption | None = None,
        tagging: RepositoryTagging | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="PrivateRegistry")
        path = path_under(scope, construct_id)
        check_arguments(
            {
                "scanning": scanning,
                "root_template": root_template,
                "manage": manage,
                "base_prefixes": base_prefixes,
                "encryption": encryption,
                "tagging": tagging,
            },
            _ACCEPTED,
            where=path,
            required=("root_template", "base_prefixes"),
        )
        declared = declared_production(convention, stages, production, where=path)
        ownership = RegistryManagement() if manage is None else manage
        environment = RegistryEnvironment.of_stack(scope)
        ownership.check(account=environment.account, has_root_template=root_template is not False, where=path)
        root_options = choose_root_options(root_template, ownership.root_template)
        if root_options is not None:
            check_root_template(
                root_options,
                registry_path=path,
                account=environment.account,
                region=environment.region,
            )
        ledger = RegistryLedger(
            Registry(
                account=environment.account,
                region=environment.region,
                scope=environment.scope,
                production=declared,
                base_prefixes=_base_prefixes(base_prefixes, path),
                required_tags=() if tagging is None else tuple(tagging.required),
                encryption=None if encryption is None else encryption.in_model,
            ),
            scanning=RegistryScanning() if scanning is None else scanning,
            sources=singleton_sources(path, ownership),
        )
        in_app = AppRegistries.of(scope)
        in_app.check_unowned(environment.key, path)
        super().__init__(
            scope, construct_id, path=path, manage=ownership, environment=environment, ledger=ledger
        )
        self.encryption = encryption
        self.tagging = tagging
        self._fence: str | None = None
        self._caches: list[PullThroughCache] = []
        self._creation_templates: list[RepositoryCreationTemplate] = []
        self.root_template = None if root_options is None else make_root_template(self, root_options)
        self.owner_parameter = self._make_owner_parameter()
        if self.owner_parameter is not None:
            self._singletons.wait_for(self.owner_parameter)
            if self.root_template is not None and ownership.root_template is not Ownership.IMPORT:
                self.root_template.resource.add_resource_dependency(self.owner_parameter)
        in_app.add(environment.key, self)
        self.node.add_validation(RegistryAtSynthesis(self))

    @staticmethod
    def from_contract(
        scope: Construct,
        construct_id: str,
        path: str | Path,
        *,
        account: str | None = None,
        region: str | None = None,
        encryption: RegistryEncryption | None = None,
    ) -> ImportedRegistry:
        """A registry that another app owns, from the ``registry.json`` that it wrote. Nothing is looked up.

        Args:
            scope: The construct to belong to.
            construct_id: Its id.
            path: The contract, as a text or a path; relative to the working directory.
            account: The registry's account. Default: the stack's own, or else the one in the stack's Region,
                or else the only one in the contract.
            region: The registry's Region. Default: the stack's own, or else the only one.
            encryption: The KMS key of the registry for new repositories of this app, with the record of those
                that exist. Default: AES-256; synthesis warns where the contract says that there is a key.

        Raises:
            ContractError: The file is no contract, or does not say which registry is meant.
            InvalidValueError: A value of another type, or a token.
        """
        return ImportedRegistry(
            scope, construct_id, path=path, account=account, region=region, encryption=encryption
        )

    # --- what it is ---------------------------------------------------------------------------------

    @property
    def caches(self) -> tuple[PullThroughCache, ...]:
        """The pull-through caches, in the order in which they were added."""
        return tuple(self._caches)

    @property
    def creation_templates(self) -> tuple[RepositoryCreationTemplate, ...]:
        """The creation templates that were added; neither ``ROOT``'s nor those of caches."""
        return tuple(self._creation_templates)

    def is_production(self, repository_name: str) -> bool | None:
        """Whether a repository is production, as declared; None if nothing declares it."""
        return production_of(self.ledger, repository_name, where=self._path)

    def template_for(self, name: str, applied_for: AppliedFor | None = None) -> CreationTemplate | None:
        """The creation template that a name would get, were ECR to create the repository.

        Args:
            name: The name that does not exist yet.
            applied_for: The mechanism that would create it. Default: whichever.

        Raises:
            InvalidValueError: The name is no text, or there is no such mechanism.
        """
        return template_of(self.ledger, name, applied_for, where=self._path)

    def cache(self, name: str) -> PullThroughCache:
        """The pull-through cache of a prefix or an upstream.

        Args:
            name: The cache's prefix, or the upstream's key, host or common name.

        Raises:
            InvalidValueError: There is none; the error lists those that there are.
        """
        return find_cache(self._caches, name, where=self._path)

    # --- what contributes to it ---------------------------------------------------------------------

    def add_pull_through_cache(
        self,
        upstream: UpstreamRegistry | str,
        *,
        prefix: str | None = None,
        upstream_prefix: str | None = None,
        credential: secretsmanager.ISecret | str | None = None,
        secret_name: str | None = None,
        role: iam.IRole | str | None = None,
        template: CreationTemplateOptions | None = None,
        frozen: bool = False,
        validate: bool | OnInvalid = False,
        wait_for_secret: bool = False,
    ) -> PullThroughCache:
        """Cache an upstream registry; the arguments are those of `PullThroughCache`.

        Raises:
            InvalidValueError: A value that ECR refuses.
            RegistryConflictError: The prefix is taken or lies within another cache's.
        """
        known = read_upstream(upstream, where=f"{self._path}.add_pull_through_cache(…)")
        chosen = known.default_prefix if prefix is None else prefix
        return PullThroughCache(
            self,
            f"Cache-{str(chosen).removesuffix('/')}",
            registry=self,
            upstream=known,
            prefix=chosen,
            upstream_prefix=upstream_prefix,
            credential=credential,
            secret_name=secret_name,
            role=role,
            template=template,
            frozen=frozen,
            validate=validate,
            wait_for_secret=wait_for_secret,
        )

    def add_creation_template(
        self,
        prefix: str,
        *,
        applied_for: Sequence[AppliedFor | str],
        description: str | None = None,
        tag_mutability: TagMutability | ecr.TagMutability | str | None = None,
        lifecycle: LifecyclePolicy | Retention | None = _DEFAULT_RETENTION,
        repository_policy: Mapping[str, Any] | iam.PolicyDocument | None = None,
        resource_tags: Mapping[str, str] | None = None,
        encryption: EncryptionType | None = None,
        encryption_key: kms_references.IKeyRef | str | None = None,
        role: iam.IRole | str | None = None,
    ) -> RepositoryCreationTemplate:
        """Say what repositories get that ECR creates itself under a prefix.

        Args:
            prefix: ``prod`` covers ``prod/api``, not ``production/api``; ``ROOT`` what no other prefix
                covers.
            applied_for: The mechanisms that use it, at least one.
            description: As for `CreationTemplateOptions`; so are all that follow.
            tag_mutability: Whether a pushed tag can be moved.
            lifecycle: Which images go when.
            repository_policy: Who may reach the repositories.
            resource_tags: Their tags.
            encryption: How layers are encrypted.
            encryption_key: The KMS key.
            role: The role that ECR assumes.

        Raises:
            InvalidValueError: A value that ECR or CloudFormation refuses.
            RegistryConflictError: The registry has a template for the prefix already.
        """
        template = RepositoryCreationTemplate(
            self,
            f"CreationTemplate-{str(prefix).removesuffix('/')}",
            registry=self,
            prefix=prefix,
            applied_for=applied_for,
            options=CreationTemplateOptions(
                description=description,
                tag_mutability=tag_mutability,
                lifecycle=lifecycle,
                repository_policy=repository_policy,
                resource_tags={} if resource_tags is None else resource_tags,
                encryption=encryption,
                encryption_key=encryption_key,
                role=role,
            ),
        )
        self._creation_templates.append(template)
        return template

    def add_to_registry_policy(self, statement: iam.PolicyStatement) -> None:
        """Add a statement to the registry policy.

        Args:
            statement: With principals, actions and resources.

        Raises:
            InvalidValueError: It is no statement of a resource policy, the policy would be too long, or the
                registry policy is unmanaged.
        """
        check_statement(statement, where=f"{self._path}.add_to_registry_policy(…)")
        if self._manage.registry_policy is Ownership.UNMANAGED:
            raise InvalidValueError(
                "the registry policy is unmanaged, so that nothing can be added to it here",
                where=self._path,
                fix="add the statement where the registry policy is owned, or manage it here",
            )
        check_registry_statement(statement, where=f"{self._path}.add_to_registry_policy")
        contributor = f"#{len(self._policy.contributors)}"
        self.set_registry_policy(contributor, [statement.to_statement_json()])

    def deny_outside_organization(self, organization_id: str, *, except_accounts: Sequence[str] = ()) -> None:
        """Keep everybody outside an organization from images and repositories, whatever a policy allows.

        A statement of the registry policy; AWS's own services are let through, and nothing that Amazon
        Inspector needs is denied. It takes effect in policy scope ``V2`` only (facts §6).

        Args:
            organization_id: ``o-`` and 10 to 32 lower-case letters or digits.
            except_accounts: Accounts outside it that are let through, 12 digits each; said again, the later
                ones are in the place of the earlier. Default: none.

        Raises:
            InvalidValueError: A malformed id, a second organization, or the policy would be too long.
        """
        organization = named_organization(organization_id, method="deny_outside_organization")
        accounts = (
            named_accounts(except_accounts, method="deny_outside_organization") if except_accounts else ()
        )
        statement = deny_outside_organization(
            organization, repository_arn=self.arn("ecr", "repository/*"), except_accounts=accounts
        )
        if self._fence not in (None, organization):
            raise InvalidValueError(
                f"what is outside {self._fence} is denied already, which {organization} is",
                where=f"{self._path}.deny_outside_organization(…)",
                allowed="one organization",
                fix="name the accounts of the other one with except_accounts",
            )
        self.set_registry_policy("outside the organization", [statement])
        self._fence = organization
        self.require_policy_scope(f"what is denied outside {organization}")

    def allow_cache_upstream(self, *account_ids: str, prefixes: Sequence[str]) -> None:
        """Let other accounts' ECR-to-ECR caches have this registry as their upstream.

        It takes effect whole in policy scope ``V2`` only (facts §6). A `PullThroughCache` of this app does it
        for itself.

        Args:
            account_ids: The accounts that own the caches, 12 digits each.
            prefixes: The namespaces that they may cache, such as ``base``.

        Raises:
            InvalidValueError: No account or prefix, or a malformed one, or the policy would be too long.
        """
        accounts = named_accounts(account_ids, method="allow_cache_upstream")
        if not prefixes:
            raise InvalidValueError(
                "no prefix is named",
                where=f"{self._path}.allow_cache_upstream(…)",
                allowed="the namespaces that may be cached, such as 'base'",
                fix='write prefixes=["base"]',
            )
        check_arguments({"prefixes": prefixes}, {"prefixes": TEXTS}, where=self._path, required=("prefixes",))
        statement = cache_upstream_statement(
            accounts,
            partition=self.partition,
            repository_arns=[self.repository_arn_under(prefix) for prefix in dict.fromkeys(prefixes)],
        )
        # A second call adds to what the first has said.
        contributor = f"upstream of {', '.join(accounts)}: {', '.join(prefixes)}"
        self.set_registry_policy(contributor, [statement])
        self.require_policy_scope(f"what the caches of {', '.join(accounts)} are allowed")

    def declare_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Enter a repository of this registry; `ImageRepository` does it for itself.

        The name is held to the convention, except under a base or cache prefix. A repository of which nothing
        says that it is not production is scanned as production is.

        Args:
            repository: The declaration.
            exception: Why the name need not follow the convention. Default: it must.

        Raises:
            InvalidValueError: The name does not follow the convention, or names a stage that is not declared.
            RegistryConflictError: The name is declared twice; the error names both.
        """
        self.check_repository(repository, exception=exception)
        self._ledger.except_name(repository, exception)
        self.contribute(repository)

    def check_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Refuse what `declare_repository` would, before anything is created."""
        check_declared_name(excepting(self.ledger, repository, exception), repository)
        self.check_contribution(repository)

    def add_cache(self, cache: PullThroughCache) -> None:
        """Enter a pull-through cache; called by `PullThroughCache`."""
        self._caches.append(cache)

    # --- what its parts ask -------------------------------------------------------------------------

    # --- rendering ----------------------------------------------------------------------------------

    def _make_owner_parameter(self) -> ssm.CfnParameter | None:
        if not self._manage.owner_parameter:
            return None
        return ssm.CfnParameter(
            self,
            "Owner",
            type="String",
            name=OWNER_PARAMETER_NAME,
            value=f"{cdk.Stack.of(self).stack_name} {self._path}",
            description="The stack and construct that own the registry-level settings of Amazon ECR here",
        )


def _base_prefixes(given: Sequence[str], where: str) -> tuple[str, ...]:
    prefixes = tuple(CreationTemplatePrefix(prefix) for prefix in dict.fromkeys(given))
    if any(prefix.is_root for prefix in prefixes):
        raise InvalidValueError(
            f"a base prefix is {ROOT}, which holds every repository",
            where=where,
            allowed="prefixes under which nothing but base images lies",
            fix="write production=True to have everything scanned as production is",
        )
    return tuple(prefix.namespace for prefix in prefixes)
