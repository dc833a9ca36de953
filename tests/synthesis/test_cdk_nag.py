"""cdk-nag's AWS Solutions rules over every construct and the example: each finding is gone or answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_iam as iam

from ecr_blueprints.config.loader import load_blueprint
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.stacks.build import build_stacks

EXAMPLE: Final = Path(__file__).parents[2] / "examples/centralized/blueprint.yaml"
REPORT: Final = "validation-report.json"

Answers = dict[str, str]
"""Why a finding stays, by a pattern of its rule: a reason is for exactly what it speaks of."""

SECRET_ANSWERED: Final[Answers] = {
    r"AwsSolutions-SMG4": (
        "A token of an upstream registry is issued there; no rotation function could renew it. Whoever "
        "renews it puts the new value into the same secret, and the cache rule stays as it is."
    ),
}

CONSTRUCTS_ANSWERED: Final[Answers] = {
    **SECRET_ANSWERED,
    r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:eu-west-1:111122223333:repository/encrypted/\*\]": (
        "The role of a creation template creates the repositories under the template's prefix, whose names "
        "nobody knows yet."
    ),
    r"AwsSolutions-IAM5\[Resource::arn:aws:kms:eu-west-1:111122223333:key/\*\]": (
        "Without a key of one's own, ECR encrypts with aws/ecr, whose ARN is not known before it exists; the "
        "policy of that key decides who uses it."
    ),
}

EXAMPLE_ANSWERED: Final[Answers] = {
    **SECRET_ANSWERED,
    r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:[a-z0-9-]+:111122223333:repository/"
    r"(?:prod|staging|base)/\*\]": (
        "A consumer pulls the stages that the blueprint names, from repositories that teams add daily."
    ),
    r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:[a-z0-9-]+:111122223333:repository/"
    r"(?:docker-hub|ecr-public|k8s)/\*\]": (
        "A cache's repositories are created by the first pull, under its prefix and no other."
    ),
    r"AwsSolutions-IAM5\[Resource::\*\]": (
        "ecr:GetAuthorizationToken knows no resource: IAM takes it on * only."
    ),
}


def add_constructs(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    registry = PrivateRegistry(stack, "Registry")
    for upstream in ("docker-hub", "ecr-public", "k8s"):
        cache = registry.add_pull_through_cache(upstream)
        cache.grant_pull_to_account("222233334444")
    RepositoryCreationTemplate(
        stack,
        "Encrypted",
        registry=registry,
        prefix="encrypted",
        applied_for=[AppliedFor.CREATE_ON_PUSH],
        options=CreationTemplateOptions(encryption=EncryptionType.KMS),
    )
    ImageRepository(stack, "Api", registry=registry).grant_pull_to_account("222233334444")


def add_example(app: cdk.App) -> None:
    build_stacks(app, load_blueprint(EXAMPLE))


def findings_of(fill: Callable[[cdk.App], None], directory: Path) -> list[str]:
    """Every finding as ``rule at construct path``; synthesis fails where there is one."""
    app = cdk.App(outdir=str(directory), analytics_reporting=False)
    fill(app)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    (report,) = json.loads((directory / REPORT).read_text())["pluginReports"]
    assert report["pluginName"] == "AwsSolutions"
    return sorted(
        f"{violation['ruleName']} at {construct['constructPath']}"
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    )


@pytest.mark.parametrize(
    ("fill", "answered"),
    [
        pytest.param(add_constructs, CONSTRUCTS_ANSWERED, id="constructs"),
        pytest.param(add_example, EXAMPLE_ANSWERED, id="example"),
    ],
)
def test_every_finding_is_answered_and_every_answer_has_a_finding(
    fill: Callable[[cdk.App], None], answered: Answers, tmp_path: Path
) -> None:
    findings = findings_of(fill, tmp_path)
    rules = {finding.partition(" at ")[0] for finding in findings}
    unanswered = [one for one in findings if not any(_speaks_of(key, one) for key in answered)]
    stale = [key for key in answered if not any(re.fullmatch(key, rule) for rule in rules)]
    assert unanswered == []
    assert stale == []


def test_the_only_wildcard_for_everything_is_the_login(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    add_example(app)
    templates = [stack.template for stack in app.synth().stacks]
    policies = [
        resource["Properties"]["PolicyDocument"]
        for template in templates
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert policies
    on_everything = [
        statement["Action"]
        for policy in policies
        for statement in policy["Statement"]
        if statement["Resource"] == "*"
    ]
    assert on_everything == ["ecr:GetAuthorizationToken"] * len(policies)


def test_the_pack_looks_at_our_repositories(tmp_path: Path) -> None:
    def add_public(app: cdk.App) -> None:
        repository = ImageRepository(cdk.Stack(app, "Stack"), "Public")
        everybody = iam.PolicyStatement(actions=["ecr:BatchGetImage"], principals=[iam.AnyPrincipal()])
        repository.add_to_resource_policy(everybody)

    (finding,) = findings_of(add_public, tmp_path)
    assert finding == "AwsSolutions-ECR1 at Stack/Public/Resource"


def _speaks_of(pattern: str, finding: str) -> bool:
    return re.fullmatch(pattern, finding.partition(" at ")[0]) is not None
