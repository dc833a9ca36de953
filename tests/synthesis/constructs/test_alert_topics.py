"""AlertTopics: who may publish, who gets what, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from event_samples import matches, resolve
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[..., list[str]]

ENV = cdk.Environment(account="111122223333", region="eu-west-1")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def stacks(module_app: cdk.App) -> tuple[cdk.Stack, cdk.Stack]:
    first = cdk.Stack(module_app, "Default", env=ENV)
    AlertTopics(first, "Alerts")
    stack = cdk.Stack(module_app, "Full", env=ENV)
    key = kms.Key(stack, "Key")
    topics = AlertTopics(stack, "Alerts", severities=["HIGH", "UNRATED"], encryption_key=key)
    queue = sqs.Queue(stack, "Queue")
    topics.add_subscription(
        subscriptions.EmailSubscription("a@example.com"),
        severities=[FindingSeverity.HIGH],
        prefixes=["team-a", "shared/"],
        repositories=["base/python"],
    )
    made = topics.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    assert len(made) == 2
    own = {"kind": sns.SubscriptionFilter.string_filter(allowlist=["finding"])}
    topics.add_subscription(subscriptions.EmailSubscription("b@example.com", filter_policy=own))
    return first, stack


@pytest.fixture(scope="module")
def default(stacks: tuple[cdk.Stack, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks[0])


@pytest.fixture(scope="module")
def full(stacks: tuple[cdk.Stack, cdk.Stack], template_of: TemplateOf) -> Template:
    return template_of(stacks[1])


def test_a_topic_for_each_severity_encrypted_with_its_own_key(default: Template, of_type: OfType) -> None:
    topics = of_type(default, "AWS::SNS::Topic")
    assert [one["Properties"]["DisplayName"] for one in topics] == [
        f"Amazon ECR {word}" for word in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL")
    ]
    (key,) = of_type(default, "AWS::KMS::Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Delete"
    for topic in topics:
        assert topic["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][1] == "Arn"


def test_eventbridge_is_admitted_by_a_role_of_this_accounts_rules_only(
    default: Template, of_type: OfType
) -> None:
    (role,) = of_type(default, "AWS::IAM::Role")
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert resolve(trust["Condition"]) == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*"},
    }
    ((publish, use_key),) = (one["PolicyDocument"]["Statement"] for one in role["Properties"]["Policies"])
    assert (publish["Action"], len(publish["Resource"])) == ("sns:Publish", 5)
    assert use_key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert "Fn::GetAtt" in use_key["Resource"]
    for kind in ("AWS::SNS::TopicPolicy", "AWS::KMS::Key"):
        assert "events.amazonaws.com" not in str(of_type(default, kind))


def test_cloudwatch_is_admitted_from_this_account_and_nothing_without_tls(
    default: Template, of_type: OfType
) -> None:
    condition = {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"},
    }
    policies = of_type(default, "AWS::SNS::TopicPolicy")
    assert len(policies) == 5
    for policy in policies:
        no_tls, alarms = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (no_tls["Effect"], no_tls["Condition"]) == (
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
        )
        assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert resolve(alarms["Condition"]) == condition
    (key,) = of_type(default, "AWS::KMS::Key")
    account, alarms = key["Properties"]["KeyPolicy"]["Statement"]
    assert not [action for action in account["Action"] if "*" in action]
    assert resolve(alarms["Condition"]) == condition


def test_what_cannot_be_delivered_waits_and_is_told(default: Template, of_type: OfType) -> None:
    (queue,) = of_type(default, "AWS::SQS::Queue")
    assert queue["Properties"] == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 1_209_600}
    (policy,) = of_type(default, "AWS::SQS::QueuePolicy")
    no_tls, rules = policy["Properties"]["PolicyDocument"]["Statement"]
    assert no_tls["Effect"] == "Deny"
    assert rules["Action"] == "sqs:SendMessage"
    assert resolve(rules["Condition"])["ArnLike"] == {
        "aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*"
    }
    (alarm,) = of_type(default, "AWS::CloudWatch::Alarm")
    properties = alarm["Properties"]
    assert (properties["Namespace"], properties["MetricName"]) == (
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
    )
    assert properties["Dimensions"][0]["Name"] == "QueueName"


def test_a_team_gets_its_repositories_by_name_and_by_arn(full: Template, of_type: OfType) -> None:
    (mail,) = (
        one["Properties"]
        for one in of_type(full, "AWS::SNS::Subscription")
        if one["Properties"]["Endpoint"] == "a@example.com"
    )
    assert mail["FilterPolicyScope"] == "MessageBody"
    policy = resolve(mail["FilterPolicy"])
    arn = "arn:aws:ecr:eu-west-1:111122223333:repository/"
    for wanted in (
        "team-a/api",
        f"{arn}team-a/api",
        f"{arn}team-a/api/sha256:00",
        "shared/x",
        "base/python",
        f"{arn}base/python",
        f"{arn}base/python/sha256:00",
    ):
        assert matches(policy, {"repository": wanted}), wanted
    for other in ("team-a", "team-ab/api", "base/python3", f"{arn}base/python-slim", "x/team-a/y"):
        assert not matches(policy, {"repository": other}), other
    assert not matches(policy, {"AlarmName": "a quota"})


def test_other_subscriptions_are_cdks(full: Template, of_type: OfType) -> None:
    found = [one["Properties"] for one in of_type(full, "AWS::SNS::Subscription")]
    queues = [one for one in found if one["Protocol"] == "sqs"]
    assert len(queues) == 2
    assert all(one["RawMessageDelivery"] is True and "FilterPolicy" not in one for one in queues)
    own = [one for one in found if one["Endpoint"] == "b@example.com"]
    assert all(one["FilterPolicy"] == {"kind": ["finding"]} for one in own)


def test_a_given_key_admits_cloudwatch_too(full: Template, of_type: OfType) -> None:
    (key,) = of_type(full, "AWS::KMS::Key")
    assert "cloudwatch.amazonaws.com" in str(key["Properties"]["KeyPolicy"])
    assert [one["Properties"]["DisplayName"] for one in of_type(full, "AWS::SNS::Topic")] == [
        "Amazon ECR HIGH",
        "Amazon ECR UNRATED",
    ]


def test_cfn_lint_accepts_both(default: Template, full: Template, lint: Lint) -> None:
    assert lint(default) == []
    assert lint(full) == []


def test_snapshot(full: Template, snapshot: SnapshotAssertion) -> None:
    resources = {key: value for key, value in full["Resources"].items() if key.startswith("Alerts")}
    assert resources == snapshot.with_defaults(extension_class=JSONSnapshotExtension)


def test_a_key_by_its_arn_leaves_a_statement_to_its_owner(stack: cdk.Stack, template_of: TemplateOf) -> None:
    topics = AlertTopics(stack, "Alerts", severities=["HIGH"], encryption_key=KEY)
    ((statement),) = topics.required_key_statements
    assert stack.resolve(statement)["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    text = str(template_of(stack))
    assert "AWS::KMS::Key" not in text
    assert f"'KmsMasterKeyId': '{KEY}'" in text


def test_an_open_environment_and_tokens(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Open")
    prefix = cdk.CfnParameter(stack, "Prefix").value_as_string
    key = cdk.CfnParameter(stack, "KeyArn").value_as_string
    topics = AlertTopics(stack, "Alerts", severities=["LOW"], encryption_key=key)
    topics.add_subscription(subscriptions.EmailSubscription("a@example.com"), prefixes=[prefix])
    template = template_of(stack)
    assert "arn:aws:" not in str(template)
    assert lint(template) == []


MAIL = "a@example.com"


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: AlertTopics(s, "X", severities=[]), "no severity is named"),
        (lambda s: AlertTopics(s, "X", severities=["HIGH", "HIGH"]), "a severity is named twice"),
        (lambda s: AlertTopics(s, "X", severities="HIGH"), "severities is 'HIGH'"),
        (lambda s: AlertTopics(s, "X", severities=["SEVERE"]), "a severity is 'SEVERE'"),
        (lambda s: AlertTopics(s, "X", severities=["high"]), "write FindingSeverity.HIGH"),
        (lambda s: AlertTopics(s, "X", encryption_key="alias/mine"), "encryption_key is 'alias/mine'"),
        (lambda s: AlertTopics(s, "X", encryption_key=7), "encryption_key is"),
        (
            lambda s: AlertTopics(s, "X", encryption_key=KEY.replace("eu-west-1", "eu-west-2")),
            "the KMS key lies in eu-west-2",
        ),
        (lambda s: AlertTopics(cdk.App(), "X"), "the scope is an App"),
        (lambda s: AlertTopics(s, "X", severities=["HIGH"]).topic("LOW"), "there is no topic for LOW"),
        (lambda s: AlertTopics(s, "X").add_subscription(MAIL), "the subscription is of the type str"),
        (
            lambda s: AlertTopics(s, "X").add_subscription(
                subscriptions.EmailSubscription(MAIL), prefixes=["ROOT"]
            ),
            "the prefix ROOT is every repository",
        ),
        (
            lambda s: AlertTopics(s, "X").add_subscription(
                subscriptions.EmailSubscription(MAIL), prefixes=[]
            ),
            "no repository is named",
        ),
        (
            lambda s: AlertTopics(s, "X").add_subscription(
                subscriptions.EmailSubscription(MAIL), prefixes=["team-*"]
            ),
            "team-\\*",
        ),
        (
            lambda s: AlertTopics(s, "X").add_subscription(
                subscriptions.EmailSubscription(MAIL), prefixes=[f"team-{n}" for n in range(76)]
            ),
            "the filter has 152 values",
        ),
        (
            lambda s: AlertTopics(s, "X").add_subscription(
                subscriptions.EmailSubscription(
                    MAIL, filter_policy={"x": sns.SubscriptionFilter.exists_filter()}
                ),
                prefixes=["team-a"],
            ),
            "has a filter of its own",
        ),
    ],
)
def test_what_it_refuses(stack: cdk.Stack, act: Callable[[cdk.Stack], object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        act(stack)


def test_a_queue_of_another_account_is_imported(app: cdk.App, stack: cdk.Stack) -> None:
    topics = AlertTopics(stack, "Alerts", severities=["HIGH"])
    there = cdk.Stack(app, "Team", env=cdk.Environment(account="222233334444", region="eu-west-1"))
    with pytest.raises(InvalidValueError) as caught:
        topics.add_subscription(subscriptions.SqsSubscription(sqs.Queue(there, "Queue")))
    assert "'Team/Queue' is in the account 222233334444 and the topic in 111122223333" in str(caught.value)
    assert "import it in 'Stack'" in str(caught.value)
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:222233334444:alerts")
    topics.add_subscription(subscriptions.SqsSubscription(queue))


def test_an_endpoint_subscribes_once_to_a_topic(stack: cdk.Stack) -> None:
    topics = AlertTopics(stack, "Alerts", severities=["HIGH"])
    topics.add_subscription(subscriptions.EmailSubscription(MAIL), prefixes=["team-a"])
    with pytest.raises(InvalidValueError, match=r"subscribed to Stack/Alerts/High already.*in one call"):
        topics.add_subscription(subscriptions.EmailSubscription(MAIL), prefixes=["team-b"])
    with pytest.raises(InvalidValueError, match="there is a construct 'Stack/Alerts' already"):
        AlertTopics(stack, "Alerts")
