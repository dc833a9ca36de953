"""What CDK's recommended feature flags change in a registry's template: nothing that matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from ecr_blueprints.constructs.private_registry import PrivateRegistry

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]


def resources(directory: Path, flags: dict[str, Any], template_of: TemplateOf) -> dict[str, Any]:
    app = cdk.App(outdir=str(directory), context=flags)
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    registry = PrivateRegistry(stack, "Registry", convention="{stage}/{app}", stages={"prod": True})
    registry.add_creation_template("prod", applied_for=["CREATE_ON_PUSH"], resource_tags={"owner": "us"})
    registry.add_pull_through_cache("docker-hub").grant_pull_to_account("222233334444")
    found: dict[str, Any] = template_of(stack)["Resources"]
    return found


def test_the_template_is_the_same_with_and_without(
    tmp_path: Path, recommended_flags: dict[str, Any], template_of: TemplateOf
) -> None:
    assert len(recommended_flags) > 50
    without = resources(tmp_path / "without", {}, template_of)
    with_flags = resources(tmp_path / "with", recommended_flags, template_of)
    assert with_flags == without
