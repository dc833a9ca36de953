"""ScanFindingAlerts: which event tells which topic, what the message says, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import event_samples as samples
import pytest
from aws_cdk import aws_sns_subscriptions as subscriptions
from event_samples import matches, resolve, transform
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_scanning import RegistryScanning
from ecr_blueprints.constructs.scan_finding_alerts import EnhancedDetail, ScanFindingAlerts
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.registry_event import (
    MAX_INPUT_TEMPLATE_LENGTH,
    MAX_PATTERN_LENGTH,
    MAX_RULES_PER_BUS,
    MAX_TARGETS_PER_RULE,
    REGISTRY_EVENTS,
)
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
Lint = Callable[..., list[str]]

ENV = cdk.Environment(account=samples.ACCOUNT, region=samples.REGION)
RULE = "AWS::Events::Rule"


def rules_of(template: Template) -> dict[str, dict[str, Any]]:
    """Logical id without its hash → the rule, resolved."""
    return {
        key.removeprefix("Alerts")[:-8]: resolve(one["Properties"], template)
        for key, one in template["Resources"].items()
        if one["Type"] == RULE
    }


def told(template: Template, event: samples.Event) -> dict[str, dict[str, Any]]:
    """Rule → the message that it makes of an event; only the rules that match."""
    found = {}
    for name, rule in rules_of(template).items():
        if matches(rule["EventPattern"], event):
            (target,) = rule["Targets"]
            found[name] = json.loads(transform(target, event))
    return found


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cdk.Stack]:
    # An account has one registry in a Region, so that each stack has an app of its own.
    made = {}
    for name in ("Default", "Full", "Basic"):
        folder = str(tmp_path_factory.mktemp(name))
        made[name] = cdk.Stack(cdk.App(outdir=folder, analytics_reporting=False), name, env=ENV)
    ScanFindingAlerts(made["Default"], "Alerts", registry=PrivateRegistry(made["Default"], "Registry"))
    topics = AlertTopics(made["Full"], "Topics", severities=list(FindingSeverity))
    full = ScanFindingAlerts(
        made["Full"],
        "Alerts",
        severities=list(FindingSeverity),
        enhanced_detail=EnhancedDetail.BOTH,
        topics=topics,
    )
    full.add_subscription(
        subscriptions.EmailSubscription("a@example.com"), severities=["CRITICAL"], prefixes=["team-a"]
    )
    basic = PrivateRegistry(
        made["Basic"], "Registry", scanning=RegistryScanning(scan_type=ScanType.BASIC), production=False
    )
    ScanFindingAlerts(made["Basic"], "Alerts", registry=basic, severities=["CRITICAL", "MEDIUM"])
    return made


@pytest.fixture(scope="module")
def default(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Default"])


@pytest.fixture(scope="module")
def full(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Full"])


@pytest.fixture(scope="module")
def basic(stacks: dict[str, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks["Basic"])


def test_the_rules_are_those_of_the_registrys_scanner(
    default: Template, basic: Template, full: Template
) -> None:
    assert set(rules_of(default)) == {"FindingCritical", "FindingHigh", "CoverageLost"}
    assert set(rules_of(basic)) == {"BasicCritical", "BasicMedium", "BasicFailed"}
    assert len(rules_of(full)) == 6 + 6 + 5 + 2 < MAX_RULES_PER_BUS / 10


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("BASIC_SCAN", {"BasicCritical", "BasicMedium"}),
        ("BASIC_SCAN_FAILED", {"BasicFailed"}),
        ("FINDING", {"FindingCritical"}),
        ("UNTRIAGED_FINDING", {"FindingUnrated"}),
        ("CLOSED_FINDING", set()),
        ("LAMBDA_FINDING", set()),
        ("MEMBERS_FINDING", set()),
        ("ENHANCED_SCAN", {"ScanCritical", "ScanMedium"}),
        ("EC2_SCAN", set()),
        ("COVERAGE_LOST", {"CoverageLost"}),
        ("COVERAGE_EXPIRED", set()),
        ("EC2_COVERAGE", set()),
        ("CACHE_FAILED", set()),
        ("REPLICATION_FAILED", set()),
        ("IMAGE_PUSHED", set()),
        ("LIFECYCLE_RUN", set()),
    ],
)
def test_each_event_matches_exactly_its_rules(full: Template, event: str, expected: set[str]) -> None:
    assert set(told(full, samples.SAMPLES[event])) == expected


def test_the_message_of_a_basic_scan(full: Template) -> None:
    message = told(full, samples.BASIC_SCAN)["BasicCritical"]
    assert message == {
        "summary": "10 CRITICAL findings in team-a/api",
        "severity": "CRITICAL",
        "kind": "basic-scan",
        "repository": "team-a/api",
        "image": samples.DIGEST,
        "tags": ["v1"],
        "account": samples.ACCOUNT,
        "region": samples.REGION,
        "time": "2024-09-04T16:55:38Z",
        "link": "https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/team-a/api"
        "?region=eu-west-1",
    }


def test_the_message_of_a_finding(full: Template) -> None:
    message = told(full, samples.FINDING)["FindingCritical"]
    assert message["summary"] == "CRITICAL finding in team-a/api"
    assert message["title"] == 'CVE-2024-6119 - libssl3t64, "openssl"'
    assert message["repository"] == "team-a/api"
    assert message["containerImage"]["imageTags"] == ["ubuntu_latest", "v1"]
    assert message["fixAvailable"] == "YES"
    assert message["finding"].startswith("arn:aws:inspector2:")


def test_the_message_of_a_first_scan_has_the_arn_and_a_link_all_the_same(full: Template) -> None:
    message = told(full, samples.ENHANCED_SCAN)["ScanMedium"]
    assert message["summary"] == f"62 MEDIUM findings in {samples.REPOSITORY_ARN}"
    assert message["repository"] == samples.REPOSITORY_ARN
    assert message["link"].endswith("/ecr/private-registry?region=eu-west-1")


def test_a_missing_member_leaves_the_message_json(full: Template) -> None:
    event = json.loads(json.dumps(samples.FINDING))
    del event["detail"]["resources"][0]["details"]["awsEcrContainerImage"]["imageTags"]
    del event["detail"]["fixAvailable"]
    message = told(full, event)["FindingCritical"]
    assert "imageTags" not in message["containerImage"]
    assert message["fixAvailable"] == ""


@pytest.mark.parametrize("event", ["BASIC_SCAN", "FINDING", "ENHANCED_SCAN"])
def test_a_teams_filter_matches_every_form_of_message(full: Template, event: str) -> None:
    (subscription,) = (
        one["Properties"] for one in full["Resources"].values() if one["Type"] == "AWS::SNS::Subscription"
    )
    policy = resolve(subscription["FilterPolicy"])
    messages = told(full, samples.SAMPLES[event])
    assert messages
    for message in messages.values():
        assert matches(policy, message)
        assert not matches(policy, {**message, "repository": "team-b/api"})


def test_each_rule_tells_the_topic_of_its_severity(full: Template) -> None:
    for name, rule in rules_of(full).items():
        (target,) = rule["Targets"]
        severity = json.loads(
            re.sub(r"(?m): <[a-zA-Z.]+>", ": {}", target["InputTransformer"]["InputTemplate"])
        )["severity"]
        assert target["Arn"].startswith(f"Topics{severity.capitalize()}"), name
        assert target["RoleArn"].startswith("TopicsPublisher")
        assert target["DeadLetterConfig"]["Arn"].startswith("TopicsDeadLetters")
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 21600, "MaximumRetryAttempts": 60}


def test_patterns_and_templates_are_what_aws_documents_and_takes(full: Template) -> None:
    kinds = {(event.source, event.detail_type) for event in REGISTRY_EVENTS}
    for rule in rules_of(full).values():
        pattern = rule["EventPattern"]
        assert (*pattern["source"], *pattern["detail-type"]) in kinds
        assert len(json.dumps(pattern)) <= MAX_PATTERN_LENGTH
        assert len(rule["Targets"]) <= MAX_TARGETS_PER_RULE
        transformer = rule["Targets"][0]["InputTransformer"]
        assert len(transformer["InputTemplate"]) <= MAX_INPUT_TEMPLATE_LENGTH
        assert not [name for name in transformer["InputPathsMap"] if not name.isalnum()]


def test_cfn_lint_accepts_all(default: Template, full: Template, basic: Template, lint: Lint) -> None:
    assert [lint(one) for one in (default, full, basic)] == [[], [], []]


def test_snapshot(default: Template, snapshot: SnapshotAssertion) -> None:
    rules = {key: one for key, one in default["Resources"].items() if one["Type"] == RULE}
    assert rules == snapshot.with_defaults(extension_class=JSONSnapshotExtension)


def test_an_open_environment_links_by_its_partition(
    app: cdk.App, template_of: TemplateOf, lint: Lint
) -> None:
    stack = cdk.Stack(app, "Open")
    ScanFindingAlerts(stack, "Alerts", registry=PrivateRegistry(stack, "Registry"))
    template = template_of(stack)
    assert "arn:aws:" not in json.dumps(template)
    assert lint(template) == []
    hosts = template["Mappings"]["ConsoleHosts"]
    assert hosts["aws-cn"] == {"Host": "console.amazonaws.cn"}
    assert told(template, samples.FINDING)["FindingCritical"]["link"].startswith(
        "https://eu-west-1.console.aws.amazon.com/"
    )


@pytest.mark.parametrize(
    ("region", "host"),
    [("cn-north-1", "console.amazonaws.cn"), ("us-gov-west-1", "console.amazonaws-us-gov.com")],
)
def test_other_partitions(app: cdk.App, template_of: TemplateOf, lint: Lint, region: str, host: str) -> None:
    stack = cdk.Stack(app, "There", env=cdk.Environment(account=samples.ACCOUNT, region=region))
    ScanFindingAlerts(stack, "Alerts")
    template = template_of(stack)
    text = json.dumps(template)
    assert "arn:aws:" not in text
    assert f"https://<region>.{host}/ecr/" in text
    assert lint(template, region) == []


def test_details_of_enhanced_scanning(stack: cdk.Stack) -> None:
    scans = ScanFindingAlerts(stack, "Scans", enhanced_detail="scans", severities=["HIGH"])
    assert set(scans.rules) == {"BasicHigh", "BasicFailed", "ScanHigh", "CoverageLost"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"registry": "mine"}, "registry is of the type str"),
        ({"topics": "mine"}, "topics is of the type str"),
        ({"severities": ["WORST"]}, "a severity is 'WORST'"),
        ({"severities": []}, "no severity is named"),
        ({"enhanced_detail": "all"}, "enhanced_detail is 'all'; allowed: findings, scans, both"),
        ({"encryption_key": 7}, "encryption_key is"),
    ],
)
def test_what_it_refuses(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        ScanFindingAlerts(stack, "Alerts", **arguments)
    assert stack.node.try_find_child("Alerts") is None


def test_topics_that_do_not_fit(app: cdk.App, stack: cdk.Stack) -> None:
    topics = AlertTopics(stack, "Topics", severities=["HIGH"])
    with pytest.raises(InvalidValueError, match="there is no topic for CRITICAL; allowed: HIGH"):
        ScanFindingAlerts(stack, "Alerts", topics=topics)
    with pytest.raises(InvalidValueError, match="a key is given, and topics that have one"):
        ScanFindingAlerts(stack, "Alerts", topics=topics, encryption_key="x")
    other = cdk.Stack(app, "Other", env=cdk.Environment(account=samples.ACCOUNT, region="eu-west-2"))
    with pytest.raises(InvalidValueError, match="in the Region eu-west-2 and its topics in eu-west-1"):
        ScanFindingAlerts(other, "Alerts", topics=topics, severities=["HIGH"])
    with pytest.raises(InvalidValueError, match="its registry in eu-west-1"):
        ScanFindingAlerts(other, "Alerts", registry=PrivateRegistry(stack, "Registry"))
