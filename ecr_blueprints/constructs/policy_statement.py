"""Whether a statement can be added to a repository's or a registry's policy."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_registry_statement", "check_statement"]


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
        InvalidValueError: It has no principals, no actions or no resources.
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
