"""The KMS key with which a registry encrypts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import ResourceEnvironment
from aws_cdk.interfaces.aws_kms import IKeyRef, KeyReference
from constructs import Construct

from ecr_blueprints.constructs.alert_place import check_alert_place
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.encryption_key import (
    check_construct_region,
    check_key,
    check_key_region,
    key_arn,
)
from ecr_blueprints.constructs.key_alarm import KeyAlarm, alert_topics_of
from ecr_blueprints.domain.encryption import check_template_kms_key
from ecr_blueprints.domain.kms_key import (
    ADMINISTRATION,
    MAX_DESCRIPTION_LENGTH,
    PENDING_DAYS,
    REGISTRY_KEY_ALIAS,
    REPOSITORY_CREATION,
    check_key_alias,
    check_pending_days,
    ecr_via_service,
)
from ecr_blueprints.domain.principals import check_role_arn
from ecr_blueprints.errors import InvalidValueError

__all__ = ["RegistryEncryptionKey"]

_ROLE_ARNS: Final = Accepted(
    types=(Sequence,),
    words="a list of ARNs of IAM roles",
    fix='write ["arn:aws:iam::<account>:role/<name>"], or [role.role_arn]',
    each=(str,),
)
_ACCEPTED: Final = {
    "alias": TEXT,
    "description": TEXT,
    "pending_days": Accepted(types=(int,), words="a whole number of days"),
    "administrators": _ROLE_ARNS,
    "creators": _ROLE_ARNS,
}
_DEFAULT_DAYS: Final = PENDING_DAYS[1]
_DESCRIPTION: Final = "Encrypts the images of this account's Amazon ECR registry"


@jsii.implements(IKeyRef)
class RegistryEncryptionKey(Construct):
    """One KMS key for the images of a registry, which cannot be lost unnoticed.

    Without it ECR encrypts with AES-256 and keys of Amazon S3. Who has to hold the key makes one for the
    whole registry: ECR mounts layers across repositories only where type and key are the same (facts §11),
    and each key is billed.

    ECR needs no statement of its own in the key policy. It creates two grants for each repository, on behalf
    of whoever creates that, and uses the key by them: who pushes or pulls, from whichever account, needs no
    permission of KMS. Who creates a repository needs ``kms:CreateGrant``, ``kms:DescribeKey`` and
    ``kms:RetireGrant``. The role of a creation template, by which caches and replication create, has them. A
    role that deploys repositories needs them in its IAM policy; ``creators`` gives it the first two, and AWS
    takes ``kms:RetireGrant`` there alone.

    A replicated image is encrypted anew, by the key of the destination: each Region and account has its own,
    and a template for replication there.

    Example:
        from ecr_blueprints import AlertTopics, RegistryEncryptionKey

        alerts = AlertTopics(stack, "Alerts")
        images_key = RegistryEncryptionKey(stack, "ImagesKey", alert_topic=alerts)

    Creates:
        * one ``AWS::KMS::Key`` with rotation every year, billed by KMS: $1 a month, and more for the material
          that rotation adds (https://aws.amazon.com/kms/pricing/); kept when its stack goes, and removed if
          its creation is rolled back. Not with ``key``;
        * one ``AWS::KMS::Alias``, kept and removed as the key is, since guardrails know a key by it;
        * with ``alert_topic``, two ``AWS::Events::Rule``, and an ``AWS::IAM::Role`` to publish by, unless the
          topic is one of `AlertTopics`, which has it; they cost nothing and go with the stack.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        key: A key of yours, as a construct or its full ARN, in place of a new one. Its policy, rotation and
            alias stay yours. Default: a new key.
        alias: The key's alias, with or without ``alias/``. An alias is there once in an account and Region.
            Default: ``ecr-registry``.
        description: At most 8,192 characters. Default: says what it is for.
        pending_days: How long it waits before it is deleted, 7 to 30 days. Default: 30.
        administrators: ARNs of IAM roles that administer it and may neither encrypt nor decrypt. They have to
            exist: KMS refuses a policy that names nobody. Default: whoever the account's IAM policies let.
        creators: ARNs of IAM roles that create repositories, where their IAM policy does not let them use the
            key; by way of ECR alone. They have to exist. Default: whoever the account's IAM policies let.
        alert_topic: Where people hear that the key was disabled or scheduled for deletion, that a grant was
            revoked, or that it is gone: `AlertTopics`, of which it is the gravest severity's, or a topic. The
            rules publish by a role that may do so and use the topic's key, where the topic knows it; that
            key's policy has to leave it to the account's IAM policies, as the CDK's default does. The calls
            reach EventBridge only if a trail of CloudTrail logs the account's management events, those of KMS
            among them. Default: nobody hears.

    Attributes:
        resource: The key, if it was made here; else None.
        alias: Its alias, if it was made here; else None.
        alarm: The rules; None without a topic.

    Raises:
        InvalidValueError: A value that KMS refuses, a key of another Region, a given key together with what
            only a new one takes, or `AlertTopics` of another account or Region.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html and
    https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-kms.html

    Practices: ENC-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: IKeyRef | str | None = None,
        alias: str | None = None,
        description: str | None = None,
        pending_days: int | None = None,
        administrators: Sequence[str] = (),
        creators: Sequence[str] = (),
        alert_topic: AlertTopics | sns.ITopic | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="RegistryEncryptionKey")
        path = path_under(scope, construct_id)
        given = {
            "alias": alias,
            "description": description,
            "pending_days": pending_days,
            "administrators": administrators,
            "creators": creators,
        }
        check_arguments(given, _ACCEPTED, where=path, required=("administrators", "creators"))
        _check_topic(alert_topic, scope, path)
        stack = cdk.Stack.of(scope)
        if key is None:
            _check_new_key(given, path)
        else:
            _check_given_key(key, given, region=None if is_token(stack.region) else stack.region, where=path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._given = key
        self.resource: kms.Key | None = None
        self.alias: kms.CfnAlias | None = None
        if key is None:
            self.resource = kms.Key(
                self,
                "Resource",
                description=_DESCRIPTION if description is None else description,
                enable_key_rotation=True,
                pending_window=cdk.Duration.days(_DEFAULT_DAYS if pending_days is None else pending_days),
                policy=_policy(stack, administrators, creators),
                removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            )
            full_alias = _full_alias(REGISTRY_KEY_ALIAS if alias is None else alias)
            self.alias = kms.CfnAlias(
                self, "Alias", alias_name=full_alias, target_key_id=self.resource.key_arn
            )
            self.alias.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.alarm: KeyAlarm | None = None
        if alert_topic is not None:
            self.alarm = KeyAlarm(self, "Alarm", key_arn=self.key_arn, topic=alert_topic)

    @property
    def key_arn(self) -> str:
        """The key's ARN, or the token that stands for it."""
        given = self.resource if self._given is None else self._given
        assert given is not None
        return key_arn(given)

    @property
    def key_ref(self) -> KeyReference:
        """The key as CDK refers to it, so that this construct goes wherever a key goes."""
        if self.resource is not None:
            return self.resource.key_ref
        return KeyReference(key_arn=self.key_arn, key_id=self.key_arn.rpartition("/")[2])

    @property
    def env(self) -> ResourceEnvironment:
        """The account and Region of its stack."""
        stack = cdk.Stack.of(self)
        return ResourceEnvironment(account=stack.account, region=stack.region)


def _check_new_key(given: Mapping[str, Any], where: str) -> None:
    """Refuse what KMS would; tokens are passed over."""
    try:
        if given["alias"] is not None:
            _full_alias(given["alias"])
        if given["pending_days"] is not None and not is_token(given["pending_days"]):
            check_pending_days(given["pending_days"])
        for arn in (*given["administrators"], *given["creators"]):
            if not is_token(arn):
                check_role_arn(arn)
    except InvalidValueError as error:
        raise InvalidValueError(
            error.what, where=f"{where}: {error.where}", allowed=error.allowed, fix=error.fix
        ) from None
    description = given["description"]
    if description is not None and len(description) > MAX_DESCRIPTION_LENGTH:
        raise InvalidValueError(
            f"the description has {len(description)} characters",
            where=where,
            allowed=f"at most {MAX_DESCRIPTION_LENGTH}",
        )


def _check_given_key(key: object, given: Mapping[str, Any], *, region: str | None, where: str) -> None:
    """Refuse what is no key, one of another Region, and what only a new key takes."""
    check_key(key, argument="key", where=where)
    superfluous = [name for name, value in given.items() if value]
    if superfluous:
        raise InvalidValueError(
            f"{superfluous[0]} is given for a key that exists",
            where=where,
            allowed="key and alert_topic, or the settings of a new key",
            fix=f"leave {superfluous[0]} out, and set it where the key is made",
        )
    if isinstance(key, str):
        if not is_token(key):
            check_template_kms_key(key)
            check_key_region(key, region, where=where)
    else:
        check_construct_region(cast("IKeyRef", key), region, where=where)


def _check_topic(topic: Any, scope: Construct, where: str) -> None:
    if topic is None:
        return
    if isinstance(topic, AlertTopics) or hasattr(type(topic), "topic_arn") or hasattr(topic, "topic_arn"):
        topics = alert_topics_of(topic)
        check_alert_place(scope, registry=None, topics=topics, encryption_key=None, where=where)
        return
    raise InvalidValueError(
        f"alert_topic is of the type {type(topic).__name__}",
        where=where,
        allowed="AlertTopics, or a topic of aws_cdk.aws_sns",
        fix='write sns.Topic.from_topic_arn(scope, "Alerts", "…")' if isinstance(topic, str) else None,
    )


def _full_alias(alias: str) -> str:
    return alias if is_token(alias) else check_key_alias(alias)


def _policy(stack: cdk.Stack, administrators: Sequence[str], creators: Sequence[str]) -> iam.PolicyDocument:
    # In a key policy, "*" as the resource is the key itself, which has no ARN before it exists.
    statements = [
        # Without it a key can become unmanageable, and only AWS could help; ECR's guide asks for all actions.
        # It lets the account's IAM policies decide, and nobody by itself.
        iam.PolicyStatement(
            sid="AccountDecidesByIam",
            principals=[iam.AccountPrincipal(stack.account)],
            actions=["kms:*"],
            resources=["*"],
        )
    ]
    if administrators:
        statements.append(
            iam.PolicyStatement(
                sid="Administrators",
                principals=[iam.ArnPrincipal(arn) for arn in administrators],
                actions=list(ADMINISTRATION),
                resources=["*"],
            )
        )
    if creators:
        statements.append(
            iam.PolicyStatement(
                sid="CreatorsOfRepositories",
                principals=[iam.ArnPrincipal(arn) for arn in creators],
                actions=list(REPOSITORY_CREATION),
                resources=["*"],
                conditions={"StringEquals": {"kms:ViaService": ecr_via_service(stack.region)}},
            )
        )
    return iam.PolicyDocument(statements=statements)
