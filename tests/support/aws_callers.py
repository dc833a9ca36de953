"""Who calls AWS from a page, an administrator or a role that somebody assumes, and what IAM lets them do.

The emulator authorizes nothing. What a caller may do is decided here, by the policies that stand there at
that moment: those of the role, of the repository, of the registry and of the organization.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from iam_evaluator import (
    ADMINISTRATOR,
    FULL_ACCESS,
    Decision,
    OrganizationPolicies,
    Principal,
    Request,
    decide,
)
from local_cloud import LocalCloud

__all__ = ["AwsCallers", "Caller"]

_CONTROL = {"SERVICE_CONTROL_POLICY": "of_principals", "RESOURCE_CONTROL_POLICY": "of_resources"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls.

    Attributes:
        account: The account.
        role: The role's name; None for the account's administrator.
    """

    account: str
    role: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:role/{self.role or 'administrator'}"


class AwsCallers:
    """The callers of one page.

    Args:
        cloud: The emulator.
        accounts: Profile → account, of administrators.
        management: The organization's management account, whose policies bind the others; None without one.
        organization: The organization that all accounts are of; None without one.
    """

    def __init__(
        self,
        cloud: LocalCloud,
        accounts: dict[str, str],
        *,
        management: str | None = None,
        organization: str | None = None,
    ) -> None:
        self._cloud = cloud
        self._organization = organization
        self._management = management
        self._profiles: dict[str, dict[str, str]] = {name: {"account": one} for name, one in accounts.items()}

    def configure(self, profile: str, key: str, value: str) -> None:
        """What ``aws configure set`` writes."""
        assert key in ("role_arn", "source_profile"), key
        self._profiles.setdefault(profile, {})[key] = value

    def of(self, profile: str) -> Caller:
        """The caller by a profile; one that assumes a role has to be let."""
        assert profile in self._profiles, f"there is no profile {profile}"
        known = self._profiles[profile]
        if "role_arn" not in known:
            return Caller(account=known["account"])
        source = self.of(known["source_profile"])
        account, role = known["role_arn"].split(":")[4], known["role_arn"].rpartition("/")[2]
        assumed = Caller(account=account, role=role)
        trust = self._client("iam", account).get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        # A role is assumed within an account if its trust policy names the account and IAM lets the caller.
        decision = decide(
            Request(
                principal=self._principal(source),
                action="sts:AssumeRole",
                resource=assumed.arn,
                account=account,
                resource_policies=[_document(trust)],
            )
        )
        named = json.dumps([one.get("Principal") for one in _document(trust)["Statement"]])
        assert decision, decision.reason
        assert source.account in named, f"{role} trusts {named}, and not {source.account}"
        return assumed

    def client(self, caller: Caller, service: str, region: str) -> Any:
        """A client of boto3 with the caller's credentials."""
        import boto3

        if caller.role is None:
            return self._client(service, caller.account, region)
        sts = self._client("sts", caller.account, region)
        credentials = sts.assume_role(RoleArn=caller.arn, RoleSessionName="page")["Credentials"]
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self._cloud.url,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def decide(
        self,
        caller: Caller,
        action: str,
        *,
        resource: str = "*",
        account: str | None = None,
        resource_policies: list[Any] | None = None,
    ) -> Decision:
        """Whether IAM would let it.

        Args:
            caller: Who calls.
            action: Such as ``ecr:PutImage``.
            resource: The ARN of what it is asked of.
            account: The account of that. Default: the caller's.
            resource_policies: The policies of that.
        """
        request = Request(
            principal=self._principal(caller),
            action=action,
            resource=resource,
            account=caller.account if account is None else account,
            resource_policies=resource_policies or [],
        )
        return decide(request, self._control())

    def _principal(self, caller: Caller) -> Principal:
        policies: list[Any] = [ADMINISTRATOR]
        if caller.role is not None:
            policies = self._policies_of(caller.account, caller.role)
        return Principal(
            arn=caller.arn,
            account=caller.account,
            policies=policies,
            organization=self._organization,
            organization_path=None if self._organization is None else f"{self._organization}/r-ab12/",
        )

    def _policies_of(self, account: str, role: str) -> list[Any]:
        iam = self._client("iam", account)
        found = [
            _document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]
        for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            arn = one["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            found.append(_document(document))
        return found

    def _control(self) -> OrganizationPolicies | None:
        """The policies of the organization; they bind every account of the page but the management's."""
        if self._management is None:
            return None
        organizations = self._client("organizations", self._management)
        bound = {known["account"] for known in self._profiles.values() if "account" in known}
        found: dict[str, dict[str, list[Any]]] = {}
        for kind, attribute in _CONTROL.items():
            policies = [
                _document(organizations.describe_policy(PolicyId=one["Id"])["Policy"]["Content"])
                for one in organizations.list_policies(Filter=kind)["Policies"]
                if not one["AwsManaged"]
            ]
            found[attribute] = {one: [FULL_ACCESS, *policies] for one in bound - {self._management}}
        return OrganizationPolicies(**found)

    def _client(self, service: str, account: str, region: str = "eu-west-1") -> Any:
        return self._cloud.client(service, account=account, region=region)


def _document(policy: Any) -> Any:
    return json.loads(policy) if isinstance(policy, str) else policy
