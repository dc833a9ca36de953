"""Amazon Inspector for a whole organization: who administers it, and that images are scanned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.inline_function import InlineFunction

__all__ = ["InspectorAdministrator", "InspectorOrganization"]

_FUNCTION_TIMEOUT_SECONDS: Final = 300
_SERVICE_TIMEOUT_SECONDS: Final = 600
_ANYWHERE: Final = ["*"]
"""Inspector's actions on an organization have no resource-level permissions, nor have those of Organizations
that go with them: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninspector2.html
"""


class InspectorAdministrator(Construct):
    """Makes an account Amazon Inspector's delegated administrator in one Region, for which there is no type.

    It stands in the organization's management account. An account that was the administrator before stays it
    when the stack goes; another one that is it makes the deployment fail, by name.

    Creates: a ``Custom::InspectorAdministrator``, and its function, role and log group.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        account: Who shall be it, the same in every Region.

    Attributes:
        function: The function.
        resource: The custom resource.

    Sources: https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html and
    https://docs.aws.amazon.com/inspector/v2/APIReference/API_EnableDelegatedAdminAccount.html

    Practices: OPS-2, SCAN-1
    """

    def __init__(self, scope: Construct, construct_id: str, *, account: str) -> None:
        super().__init__(scope, construct_id)
        self.function = InlineFunction(
            self,
            "Function",
            code="inspector_administrator",
            description="Names Amazon Inspector's delegated administrator",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "inspector2:DisableDelegatedAdminAccount",
                        "inspector2:EnableDelegatedAdminAccount",
                        "inspector2:ListDelegatedAdminAccounts",
                        # What enabling it does on behalf of who asks.
                        "organizations:DescribeAccount",
                        "organizations:DescribeOrganization",
                        "organizations:EnableAWSServiceAccess",
                        "organizations:ListAWSServiceAccessForOrganization",
                        "organizations:ListAccounts",
                        "organizations:ListDelegatedAdministrators",
                    ],
                    resources=_ANYWHERE,
                ),
                iam.PolicyStatement(
                    actions=[
                        "organizations:DeregisterDelegatedAdministrator",
                        "organizations:RegisterDelegatedAdministrator",
                    ],
                    resources=_ANYWHERE,
                    conditions={
                        "StringEquals": {"organizations:ServicePrincipal": "inspector2.amazonaws.com"}
                    },
                ),
                iam.PolicyStatement(
                    actions=["iam:CreateServiceLinkedRole"],
                    resources=_ANYWHERE,
                    conditions={"StringEquals": {"iam:AWSServiceName": "inspector2.amazonaws.com"}},
                ),
            ],
            timeout_seconds=_FUNCTION_TIMEOUT_SECONDS,
        )
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=self.function.arn,
            service_timeout=cdk.Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            resource_type="Custom::InspectorAdministrator",
            properties={"Account": account},
        )


class InspectorOrganization(Construct):
    """Has Amazon Inspector scan the images of every account that joins the organization, in one Region.

    It stands in the account that is Inspector's delegated administrator. Accounts that are there already are
    associated by name, so that their findings are seen in it; in them, the registry's scanning configuration
    has switched scanning on. What else Inspector scans stays as it is. Deletion switches it off for accounts
    that join, unless it was on before; members stay.

    Creates: a ``Custom::InspectorOrganization``, and its function, role and log group.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        members: The accounts to associate.

    Attributes:
        function: The function.
        resource: The custom resource.

    Sources: https://docs.aws.amazon.com/inspector/v2/APIReference/API_UpdateOrganizationConfiguration.html,
    https://docs.aws.amazon.com/inspector/v2/APIReference/API_AssociateMember.html

    Practices: OPS-2, SCAN-1
    """

    def __init__(self, scope: Construct, construct_id: str, *, members: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.function = InlineFunction(
            self,
            "Function",
            code="inspector_organization",
            description="Has Amazon Inspector scan the images of every account",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "inspector2:AssociateMember",
                        "inspector2:DescribeOrganizationConfiguration",
                        "inspector2:ListMembers",
                        "inspector2:UpdateOrganizationConfiguration",
                    ],
                    resources=_ANYWHERE,
                )
            ],
            timeout_seconds=_FUNCTION_TIMEOUT_SECONDS,
        )
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=self.function.arn,
            service_timeout=cdk.Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            resource_type="Custom::InspectorOrganization",
            properties={"Members": list(members)},
        )
