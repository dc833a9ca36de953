"""Who may pull and push: grants on a repository that ECR accepts and that open it to nobody else.

What a grant needs on the other side: ``ecr:GetAuthorizationToken`` is allowed by identity-based policies
only, on the resource ``*``. CDK adds it where it owns the role. A principal of another account needs an
identity-based policy of its own for the token **and** for the actions on the repository's ARN: across
accounts both sides must allow (facts §6).

Nothing here allows every action of ECR, and a push deletes nothing.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.functions_elsewhere import watch_functions_elsewhere
from ecr_blueprints.constructs.granted_actions import (
    PULL_ACTIONS,
    PUSH_ACTIONS,
    SIDS_OF_CDK_GRANTS,
    can_push,
)
from ecr_blueprints.constructs.maintenance_grants import (
    ADMINISTER_ACTIONS,
    DELETE_IMAGE_ACTIONS,
    check_own_identity,
    check_source,
)
from ecr_blueprints.constructs.named_principals import (
    named_accounts,
    named_organization,
    named_organization_paths,
    named_roles,
)
from ecr_blueprints.constructs.principal_elsewhere import arns_elsewhere, check_principal
from ecr_blueprints.constructs.purpose_statements import Purpose, PurposeStatements, StatementCondition
from ecr_blueprints.constructs.push_permission import PushPermission, RolePushPermission, names_pushed_to
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.service_pull import LAMBDA, ServicePull, unpinned_service
from ecr_blueprints.domain.actions import AUTHORIZE, PUSH
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.federated_role import FederatedGrant, FederatedRole

__all__ = ["RepositoryGrants"]

_ATTRIBUTE: Final = "_ecr_blueprints_grants"

_ORGANIZATION: Final = StatementCondition("StringEquals", "aws:PrincipalOrgID")
_ORGANIZATION_PATH: Final = StatementCondition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths")
_PRINCIPAL: Final = StatementCondition("ArnEquals", "aws:PrincipalArn")

_PULL_BY_ACCOUNTS: Final = Purpose("PullByAccounts", PULL_ACTIONS)
_PULL_BY_ORGANIZATIONS: Final = Purpose("PullByOrganizations", PULL_ACTIONS)
_PULL_BY_ORGANIZATION_PATHS: Final = Purpose("PullByOrganizationPaths", PULL_ACTIONS)
_PULL_BY_ROLES: Final = Purpose("PullByRoles", PULL_ACTIONS)
_PUSH_BY_ROLES: Final = Purpose("PushByRoles", PUSH_ACTIONS)


class RepositoryGrants:
    """The grants of one repository; statements for one purpose are one statement of the policy.

    Use `from_repository`: a repository has one of these, so that a grant made twice is written once.
    Nothing here makes a statement for ``*`` without a condition.

    Example:
        from aws_cdk import aws_ecr as ecr

        from ecr_blueprints import RepositoryGrants

        existing = ecr.Repository(
            stack,
            "Existing",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[ecr.LifecycleRule(tag_status=ecr.TagStatus.UNTAGGED, max_image_count=1)],
        )
        grants = RepositoryGrants.from_repository(existing)
        grants.pull_to_account("222233334444")
        grants.push_to_role("arn:aws:iam::444455556666:role/ci")

    Creates:
        No resource of its own: statements of the repository's policy, or of the grantee's.

    Args:
        repository: The repository.

    Practices: ACC-1, ACC-4, ACC-5, ACC-6, SIGN-3
    """

    def __init__(self, repository: ecr.IRepository) -> None:
        self._repository = repository
        self._statements = PurposeStatements.of(repository)
        self._services = ServicePull(repository, self._statements)
        self._registry: RegistryReference | None = None
        self._repository_name: str | None = None

    def belong_to(self, registry: RegistryReference, *, repository_name: str | None) -> None:
        """Say to which registry the repository belongs: what its signing rules take, push grants get.

        Args:
            registry: The registry.
            repository_name: The repository's name; None if CloudFormation generates it.
        """
        self._registry = registry
        self._repository_name = repository_name

    @classmethod
    def from_repository(cls, repository: ecr.IRepository) -> RepositoryGrants:
        """The grants of any repository: an `ImageRepository`, an ``ecr.Repository``, an imported one.

        Args:
            repository: The repository. The policy of an imported one cannot be changed from this app;
                there, only the identity side of a grant is written.

        Raises:
            InvalidValueError: It is no repository.
        """
        if not hasattr(type(repository), "repository_arn"):
            raise InvalidValueError(
                f"the repository is {type(repository).__name__}",
                where="RepositoryGrants.from_repository(…)",
                allowed="a repository of aws_cdk.aws_ecr, or an ImageRepository",
                fix="import it with ecr.Repository.from_repository_name",
            )
        held: RepositoryGrants | None = vars(repository).get(_ATTRIBUTE)
        if held is None:
            held = cls(repository)
            vars(repository)[_ATTRIBUTE] = held
        return held

    def together(self) -> AbstractContextManager[None]:
        """Write the repository's policy once for all grants that are made inside, which saves time."""
        return self._statements.together()

    @property
    def policy_length(self) -> int:
        """About how many characters the repository's policy has, as far as it comes from grants."""
        return len(json.dumps(self._statements.policy, separators=(",", ":")))

    def deny_push(self) -> None:
        """Freeze the repository: nobody pushes or moves a tag any more, whatever else allows it; pulls go on.

        The denial is a statement of the repository's policy for everybody, since whoever may push by an
        identity policy of this account needs no grant here. Replication into the repository is not a push and
        goes on; so do lifecycle policies.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
        """
        self._repository.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyPushes",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=[action for action in PUSH if action != "ecr:BatchCheckLayerAvailability"],
            )
        )

    # CDK's grants

    def pull(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let a principal or pipeline pull; see `ImageRepository.grant_pull`."""
        if isinstance(grantee, FederatedIdentity):
            return self.pull_by_pipeline(grantee).grant
        if unpinned_service(grantee) == LAMBDA:
            return self.pull_by_lambda(grantee)
        self.check(grantee, where="grant_pull(…)")
        return self._with_token(grantee, PULL_ACTIONS) or self._repository.grant_pull(grantee)

    def push(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let a principal or pipeline push; see `ImageRepository.grant_push`."""
        if isinstance(grantee, FederatedIdentity):
            return self.push_by_pipeline(grantee).grant
        self.check(grantee, where="grant_push(…)")
        return self._with_token(grantee, PUSH) or self._repository.grant_push(grantee)

    def pull_push(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let a principal or pipeline pull and push; see `ImageRepository.grant_pull_push`."""
        if isinstance(grantee, FederatedIdentity):
            return self.pull_push_by_pipeline(grantee).grant
        self.check(grantee, where="grant_pull_push(…)")
        actions = (*PULL_ACTIONS, *(one for one in PUSH if one not in PULL_ACTIONS))
        return self._with_token(grantee, actions) or self._repository.grant_pull_push(grantee)

    def _with_token(self, grantee: iam.IGrantable, actions: tuple[str, ...]) -> iam.Grant | None:
        granted = self.to_principal_elsewhere(grantee, actions)
        if granted is not None:
            iam.Grant.add_to_principal(grantee=grantee, actions=list(AUTHORIZE), resource_arns=["*"])
        return granted

    # Grants to pipelines outside AWS

    def pull_by_pipeline(self, identity: FederatedIdentity) -> FederatedGrant:
        """Let a pipeline pull, by the role that it has in the repository's stack."""
        return self._by_pipeline(identity, PULL_ACTIONS)

    def push_by_pipeline(self, identity: FederatedIdentity) -> FederatedGrant:
        """Let a pipeline push, by the role that it has in the repository's stack."""
        return self._by_pipeline(identity, PUSH_ACTIONS)

    def pull_push_by_pipeline(self, identity: FederatedIdentity) -> FederatedGrant:
        """Let a pipeline pull and push, by the role that it has in the repository's stack."""
        return self._by_pipeline(identity, tuple(sorted({*PULL_ACTIONS, *PUSH_ACTIONS})))

    def _by_pipeline(self, identity: FederatedIdentity, actions: Sequence[str]) -> FederatedGrant:
        from ecr_blueprints.constructs.federated_role import FederatedGrant

        federated = self._federated(identity)
        federated.let_log_in()
        return FederatedGrant(role=federated.role, grant=self._repository.grant(federated.role, *actions))

    # Duties of their own

    def promote(self, grantee: iam.IGrantable | FederatedIdentity, *, source: ecr.IRepository) -> iam.Grant:
        """Let a principal or pipeline copy images from another repository to this one.

        Args:
            grantee: Who promotes.
            source: From where: it may pull there, and pull and push here.

        Raises:
            InvalidValueError: The source is no repository or this one, or the grantee can be granted nothing.
        """
        check_source(source, self._repository, where="grant_promote(…)")
        principal = self._principal(grantee)
        return RepositoryGrants.from_repository(source).pull(principal).combine(self.pull_push(principal))

    def administer(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let an identity of this account change settings, lifecycle, policy and tags; see `ADMIN`.

        That includes the repository's policy, and so whom else it lets in. Neither images nor the repository
        can be deleted at once; a lifecycle policy can have images deleted.

        Args:
            grantee: A role, user, group or pipeline.

        Raises:
            InvalidValueError: It is of another account, or no single identity.
        """
        principal = self._principal(grantee)
        check_own_identity(principal, self._repository, where="grant_administer(…)")
        return self._repository.grant(principal, *ADMINISTER_ACTIONS)

    def delete_images(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.Grant:
        """Let an identity of this account delete images.

        Args:
            grantee: A role, user, group or pipeline.

        Raises:
            InvalidValueError: It is of another account, or no single identity.
        """
        principal = self._principal(grantee)
        check_own_identity(principal, self._repository, where="grant_delete_images(…)")
        return self._repository.grant(principal, *DELETE_IMAGE_ACTIONS)

    def _principal(self, grantee: iam.IGrantable | FederatedIdentity) -> iam.IGrantable:
        if isinstance(grantee, FederatedIdentity):
            return self._role_of(grantee)
        return grantee

    def _role_of(self, identity: FederatedIdentity) -> iam.Role:
        return self._federated(identity).role

    def _federated(self, identity: FederatedIdentity) -> FederatedRole:
        from ecr_blueprints.constructs.federated_role import FederatedRole

        place: Any = self._repository  # CDK's interface hides that it is a construct.
        return FederatedRole.of(place, identity)

    # Grants to services

    def pull_to_lambda(self, *account_ids: str) -> None:
        """Let Lambda pull for the functions of accounts, in this Region.

        Functions of another account take two permissions here: Lambda's, and that of whoever makes the
        function there. So its account may pull too, as with `pull_to_account`. There, the function's role and
        whoever makes it have to be allowed to pull: attach a `ConsumerPolicy`.

        Args:
            account_ids: The functions' accounts. Default: the repository's own.

        Raises:
            InvalidValueError: A malformed account, a repository under a pull-through cache, from which Lambda
                cannot pull (facts §4), or an imported one.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-permissions
        """
        self._check_lambda_can_pull()
        others = self._services.to_lambda(account_ids)
        if others:
            self.pull_to_account(*others)

    def pull_by_lambda(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let Lambda pull where its principal is granted to, as CDK's functions do.

        For this account and, at synthesis, for those of this app's functions that have their image here.
        """
        watch_functions_elsewhere(self._repository, self.pull_to_lambda)
        self.pull_to_lambda()
        return iam.Grant.drop(grantee, "Lambda pulls by a statement of the repository's policy")

    def pull_to_service(
        self, service: str, *, source_account: str | None = None, source_arn: str | None = None
    ) -> None:
        """Let a service pull that does so by its own principal, such as ``codebuild.amazonaws.com``.

        Args:
            service: The service principal.
            source_account: The account for which it pulls. Default: the repository's own.
            source_arn: The resource for which it pulls, with ``*`` where it may be several.

        Raises:
            InvalidValueError: It is no service or Lambda, both sources are given, or the repository is
                imported.
        """
        self._services.to_service(service, source_account=source_account, source_arn=source_arn)

    def _check_lambda_can_pull(self) -> None:
        if self._registry is None or self._repository_name is None:
            return
        from ecr_blueprints.registry.effective import cache_for

        rule = cache_for(self._registry.ledger, self._repository_name)
        # Under a cache of ROOT lie the repositories of everybody, cached or not.
        if rule is not None and rule.known_prefix != ROOT:
            raise InvalidValueError(
                f"{self._repository_name!r} lies under the pull-through cache {rule.known_prefix!r}, "
                "and Lambda cannot pull through a cache",
                where="grant_pull_to_lambda(…)",
                fix="copy the image into a repository outside the cache, and use that",
            )

    # Grants to principals of which the app knows the id alone

    def pull_to_account(self, *account_ids: str) -> None:
        """Let every principal of other accounts pull that its own account allows to.

        Args:
            account_ids: 12 digits each.

        Raises:
            InvalidValueError: No account, a malformed one, or the repository is imported.
        """
        with self.together():
            for account in named_accounts(account_ids, method="grant_pull_to_account"):
                self._statements.allow(_PULL_BY_ACCOUNTS, account, account=account)

    def pull_to_organization(self, organization_id: str) -> None:
        """Let every principal of an organization pull that its own account allows to.

        That is a wide grant: every account that the organization has or will have. Prefer
        `pull_to_organization_paths`.

        Args:
            organization_id: ``o-`` and 10 to 32 lower-case letters or digits.

        Raises:
            InvalidValueError: The id is malformed, or the repository is imported.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
        """
        organization = named_organization(organization_id, method="grant_pull_to_organization")
        self._statements.allow(_PULL_BY_ORGANIZATIONS, organization, condition=_ORGANIZATION)

    def pull_to_organization_paths(self, *paths: str) -> None:
        """Let every principal of organizational units pull that its own account allows to.

        Args:
            paths: Such as ``o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*``; without the ``*``, only accounts in the
                unit itself.

        Raises:
            InvalidValueError: No path, a malformed one, or the repository is imported.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
        """
        with self.together():
            for path in named_organization_paths(paths, method="grant_pull_to_organization_paths"):
                self._statements.allow(_PULL_BY_ORGANIZATION_PATHS, path, condition=_ORGANIZATION_PATH)

    def pull_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts pull, whether they exist yet or not.

        ECR refuses a policy that names a principal which does not exist. So the statement names the role's
        account, and holds only where ``aws:PrincipalArn`` is the role.

        Args:
            role_arns: The roles' ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, a malformed ARN, or the repository is imported.
        """
        self._allow_roles(_PULL_BY_ROLES, named_roles(role_arns, method="grant_pull_to_role"))

    def push_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts push, whether they exist yet or not; see `pull_to_role`.

        Their own policies are their accounts'. There they have to be allowed the same actions, to log in and,
        where a signing rule covers the repository, ``signer:SignPayload`` on the rule's profile; of that,
        synthesis warns.

        Args:
            role_arns: The roles' ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, a malformed ARN, or the repository is imported.
        """
        roles = named_roles(role_arns, method="grant_push_to_role")
        self._allow_roles(_PUSH_BY_ROLES, roles)
        if self._registry is None:
            return
        pushed_to = names_pushed_to(self._repository_name)
        for account, arn in roles:
            self._registry.add_push_grant(
                RolePushPermission(account=account, role_arn=arn, repositories=pushed_to)
            )

    def to_principal_elsewhere(self, grantee: iam.IGrantable, actions: Sequence[str]) -> iam.Grant | None:
        """Grant actions to a role or user of another account by its account and ``aws:PrincipalArn``.

        The identity side is granted too, where CDK can write it.

        Args:
            grantee: Whoever is to be granted something.
            actions: What is granted.

        Returns:
            The grant; None if the principal is not one role or user (or several) of another account, so that
            CDK's own way is right. In a stack without an account, every principal with a literal account id
            is taken for one of another account.
        """
        arns = arns_elsewhere(grantee, self._repository)
        if arns is None:
            return None
        actions = tuple(sorted(set(actions)))
        purpose = Purpose(SIDS_OF_CDK_GRANTS.get(frozenset(actions)), actions)
        for account, arn in arns:
            self._statements.allow(purpose, arn, account=account, condition=_PRINCIPAL, is_required=False)
        granted = iam.Grant.add_to_principal(
            grantee=grantee, actions=list(actions), resource_arns=[self._repository.repository_arn]
        )
        self.let_sign(grantee, actions)
        return granted

    def check(self, grantee: iam.IGrantable, *, where: str) -> None:
        """Refuse a grantee for which no policy can say what was meant; see `check_principal`.

        Args:
            grantee: Whoever is to be granted something.
            where: The call, for the error.
        """
        check_principal(grantee, self._repository, where=where)

    def let_sign(self, grantee: iam.IGrantable, actions: Sequence[str]) -> None:
        """Have whoever pushes sign as the registry's rules take it, now and when a rule is made later.

        Args:
            grantee: Who was granted something.
            actions: What: nothing happens unless an image can be pushed with it.
        """
        if self._registry is None or not can_push(actions):
            return
        place: Any = self._repository  # CDK's interface hides that it is a construct.
        self._registry.add_push_grant(
            PushPermission(
                grantee,
                repositories=names_pushed_to(self._repository_name),
                scope=place,
            )
        )

    def _allow_roles(self, purpose: Purpose, roles: Sequence[tuple[str, str]]) -> None:
        with self.together():
            for account, arn in roles:
                self._statements.allow(purpose, arn, account=account, condition=_PRINCIPAL)
