"""Whether a statement of a resource policy is open to everybody.

ECR never serves a caller without credentials, so that "public" means: any principal of any AWS account,
which anybody can open. A statement is public if it allows ``*`` (or everybody but somebody) and no
condition keeps strangers out. A condition does so only if it holds for nobody but an organization, an
account, a network or a named principal that the policy's author chose. A Deny of everybody outside does
the same for every statement of its policy.

Which keys can do so is in `condition_keys`. Source of what the operators mean:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ecr_blueprints.domain.condition_keys import (
    KEY_PREFIXES_THAT_NAME_NOBODY,
    KEYS_IN_EVERY_SIGNED_REQUEST,
    KEYS_OF_THE_OWN_RESOURCE,
    KEYS_THAT_NAME_NOBODY,
    KEYS_THAT_NAME_SOMEBODY,
)
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.registry.access_policy import AccessPolicy, Condition, Effect, Principal, Statement
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved

__all__ = ["Exposure", "Reach", "exposure_of"]


class Exposure(StrEnum):
    """Whom a statement lets in."""

    NARROW = "narrow"
    """Nobody, or only whom the author chose."""
    PUBLIC = "public"
    """Any principal of any AWS account."""
    UNKNOWN = "unknown"
    """It depends on what the source does not determine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The exposure of one statement, or of one condition, and from what it follows.

    Attributes:
        exposure: Whom it lets in.
        reason: Half a sentence: what makes it public or narrow; for UNKNOWN empty.
        unknown: For UNKNOWN: the value that would have to be known, or the condition key that is not
            known to this module.
    """

    exposure: Exposure
    reason: str = ""
    unknown: Unresolved | str | None = None


def exposure_of(statement: Statement, policy: AccessPolicy | None = None) -> Reach:
    """Judges one statement.

    Args:
        statement: Of a repository policy, a registry policy or a creation template's policy.
        policy: The policy that it stands in, whose Deny statements may keep strangers out. Default: the
            statement stands alone.
    """
    if statement.effect is Effect.DENY:
        return Reach(exposure=Exposure.NARROW, reason="it denies")
    if _grants_nothing(statement):
        return Reach(
            exposure=Exposure.NARROW, reason="no resource policy can grant ecr:GetAuthorizationToken"
        )
    principal = _principal(statement)
    if principal.exposure is Exposure.NARROW:
        return principal
    if isinstance(statement.conditions, Unresolved):
        return Reach(exposure=Exposure.UNKNOWN, unknown=statement.conditions)
    conditions = [_condition(condition, statement.conditions) for condition in statement.conditions]
    for exposure in (Exposure.NARROW, Exposure.UNKNOWN):
        decisive = next((reach for reach in conditions if reach.exposure is exposure), None)
        if decisive is not None:
            return decisive
    if principal.exposure is Exposure.UNKNOWN:
        return principal
    if policy is not None and any(_fences(other, statement) for other in policy.statements):
        return Reach(exposure=Exposure.NARROW, reason="another statement denies strangers")
    reasons = [principal.reason, *(reach.reason for reach in conditions)]
    return Reach(exposure=Exposure.PUBLIC, reason=", and ".join(reasons))


def _grants_nothing(statement: Statement) -> bool:
    """The token is granted by identity policies alone (facts §6)."""
    actions = statement.actions
    return (
        not isinstance(actions, Unresolved)
        and len(actions) > 0
        and all(
            isinstance(action, str) and action.lower() == "ecr:getauthorizationtoken" for action in actions
        )
    )


def _principal(statement: Statement) -> Reach:
    if isinstance(statement.not_principals, Unresolved) or statement.not_principals:
        return Reach(exposure=Exposure.PUBLIC, reason="NotPrincipal with Allow admits everybody else")
    if isinstance(statement.principals, Unresolved):
        return Reach(exposure=Exposure.UNKNOWN, unknown=statement.principals)
    if any(_is_everybody(principal) for principal in statement.principals):
        return Reach(exposure=Exposure.PUBLIC, reason="the principal is *")
    for principal in statement.principals:
        value = principal.value
        if principal.kind == "AWS" and isinstance(value, Unresolved) and _may_be_wildcard(value):
            return Reach(exposure=Exposure.UNKNOWN, unknown=value)
    return Reach(exposure=Exposure.NARROW, reason="it names its principals")


def _is_everybody(principal: Principal) -> bool:
    return principal.kind in ("AWS", "*") and principal.value == "*"


def _may_be_wildcard(value: Unresolved) -> bool:
    """What a resource yields, and a text with an ARN in it, cannot turn out to be ``*``."""
    return not (
        "GetAtt" in value.expression or "arn:" in value.expression or value.depends_on.startswith("resource ")
    )


# --- conditions -------------------------------------------------------------------------------------

_VARIABLE = re.compile(r"\$\{([^},]*)")
_WILDCARD = re.compile(r"[*?]")
_HOLE = re.compile(r"\$\{[^}]*\}")
_CONCRETE_HOLE = re.compile(r"\$\{(?:AWS::[^}]*|[^}]*\.[^}]*)\}")
"""A part of a text that only deployment determines; a pseudo parameter or an attribute is no wildcard."""
_SOME_ACCOUNT = "0" * 12


def _condition(condition: Condition, among: Iterable[Condition]) -> Reach:
    """How far one condition narrows a statement that allows everybody."""
    key = condition.key.lower()
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    shown = f"{condition.operator} {condition.key}"
    if operator == "null":
        return _useless(f"{shown} only asks whether the key is there")
    if operator.removesuffix("ifexists").find("not") >= 0:
        return _useless(f"{shown} admits everybody but those it lists")
    absent = operator.endswith("ifexists") or quantifier == "forallvalues"
    if absent and key not in KEYS_IN_EVERY_SIGNED_REQUEST and not _is_required(key, among):
        return _useless(f"{shown} also holds where the key is absent")
    operator = operator.removesuffix("ifexists")
    if key in KEYS_THAT_NAME_NOBODY or key.startswith(KEY_PREFIXES_THAT_NAME_NOBODY):
        return _useless(f"{condition.key} does not say whose principal it is")
    narrows = KEYS_THAT_NAME_SOMEBODY.get(key)
    if narrows is None:
        return Reach(exposure=Exposure.UNKNOWN, unknown=f"what the condition key {condition.key} limits")
    reaches = [_value(value, key, operator, narrows, shown) for value in condition.values]
    for exposure in (Exposure.PUBLIC, Exposure.UNKNOWN):
        decisive = next((reach for reach in reaches if reach.exposure is exposure), None)
        if decisive is not None:
            return decisive
    return Reach(exposure=Exposure.NARROW, reason=f"{shown} keeps strangers out")


def _fences(deny: Statement | Unresolved, allow: Statement) -> bool:
    """Whether a Deny refuses to strangers all that a statement allows."""
    if (
        isinstance(deny, Unresolved)
        or deny.effect is not Effect.DENY
        or isinstance(deny.conditions, Unresolved)
    ):
        return False
    if isinstance(deny.principals, Unresolved) or not any(map(_is_everybody, deny.principals)):
        return False
    outside = [condition for condition in deny.conditions if not _spares_services(condition)]
    return (
        _covers(deny.actions, allow.actions)
        and (not deny.resources or _covers(deny.resources, allow.resources))
        and not deny.not_resources
        and len(outside) > 0
        and all(_is_outside(condition) for condition in outside)
    )


def _spares_services(condition: Condition) -> bool:
    """The usual exception of such a Deny: AWS services calling by themselves."""
    return condition.key.lower() == "aws:principalisawsservice" and condition.values == ("false",)


def _is_outside(condition: Condition) -> bool:
    """Whether a condition of a Deny holds for every stranger, also where its key is absent."""
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if "not" not in operator or quantifier == "foranyvalue":
        return False
    inside = replace(condition, operator=operator.replace("not", "").removesuffix("ifexists"))
    return _condition(inside, ()).exposure is Exposure.NARROW


def _covers(
    wide: tuple[Resolvable[str], ...] | Unresolved, narrow: tuple[Resolvable[str], ...] | Unresolved
) -> bool:
    if isinstance(wide, Unresolved):
        return wide == narrow
    patterns = [one.lower() for one in wide if isinstance(one, str)]
    if "*" in patterns or "ecr:*" in patterns:
        return True
    if isinstance(narrow, Unresolved) or not narrow:
        return False
    return all(
        one in wide
        or (isinstance(one, str) and any(matches_wildcard(wider, one.lower()) for wider in patterns))
        for one in narrow
    )


def _value(
    value: Resolvable[str], key: str, operator: str, narrows: Callable[[str], bool], shown: str
) -> Reach:
    """How far one value narrows; a condition holds if any of its values does."""
    exact = operator in ("stringequals", "stringequalsignorecase")
    if isinstance(value, Unresolved):
        return Reach(exposure=Exposure.NARROW) if exact else _partial(value, narrows, shown)
    variables = {name.strip().lower() for name in _VARIABLE.findall(value)}
    if variables:
        if variables <= KEYS_OF_THE_OWN_RESOURCE:
            return Reach(exposure=Exposure.NARROW)
        if key in variables:
            return _useless(f"{shown} compares the key with itself")
        return Reach(exposure=Exposure.UNKNOWN, unknown=f"what {value} stands for")
    if exact and _WILDCARD.search(value):
        return Reach(
            exposure=Exposure.NARROW, reason=f"{shown} takes {value!r} literally and holds for nobody"
        )
    if narrows(value):
        return Reach(exposure=Exposure.NARROW)
    return _useless(f"{shown} with {value!r} holds for strangers too")


def _partial(value: Unresolved, narrows: Callable[[str], bool], shown: str) -> Reach:
    """How far a value narrows of which only some text is known."""
    if "${" not in value.expression:
        if _may_be_wildcard(value):
            return Reach(exposure=Exposure.UNKNOWN, unknown=value)
        return Reach(exposure=Exposure.NARROW)
    text = _CONCRETE_HOLE.sub(_SOME_ACCOUNT, value.expression)
    if narrows(_HOLE.sub("*", text)):
        return Reach(exposure=Exposure.NARROW)
    if not narrows(_HOLE.sub(_SOME_ACCOUNT, text)):
        return _useless(f"{shown} with {value.expression!r} holds for strangers too")
    return Reach(exposure=Exposure.UNKNOWN, unknown=value)


def _useless(reason: str) -> Reach:
    return Reach(exposure=Exposure.PUBLIC, reason=reason)


def _is_required(key: str, among: Iterable[Condition]) -> bool:
    """Whether another condition of the statement demands that the key is there."""
    return any(
        other.operator.lower() == "null"
        and other.key.lower() == key
        and len(other.values) > 0
        and all(isinstance(value, str) and value.lower() == "false" for value in other.values)
        for other in among
    )
