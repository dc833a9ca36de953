"""Who may create repositories by pushing under a prefix: what the registry policy says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_ecr as ecr

from ecr_blueprints.constructs.argument_type import TEXT, TEXTS, check_arguments
from ecr_blueprints.constructs.named_principals import named_accounts, named_organization
from ecr_blueprints.constructs.registry_statement import allow_push, deny_creation_by_strangers
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["PushCreation"]

_ACCEPTED: Final = {"pusher_accounts": TEXTS, "organization_id": TEXT}


class PushCreation:
    """The guard of a prefix under which a push creates repositories, and its exceptions.

    Args:
        pusher_accounts: Other accounts that push there, 12 digits each.
        organization_id: The organization whose accounts all push there, in place of accounts.
        kind: The construct's class, for errors.
        path: The construct's path, under which the registry policy's statements are kept.

    Raises:
        InvalidValueError: A malformed account or organization, or both.

    Practices: TMPL-5
    """

    def __init__(
        self, *, pusher_accounts: Sequence[str], organization_id: str | None, kind: str, path: str
    ) -> None:
        given = {"pusher_accounts": pusher_accounts, "organization_id": organization_id}
        check_arguments(given, _ACCEPTED, where=path, required=("pusher_accounts",))
        self._path = path
        self._accounts = named_accounts(pusher_accounts, method=kind) if pusher_accounts else ()
        self._organization = (
            None if organization_id is None else named_organization(organization_id, method=kind)
        )
        if self._accounts and self._organization is not None:
            raise InvalidValueError(
                "accounts and an organization are named",
                where=path,
                allowed="one of pusher_accounts and organization_id",
                fix="leave out the accounts: the organization takes them in",
            )

    @property
    def names_pushers(self) -> bool:
        """Whether anybody outside the registry's account is named."""
        return bool(self._accounts) or self._organization is not None

    def check(self, registry: PrivateRegistry, namespace: str) -> None:
        """Refuse what would make the registry policy too long, before anything is created.

        Args:
            registry: The registry.
            namespace: The prefix, without a slash at its end.

        Raises:
            InvalidValueError: More than ECR takes.
        """
        registry.check_registry_policy(self._path, self._statements(registry, namespace))

    def guard(
        self, registry: PrivateRegistry, namespace: str, template: ecr.CfnRepositoryCreationTemplate
    ) -> None:
        """Put the statements into the registry policy, and the template behind it.

        Args:
            registry: The registry.
            namespace: The prefix, without a slash at its end.
            template: What makes a push create repositories there.
        """
        registry.set_registry_policy(self._path, self._statements(registry, namespace))
        policy = registry.registry_policy
        if policy is not None:
            # Nobody shall be able to create before the guard stands.
            template.add_resource_dependency(policy)
        registry.require_policy_scope(f"the statements for {namespace}/", before=template)

    def _statements(self, registry: PrivateRegistry, namespace: str) -> list[dict[str, Any]]:
        arn = registry.repository_arn_under(namespace)
        statements = [
            deny_creation_by_strangers(
                list(dict.fromkeys([registry.environment.account_text, *self._accounts])),
                repository_arn=arn,
                organization_id=self._organization,
            )
        ]
        others = [account for account in dict.fromkeys(self._accounts) if account != registry.account]
        if others or self._organization is not None:
            statements.append(
                allow_push(
                    others,
                    repository_arn=arn,
                    partition=registry.partition,
                    organization_id=self._organization,
                )
            )
        return statements
