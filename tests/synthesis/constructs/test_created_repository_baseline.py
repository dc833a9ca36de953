"""The baseline of created repositories: who sets it off, what it may touch, and where failures are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import event_samples
import pytest

from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.created_repository_baseline import CreatedRepositoryBaseline
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

Template = dict[str, Any]
OfType = Callable[[Template, str], list[dict[str, Any]]]

ROLE = "arn:aws:iam::111122223333:role/ecr-enterprise-bridge"
ENV = cdk.Environment(account="111122223333", region="eu-west-1")


@pytest.fixture(scope="module")
def default(module_app: cdk.App, template_of: Callable[[cdk.Stack], Template]) -> Template:
    stack = cdk.Stack(module_app, "Default", env=ENV)
    CreatedRepositoryBaseline(
        stack,
        "Created",
        registry=PrivateRegistry(stack, "Registry"),
        prefix="team-a",
        creators=[ROLE],
    )
    return template_of(stack)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, template_of: Callable[[cdk.Stack], Template]) -> Template:
    stack = cdk.Stack(cdk.App(outdir=str(tmp_path_factory.mktemp("full"))), "Full", env=ENV)
    CreatedRepositoryBaseline(
        stack,
        "Created",
        registry=PrivateRegistry(stack, "Registry"),
        prefix="team-a/",
        creators=[ROLE, "arn:aws:iam::111122223333:role/other"],
        options=CreationTemplateOptions(
            description="Made by Harbor", resource_tags={"origin": "harbor"}, lifecycle=None
        ),
        topics=AlertTopics(stack, "Topics", severities=["HIGH", "LOW"]),
    )
    return template_of(stack)


def pattern(template: Template, of_type: OfType) -> dict[str, Any]:
    (rule,) = of_type(template, "AWS::Events::Rule")
    found: dict[str, Any] = rule["Properties"]["EventPattern"]
    return found


def event(name: str = "team-a/api", **identity: Any) -> dict[str, Any]:
    sample = event_samples.REPOSITORY_CREATED
    detail = {**sample["detail"], "requestParameters": {"repositoryName": name}}
    return {**sample, "detail": {**detail, **({"userIdentity": identity} if identity else {})}}


def test_the_role_s_creation_sets_it_off(default: Template, full: Template, of_type: OfType) -> None:
    for template in (default, full):
        assert event_samples.matches(pattern(template, of_type), event())


@pytest.mark.parametrize(
    "other",
    [
        event("team-ab/api"),
        event("prod/api"),
        event(type="AssumedRole", sessionContext={"sessionIssuer": {"arn": ROLE + "2"}}),
        event(type="Root", arn="arn:aws:iam::111122223333:root"),
        event_samples.REPOSITORY_NOT_CREATED,
        event_samples.LIFECYCLE_RUN,
        event_samples.IMAGE_PUSHED,
    ],
    ids=["a longer name", "another prefix", "another role", "no role", "refused", "lifecycle", "a push"],
)
def test_nothing_else_does(default: Template, of_type: OfType, other: dict[str, Any]) -> None:
    assert not event_samples.matches(pattern(default, of_type), other)


def test_it_can_change_what_lies_under_the_prefix_and_delete_nothing(
    default: Template, of_type: OfType
) -> None:
    (role,) = (one for one in of_type(default, "AWS::IAM::Role") if "lambda" in str(one))
    (policy,) = role["Properties"]["Policies"]
    by_actions = {str(one["Action"]): one["Resource"] for one in policy["PolicyDocument"]["Statement"]}
    (ecr,) = (resource for actions, resource in by_actions.items() if "PutLifecyclePolicy" in actions)
    assert ecr == "arn:aws:ecr:eu-west-1:111122223333:repository/team-a/*"
    assert not [actions for actions in by_actions if "Delete" in actions or "PutImage'" in actions]
    assert [actions for actions, resource in by_actions.items() if resource == "*"] == [
        "ecr:DescribeRepositoryCreationTemplates"
    ]


def test_failures_are_kept_and_alarm(default: Template, full: Template, of_type: OfType) -> None:
    for template in (default, full):
        queues = [
            key
            for key, one in template["Resources"].items()
            if one["Type"] == "AWS::SQS::Queue" and key.startswith("Created")
        ]
        arn = {"Fn::GetAtt": [*queues, "Arn"]}
        (function,) = of_type(template, "AWS::Lambda::Function")
        assert function["Properties"]["DeadLetterConfig"] == {"TargetArn": arn}
        (rule,) = of_type(template, "AWS::Events::Rule")
        (target,) = rule["Properties"]["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": arn}
        alarms = [one["Properties"] for one in of_type(template, "AWS::CloudWatch::Alarm")]
        (alarm,) = (one for one in alarms if "baseline" in one["AlarmDescription"])
        assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": [*queues, "QueueName"]}
        assert ("AlarmActions" in alarm) == (template is full)


def test_the_template_holds_the_settings(default: Template, full: Template, of_type: OfType) -> None:
    def own(template: Template) -> dict[str, Any]:
        found = [one["Properties"] for one in of_type(template, "AWS::ECR::RepositoryCreationTemplate")]
        (properties,) = (one for one in found if one["Prefix"] == "team-a")
        return dict(properties)

    assert own(default)["ImageTagMutability"] == "IMMUTABLE"
    assert "untagged" in own(default)["LifecyclePolicy"]
    assert "LifecyclePolicy" not in own(full)
    assert own(full)["ResourceTags"] == [{"Key": "origin", "Value": "harbor"}]


def test_cfn_lint_accepts_it(default: Template, full: Template, lint: Callable[..., list[str]]) -> None:
    assert [lint(one) for one in (default, full)] == [[], []]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"prefix": "ROOT"}, "every repository that the roles create"),
        ({"creators": []}, "nobody is named"),
        ({"creators": ["harbor"]}, "'harbor' is not the ARN of an IAM role"),
        ({"creators": ROLE}, "creators"),
        ({"options": CreationTemplateOptions(encryption=EncryptionType.KMS)}, "nobody can change"),
        ({"topics": "alerts"}, "topics is"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], what: str) -> None:
    given: dict[str, Any] = {
        "registry": PrivateRegistry(stack, "Registry"),
        "prefix": "team-a",
        "creators": [ROLE],
    }
    with pytest.raises(InvalidValueError, match=what):
        CreatedRepositoryBaseline(stack, "Created", **{**given, **arguments})
    assert stack.node.try_find_child("Created") is None


def test_a_second_template_of_the_prefix_is_refused(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.add_creation_template("team-a", applied_for=["CREATE_ON_PUSH"])
    with pytest.raises(RegistryConflictError):
        CreatedRepositoryBaseline(stack, "Created", registry=registry, prefix="team-a", creators=[ROLE])
