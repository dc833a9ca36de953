"""The registry policy: one document, made of what everyone contributes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.quotas import POLICY_LENGTH
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = [
    "POLICY_VERSION",
    "RegistryPolicyDocument",
    "check_policy",
    "merged_statements",
    "policy_document",
    "policy_length",
    "read_access_policy",
]

POLICY_VERSION = "2012-10-17"

_FEWER_PRINCIPALS: Final = "name an organization or paths of it instead of many accounts or roles"
_FEWER_STATEMENTS: Final = f"{_FEWER_PRINCIPALS}, and the same ones for every prefix"

_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")

PolicyStatementJson = Mapping[str, Any]


class RegistryPolicyDocument:
    """The statements of a registry policy, by contributor, and the resource that holds them.

    Not a construct of its own: the resource appears under ``scope`` with the first statement, since ECR has
    no empty registry policy.

    Args:
        scope: The construct under which the resource appears.
        construct_id: Its id.
        removal_policy: What happens to the policy when its stack goes.
        rendered: False keeps the statements without rendering them.

    Practices: REG-5
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, removal_policy: cdk.RemovalPolicy, rendered: bool = True
    ) -> None:
        self._scope = scope
        self._construct_id = construct_id
        self._removal_policy = removal_policy
        self._rendered = rendered
        self._statements: dict[str, tuple[PolicyStatementJson, ...]] = {}
        self._first: cdk.CfnResource | None = None
        self.resource: ecr.CfnRegistryPolicy | None = None

    def wait_for(self, first: cdk.CfnResource | None) -> None:
        """Have the policy made after a resource; before its first statement.

        Args:
            first: The resource; None for none.
        """
        self._first = first

    @property
    def statements(self) -> tuple[PolicyStatementJson, ...]:
        """All statements, in the order in which their contributors came; see `merged_statements`."""
        return merged_statements(self._statements.values())

    @property
    def contributors(self) -> tuple[str, ...]:
        """Who contributed, in that order."""
        return tuple(self._statements)

    def with_statements(
        self, contributor: str, statements: Sequence[PolicyStatementJson]
    ) -> dict[str, tuple[PolicyStatementJson, ...]]:
        """What the statements would be, checked.

        Raises:
            InvalidValueError: A statement is none, or the policy would be longer than ECR takes.
        """
        contributed = {**self._statements, contributor: tuple(statements)}
        together = merged_statements(contributed.values())
        check_policy(
            policy_document(together), where="registry policy", fix=_FEWER_STATEMENTS, noun="registry policy"
        )
        return contributed

    def set_statements(self, contributor: str, statements: Sequence[PolicyStatementJson]) -> None:
        """Put these statements in the place of what the contributor gave before, and render.

        Args:
            contributor: Whose statements they are.
            statements: JSON objects; their texts may hold tokens.

        Raises:
            InvalidValueError: A statement is none, or the policy would be longer than ECR takes.
        """
        self._statements = self.with_statements(contributor, statements)
        if not self._rendered or not self.statements:
            return
        document = policy_document(self.statements)
        if self.resource is None:
            self.resource = ecr.CfnRegistryPolicy(self._scope, self._construct_id, policy_text=document)
            self.resource.apply_removal_policy(self._removal_policy)
            if self._first is not None:
                self.resource.add_resource_dependency(self._first)
        else:
            self.resource.policy_text = document


def merged_statements(groups: Iterable[Sequence[PolicyStatementJson]]) -> tuple[PolicyStatementJson, ...]:
    """The statements of all groups; those that differ in their resources alone are one, where the first was.

    A policy means the same either way, and many caches with the same consumers would not fit into it.

    Args:
        groups: JSON objects, by contributor.
    """
    merged: list[PolicyStatementJson] = []
    for statement in (one for group in groups for one in group):
        resources = _resources(statement)
        at = next((at for at, one in enumerate(merged) if resources and _is_same(one, statement)), None)
        if at is None:
            merged.append(statement)
        else:
            together = list(dict.fromkeys([*_resources(merged[at]), *resources]))
            merged[at] = {**merged[at], "Resource": together[0] if len(together) == 1 else together}
    return tuple(merged)


def _resources(statement: PolicyStatementJson) -> list[str]:
    """A statement's resources; empty where they are no texts."""
    given = statement.get("Resource")
    resources = [given] if isinstance(given, str) else given
    if isinstance(resources, list) and all(isinstance(one, str) for one in resources):
        return resources
    return []


def _is_same(one: PolicyStatementJson, other: PolicyStatementJson) -> bool:
    """Whether two statements differ in their resources at most."""
    if not _resources(one) or one.keys() != other.keys():
        return False
    return all(one[member] == other[member] for member in one if member != "Resource")


def policy_document(statements: Sequence[PolicyStatementJson]) -> dict[str, Any]:
    """The policy document of statements."""
    return {"Version": POLICY_VERSION, "Statement": [dict(one) for one in statements]}


def read_access_policy(
    document: Mapping[str, Any], *, name: str = "the policy"
) -> AccessPolicy | Unresolved | Malformed:
    """A policy document as the read model holds it; tokens are carried as Unresolved.

    Args:
        document: As JSON.
        name: How the reasons call it.
    """
    return read_policy_document(_carried(document), name)


def check_policy(
    document: Mapping[str, Any], *, where: str, fix: str = _FEWER_PRINCIPALS, noun: str = "policy"
) -> None:
    """Refuse a document that IAM does not take, or that is longer than ECR takes.

    Args:
        document: As JSON; its texts may hold tokens.
        where: The policy, for the error.
        fix: What to do where it is too long. Default: name fewer principals.
        noun: What it is called in the error.

    Raises:
        InvalidValueError: It cannot be; the error says why.
    """
    policy = read_access_policy(document)
    if isinstance(policy, Malformed):
        raise InvalidValueError(
            f"no policy that ECR takes: {policy.reason}",
            where=where,
            allowed="statements with Effect, Principal and Action in IAM's spelling",
        )
    _check_length(document, where=where, fix=fix, noun=noun)


def policy_length(document: Mapping[str, Any]) -> int:
    """The characters that a policy has at least: tokens are not counted.

    Args:
        document: As JSON; its texts may hold tokens.
    """
    return len(_TOKEN.sub("", json.dumps(document, separators=(",", ":"))))


def _check_length(document: Mapping[str, Any], *, where: str, fix: str, noun: str) -> None:
    """Tokens are not counted, so that what is refused here is too long for certain."""
    length = policy_length(document)
    if length > POLICY_LENGTH.value:
        raise InvalidValueError(
            f"the {noun} would have {length:,} characters",
            where=where,
            allowed=f"at most {POLICY_LENGTH.value:,}",
            fix=fix,
        )


def _carried(value: object) -> Any:
    """The JSON value with tokens as Unresolved."""
    if isinstance(value, Mapping):
        return {str(key): _carried(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_carried(member) for member in value]
    if isinstance(value, str):
        return Unresolved(value, depends_on="deployment") if is_token(value) else value
    if value is None or isinstance(value, bool | int | float):
        return value
    return Unresolved("a CDK token", depends_on="deployment")
