"""The stacks of the enterprise operating model."""

from __future__ import annotations

from aws_cdk import App

from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint

__all__ = ["build_enterprise"]


def build_enterprise(app: App, blueprint: EnterpriseBlueprint) -> None:
    """Adds the stacks of the enterprise model."""
