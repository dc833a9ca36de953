"""The policies of endpoints, as JSON: what may pass, to which registries, on whose behalf.

An endpoint policy grants nothing; it bounds what requests through the endpoint can do. Each ECR endpoint gets
the same policy, as AWS advises.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-vpc-endpoint-policy and
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.policy_statement import check_statement
from ecr_blueprints.domain.actions import AUTHORIZE, CREATE, IMPORT_UPSTREAM, PULL, PUSH
from ecr_blueprints.domain.vpc_endpoint import ENDPOINT_POLICY_LENGTH
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "SHORTER_ENDPOINT_POLICY",
    "Condition",
    "addon_statement",
    "cache_statement",
    "check_endpoint_statement",
    "check_policy_length",
    "layer_statement",
    "on_behalf_of",
    "registry_statements",
]

Statement = dict[str, Any]
Condition = Mapping[str, Mapping[str, Any]]

_PULL: Final = tuple(sorted(("ecr:BatchCheckLayerAvailability", *PULL)))
SHORTER_ENDPOINT_POLICY: Final = "name fewer registries, or an organization in place of accounts"
"""What to do where a policy is too long."""

_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")


def on_behalf_of(*, accounts: Sequence[str], organization: str | None) -> Condition:
    """The condition that keeps credentials of strangers from being used through an endpoint.

    Args:
        accounts: The accounts whose principals may use it, unless there is an organization.
        organization: The organization whose principals may; None for the accounts.
    """
    if organization is not None:
        return {"StringEquals": {"aws:PrincipalOrgID": organization}}
    return {"StringEquals": {"aws:PrincipalAccount": list(accounts)}}


def registry_statements(
    repository_arns: Sequence[str], *, push: bool, condition: Condition
) -> tuple[Statement, ...]:
    """Logging in, and pulling from registries; pushing to them where that is wanted.

    Args:
        repository_arns: Every repository of each registry.
        push: Whether images may be pushed.
        condition: On whose behalf.
    """
    statements = [
        # ecr:GetAuthorizationToken takes no other resource than *; the condition bounds who logs in.
        _allow("LogIn", AUTHORIZE, ["*"], condition),
        # Every repository of the named registries: which of them, IAM and the repositories' policies decide.
        _allow("PullFromRegistries", _PULL, repository_arns, condition),
    ]
    if push:
        statements.append(_allow("PushToRegistries", PUSH, repository_arns, condition))
    return tuple(statements)


def addon_statement(repository_arn: str, *, condition: Condition) -> Statement:
    """Pulling the images of EKS add-ons.

    Args:
        repository_arn: Every repository of the add-on registry.
        condition: On whose behalf.
    """
    return _allow("PullEksAddons", _PULL, [repository_arn], condition)


def cache_statement(repository_arns: Sequence[str], *, condition: Condition) -> Statement:
    """What a pull through a cache needs besides: to import, and to create the repository of a first pull.

    Args:
        repository_arns: The repositories of the caches.
        condition: On whose behalf.
    """
    return _allow("PullThroughCaches", (*IMPORT_UPSTREAM, *CREATE), repository_arns, condition)


def layer_statement(objects_arn: str) -> Statement:
    """Reading the layers of images.

    Args:
        objects_arn: Every object of the Region's layer bucket.
    """
    # No condition: ECR hands out signed URLs, so that the request is not the puller's own.
    return _allow("ReadLayers", ("s3:GetObject",), [objects_arn], None)


def check_endpoint_statement(statement: object, *, gateway: bool, where: str) -> iam.PolicyStatement:
    """The statement, if an endpoint policy can hold it.

    Args:
        statement: As given.
        gateway: Whether it is a gateway's, which takes no other principal than ``*``.
        where: The construct or method, for the error.

    Raises:
        InvalidValueError: It is none, lacks something, or names the principals of a gateway.
    """
    check_statement(statement, where=where)
    assert isinstance(statement, iam.PolicyStatement)
    faults = [*statement.validate_for_any_policy(), *statement.validate_for_resource_policy()]
    if not statement.resources and not statement.not_resources:
        faults.append("it names no resources")
    if faults:
        raise InvalidValueError(
            f"no statement of an endpoint policy: {'; '.join(dict.fromkeys(faults))}",
            where=where,
            allowed="a statement with principals, actions and resources",
        )
    if gateway and statement.to_statement_json().get("Principal") not in ("*", {"AWS": "*"}):
        raise InvalidValueError(
            "the statement of a gateway endpoint's policy names a principal",
            where=where,
            allowed="the principal *, bounded by a condition on aws:PrincipalArn or aws:PrincipalAccount",
            fix="write principals=[iam.AnyPrincipal()] and conditions=…",
        )
    return statement


def check_policy_length(statements: Sequence[object], *, where: str) -> int:
    """Refuse a policy that is certainly longer than EC2 takes; tokens are not counted.

    Args:
        statements: As JSON; their texts may hold tokens.
        where: The construct, for the error.

    Returns:
        How long it is at least.

    Raises:
        InvalidValueError: It is.
    """
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    length = len(_TOKEN.sub("", text))
    if length > ENDPOINT_POLICY_LENGTH:
        raise InvalidValueError(
            f"the endpoint policy would have {length:,} characters",
            where=where,
            allowed=f"at most {ENDPOINT_POLICY_LENGTH:,}",
            fix=SHORTER_ENDPOINT_POLICY,
        )
    return length


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], condition: Condition | None
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        # An endpoint policy names its principals by conditions: S3's gateway takes no other principal than *.
        "Principal": "*",
        "Action": list(actions),
        "Resource": list(resources),
    }
    if condition is not None:
        statement["Condition"] = {operator: dict(keys) for operator, keys in condition.items()}
    return statement
