"""Whether ECR would accept a repository or registry policy text.

ECR resolves the IAM principals of a repository policy when the policy is set,
and refuses one that does not exist; that is what makes "grant to a role of
another stack that is not deployed yet" fail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.ministack_internals import iam

_ACCOUNT = re.compile(r"[0-9]{12}")
_IAM_ARN = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):(root|(role|user)/(.+))")
_STS_ARN = re.compile(r"arn:aws[a-z-]*:sts::[0-9]{12}:(assumed-role/[^/*]+/[^/*]+|federated-user/[^/*]+)")


def check_repository_policy(text: str) -> None:
    """Raise for a repository policy that ECR refuses, an unknown IAM principal included."""
    statements = _statements(text, "Invalid repository policy provided")
    for statement in statements:
        for principal in _aws_principals(statement):
            _check_principal(principal)


def check_registry_policy(text: str) -> None:
    """Raise for a registry policy that is not a policy; principals are not resolved."""
    for statement in _statements(text, "Invalid registry policy provided"):
        if "Resource" not in statement and "NotResource" not in statement:
            raise _invalid("Invalid registry policy provided")


def _statements(text: str, refusal: str) -> list[dict[str, Any]]:
    try:
        policy = json.loads(text)
    except ValueError:
        raise _invalid(refusal) from None
    found = policy.get("Statement") if isinstance(policy, dict) else None
    statements: list[Any] = found if isinstance(found, list) else [found]
    if not statements:
        raise _invalid(refusal)
    for statement in statements:
        if (
            not isinstance(statement, dict)
            or statement.get("Effect") not in ("Allow", "Deny")
            or not ({"Principal", "NotPrincipal"} & set(statement))
            or not ({"Action", "NotAction"} & set(statement))
            or not all(_is_ecr_action(action) for action in _as_list(statement.get("Action", "*")))
        ):
            raise _invalid(refusal)
    return statements


def _is_ecr_action(action: Any) -> bool:
    return isinstance(action, str) and (action == "*" or action.lower().startswith("ecr:"))


def _aws_principals(statement: dict[str, Any]) -> Iterator[Any]:
    for element in ("Principal", "NotPrincipal"):
        principal = statement.get(element)
        if isinstance(principal, dict):
            yield from _as_list(principal.get("AWS", []))
        elif principal is not None:
            yield principal


def _check_principal(principal: Any) -> None:
    if not isinstance(principal, str):
        raise _invalid("Invalid repository policy provided")
    if principal == "*" or _ACCOUNT.fullmatch(principal) or _STS_ARN.fullmatch(principal):
        return
    arn = _IAM_ARN.fullmatch(principal)
    if arn is None:
        raise _invalid("Principal not found")
    _partition, account, resource, kind, path = arn.groups()
    if resource == "root":
        return
    store = iam()._roles if kind == "role" else iam()._users
    record = store.get_scoped(account, "", path.rpartition("/")[2])
    if record is None or record.get("Arn", "").partition(":iam::")[2] != f"{account}:{resource}":
        raise _invalid("Principal not found")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _invalid(constraint: str) -> EcrError:
    return invalid_parameter("PolicyText", constraint)
