"""Tags that every repository of a registry has to have, declared or made by ECR.

Practices: NAME-3
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_tagging import RepositoryTagging
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.errors import InvalidValueError

TAGGING = RepositoryTagging(
    required=["owner", "cost-centre"], of_templates={"owner": "platform", "cost-centre": "42"}
)
Template = dict[str, Any]


def test_templates_set_them_and_get_a_role(
    stack: cdk.Stack,
    template_of: Callable[[cdk.Stack], Template],
    of_type: Callable[[Template, str], list[dict[str, Any]]],
    lint: Callable[[Template], list[str]],
) -> None:
    registry = PrivateRegistry(stack, "Registry", tagging=TAGGING)
    registry.add_pull_through_cache("k8s")
    registry.add_creation_template(
        "dev", applied_for=[AppliedFor.CREATE_ON_PUSH], resource_tags={"owner": "payments", "tier": "dev"}
    )
    template = template_of(stack)
    made = {
        one["Properties"]["Prefix"]: {tag["Key"]: tag["Value"] for tag in one["Properties"]["ResourceTags"]}
        for one in of_type(template, "AWS::ECR::RepositoryCreationTemplate")
    }
    assert made == {
        "ROOT": {"owner": "platform", "cost-centre": "42"},
        "k8s": {"owner": "platform", "cost-centre": "42"},
        "dev": {"owner": "payments", "cost-centre": "42", "tier": "dev"},
    }
    assert len(of_type(template, "AWS::IAM::Role")) == 3
    assert lint(template) == []
    assert not [one for one in registry.ledger.creation_templates if one.custom_role_arn is None]


def test_a_repository_without_one_fails_the_synthesis(app: cdk.App, stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry", tagging=TAGGING)
    ImageRepository(stack, "Api", repository_name="payments/api", registry=registry, owner="payments")
    with pytest.raises(RuntimeError, match="'payments/api': without the tag 'cost-centre'"):
        app.synth()


def test_tags_of_the_stack_count(app: cdk.App, stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry", tagging=TAGGING)
    ImageRepository(stack, "Api", repository_name="payments/api", registry=registry, owner="payments")
    ImageRepository(stack, "Web", registry=registry, tags={"cost-centre": "7", "owner": "web"})
    cdk.Tags.of(stack).add("cost-centre", "42")
    template = app.synth().get_stack_by_name("Stack").template
    tags = {
        name: {tag["Key"]: tag["Value"] for tag in one["Properties"]["Tags"]}
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::ECR::Repository"
    }
    assert sorted(one["owner"] for one in tags.values()) == ["payments", "web"]


def test_an_app_that_knows_the_registry_by_its_contract_is_held_to_it(
    app: cdk.App, stack: cdk.Stack, tmp_path: Path
) -> None:
    PrivateRegistry(stack, "Registry", tagging=TAGGING)
    directory = Path(app.synth().directory)
    contract = directory / "registry.json"
    assert json.loads(contract.read_text())["registries"][0]["requiredTags"] == ["owner", "cost-centre"]
    team = cdk.App(outdir=str(tmp_path / "team"))
    theirs = cdk.Stack(team, "Team", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    registry = PrivateRegistry.from_contract(theirs, "Registry", contract)
    ImageRepository(theirs, "Api", repository_name="payments/api", registry=registry)
    with pytest.raises(RuntimeError, match="without the tags 'owner', 'cost-centre'"):
        team.synth()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"required": ["owner"]}, "would make repositories without the tag 'owner'"),
        ({"required": "owner"}, "required is 'owner'"),
        ({"required": ["aws:owner"], "of_templates": {"aws:owner": "x"}}, "begins with 'aws:'"),
        ({"required": ["owner"], "of_templates": {"owner": "x" * 257}}, "257 characters"),
    ],
)
def test_what_cannot_be(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        RepositoryTagging(**arguments)


def test_nothing_changes_where_nothing_is_demanded() -> None:
    assert RepositoryTagging(required=[]).for_template(CreationTemplateOptions()).resource_tags == {}
