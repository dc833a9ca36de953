"""Who administers Amazon Inspector for the organization, in one Region."""

from __future__ import annotations

from aws_cdk import Environment, Stack
from constructs import Construct

from ecr_blueprints.constructs.inspector_organization import InspectorAdministrator

__all__ = ["InspectorStack"]


class InspectorStack(Stack):
    """Makes the security account Amazon Inspector's delegated administrator.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-platform-inspector-<region>``.
        security_account: The security account.
        env: The management account and the Region.

    Attributes:
        administrator: The custom resource and its function.

    Practices: OPS-2
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, security_account: str, env: Environment
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="Amazon Inspector's delegated administrator."
        )
        self.administrator = InspectorAdministrator(self, "Administrator", account=security_account)
