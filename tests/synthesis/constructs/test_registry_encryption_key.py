"""RegistryEncryptionKey: its policy, what is kept of it, who hears of its end, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.registry_encryption_key import RegistryEncryptionKey
from ecr_blueprints.errors import InvalidValueError

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

ENVIRONMENT = cdk.Environment(account="111122223333", region="eu-west-1")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/deploy"
ADMINISTRATOR = "arn:aws:iam::111122223333:role/keys/admin"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"


@pytest.fixture(scope="module")
def default(module_app: cdk.App, template_of: TemplateOf) -> dict[str, Any]:
    stack = cdk.Stack(module_app, "Default", env=ENVIRONMENT)
    RegistryEncryptionKey(stack, "ImagesKey")
    return template_of(stack)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf) -> dict[str, Any]:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("everything")), analytics_reporting=False)
    stack = cdk.Stack(app, "Everything", env=ENVIRONMENT)
    key = RegistryEncryptionKey(
        stack,
        "ImagesKey",
        alias="alias/images/prod",
        description="Images of production",
        pending_days=14,
        administrators=[ADMINISTRATOR],
        creators=[ROLE],
        alert_topic=sns.Topic(stack, "Alerts"),
    )
    ecr.Repository(stack, "Api", encryption_key=key)
    return template_of(stack)


def statements(template: dict[str, Any], of_type: OfType) -> dict[str, dict[str, Any]]:
    (key,) = of_type(template, "AWS::KMS::Key")
    return {one["Sid"]: one for one in key["Properties"]["KeyPolicy"]["Statement"]}


class TestDefault:
    def test_the_account_decides_and_nobody_else_is_named(
        self, default: dict[str, Any], of_type: OfType
    ) -> None:
        (statement,) = statements(default, of_type).values()
        assert statement["Action"] == "kms:*"
        root = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::111122223333:root"]]}
        assert statement["Principal"] == {"AWS": root}

    def test_it_is_kept_rotates_and_waits(self, default: dict[str, Any], of_type: OfType) -> None:
        (key,) = of_type(default, "AWS::KMS::Key")
        assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
        assert key["Properties"]["EnableKeyRotation"] is True
        assert key["Properties"]["PendingWindowInDays"] == 30

    def test_its_alias(self, default: dict[str, Any], of_type: OfType) -> None:
        (alias,) = of_type(default, "AWS::KMS::Alias")
        assert alias["Properties"]["AliasName"] == "alias/ecr-registry"

    def test_nobody_hears(self, default: dict[str, Any]) -> None:
        assert {one["Type"] for one in default["Resources"].values()} == {"AWS::KMS::Key", "AWS::KMS::Alias"}

    def test_it_lints(self, default: dict[str, Any], lint: Lint) -> None:
        assert lint(default) == []


class TestEverything:
    def test_administrators_cannot_use_it(self, everything: dict[str, Any], of_type: OfType) -> None:
        statement = statements(everything, of_type)["Administrators"]
        assert statement["Principal"] == {"AWS": ADMINISTRATOR}
        assert "kms:PutKeyPolicy" in statement["Action"]
        assert not {"kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"} & set(statement["Action"])

    def test_creators_use_it_by_way_of_ecr_alone(self, everything: dict[str, Any], of_type: OfType) -> None:
        statement = statements(everything, of_type)["CreatorsOfRepositories"]
        assert statement["Action"] == ["kms:CreateGrant", "kms:DescribeKey"]
        assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "ecr.eu-west-1.amazonaws.com"}}

    def test_the_rules_are_for_this_key(self, everything: dict[str, Any], of_type: OfType) -> None:
        calls, deletion = (rule["Properties"] for rule in of_type(everything, "AWS::Events::Rule"))
        (arn,) = calls["EventPattern"]["detail"]["resources"]["ARN"]
        assert arn["Fn::GetAtt"][1] == "Arn"
        assert everything["Resources"][arn["Fn::GetAtt"][0]]["Type"] == "AWS::KMS::Key"
        assert calls["EventPattern"]["detail"]["eventName"] == [
            "DisableKey",
            "RevokeGrant",
            "ScheduleKeyDeletion",
        ]
        assert deletion["EventPattern"] == {
            "source": ["aws.kms"],
            "detail-type": ["KMS CMK Deletion"],
            "resources": [arn],
        }

    def test_the_message_is_one_text_that_names_what_it_holds(
        self, everything: dict[str, Any], of_type: OfType
    ) -> None:
        for rule in of_type(everything, "AWS::Events::Rule"):
            (target,) = rule["Properties"]["Targets"]
            transformer = target["InputTransformer"]
            separator, parts = transformer["InputTemplate"]["Fn::Join"]
            text = json.loads(separator.join(part if isinstance(part, str) else "arn" for part in parts))
            for name in transformer["InputPathsMap"]:
                assert f"<{name}>" in text
            assert "Key: arn\n" in text

    def test_they_publish_by_a_role_of_this_accounts_rules(
        self, everything: dict[str, Any], of_type: OfType
    ) -> None:
        assert of_type(everything, "AWS::SNS::TopicPolicy") == []
        (role,) = of_type(everything, "AWS::IAM::Role")
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "events.amazonaws.com"}
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*"},
        }
        (policy,) = role["Properties"]["Policies"]
        (publish,) = policy["PolicyDocument"]["Statement"]
        assert publish["Action"] == "sns:Publish"
        for rule in of_type(everything, "AWS::Events::Rule"):
            (target,) = rule["Properties"]["Targets"]
            assert target["Arn"] == publish["Resource"]
            assert everything["Resources"][target["RoleArn"]["Fn::GetAtt"][0]] == role

    def test_it_goes_wherever_a_key_goes(self, everything: dict[str, Any], of_type: OfType) -> None:
        (repository,) = of_type(everything, "AWS::ECR::Repository")
        encryption = repository["Properties"]["EncryptionConfiguration"]
        assert encryption["EncryptionType"] == "KMS"
        assert everything["Resources"][encryption["KmsKey"]["Fn::GetAtt"][0]]["Type"] == "AWS::KMS::Key"

    def test_it_is_as_it_was(self, everything: dict[str, Any], snapshot: SnapshotAssertion) -> None:
        assert everything["Resources"] == snapshot(extension_class=JSONSnapshotExtension)

    def test_it_lints(self, everything: dict[str, Any], lint: Lint) -> None:
        assert lint(everything) == []


class TestGivenKey:
    @pytest.mark.parametrize("as_construct", [True, False])
    def test_only_the_rules_are_made(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, as_construct: bool
    ) -> None:
        key = RegistryEncryptionKey(
            stack,
            "ImagesKey",
            key=kms.Key.from_key_arn(stack, "Theirs", KEY) if as_construct else KEY,
            alert_topic=sns.Topic.from_topic_arn(stack, "Alerts", TOPIC),
        )
        assert key.resource is None
        assert key.alias is None
        assert (key.key_ref.key_arn, key.key_ref.key_id) == (KEY, KEY.rpartition("/")[2])
        template = template_of(stack)
        assert {one["Type"] for one in template["Resources"].values()} == {
            "AWS::Events::Rule",
            "AWS::IAM::Role",
        }
        rule = of_type(template, "AWS::Events::Rule")[0]["Properties"]
        assert rule["EventPattern"]["detail"]["resources"] == {"ARN": [KEY]}

    def test_what_only_a_new_key_takes_is_refused(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="pending_days is given for a key that exists"):
            RegistryEncryptionKey(stack, "ImagesKey", key=KEY, pending_days=7)

    @pytest.mark.parametrize("as_construct", [True, False])
    def test_a_key_of_another_region_is_refused(self, stack: cdk.Stack, as_construct: bool) -> None:
        arn = KEY.replace("eu-west-1", "us-east-1")
        key: Any = kms.Key.from_key_arn(stack, "Theirs", arn) if as_construct else arn
        with pytest.raises(InvalidValueError, match="lies in us-east-1, the registry in eu-west-1"):
            RegistryEncryptionKey(stack, "ImagesKey", key=key)

    def test_an_alias_is_refused(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="cannot be the KMS key"):
            RegistryEncryptionKey(stack, "ImagesKey", key=KEY.replace(":key/", ":alias/"))


def test_a_topic_of_another_stack_does_not_make_the_stacks_depend_on_each_other(
    app: cdk.App, template_of: TemplateOf, of_type: OfType
) -> None:
    alerts = cdk.Stack(app, "Alerts", env=ENVIRONMENT)
    registry = cdk.Stack(app, "Registry", env=ENVIRONMENT)
    key = kms.Key(alerts, "Key")
    RegistryEncryptionKey(registry, "ImagesKey", alert_topic=sns.Topic(alerts, "Topic", master_key=key))
    assert "Fn::ImportValue" not in json.dumps(template_of(alerts))
    (role,) = of_type(template_of(registry), "AWS::IAM::Role")
    _, use = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Resource"]["Fn::ImportValue"].startswith("Alerts:ExportsOutputFnGetAttKey")


@pytest.mark.parametrize("of_one_severity", [True, False])
def test_alert_topics_deliver_by_their_role_and_keep_what_they_cannot(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint, of_one_severity: bool
) -> None:
    topics = AlertTopics(stack, "Alerts")
    topic = topics.topic("CRITICAL")
    key = RegistryEncryptionKey(stack, "ImagesKey", alert_topic=topic if of_one_severity else topics)
    assert key.alarm is not None
    assert key.alarm.publisher_role is topics.publisher_role
    template = template_of(stack)
    assert len(of_type(template, "AWS::Events::Rule")) == 2
    for rule in of_type(template, "AWS::Events::Rule"):
        (target,) = rule["Properties"]["Targets"]
        assert target["Arn"] == stack.resolve(topic.topic_arn)
        assert target["RoleArn"] == stack.resolve(topics.publisher_role.role_arn)
        assert target["DeadLetterConfig"]["Arn"] == stack.resolve(topics.dead_letter_queue.queue_arn)
    assert lint(template) == []


def test_alert_topics_of_another_region_are_refused(app: cdk.App, stack: cdk.Stack) -> None:
    there = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="eu-west-2"))
    topics = AlertTopics(there, "Alerts", severities=["HIGH"])
    for topic in (topics, topics.topic("HIGH")):
        with pytest.raises(InvalidValueError, match="in the Region eu-west-1 and its topics in eu-west-2"):
            RegistryEncryptionKey(stack, "ImagesKey", alert_topic=topic)


def test_a_stack_that_leaves_its_environment_open(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Open")
    parameter = cdk.CfnParameter(stack, "Role")
    RegistryEncryptionKey(
        stack,
        "ImagesKey",
        alias=cdk.Fn.join("/", ["alias", cdk.Aws.STACK_NAME]),
        creators=[parameter.value_as_string],
        alert_topic=sns.Topic(stack, "Alerts"),
    )
    template = template_of(stack)
    assert lint(template) == []
    text = json.dumps(template)
    assert "arn:aws:" not in text
    assert '["", ["ecr.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]' in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alias": "alias/aws/ecr"}, "'alias/aws/ecr' cannot be the alias of a KMS key"),
        ({"alias": 3}, "alias is 3"),
        ({"pending_days": 3}, "a key cannot wait 3 days for its deletion"),
        ({"pending_days": "30"}, "pending_days is '30'"),
        ({"description": "x" * 8193}, "the description has 8193 characters"),
        ({"creators": [ROLE, "ci"]}, "'ci' is not the ARN of an IAM role"),
        ({"creators": ROLE}, "creators is"),
        ({"administrators": ["*"]}, r"'\*' is not the ARN of an IAM role"),
        ({"administrators": None}, "administrators is None"),
        ({"alert_topic": TOPIC}, "alert_topic is of the type str"),
        ({"key": 3}, "key is of the type int"),
    ],
)
def test_what_is_refused(stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        RegistryEncryptionKey(stack, "ImagesKey", **arguments)
    assert stack.node.children == []


def test_an_id_that_is_taken_is_refused(stack: cdk.Stack) -> None:
    RegistryEncryptionKey(stack, "ImagesKey")
    with pytest.raises(InvalidValueError, match="there is a construct 'Stack/ImagesKey' already"):
        RegistryEncryptionKey(stack, "ImagesKey")
