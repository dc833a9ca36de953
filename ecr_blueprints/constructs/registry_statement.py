"""Typed statements of a registry policy, as JSON.

A registry policy is enforced for every ECR action only in scope ``V2``, in which new registries are; in
``V1`` for replication, importing and creating alone (facts §6). Nothing here denies what Amazon Inspector
needs: ``ecr:*`` and ``ecr:PutRegistryScanningConfiguration`` are never denied (facts §5).

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-examples.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ecr_blueprints.domain.actions import (
    ADMIN,
    CREATE,
    DELETE,
    IMPORT_UPSTREAM,
    PULL,
    PUSH,
    REPLICATE,
)

__all__ = [
    "DENIED_TO_OUTSIDERS",
    "allow_push",
    "allow_replication",
    "deny_creation_by_strangers",
    "deny_outside_organization",
]

_SCANNING: Final = frozenset({"ecr:PutImageScanningConfiguration", "ecr:StartImageScan"})

DENIED_TO_OUTSIDERS: Final = tuple(
    sorted({*PULL, *PUSH, *CREATE, *DELETE, *IMPORT_UPSTREAM, *REPLICATE, *ADMIN} - _SCANNING)
)
"""What nobody outside does: to reach images and to change repositories.

Neither a setting of the registry nor anything of scanning is among it.
"""

_CREATES_BY_PUSHING: Final = tuple(sorted({*PUSH, *CREATE}))


def allow_replication(
    source_account: str, *, repository_arns: Sequence[str], partition: str
) -> dict[str, Any]:
    """Let another account's registry replicate into these repositories, and create them.

    Args:
        source_account: 12 digits.
        repository_arns: The ARNs of the repositories, with ``*``.
        partition: Of the registry, such as ``aws``.

    Practices: REPL-2
    """
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{source_account}:root"},
        "Action": list(REPLICATE),
        "Resource": _one_or_many(repository_arns),
    }


def deny_creation_by_strangers(
    accounts: Sequence[str], *, repository_arn: str, organization_id: str | None = None
) -> dict[str, Any]:
    """Keep principals of other accounts from making repositories by pushing to names that do not exist.

    That a push creates a repository although its author may not create one was reported by a user and is not
    documented; that this statement stops it is **unverified** (facts §3). It takes effect in policy scope
    ``V2`` only.

    Args:
        accounts: The accounts that push: 12 digits each, or tokens.
        repository_arn: The ARN of the repositories that pushes may create, with ``*``.
        organization_id: An organization that pushes as a whole, in place of accounts. Default: none.

    Source: https://github.com/aws/containers-roadmap/issues/853

    Practices: TMPL-5
    """
    known = (
        {"aws:PrincipalAccount": _one_or_many(accounts)}
        if organization_id is None
        else {"aws:PrincipalOrgID": organization_id}
    )
    return {
        "Effect": "Deny",
        # Everybody whom the condition does not except; a Deny opens nothing.
        "Principal": "*",
        "Action": list(_CREATES_BY_PUSHING),
        "Resource": repository_arn,
        "Condition": {"StringNotEquals": known, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    }


def allow_push(
    accounts: Sequence[str], *, repository_arn: str, partition: str, organization_id: str | None = None
) -> dict[str, Any]:
    """Let principals of other accounts push, and create what they push to, as far as their account lets them.

    Args:
        accounts: 12 digits each; ignored where an organization is named.
        repository_arn: The ARN of the repositories, with ``*``.
        partition: Of the registry, such as ``aws``.
        organization_id: An organization that pushes as a whole, in place of accounts. Default: none.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {
            "AWS": "*"
            if organization_id is not None
            else _one_or_many([f"arn:{partition}:iam::{account}:root" for account in accounts])
        },
        "Action": [*_CREATES_BY_PUSHING, "ecr:BatchGetImage"],
        "Resource": repository_arn,
    }
    if organization_id is None:
        return statement
    return {**statement, "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}}}


def deny_outside_organization(
    organization_id: str, *, repository_arn: str, except_accounts: Sequence[str] = ()
) -> dict[str, Any]:
    """Keep everybody outside an organization from images and repositories; AWS's services are let through.

    Args:
        organization_id: ``o-`` and 10 to 32 characters.
        repository_arn: The ARN of the registry's repositories, with ``*``.
        except_accounts: Accounts outside it that are let through, 12 digits each. Default: none.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice

    Practices: ACC-1
    """
    outside: dict[str, Any] = {"aws:PrincipalOrgID": organization_id}
    if except_accounts:
        outside["aws:PrincipalAccount"] = _one_or_many(except_accounts)
    return {
        "Effect": "Deny",
        # Everybody whom the condition does not except; a Deny opens nothing.
        "Principal": "*",
        "Action": list(DENIED_TO_OUTSIDERS),
        "Resource": repository_arn,
        "Condition": {"StringNotEquals": outside, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    }


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
