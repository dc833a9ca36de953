"""Whether a role's trust policy admits a caller to `sts:AssumeRole`.

A principal is an account, its `:root`, a role or a user, or everybody:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html. Of services
none is a caller here. A condition on what the emulator cannot know counts against the caller: an Allow with
one admits nobody, a Deny with one refuses everybody it names.

The caller is a session of a role, or whoever has an account's own credential, which stands for an
administrator there: `arn:aws:iam::<account>:root`. Whether the caller's own policies let it assume the role
is not asked.
"""

from __future__ import annotations

import json
from typing import Any

from ecr_emulator import ministack_internals, organization
from ecr_emulator.ministack_internals import region

# Condition keys whose value, or absence, is known: of the request, and of the caller's ARN.
_KNOWN = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principaltype",
    "aws:currenttime",
    "aws:epochtime",
    "aws:tagkeys",
    "sts:externalid",
    "sts:rolesessionname",
)
_KNOWN_FAMILY = "aws:requesttag/"


def admits(
    role_arn: str,
    caller_arn: str,
    *,
    action: str = "sts:AssumeRole",
    external_id: str | None = None,
    session_name: str | None = None,
    tags: dict[str, str] | None = None,
) -> bool:
    """Whether the role exists and lets the caller in."""
    role = _role(role_arn)
    if role is None:
        return False
    statements = [_decidable(one) for one in _statements(role.get("AssumeRolePolicyDocument"))]
    evaluator = ministack_internals.policy_evaluator()
    account = caller_arn.split(":")[4]
    own = organization.of(account)
    context = evaluator.EvalContext(
        principal_arn=caller_arn,
        principal_type="AssumedRole" if ":assumed-role/" in caller_arn else "Account",
        principal_account=account,
        action=action,
        resource_arn=role_arn,
        region=region(),
        request_tags=tags or {},
        tag_keys=list(tags or {}),
        principal_keys={"aws:principalorgid": own.identifier if own is not None else None},
        service_context={"sts:externalid": external_id, "sts:rolesessionname": session_name},
    )
    document = {"Statement": [one for one in statements if one is not None]}
    return bool(evaluator.evaluate_trust_policy(document, caller_arn, context))


def _role(role_arn: str) -> dict[str, Any] | None:
    account, resource = role_arn.split(":", 5)[4:]
    name = resource.rpartition("/")[2]
    found: dict[str, Any] | None = ministack_internals.iam()._roles.get_scoped(account, None, name)
    return found if found is not None and found["Arn"] == role_arn else None


def _statements(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return [one for one in (statements if isinstance(statements, list) else [statements]) if one]


def _decidable(statement: dict[str, Any]) -> dict[str, Any] | None:
    """The statement without principals that are services, and without what cannot be decided."""
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = {"AWS": principal.get("AWS", [])}
    conditions = statement.get("Condition") or {}
    keys = [key.lower() for of_operator in conditions.values() for key in of_operator]
    if all(key in _KNOWN or key.startswith(_KNOWN_FAMILY) for key in keys):
        return {**statement, "Principal": principal}
    if statement.get("Effect") == "Allow":
        return None
    return {key: value for key, value in statement.items() if key != "Condition"} | {"Principal": principal}
