"""The account and Region of a registry, as far as they are known, and the addresses that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import environment_of
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.principals import check_account_id, partition_of, registry_uri
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.registry.registry import Registry

__all__ = ["RegistryEnvironment", "check_registry", "check_same_environment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEnvironment:
    """Where a registry is.

    Attributes:
        account: The 12-digit account id; None if it is left to the deployment.
        region: The Region; None if it is left to the deployment.
        account_text: The account id, or the token that stands for it.
        region_text: The Region, or the token that stands for it.
        partition: The partition's name, or the token that stands for it.
        uri: The registry's host name; holds tokens where something is left open.
        scope: The path of the CDK stage where something is left open, else empty.
    """

    account: str | None
    region: str | None
    account_text: str
    region_text: str
    partition: str
    uri: str
    scope: str = ""

    @classmethod
    def of_stack(cls, scope: Construct) -> RegistryEnvironment:
        """The environment of the stack to which a construct belongs.

        Raises:
            InvalidValueError: The stack's account or Region is malformed.
        """
        stack = cdk.Stack.of(scope)
        account = None if is_token(stack.account) else stack.account
        region = None if is_token(stack.region) else stack.region
        stage = cdk.Stage.of(scope)
        stage_path = "" if stage is None else stage.node.path
        known = account is not None and region is not None
        return cls._of(stack, account, region, scope="" if known else stage_path)

    @classmethod
    def of_registry(cls, registry: Registry, stack: cdk.Stack) -> RegistryEnvironment:
        """The environment of a registry of a contract; what it leaves open is the stack's."""
        return cls._of(stack, registry.account, registry.region, scope=registry.scope)

    @classmethod
    def _of(
        cls, stack: cdk.Stack, account: str | None, region: str | None, *, scope: str
    ) -> RegistryEnvironment:
        if account is not None:
            check_account_id(account)
        partition = stack.partition if region is None else partition_of(region).name
        account_text = stack.account if account is None else account
        region_text = stack.region if region is None else region
        if account is not None and region is not None:
            uri = registry_uri(account, region)
        else:
            suffix = stack.url_suffix if region is None else partition_of(region).dns_suffix
            uri = f"{account_text}.dkr.ecr.{region_text}.{suffix}"
        return cls(
            account=account,
            region=region,
            account_text=account_text,
            region_text=region_text,
            partition=partition,
            uri=uri,
            scope=scope,
        )

    @property
    def key(self) -> tuple[str | None, str | None, str]:
        """What one owner is for."""
        return self.account, self.region, self.scope

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this account and Region."""
        return f"arn:{self.partition}:{service}:{self.region_text}:{self.account_text}:{resource}"


def check_same_environment(registry: RegistryReference, scope: Construct, *, where: str) -> None:
    """Refuse a construct in another account or Region than the registry that it is part of.

    What a stack leaves open is taken for the registry's.

    Args:
        registry: The registry.
        scope: The construct to belong to.
        where: The construct, for the error.

    Raises:
        InvalidValueError: Its stack is elsewhere.
    """
    account, region = environment_of(scope)
    for what, theirs, own in (("account", registry.account, account), ("Region", registry.region, region)):
        if theirs is not None and own is not None and own != theirs:
            raise InvalidValueError(
                f"its stack is in the {what} {own} and its registry in {theirs}",
                where=where,
                fix=f"declare it in a stack of the {what} {theirs}, or pass the registry of {own}",
            )


def check_registry(registry: object, *, where: str) -> None:
    """Refuse what nothing can be added to: anything but a registry that this app owns.

    Args:
        registry: As given.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is none.
    """
    if not hasattr(type(registry), "contribute"):
        imported = isinstance(registry, RegistryReference)
        raise InvalidValueError(
            "the registry is another app's" if imported else f"the registry is {registry!r}",
            where=where,
            allowed="a PrivateRegistry",
            fix="declare this in the app that owns the registry"
            if imported
            else 'write registry=PrivateRegistry(stack, "Registry")',
        )
