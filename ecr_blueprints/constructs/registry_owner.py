"""What a registry is to its parts: its books, its environment, and the resources that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.construct_place import check_free
from ecr_blueprints.constructs.push_grants import PusherToAllowSigning, PushGrants
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_ledger import RegistryContribution, RegistryLedger
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_policy import policy_document, policy_length
from ecr_blueprints.constructs.registry_question import signing_profiles_of
from ecr_blueprints.constructs.registry_replication_configuration import RegistryReplicationConfiguration
from ecr_blueprints.constructs.registry_scanning_configuration import RegistryScanningConfiguration
from ecr_blueprints.constructs.registry_signing_configuration import RegistrySigningConfiguration
from ecr_blueprints.constructs.registry_singletons import POLICY_ID, RegistrySingletons, part_source
from ecr_blueprints.constructs.signing_profile import SigningProfile
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.replication_configuration import ReplicationRule
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.singleton import SingletonKind

if TYPE_CHECKING:
    from ecr_blueprints.constructs.push_permission import PushGrant

__all__ = ["RegistryOwner"]


class RegistryOwner(Construct):
    """The part of `PrivateRegistry` that its parts talk to; not for use by itself.

    Whatever one construct knows that another needs is kept here: prefixes, profiles, pushers.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        path: Its construct path.
        manage: Who owns which setting.
        environment: Where it is.
        ledger: Its books.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        path: str,
        manage: RegistryManagement,
        environment: RegistryEnvironment,
        ledger: RegistryLedger,
    ) -> None:
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._path = path
        self._manage = manage
        self._environment = environment
        self._ledger = ledger
        self._settings_owner: str | None = None
        self._policy_scope: Construct | None = None
        self._needs_policy_scope: list[str] = []
        self._after_policy_scope: list[Construct] = []
        self._push_grants = PushGrants(profiles_for=self.signing_profiles_for, account=environment.account)
        self._singletons = RegistrySingletons(self, manage=manage, ledger=ledger)
        self._policy = self._singletons.policy

    @property
    def account(self) -> str | None:
        """The 12-digit account id; None where the stack leaves it open."""
        return self._environment.account

    @property
    def region(self) -> str | None:
        """The Region; None where the stack leaves it open."""
        return self._environment.region

    @property
    def partition(self) -> str:
        """The partition's name, or the token that stands for it."""
        return self._environment.partition

    @property
    def uri(self) -> str:
        """The registry's host name; holds tokens where account or Region are left open."""
        return self._environment.uri

    @property
    def ledger(self) -> Registry:
        """Everything that was contributed, as the read model."""
        return self._ledger.registry

    @property
    def scanning_configuration(self) -> RegistryScanningConfiguration | None:
        """The scanning configuration; None if it is unmanaged."""
        return self._singletons.scanning

    @property
    def replication_configuration(self) -> RegistryReplicationConfiguration | None:
        """The replication configuration; None as long as there is no rule, or if it is unmanaged."""
        return self._singletons.replication

    @property
    def signing_configuration(self) -> RegistrySigningConfiguration | None:
        """The signing configuration; None as long as there is no rule, or if it is unmanaged."""
        return self._singletons.signing

    @property
    def registry_policy(self) -> ecr.CfnRegistryPolicy | None:
        """The registry policy; None as long as nothing needs one, or if it is unmanaged."""
        return self._policy.resource

    @property
    def registry_policy_length(self) -> int:
        """The characters of the registry policy, at least; 0 as long as nothing needs one."""
        statements = self._policy.statements
        return policy_length(policy_document(statements)) if statements else 0

    @property
    def unscanned(self) -> tuple[str, ...]:
        """What is left unscanned: filters of stages and template prefixes, then declared repositories.

        Empty unless development is `DevelopmentScanning.NONE`, and where scanning is unmanaged: then its
        owner knows.
        """
        return () if self._manage.scanning is Ownership.UNMANAGED else self._ledger.unscanned

    @property
    def required_registry_policy_statements(self) -> tuple[Mapping[str, Any], ...]:
        """The statements that the registry policy's owner has to add; empty if this construct owns it."""
        return self._policy.statements if self._manage.registry_policy is Ownership.UNMANAGED else ()

    @property
    def required_scanning_rules(self) -> tuple[ScanningRule, ...]:
        """The rules that the scanning configuration's owner should hold; empty if this construct owns it."""
        return self._ledger.scanning_plan.rules if self._manage.scanning is Ownership.UNMANAGED else ()

    @property
    def required_replication_rules(self) -> tuple[ReplicationRule, ...]:
        """The rules that the replication's owner should hold; empty if this construct owns it."""
        return self._ledger.replication_rules if self._manage.replication is Ownership.UNMANAGED else ()

    @property
    def required_signing_rules(self) -> tuple[SigningRule, ...]:
        """The rules that the signing configuration's owner should hold; empty if this construct owns it."""
        return self._ledger.signing_rules if self._manage.signing is Ownership.UNMANAGED else ()

    def signing_profiles_for(self, repositories: str) -> tuple[str, ...]:
        """The ARNs of the profiles with which images of repositories are signed, as far as contributed.

        Whoever pushes there needs ``signer:SignPayload`` on each of them.

        Args:
            repositories: A name, or a pattern with ``*``: then of every rule that covers such a name.
        """
        return signing_profiles_of(self.ledger, repositories)

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        """Put a repository in the place of one that was declared; called by `ImageRepository`."""
        self._ledger.replace_repository(earlier, later)

    def check_contribution(self, contribution: RegistryContribution) -> None:
        """Refuse what the registry cannot hold beside what it holds, before anything is created.

        Raises:
            RegistryConflictError: With both parties.
            InvalidValueError: A quota of the registry would be exceeded.
        """
        self._ledger.check(contribution)

    def contribute(self, contribution: RegistryContribution) -> None:
        """Enter what a construct contributes and `check_contribution` let pass; render what follows from it.

        Called by the library's own constructs.
        """
        self._ledger.add(contribution)
        self._singletons.render(self._ledger)
        if isinstance(contribution, SigningRule):
            self._push_grants.follow_rules()

    def replace_creation_template(self, earlier: CreationTemplate, later: CreationTemplate) -> None:
        """Put a creation template in the place of one; called by `RepositoryCreationTemplate`."""
        self._ledger.replace_creation_template(earlier, later)

    def add_push_grant(self, grant: PushGrant) -> None:
        """Have a push grant carry what signing needs: now, and whenever a signing rule is contributed later.

        Where the profile is made in this app and the pusher belongs to another account, the profile's side is
        written too. Called by the library's own grants.
        """
        self._push_grants.add(grant)

    def add_signing_profile(self, profile: SigningProfile) -> None:
        """Enter a profile that this app makes; called by `ManagedSigning`."""
        self._push_grants.add_profile(profile)

    @property
    def push_grants(self) -> PushGrants:
        """The push grants to its repositories."""
        return self._push_grants

    @property
    def pushers_to_allow_signing(self) -> tuple[PusherToAllowSigning, ...]:
        """Whoever may push what is signed, and whom this app cannot let sign; synthesis warns of them."""
        return self._push_grants.to_allow_signing

    def check_registry_policy(self, contributor: str, statements: Sequence[Mapping[str, Any]]) -> None:
        """Refuse statements that would make the registry policy too long.

        Raises:
            InvalidValueError: More than ECR takes.
        """
        self._policy.with_statements(contributor, statements)

    def set_registry_policy(self, contributor: str, statements: Sequence[Mapping[str, Any]]) -> None:
        """Put a contributor's statements in the place of what it gave before; called by caches.

        Raises:
            InvalidValueError: The policy would be longer than ECR takes.
        """
        self._policy.set_statements(contributor, statements)
        if self._manage.registry_policy is not Ownership.UNMANAGED:
            self._ledger.set_policy(
                part_source(self._path, POLICY_ID, SingletonKind.REGISTRY_POLICY), self._policy.statements
            )

    @property
    def settings_owner(self) -> str | None:
        """The construct path of the registry's `RegistrySettings`; None if there is none."""
        return self._settings_owner

    def own_settings(self, path: str, *, policy_scope: Construct | None) -> None:
        """Enter the one `RegistrySettings` of the registry; called by it.

        Args:
            path: Its construct path.
            policy_scope: What sets the registry policy's scope to ``V2``; None if it is left to others.
        """
        self._settings_owner = path
        self._policy_scope = policy_scope
        for dependent in self._after_policy_scope:
            self._wait_for_policy_scope(dependent)

    def require_policy_scope(self, reason: str, *, before: Construct | None = None) -> None:
        """Note that something in the registry policy takes effect in scope ``V2`` only (facts §6).

        Synthesis warns if nothing in this app sets it.

        Args:
            reason: What takes effect then, such as ``the guard of dev/``.
            before: What shall not be there before the scope is set. Default: nothing.
        """
        self._needs_policy_scope.append(reason)
        if before is not None:
            self._after_policy_scope.append(before)
            self._wait_for_policy_scope(before)

    @property
    def unmet_policy_scope(self) -> tuple[str, ...]:
        """What takes effect in scope ``V2`` only, while neither this app nor another owner sets it."""
        if self._policy_scope is not None or not self._manage.settings:
            return ()
        return tuple(dict.fromkeys(self._needs_policy_scope))

    def _wait_for_policy_scope(self, dependent: Construct) -> None:
        scope = self._policy_scope
        # In another stack, the dependency could go round in a circle.
        if scope is not None and cdk.Stack.of(scope) is cdk.Stack.of(dependent):
            dependent.node.add_dependency(scope)

    @property
    def manage(self) -> RegistryManagement:
        """Who owns which setting."""
        return self._manage

    @property
    def environment(self) -> RegistryEnvironment:
        """Where the registry is."""
        return self._environment

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in the registry's account and Region."""
        return self._environment.arn(service, resource)

    def repository_arn_under(self, prefix: str) -> str:
        """The ARN of every repository under a prefix, with ``*``."""
        return self.arn("ecr", f"repository/{CreationTemplatePrefix(prefix).pattern}")
