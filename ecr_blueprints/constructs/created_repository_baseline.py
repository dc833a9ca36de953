"""The baseline for repositories that an API call makes, which no creation template reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ecr_blueprints.constructs.alert_rule import DELIVERY_RETRY
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.argument_type import TEXTS, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.inline_function import InlineFunction
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.principals import check_role_arn
from ecr_blueprints.domain.registry_event import CREATE_REPOSITORY_CALL
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.usage_metric import DEAD_LETTERS, DEAD_LETTERS_DIMENSION, DEAD_LETTERS_NAMESPACE
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["CreatedRepositoryBaseline"]

_ACCEPTED: Final = {
    "creators": TEXTS,
    "options": CREATION_TEMPLATE_OPTIONS,
    "topics": Accepted(types=(AlertTopics,), words="AlertTopics"),
}
_KEPT_DAYS: Final = 14
_ALARM_PERIOD_SECONDS: Final = 300
_ACTIONS: Final = (
    "ecr:DescribeRepositories",
    "ecr:ListTagsForResource",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
    "ecr:TagResource",
)
_REFUSED_ENCRYPTION: Final = "a repository that an API call made has AES-256, which nobody can change"


class CreatedRepositoryBaseline(Construct):
    """Brings repositories that some roles create by ECR's API to the settings of a creation template.

    ECR applies a creation template to what it creates itself: caches, copies, and what a push creates. Harbor
    calls ``CreateRepository`` before it pushes, and what that makes has mutable tags and no lifecycle policy.
    This makes the template, and a function that reads it and gives such a repository what it says:
    mutability, lifecycle policy, repository policy, tags. There is one place for the settings, and a change
    of it holds for what is created from then on.

    It is called for the roles that are named, alone, and for names under the prefix; so it never reaches a
    repository of a stack, of which it also looks for CloudFormation's own tags. What fails twice more after
    the first time is kept for 14 days in a queue on which there is an alarm.

    **It needs a CloudTrail trail** that logs management events of this Region; without one EventBridge gets
    no event of API calls, and the function is never called. An organization's trail does. Between the
    creation and the event, some minutes as a rule, the repository is as ECR made it.

    Example:
        from ecr_blueprints import CreatedRepositoryBaseline

        CreatedRepositoryBaseline(
            stack,
            "FromHarbor",
            registry=registry,
            prefix="sandbox",
            creators=["arn:aws:iam::111122223333:role/harbor"],
        )

    Creates:
        A creation template, and its role where it sets tags; a rule of EventBridge, a function with its role
        and log group, a queue with its policy, an alarm. CloudWatch bills the alarm, Lambda and EventBridge
        next to nothing. Repositories keep what they were given when it goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        registry: The registry that it is part of.
        prefix: The namespace, such as ``prod``; not ``ROOT``.
        creators: ARNs of the roles whose repositories are meant.
        options: The settings. Default: immutable tags, untagged images deleted after a day, no tags. A key
            and another encryption than AES-256 are refused: nobody can change them afterwards.
        topics: Where the alarm tells. Default: nowhere.

    Attributes:
        template: The creation template.
        function: The function.
        rule: The rule.
        dead_letter_queue: Events of repositories that did not get the baseline.
        alarm: Goes off while something lies there.

    Raises:
        InvalidValueError: ``ROOT``, nobody creates, a role's ARN is malformed, or a key.
        RegistryConflictError: The registry has a template for the prefix already.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html,
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    and https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

    Practices: TMPL-3, LIFE-1, PROMO-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        prefix: str,
        creators: Sequence[str],
        options: CreationTemplateOptions | None = None,
        topics: AlertTopics | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="CreatedRepositoryBaseline")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        given = {"creators": creators, "options": options, "topics": topics}
        check_arguments(given, _ACCEPTED, where=path, required=("creators",))
        chosen = CreationTemplateOptions() if options is None else options
        namespace = _namespace(prefix, where=path)
        _check_creators(creators, where=path)
        if chosen.encryption_key is not None or chosen.encryption not in (None, EncryptionType.AES256):
            raise InvalidValueError(
                f"the settings name an encryption, and {_REFUSED_ENCRYPTION}",
                where=path,
                fix="leave it out, or declare the repositories",
            )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.template = RepositoryCreationTemplate(
            self,
            "CreationTemplate",
            registry=registry,
            prefix=namespace,
            applied_for=[AppliedFor.REPLICATION],
            options=chosen,
        )
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(_KEPT_DAYS),
        )
        self.function = self._function(registry, namespace)
        self.rule = self._rule(namespace, creators)
        self.alarm = self._alarm(topics)

    def _function(self, registry: PrivateRegistry, namespace: str) -> InlineFunction:
        made = InlineFunction(
            self,
            "Function",
            code="created_repository",
            description="Gives repositories that an API call created the settings of a creation template",
            environment={"PREFIX": namespace},
            statements=[
                iam.PolicyStatement(
                    actions=list(_ACTIONS), resources=[registry.repository_arn_under(namespace)]
                ),
                # Creation templates have no ARN.
                iam.PolicyStatement(actions=["ecr:DescribeRepositoryCreationTemplates"], resources=["*"]),
                iam.PolicyStatement(
                    actions=["sqs:SendMessage"], resources=[self.dead_letter_queue.queue_arn]
                ),
            ],
        )
        resource = made.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=self.dead_letter_queue.queue_arn
        )
        resource.add_resource_dependency(self.template.resource)
        return made

    def _rule(self, namespace: str, creators: Sequence[str]) -> events.CfnRule:
        rule = events.CfnRule(
            self,
            "Rule",
            description=f"Repositories under {namespace}/ that some roles create",
            event_pattern=CREATE_REPOSITORY_CALL.pattern(
                {
                    "eventSource": ["ecr.amazonaws.com"],
                    "eventName": ["CreateRepository"],
                    "errorCode": [{"exists": False}],
                    "requestParameters": {"repositoryName": [{"prefix": f"{namespace}/"}]},
                    "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": list(creators)}}},
                }
            ),
            targets=[
                events.CfnRule.TargetProperty(
                    id="Function",
                    arn=self.function.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.dead_letter_queue.queue_arn
                    ),
                    retry_policy=DELIVERY_RETRY,
                )
            ],
        )
        self.dead_letter_queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Rule",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.dead_letter_queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )
        lambda_.CfnPermission(
            self,
            "Invocation",
            action="lambda:InvokeFunction",
            function_name=self.function.arn,
            principal="events.amazonaws.com",
            source_account=cdk.Stack.of(self).account,
            source_arn=rule.attr_arn,
        )
        return rule

    def _alarm(self, topics: AlertTopics | None) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            "Alarm",
            alarm_description="Repositories of Amazon ECR did not get the baseline; their events are queued",
            namespace=DEAD_LETTERS_NAMESPACE,
            metric_name=DEAD_LETTERS,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name=DEAD_LETTERS_DIMENSION, value=self.dead_letter_queue.queue_name
                )
            ],
            statistic="Maximum",
            period=_ALARM_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=0,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=None if topics is None else [topics.topic(topics.severities[0]).topic_arn],
        )


def _namespace(prefix: str, *, where: str) -> str:
    check_literal_text(
        prefix, argument="prefix", where=where, because="ECR fixes it when a template is created"
    )
    checked = CreationTemplatePrefix(prefix)
    if checked.is_root:
        raise InvalidValueError(
            "every repository that the roles create would be meant",
            where=where,
            allowed="a namespace, such as 'prod'",
            fix="name the prefix under which they create",
        )
    return checked.namespace


def _check_creators(creators: Sequence[str], *, where: str) -> None:
    if not creators:
        raise InvalidValueError(
            "nobody is named whose repositories are meant",
            where=where,
            fix="name the role by which they are created: creators=['arn:aws:iam::…:role/…']",
        )
    for arn in creators:
        if not is_token(arn):
            check_role_arn(arn)
