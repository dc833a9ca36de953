"""Our facts of the CDK's bootstrap stack against the template that the pinned CLI ships."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecr_blueprints.domain import cdk_asset
from ecr_blueprints.lifecycle.asset_image import rule_touching_assets
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "node_modules" / "aws-cdk" / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml"


@pytest.fixture(scope="module")
def bootstrap() -> Any:
    return yaml.load(TEMPLATE.read_text(), Loader=yaml.BaseLoader)


def test_the_qualifier(bootstrap: Any) -> None:
    qualifier = bootstrap["Parameters"]["Qualifier"]
    assert qualifier["Default"] == cdk_asset.DEFAULT_QUALIFIER
    assert qualifier["AllowedPattern"] == cdk_asset.QUALIFIER_PATTERN


def test_the_names(bootstrap: Any) -> None:
    def rendered(text: str) -> str:
        return re.sub(r"\$\{(?:AWS::)?(\w+)\}", r"<\1>", text)

    repository = bootstrap["Resources"]["ContainerAssetsRepository"]["Properties"]["RepositoryName"]
    names = ("<Qualifier>", "<AccountId>", "<Region>")
    assert rendered(repository["Fn::If"][2]["Fn::Sub"]) == cdk_asset.asset_repository_name(*names)
    role = bootstrap["Resources"]["ImagePublishingRole"]["Properties"]["RoleName"]
    assert rendered(role["Fn::Sub"]) == cdk_asset.image_publishing_role_name(*names)


def test_what_the_publishing_role_may(bootstrap: Any) -> None:
    policy = bootstrap["Resources"]["ImagePublishingRoleDefaultPolicy"]["Properties"]["PolicyDocument"]
    assert sorted(policy["Statement"][0]["Action"]) == sorted(cdk_asset.ASSET_PUBLISHING)


def test_its_repository_is_immutable_and_its_lifecycle_touches_no_asset(bootstrap: Any) -> None:
    properties = bootstrap["Resources"]["ContainerAssetsRepository"]["Properties"]
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    text = properties["LifecyclePolicy"]["LifecyclePolicyText"]
    assert json.loads(text)["rules"][0]["selection"]["tagStatus"] == "untagged"
    assert rule_touching_assets(parse_lifecycle_policy(text), tag_prefix="") is None
