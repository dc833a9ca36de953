"""What holds for the stacks of every example: every judge accepts them.

Practices: OPS-1
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_assemblies import blueprint_of, run_app
from logical_id_contract import held_resources
from policy_walk import (
    OPEN_PRINCIPALS,
    ROLE,
    SERVICES_FOR_ANYBODY,
    WIDE_ACTIONS,
    WIDE_RESOURCES,
    Reasons,
    Walk,
    open_principals,
    services_for_anybody,
    wide_actions,
    wide_resources,
)
from stored_assembly import INNER, stored_files
from synthesized import Assembly

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.registry.completion import complete_registry, entry_for
from ecr_blueprints.registry.contract import parse_contract
from ecr_blueprints.review.reviewer import Reviewer

TEMPLATE_BYTES = 1_000_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
RESOURCES = 500
INNER_BYTES = 51_200
BASE = "base"
"""The prefix of base images, unless a blueprint names another."""

ENDPOINT = r"AWS::EC2::VPCEndpoint\.PolicyDocument"
BUCKET_ACTIONS = r"s3:AbortMultipartUpload s3:DeleteObject .* s3:PutObject"

WIDE_IN_EXAMPLES: Reasons = {
    (ROLE, r"ecr:DescribeImageSigningStatus", r"arn:[^*]*:ecr:[^*]*:repository/base/\*"): (
        "base images are signed with production, whether there is one yet or not"
    ),
    (ENDPOINT, BUCKET_ACTIONS, r"arn:[^*]+:s3:::[a-z0-9.-]+/\*"): (
        "a bucket that the blueprint names for the VPC; who may do what in it, IAM and its policy say"
    ),
    (ENDPOINT, r"s3:GetObject", r"arn:[^*]+:s3:::prod-\$\{AWS::Region\}-starport-layer-bucket/\*"): (
        "the bucket in which ECR keeps the layers, whose names nobody else knows"
    ),
    (
        ENDPOINT,
        r"ecr:BatchImportUpstreamImage ecr:CreateRepository",
        r"arn:[^*]+:\d{12}:repository/[^*]+/\*",
    ): ("pulls through the registry's caches, from any account of the units"),
    (ENDPOINT, r"ecr:BatchCheckLayerAvailability .*", r"arn:[^*]+Fn::FindInMap[^*]+:repository/\*"): (
        "AWS's registry of EKS add-ons, whose account depends on the Region"
    ),
}
"""What is wide in a stack and not in a construct, and why it stays."""

OPEN_IN_EXAMPLES: Reasons = {
    (
        ENDPOINT,
        BUCKET_ACTIONS,
        r"\*",
    ): "the policy of a gateway endpoint takes * only; it bounds, and grants nothing",
    (ENDPOINT, r"ecr:Batch.*", r"\*"): (
        "the condition names the account of the stack, which the template of a stack set cannot know"
    ),
}

SERVICES_IN_EXAMPLES: Reasons = {
    (
        r"AWS::IAM::Role\.AssumeRolePolicyDocument",
        r"sts:AssumeRole sts:TagSession",
        r"pods\.eks\.amazonaws\.com",
    ): ("Pod Identity takes a role for an association alone, which somebody makes who may pass the role"),
}


def inner_templates(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The templates inside stack sets: ``<stack>.<logical ID>`` → template."""
    files = stored_files(assembly.path)
    return {
        name.removesuffix(INNER): json.loads(text) for name, text in files.items() if name.endswith(INNER)
    }


def test_stacks_stand_in_the_app_so_that_deploy_all_takes_them(assembly: Assembly) -> None:
    manifest = json.loads((assembly.path / "manifest.json").read_text())
    kinds = Counter(artifact["type"] for artifact in manifest["artifacts"].values())
    assert kinds["aws:cloudformation:stack"] == len(assembly.templates) > 0
    assert kinds["cdk:cloud-assembly"] == 0


def test_every_stack_says_where_it_goes_and_what_it_is_for(assembly: Assembly) -> None:
    for stack, template in assembly.templates.items():
        account, region = assembly.environments[stack]
        assert re.fullmatch(r"\d{12}", account), stack
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+-\d", region), stack
        assert template["Description"].endswith("."), stack


def test_every_stack_is_below_cloudformations_limits(assembly: Assembly) -> None:
    for stack, template in assembly.templates.items():
        assert 0 < len(template["Resources"]) <= RESOURCES, stack
        assert (assembly.path / f"{stack}.template.json").stat().st_size <= TEMPLATE_BYTES, stack
    for stack, template in assembly.templates.items():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::CloudFormation::StackSet":
                body = resource["Properties"]["TemplateBody"]
                assert len(body.encode()) <= INNER_BYTES, f"{stack}/{logical_id}"


