"""OperationalAlerts: which event tells which topic, the look at signing, the quotas, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import event_samples as samples
import pytest
from aws_cdk import aws_sns_subscriptions as subscriptions
from event_samples import matches, resolve, transform
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.alert_signing import pushed_names
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.operational_alerts import OperationalAlerts
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import MAX_PATTERN_LENGTH, REGISTRY_EVENTS
from ecr_blueprints.domain.usage_metric import (
    DEAD_LETTERS,
    DEAD_LETTERS_NAMESPACE,
    USAGE_METRICS,
    USAGE_NAMESPACE,
    image_count_of,
)
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[..., list[str]]

ENV = cdk.Environment(account=samples.ACCOUNT, region=samples.REGION)
RULE = "AWS::Events::Rule"
ALARM = "AWS::CloudWatch::Alarm"
CRITICAL = FindingSeverity.CRITICAL


def rules_of(template: Template) -> dict[str, dict[str, Any]]:
    return {
        key.removeprefix("Alerts")[:-8]: resolve(one["Properties"], template)
        for key, one in template["Resources"].items()
        if one["Type"] == RULE
    }


def told(template: Template, event: samples.Event) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, rule in rules_of(template).items():
        if "EventPattern" in rule and matches(rule["EventPattern"], event):
            (target,) = rule["Targets"]
            has_text = "InputTransformer" in target
            found[name] = json.loads(transform(target, event)) if has_text else None
    return found


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cdk.Stack]:
    # An account has one registry in a Region, so that each stack has an app of its own.
    made = {}
    for name in ("Default", "Full", "Few"):
        folder = str(tmp_path_factory.mktemp(name))
        made[name] = cdk.Stack(cdk.App(outdir=folder, analytics_reporting=False), name, env=ENV)
    OperationalAlerts(made["Default"], "Alerts")
    registry = PrivateRegistry(made["Full"], "Registry")
    ManagedSigning(made["Full"], "Signing", registry=registry, repositories=["prod/*", "base/*-slim", "x"])
    full = OperationalAlerts(
        made["Full"],
        "Alerts",
        registry=registry,
        replication=CRITICAL,
        caches="CRITICAL",
        signing=CRITICAL,
        lifecycle="LOW",
        quotas="LOW",
        quota_percentage=60,
        counted_repositories=["prod/api"],
        topics=AlertTopics(made["Full"], "Topics"),
    )
    full.add_subscription(subscriptions.EmailSubscription("a@example.com"), prefixes=["team-a"])
    unsigned = PrivateRegistry(made["Few"], "Registry")
    OperationalAlerts(made["Few"], "Alerts", registry=unsigned, quotas=None, lifecycle=None, caches=None)
    return made


@pytest.fixture(scope="module")
def default(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Default"])


@pytest.fixture(scope="module")
def full(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Full"])


@pytest.fixture(scope="module")
def few(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Few"])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("REPLICATION_FAILED", {"Replication"}),
        ("REPLICATED", set()),
        ("CACHE_FAILED", {"CacheSync"}),
        ("CACHE_SYNCED", set()),
        ("LIFECYCLE_RUN", {"Lifecycle"}),
        ("IDLE_LIFECYCLE_RUN", set()),
        ("IMAGE_RESTORED_BY_SERVICE", set()),
        ("IMAGE_PUSHED", {"SigningPushRule"}),
        ("IMAGE_DELETED", set()),
        ("IMAGE_RESTORED", set()),
        ("BASIC_SCAN", set()),
        ("FINDING", set()),
    ],
)
def test_each_event_matches_exactly_its_rule(full: Template, event: str, expected: set[str]) -> None:
    assert set(told(full, samples.SAMPLES[event])) == expected


def test_the_message_of_a_failed_replication(full: Template) -> None:
    message = told(full, samples.REPLICATION_FAILED)["Replication"]
    assert message["summary"] == "An image of team-a/api was not replicated from us-west-2 (222233334444)"
    assert (message["repository"], message["severity"], message["tag"]) == (
        "team-a/api",
        "CRITICAL",
        "3.17.2",
    )
    assert message["event"] == samples.REPLICATION_FAILED


def test_the_message_of_a_cache_has_the_reason_whatever_is_in_it(full: Template) -> None:
    message = told(full, samples.CACHE_FAILED)["CacheSync"]
    expected = "The cache docker-hub could not get docker-hub/alpine:3.17.2 from registry-1.docker.io"
    assert message["summary"] == expected
    assert message["status"] == "FAILED"
    assert (
        message["event"]["detail"]["failure-reason"] == 'upstream said "401 Unauthorized"\nand nothing else'
    )


def test_the_message_of_a_lifecycle_policy_names_the_images(full: Template) -> None:
    message = told(full, samples.LIFECYCLE_RUN)["Lifecycle"]
    assert (message["repository"], message["severity"]) == ("team-a/api", "LOW")
    (action,) = message["event"]["detail"]["serviceEventDetails"]["lifecycleEventImageActions"]
    assert action["lifecycleEventImage"]["digest"] == samples.DIGEST


def test_only_the_rule_for_cloudtrails_read_only_event_sees_those(full: Template) -> None:
    states = {name: rule.get("State") for name, rule in rules_of(full).items()}
    assert samples.LIFECYCLE_RUN["detail"]["readOnly"] is True
    assert states.pop("Lifecycle") == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert set(states.values()) == {"ENABLED", None}


def test_teams_get_what_belongs_to_them(full: Template, of_type: OfType) -> None:
    policy = resolve(of_type(full, "AWS::SNS::Subscription")[0]["Properties"]["FilterPolicy"])
    assert matches(policy, told(full, samples.REPLICATION_FAILED)["Replication"])
    assert not matches(policy, told(full, samples.CACHE_FAILED)["CacheSync"])


# --- signing -------------------------------------------------------------------------------------------


def test_the_pushes_that_are_looked_at_are_those_that_are_signed(full: Template, default: Template) -> None:
    pattern = rules_of(full)["SigningPushRule"]["EventPattern"]
    names = [{"prefix": "prod/"}, {"wildcard": "base/*-slim"}, "x"]
    assert pattern["detail"] == {"action-type": ["PUSH"], "result": ["SUCCESS"], "repository-name": names}
    assert "repository-name" not in rules_of(default)["SigningPushRule"]["EventPattern"]["detail"]


def test_the_function_may_do_what_it_does_and_nothing_else(full: Template, of_type: OfType) -> None:
    (role,) = (
        one["Properties"]
        for one in of_type(full, "AWS::IAM::Role")
        if "lambda" in str(one["Properties"]["AssumeRolePolicyDocument"])
    )
    ((*statements,),) = (one["PolicyDocument"]["Statement"] for one in role["Policies"])
    allowed = {
        action: resolve(one["Resource"])
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert set(allowed) == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "ecr:DescribeImageSigningStatus",
        "sns:Publish",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    base = f"arn:aws:ecr:eu-west-1:{samples.ACCOUNT}:repository"
    assert allowed["ecr:DescribeImageSigningStatus"] == [
        f"{base}/prod/*",
        f"{base}/base/*-slim",
        f"{base}/x",
    ]
    assert allowed["sns:Publish"].startswith("TopicsCritical")


def test_pushes_wait_encrypted_for_ten_minutes_and_come_from_their_rule_alone(
    full: Template, of_type: OfType
) -> None:
    (queue,) = (
        one["Properties"] for one in of_type(full, "AWS::SQS::Queue") if "DelaySeconds" in one["Properties"]
    )
    assert (queue["DelaySeconds"], queue["VisibilityTimeout"]) == (600, 840)
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 12
    senders = [
        statement
        for policy in of_type(full, "AWS::SQS::QueuePolicy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and "ArnEquals" in statement["Condition"]
    ]
    ((only),) = senders
    assert resolve(only["Condition"])["ArnEquals"]["aws:SourceArn"].startswith("AlertsSigningPushRule")


def test_the_function_runs_every_quarter_of_an_hour(full: Template, of_type: OfType) -> None:
    schedule = rules_of(full)["SigningSchedule"]
    assert schedule["ScheduleExpression"] == "rate(15 minutes)"
    (target,) = schedule["Targets"]
    assert "DeadLetterConfig" in target
    (permission,) = of_type(full, "AWS::Lambda::Permission")
    assert permission["Properties"]["SourceAccount"] == samples.ACCOUNT
    (function,) = of_type(full, "AWS::Lambda::Function")
    properties = function["Properties"]
    assert len(properties["Code"]["ZipFile"]) <= 4096
    assert properties["Environment"]["Variables"]["SEVERITY"] == "CRITICAL"
    assert properties["Environment"]["Variables"]["LINK"] == (
        "https://{region}.console.aws.amazon.com/ecr/repositories/private/{account}/{repository}"
        "?region={region}"
    )
    assert "ReservedConcurrentExecutions" not in properties
    (log,) = of_type(full, "AWS::Logs::LogGroup")
    assert log["Properties"]["RetentionInDays"] == 30


def test_where_nothing_is_signed_nothing_looks(few: Template, of_type: OfType) -> None:
    assert set(rules_of(few)) == {"Replication"}
    assert of_type(few, "AWS::Lambda::Function") == []
    assert len(of_type(few, ALARM)) == 1


def test_a_signing_rule_that_comes_later_is_refused(stack: cdk.Stack, template_of: TemplateOf) -> None:
    registry = PrivateRegistry(stack, "Registry")
    OperationalAlerts(stack, "Alerts", registry=registry)
    ManagedSigning(stack, "Signing", registry=registry, repositories=["prod/*"])
    with pytest.raises(RuntimeError, match="make OperationalAlerts after them"):
        template_of(stack)


def test_what_is_signed_can_be_said(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    assert OperationalAlerts(stack, "None", registry=registry).signing is None
    assert OperationalAlerts(stack, "Said", registry=registry, signed=["prod/*"]).signing is not None
    assert OperationalAlerts(stack, "Off", signing=None).signing is None


def test_names_in_patterns() -> None:
    assert pushed_names([]) == []
    assert pushed_names(["prod/*", "*"]) == []
    assert pushed_names(["prod*", "prod*", "a*b", "*c", "d"]) == [
        {"prefix": "prod"},
        {"wildcard": "a*b"},
        {"wildcard": "*c"},
        "d",
    ]


def test_more_filters_than_a_pattern_takes(stack: cdk.Stack, template_of: TemplateOf) -> None:
    OperationalAlerts(stack, "Alerts", signed=[f"a-long-prefix-{number}/*" for number in range(100)])
    template = template_of(stack)
    assert "repository-name" not in rules_of(template)["SigningPushRule"]["EventPattern"]["detail"]


# --- quotas --------------------------------------------------------------------------------------------


def test_every_quota_that_has_a_metric_is_watched(full: Template, of_type: OfType) -> None:
    watched = []
    for alarm in of_type(full, ALARM):
        properties = alarm["Properties"]
        if "Metrics" not in properties:
            continue
        usage, percentage = properties["Metrics"]
        assert percentage["Expression"] == "(usage/SERVICE_QUOTA(usage))*100"
        assert (percentage["ReturnData"], usage["ReturnData"]) == (True, False)
        assert (properties["Threshold"], properties["ComparisonOperator"]) == (
            60,
            "GreaterThanOrEqualToThreshold",
        )
        assert properties["TreatMissingData"] == "notBreaching"
        stat = usage["MetricStat"]
        assert stat["Metric"]["Namespace"] == USAGE_NAMESPACE
        dimensions = tuple((one["Name"], one["Value"]) for one in stat["Metric"]["Dimensions"])
        watched.append((stat["Metric"]["MetricName"], dimensions, stat["Stat"], stat["Period"]))
    known = (*USAGE_METRICS, image_count_of("prod/api"))
    assert watched == [
        (metric.name, metric.dimensions, metric.statistic, metric.period_seconds) for metric in known
    ]


def test_no_alarm_and_no_rule_is_on_what_aws_does_not_document(
    default: Template, full: Template, of_type: OfType
) -> None:
    kinds = {(event.source, event.detail_type) for event in REGISTRY_EVENTS}
    metrics = {(USAGE_NAMESPACE, metric.name) for metric in USAGE_METRICS}
    metrics.add((DEAD_LETTERS_NAMESPACE, DEAD_LETTERS))
    for template in (default, full):
        for alarm in of_type(template, ALARM):
            properties = alarm["Properties"]
            source = (
                properties if "MetricName" in properties else properties["Metrics"][0]["MetricStat"]["Metric"]
            )
            assert (source["Namespace"], source["MetricName"]) in metrics
        for rule in rules_of(template).values():
            if "EventPattern" in rule:
                pattern = rule["EventPattern"]
                assert (*pattern["source"], *pattern["detail-type"]) in kinds
                assert len(json.dumps(pattern)) <= MAX_PATTERN_LENGTH


# --- the whole -----------------------------------------------------------------------------------------


def test_the_default_makes_the_topics_that_it_takes(default: Template, of_type: OfType) -> None:
    names = [one["Properties"]["DisplayName"] for one in of_type(default, "AWS::SNS::Topic")]
    assert names == ["Amazon ECR HIGH", "Amazon ECR MEDIUM", "Amazon ECR INFORMATIONAL"]
    assert len(rules_of(default)) == 5
    assert len(of_type(default, ALARM)) == 10


def test_cfn_lint_accepts_all(default: Template, full: Template, few: Template, lint: Lint) -> None:
    assert [lint(one) for one in (default, full, few)] == [[], [], []]


def test_snapshot(default: Template, snapshot: SnapshotAssertion) -> None:
    kept = json.loads(json.dumps(default["Resources"]))
    for resource in kept.values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = "…"
    assert kept == snapshot.with_defaults(extension_class=JSONSnapshotExtension)


def test_an_open_environment(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Open")
    OperationalAlerts(stack, "Alerts", registry=PrivateRegistry(stack, "Registry"), signed=["prod/*"])
    template = template_of(stack)
    assert "arn:aws:" not in json.dumps(template)
    assert lint(template) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"registry": 7}, "registry is of the type int"),
        ({"replication": "BAD"}, "replication is 'BAD'"),
        ({"caches": True}, "caches is True"),
        (dict.fromkeys(("replication", "caches", "signing", "lifecycle", "quotas")), "nothing to alert of"),
        ({"quota_percentage": 0}, "quota_percentage is 0; allowed: 1 to 100"),
        ({"quota_percentage": 101}, "quota_percentage is 101"),
        ({"quota_percentage": "80"}, "quota_percentage is '80'"),
        ({"quota_percentage": None}, "quota_percentage is None"),
        ({"counted_repositories": "prod/api"}, "counted_repositories is 'prod/api'"),
        ({"counted_repositories": ["Prod/API"]}, "Prod/API"),
        ({"signed": []}, "signed names no repository"),
        ({"signed": ["prod/"]}, "prod/"),
        ({"signed": "prod/*"}, "signed is 'prod/\\*'"),
        ({"signed": [cdk.Aws.REGION]}, "known only at deployment"),
        ({"topics": 7}, "topics is of the type int"),
    ],
)
def test_what_it_refuses(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        OperationalAlerts(stack, "Alerts", **arguments)
    assert stack.node.try_find_child("Alerts") is None


def test_topics_that_lack_a_severity(stack: cdk.Stack) -> None:
    topics = AlertTopics(stack, "Topics", severities=["HIGH"])
    with pytest.raises(InvalidValueError, match="there is no topic for INFORMATIONAL; allowed: HIGH"):
        OperationalAlerts(stack, "Alerts", topics=topics)
