"""What nobody in the accounts of an organization's units can do to their registries.

Two policies say it: a service control policy, for what the accounts' principals do, and a resource control
policy, for what anybody does to their repositories. Neither grants anything.

Sources: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ecr_blueprints.domain.kms_key import REGISTRY_KEY_ALIAS
from ecr_blueprints.domain.organization import MAX_CONTROL_POLICY_LENGTH, PolicyType
from ecr_blueprints.domain.principals import (
    check_account_id,
    check_organization_id,
    check_role_name_pattern,
)
from ecr_blueprints.domain.stack_set import EXECUTION_ROLE_NAME_PATTERN
from ecr_blueprints.errors import InvalidValueError

__all__ = ["SHORTER_GUARDRAILS", "Guardrail", "Guardrails", "policy_length"]

SHORTER_GUARDRAILS: Final = "name fewer platform roles or partners, with * for what they have in common"
"""What to do where a policy is too long."""

_WHERE: Final = "Guardrails"
_USES_OF_ROLES: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole*",
    "iam:DetachRolePolicy",
    "iam:PassRole",
    "iam:PutRole*",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole*",
)
"""Whatever makes a role, lets somebody or something take it on, or changes what it may do."""


class Guardrail(StrEnum):
    """One thing that nobody can do."""

    KEEP_SCANNING = "KeepScanning"
    """Switch off the scanning of images, by the registry or by Amazon Inspector."""

    KEEP_KEYS = "KeepKeys"
    """Disable the key of a registry, schedule its deletion, or take its alias away, by which it is known."""

    KEEP_BASELINE = "KeepBaseline"
    """Delete, change or call what the baseline has made, or the settings that only it makes."""

    STAY_IN_ORGANIZATION = "StayInOrganization"
    """Take the account out of the organization."""

    NO_OUTSIDERS = "NoOutsiders"
    """Reach a repository from outside the organization, whatever its own policy or the registry's says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    """The guardrails of some units, and who is exempt from them.

    CloudFormation's execution role of stack sets and the baseline's roles are exempt always, since the
    baseline comes by them; roles of services for themselves (service-linked roles) are by AWS's own rules.
    Whoever is exempt by the name of a role is so in every account: nobody else can make a role of such a
    name, change it, or hand it to a service.

    What they leave open: the ``ROOT`` template, since ECR has no permissions for single templates and teams
    need those of their caches (a stack set's drift detection shows it), and the key's policy, which the
    team's own stack writes.

    Attributes:
        chosen: Which of them. Default: all.
        organization: The organization's id.
        baseline: What the names of the baseline's roles, rules and functions begin with, and its stack set's.
        parameters: The path of the parameters that the baseline makes.
        platform_roles: Names of roles that may do it all the same, with ``*``. Default: none.
        partners: Accounts outside the organization that `Guardrail.NO_OUTSIDERS` lets through. Default: none.

    Raises:
        InvalidValueError: Nothing is chosen, or a malformed value.

    Practices: OPS-2
    """

    organization: str
    baseline: str
    parameters: str
    chosen: Sequence[Guardrail] = tuple(Guardrail)
    platform_roles: Sequence[str] = ()
    partners: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the values."""
        check_organization_id(self.organization)
        for pattern in self.platform_roles:
            check_role_name_pattern(pattern)
        for account in self.partners:
            check_account_id(account)
        if not self.chosen:
            raise InvalidValueError("nothing is chosen", where=_WHERE, allowed=", ".join(Guardrail))

    def policy(self, policy_type: PolicyType) -> dict[str, Any] | None:
        """The policy document of one type; None where nothing chosen needs it.

        Args:
            policy_type: Which type.

        Raises:
            InvalidValueError: It is longer than AWS takes.
        """
        if policy_type is PolicyType.RESOURCE_CONTROL:
            statements = self._of_resources()
        else:
            statements = self._of_principals()
        if not statements:
            return None
        document = {"Version": "2012-10-17", "Statement": statements}
        length = policy_length(document)
        if length > MAX_CONTROL_POLICY_LENGTH:
            raise InvalidValueError(
                f"the {policy_type} has {length:,} characters",
                where=_WHERE,
                allowed=f"at most {MAX_CONTROL_POLICY_LENGTH:,}",
                fix=SHORTER_GUARDRAILS,
            )
        return document

    def _of_principals(self) -> list[dict[str, Any]]:
        statements: list[dict[str, Any]] = []
        if Guardrail.KEEP_SCANNING in self.chosen:
            statements.append(self._deny("KeepScanning", _SCANNING, ["*"]))
        if Guardrail.KEEP_KEYS in self.chosen:
            statements += [
                self._deny("KeepKeys", _KEYS, ["*"], _IS_REGISTRY_KEY),
                self._deny(
                    "KeepKeyAliases",
                    ("kms:DeleteAlias", "kms:UpdateAlias"),
                    [f"arn:*:kms:*:*:alias/{REGISTRY_KEY_ALIAS}"],
                ),
            ]
        if Guardrail.KEEP_BASELINE in self.chosen:
            statements += [
                self._deny("KeepSettings", ("ecr:PutAccountSetting",), ["*"]),
                self._deny("KeepBaseline", _BASELINE, self._baseline_arns()),
            ]
        if statements:
            statements.append(self._deny("KeepExemptRoles", _USES_OF_ROLES, self._exempt()))
        if Guardrail.STAY_IN_ORGANIZATION in self.chosen:
            # Nobody is exempt: the management account can remove an account all the same.
            statements.append(
                {
                    "Sid": "StayInOrganization",
                    "Effect": "Deny",
                    "Action": "organizations:LeaveOrganization",
                    "Resource": "*",
                }
            )
        return statements

    def _of_resources(self) -> list[dict[str, Any]]:
        if Guardrail.NO_OUTSIDERS not in self.chosen:
            return []
        outside: dict[str, Any] = {"aws:PrincipalOrgID": self.organization}
        if self.partners:
            outside["aws:PrincipalAccount"] = list(self.partners)
        return [
            {
                "Sid": "NoOutsiders",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "ecr:*",
                "Resource": "*",
                "Condition": {
                    # Whoever is anonymous has neither key.
                    "StringNotEqualsIfExists": outside,
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            }
        ]

    def _deny(
        self,
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        condition: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Denied to everybody but the exempt."""
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Action": list(actions),
            "Resource": list(resources),
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": self._exempt()}, **(condition or {})},
        }

    def _exempt(self) -> list[str]:
        names = (EXECUTION_ROLE_NAME_PATTERN, f"{self.baseline}-*", *self.platform_roles)
        return [f"arn:*:iam::*:role/{name}" for name in names]

    def _baseline_arns(self) -> list[str]:
        return [
            f"arn:*:ssm:*:*:parameter{self.parameters}*",
            f"arn:*:events:*:*:rule/{self.baseline}-*",
            f"arn:*:lambda:*:*:function:{self.baseline}-*",
            f"arn:*:cloudformation:*:*:stack/StackSet-{self.baseline}-*",
        ]


def policy_length(document: Mapping[str, Any]) -> int:
    """The characters of a policy of an organization, as AWS counts them: without white space.

    Args:
        document: The policy.
    """
    return len(json.dumps(document, separators=(",", ":")))


_SCANNING: Final = (
    "ecr:PutRegistryScanningConfiguration",
    "inspector2:Disable",
    "inspector2:UpdateConfiguration",
)
_KEYS: Final = ("kms:DisableKey", "kms:RevokeGrant", "kms:ScheduleKeyDeletion")
_IS_REGISTRY_KEY: Final = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{REGISTRY_KEY_ALIAS}"}}
"""Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases"""

_BASELINE: Final = (
    "cloudformation:CancelUpdateStack",
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:SetStackPolicy",
    "cloudformation:Update*",
    "events:DeleteRule",
    "events:DisableRule",
    "events:Put*",
    "events:RemoveTargets",
    "lambda:AddPermission",
    "lambda:Delete*",
    "lambda:Invoke*",
    "lambda:Put*",
    "lambda:RemovePermission",
    "lambda:Update*",
    "ssm:DeleteParameter*",
    "ssm:PutParameter",
)