def test_no_name_is_claimed_twice(assembly: Assembly) -> None:
    held = held_resources(stored_files(assembly.path)).values()
    claims = Counter(one.identity for one in held if one.identity is not None and "{" not in str(one.names))
    assert [identity for identity, count in claims.items() if count > 1] == []


def test_whatever_happens_to_a_stack_no_image_is_lost(assembly: Assembly) -> None:
    for stack, template in (*assembly.templates.items(), *inner_templates(assembly).items()):
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::ECR::Repository":
                assert resource["DeletionPolicy"] == "RetainExceptOnCreate", f"{stack}/{logical_id}"
                assert resource["UpdateReplacePolicy"] == "Retain", f"{stack}/{logical_id}"
                assert "EmptyOnDelete" not in resource["Properties"], f"{stack}/{logical_id}"


def test_the_review_finds_nothing_and_the_contract_closes_every_question(
    assembly: Assembly, tmp_path: Path
) -> None:
    registries = read_inputs([str(assembly.path)]).registries
    path = assembly.path / "registry.json"
    if path.exists():
        contract = parse_contract(path.read_text())
        registries = tuple(
            one if (entry := entry_for(one, contract)) is None else complete_registry(one, entry)
            for one in registries
        )
    report = Reviewer().review(registries)
    assert [(one.granular_id, str(one.resource), one.message) for one in report.failures] == []
    assert [question.missing for question in report.open_questions] == []
    for name, template in inner_templates(assembly).items():
        (tmp_path / f"{name}.template.json").write_text(json.dumps(template))
        inner = Reviewer().review(read_inputs([str(tmp_path / f"{name}.template.json")]).registries)
        assert [(one.granular_id, str(one.resource), one.message) for one in inner.failures] == []


def test_cfn_lint_accepts_every_template(assembly: Assembly, lint: Callable[..., list[str]]) -> None:
    """Templates that differ by account and Region only are judged as one, for all their Regions."""
    regions: dict[str, set[str]] = defaultdict(set)
    judged: dict[str, tuple[str, dict[str, Any]]] = {}
    every_region = {region for _, region in assembly.environments.values()}
    for stack, template in assembly.templates.items():
        account, region = assembly.environments[stack]
        text = json.dumps(template)
        key = text.replace(account, "<account>").replace(region, "<region>")
        judged.setdefault(key, (stack, template))
        regions[key].add(region)
    for name, template in inner_templates(assembly).items():
        judged[name], regions[name] = (name, template), every_region
    found = [
        f"{stack}: {one}"
        for key, (stack, template) in judged.items()
        for one in lint(template, *sorted(regions[key]))
    ]
    assert found == []


def test_the_cdks_own_validation_accepts_the_app(assembly: Assembly) -> None:
    assert violations(assembly.path) == []


def test_the_cdks_own_validation_does_refuse_something(tmp_path: Path) -> None:
    control = tmp_path / "control.py"
    control.write_text(
        "from aws_cdk import App, Stack, aws_ecr\n"
        "app = App()\n"
        "aws_ecr.CfnRepository(Stack(app, 'Control'), 'Bad', repository_name='Not A Name')\n"
        "app.synth()\n"
    )
    run_app(tmp_path / "blueprint.yaml", tmp_path / "out", validation=True, app=control)
    assert violations(tmp_path / "out")


def violations(folder: Path) -> list[str]:
    """What the CDK's own validation refused; it reports warnings of constructs, too."""
    reports = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    refused = [one for one in reports if one["conclusion"] != "success"]
    return [one["description"] for report in refused for one in report["violations"]]


@pytest.fixture(scope="session")
def walk(example: str, assembly: Assembly) -> Walk:
    """Every policy statement, and every text of the example's files as a prefix that was given."""
    texts = " ".join(path.read_text() for path in sorted(blueprint_of(example).parent.rglob("*.yaml")))
    given = {one.rstrip("/*") for one in re.findall(r"[a-z0-9][a-z0-9._/*-]*", texts)} | {BASE}
    return Walk({**assembly.templates, **inner_templates(assembly)}, frozenset(given))


def test_nothing_is_wide_without_a_reason(walk: Walk) -> None:
    assert walk.statements
    for reasons, wide in (
        (WIDE_ACTIONS, wide_actions),
        ({**WIDE_RESOURCES, **WIDE_IN_EXAMPLES}, wide_resources(walk.given)),
        ({**OPEN_PRINCIPALS, **OPEN_IN_EXAMPLES}, open_principals),
        ({**SERVICES_FOR_ANYBODY, **SERVICES_IN_EXAMPLES}, services_for_anybody),
    ):
        unanswered, _ = walk.unanswered(reasons, wide)
        assert unanswered == []
