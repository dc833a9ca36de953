"""cdk-nag's AWS Solutions rules over every example: each finding is answered here, once, with its reason."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import pytest
from example_assemblies import blueprint_of, example_names
from local_cloud import ROOT
from nag_findings import Answers, findings_of, open_findings, stale_answers

from ecr_blueprints.config.loader import load_blueprint
from ecr_blueprints.stacks.build import build_stacks

_REPOSITORIES: Final = r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:[a-z0-9-]+:\d{12}:repository/"
_EVERYTHING: Final = r"AwsSolutions-IAM5\[Resource::\*\] at "

ANSWERED: Final[Answers] = {
    r"AwsSolutions-SMG4": (
        "A token of an upstream registry is issued there; no rotation function could renew it. Whoever "
        "renews it puts the new value into the same secret, and the cache rule stays as it is."
    ),
    _REPOSITORIES + r"[a-z0-9._/-]+/\*\] at ecr-consumer-.*": (
        "A consumer pulls the stages and through the caches that the blueprint names, from repositories that "
        "are added daily."
    ),
    _EVERYTHING + r"ecr-consumer-.*": ("A consumer logs in: IAM takes ecr:GetAuthorizationToken on * only."),
    _EVERYTHING + r"[a-z0-9-]+/EcrBlueprintsRegistrySettingFunction/Role/Resource": (
        "The settings of an account's registry, and of its Inspector, have no ARN."
    ),
    _REPOSITORIES + r"[a-z0-9._/-]+/\*\] at ecr-registry-[a-z0-9-]+/Seeding/.*": (
        "Who fills a registry without egress pulls through whole caches, whose repositories the first pull "
        "makes."
    ),
    _EVERYTHING + r"ecr-registry-[a-z0-9-]+/Seeding/.*": (
        "Who fills it logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _EVERYTHING + r"ecr-repositories-[a-z0-9-]+/Git(?:Hub|Lab)-[^/]+/Role/DefaultPolicy/Resource": (
        "The role of a pipeline logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    r"AwsSolutions-ECR1 at ecr-(?:registry-[a-z0-9-]+/Registry/RegistryPolicy|repositories-.+/Resource)": (
        "A statement for an organization or its units has to name everybody, and a condition on the "
        "organization; cdk-nag does not read conditions, test_every_assembly does."
    ),
    r"AwsSolutions-IAM4\[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy\] at "
    r"ecr-consumer-.+/PullRoleNodes/Resource": (
        "What EKS asks of the role of every node, as the blueprint names it; a copy would not follow AWS."
    ),
    _REPOSITORIES + r"\*\] at ecr-registry-[a-z0-9-]+/Registry/RootTemplate/Role/Resource": (
        "The ROOT template is for every name that no other template covers; it has a role since the registry "
        "has a key."
    ),
    _REPOSITORIES + r"[a-z0-9-]+/\*\] at ecr-registry-[a-z0-9-]+/.+/CreationTemplate/Role/Resource": (
        "The role of a creation template creates the repositories under the template's prefix, whose names "
        "nobody knows yet."
    ),
    _REPOSITORIES + r"[a-z]+/\*\] at ecr-registry-[a-z0-9-]+/Operations/Signing/Status/Role/Resource": (
        "The look at signing asks for what a signing rule covers, which is a pattern."
    ),
    _EVERYTHING + r"ecr-bridge-[a-z0-9-]+/Bridge(?:/Role/DefaultPolicy|Role).*": (
        "Who brings images logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _EVERYTHING + r"ecr-bridge-[a-z0-9-]+/Created/Function/Role/Resource": (
        "ecr:DescribeRepositoryCreationTemplates knows no resource: a creation template has no ARN."
    ),
    _REPOSITORIES + r"[a-z0-9._/-]+/\*\] at ecr-bridge-.*": (
        "A bridge, and what gives the defaults to repositories that it creates, are for one prefix, also for "
        "repositories to come."
    ),
    _EVERYTHING + r"ecr-platform-[a-z0-9-]+/(?:Administrator|Inspector)/Function/Role/Resource": (
        "Neither an organization's Inspector nor its delegated administrator has an ARN."
    ),
    r"AwsSolutions-SQS3 at ecr-(?:registry|platform-findings)-[a-z0-9-]+/Alerts/DeadLetters/Resource": (
        "It is itself the dead-letter queue of rules and subscriptions, which cdk-nag does not look at."
    ),
}


def _add_stacks(blueprint: Path, app: cdk.App) -> None:
    build_stacks(app, load_blueprint(blueprint))


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Example → what was found."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    found: dict[str, list[str]] = {}
    for name in example_names():
        fill = partial(_add_stacks, blueprint_of(name))
        found[name] = findings_of(fill, tmp_path_factory.mktemp(name), context=context)
    return found


def test_every_finding_is_answered(example: str, findings: dict[str, list[str]]) -> None:
    unanswered = open_findings(findings[example], ANSWERED)
    assert not unanswered, "\n".join(unanswered)


def test_every_answer_has_a_finding(findings: dict[str, list[str]]) -> None:
    every = [one for found in findings.values() for one in found]
    assert stale_answers(every, ANSWERED) == []
