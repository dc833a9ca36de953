"""Whether a statement can be added to a repository's or a registry's policy."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from aws_cdk import aws_iam as iam

from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_registry_statement", "check_statement"]

_KEYS_OF_PRINCIPALS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:viaawsservice",
    }
)
"""Conditions that say who is meant; one on a network or an address says nothing of Inspector's role."""

_NEEDED_BY_INSPECTOR: Final = "ecr:PutRegistryScanningConfiguration"
"""What Amazon Inspector has to be able to call for enhanced scanning (facts §5).

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
"""


def check_statement(statement: object, *, where: str) -> None:
    """Refuse what is no statement of CDK.

    Args:
        statement: As given.
        where: The method, for the error.

    Raises:
        InvalidValueError: It is none.
    """
    if not isinstance(statement, iam.PolicyStatement):
        raise InvalidValueError(
            f"the statement is of the type {type(statement).__name__}",
            where=where,
            allowed="a PolicyStatement of aws_cdk.aws_iam",
            fix="for a JSON object write iam.PolicyStatement.from_json(…)",
        )


def check_registry_statement(statement: iam.PolicyStatement, *, where: str) -> None:
    """Refuse a statement that lacks what each of a registry policy has.

    Args:
        statement: The statement.
        where: The method, for the error.

    Raises:
        InvalidValueError: It has no principals, no actions or no resources; or it denies, to everybody and
            without a condition, what Amazon Inspector needs.
    """
    faults = [*statement.validate_for_any_policy(), *statement.validate_for_resource_policy()]
    if not statement.resources and not statement.not_resources:
        faults.append("a registry policy's statement must name its resources")
    if faults:
        raise InvalidValueError(
            f"no statement of a registry policy: {'; '.join(dict.fromkeys(faults))}",
            where=where,
            allowed="a statement with principals, actions and resources",
        )
    if _denies_inspector(statement):
        raise InvalidValueError(
            f"the statement denies {_NEEDED_BY_INSPECTOR}, which Amazon Inspector calls for its scans",
            where=where,
            allowed="denied actions by name, without ecr:* and without settings of scanning",
            fix="name the actions to deny, or write a condition that lets AWS's services through",
        )


def _excepts_inspector(statement: iam.PolicyStatement) -> bool:
    """Whether a condition may let Inspector through, whose role is one of the registry's own account."""
    conditions = statement.conditions or {}
    return any(key.lower() in _KEYS_OF_PRINCIPALS for keys in conditions.values() for key in keys)


def _denies_inspector(statement: iam.PolicyStatement) -> bool:
    if statement.effect is not iam.Effect.DENY or _excepts_inspector(statement):
        return False
    needed = _NEEDED_BY_INSPECTOR.lower()

    def among(actions: list[str]) -> bool:
        return any(fnmatchcase(needed, action.lower()) for action in actions)

    return not among(statement.not_actions) if statement.not_actions else among(statement.actions)
