"""The errors that the emulated services and their CloudFormation handlers answer with."""

from __future__ import annotations

import uuid

_HANDLER_CODES = {
    "LimitExceededException": "ServiceLimitExceeded",
    "TooManyTagsException": "ServiceLimitExceeded",
    "RepositoryNotEmptyException": "GeneralServiceException",
}


class EcrError(Exception):
    """An error of a service's API: its exception name and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class PropertiesInvalid(ValueError):
    """CloudFormation refuses the properties against the type's schema, before any handler runs."""

    def __init__(self, logical_id: str, problems: list[str]) -> None:
        super().__init__(
            f"Properties validation failed for resource {logical_id} with message: [{', '.join(problems)}]"
        )


class HandlerFailure(ValueError):
    """What a resource handler reports to CloudFormation when the service behind it refuses."""

    def __init__(self, message: str, handler_code: str) -> None:
        super().__init__(
            f'Resource handler returned message: "{message}" '
            f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {handler_code})"
        )


def already_exists(type_name: str, identifier: str) -> HandlerFailure:
    """The failure of a create whose identifier is taken."""
    return HandlerFailure(
        f"Resource of type '{type_name}' with identifier '{identifier}' already exists.", "AlreadyExists"
    )


def handler_failure(
    error: EcrError, type_name: str, identifier: str, *, service: str = "Ecr"
) -> HandlerFailure:
    """The CloudFormation reason for an API error, in the shape of the resource handlers."""
    if "AlreadyExists" in error.code:
        return already_exists(type_name, identifier)
    code = _HANDLER_CODES.get(error.code, "NotFound" if "NotFound" in error.code else "InvalidRequest")
    return HandlerFailure(
        f"{error.message} (Service: {service}, Status Code: 400, Request ID: {uuid.uuid4()}) "
        f"(SDK Attempt Count: 1) [{error.code}]",
        code,
    )


def invalid_parameter(member: str, constraint: str) -> EcrError:
    """ECR's own wording for a value that breaks a constraint."""
    return EcrError(
        "InvalidParameterException",
        f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'",
    )
