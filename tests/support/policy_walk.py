"""Every policy statement of many templates, what is wide in it, and why that stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policy_statements import FoundStatement, statements_in

from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.public_access import Exposure, exposure_of

__all__ = [
    "OPEN_PRINCIPALS",
    "SERVICES_FOR_ANYBODY",
    "WIDE_ACTIONS",
    "WIDE_RESOURCES",
    "Reasons",
    "Walk",
    "open_principals",
    "services_for_anybody",
    "wide_actions",
    "wide_resources",
]

Reasons = Mapping[tuple[str, str, str], str]
"""Why something wide stays, by patterns of the kind of policy, the actions and the resource or principal."""

IDENTITY: Final = r"AWS::IAM::(?:Policy|ManagedPolicy|Role)\.(?:Policies\.)?PolicyDocument"
ENDPOINT: Final = r"AWS::EC2::VPCEndpoint\.PolicyDocument"
KEY: Final = r"AWS::KMS::Key\.KeyPolicy"
ROLE: Final = r"AWS::IAM::Role\.Policies\.PolicyDocument"
TRUST: Final = r"AWS::IAM::Role\.AssumeRolePolicyDocument"

WIDE_ACTIONS: Final[Reasons] = {
    (KEY, r"kms:\*", r"arn:.*:iam::\d{12}:root"): (
        "the account keeps the key: without it nobody could change the policy any more, and the key would be "
        "lost; https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    ),
}

WIDE_RESOURCES: Final[Reasons] = {
    (IDENTITY, r"ecr:GetAuthorizationToken", r"\*"): "IAM takes the login to ECR on * only",
    (IDENTITY, r"ecr-public:GetAuthorizationToken sts:GetServiceBearerToken", r"\*"): (
        "IAM takes the login to ECR Public on * only"
    ),
    (ENDPOINT, r"ecr:GetAuthorizationToken", r"\*"): "IAM takes the login to ECR on * only",
    (ROLE, r"ecr:GetAccountSetting ecr:PutAccountSetting", r"\*"): (
        "the settings of an account's registry have no ARN"
    ),
    (ROLE, r"inspector2:GetConfiguration inspector2:UpdateConfiguration", r"\*"): (
        "Inspector's configuration of an account has no ARN"
    ),
    (ROLE, r"inspector2:.*Member.*|inspector2:.*DelegatedAdmin.*", r"\*"): (
        "the organization's Inspector and its administrator have no ARN; "
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninspector2.html"
    ),
    (ROLE, r"organizations:DeregisterDelegatedAdministrator organizations:Register.*", r"\*"): (
        "Inspector's service principal alone, by the condition"
    ),
    (ROLE, r"iam:CreateServiceLinkedRole", r"\*"): "Inspector's service-linked role alone, by the condition",
    (ROLE, r"ecr:ValidatePullThroughCacheRule", r"\*"): "a pull-through cache rule has no ARN",
    (ROLE, r"ecr:DescribeRepositoryCreationTemplates", r"\*"): "a creation template has no ARN",
    (KEY, r".*", r"\*"): "in a key policy, * is the key itself",
    (ENDPOINT, r"ecr:BatchCheckLayerAvailability .*", r"arn:[^*]*:ecr:[^*]*:\d{12}:repository/\*"): (
        "an endpoint lets the given registries pass; who gets what in them is for their policies to say"
    ),
    (ENDPOINT, r"s3:GetObject", r"arn:[^*]*:s3:::prod-[a-z0-9-]+-starport-layer-bucket/\*"): (
        "the bucket in which ECR keeps the layers, whose names nobody else knows"
    ),
    (
        ROLE,
        r"ecr:CreateRepository ecr:ReplicateImage ecr:TagResource",
        r"arn:[^*]*:ecr:[^*]*:repository/\*",
    ): ("the ROOT template is for every name that no other template covers"),
    (ROLE, r"kms:CreateGrant kms:DescribeKey kms:RetireGrant", r"arn:[^*]*:kms:[^*]*:key/\*"): (
        "without a key of one's own ECR uses aws/ecr, whose ARN nobody knows before it exists; by ECR alone"
    ),
}

OPEN_PRINCIPALS: Final[Reasons] = {
    (ENDPOINT, r"s3:GetObject", r"\*"): (
        "layers are fetched by addresses that ECR has signed, so that the principal is not the caller's; the "
        "policy of a gateway endpoint takes * only"
    ),
}

SERVICES_FOR_ANYBODY: Final[Reasons] = {
    (TRUST, r"sts:AssumeRole", r"(?:lambda|ec2|codebuild|ecs-tasks)\.amazonaws\.com"): (
        "a service takes a role only for whoever may pass it, which is the role's own account"
    ),
    (TRUST, r"sts:AssumeRole", r"(?:pullthroughcache\.)?ecr\.amazonaws\.com"): (
        "AWS documents these trusts without a condition, and not which keys ECR would send"
    ),
}

CALLER_KEYS: Final = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"})
GIVEN_PREFIX: Final = re.compile(r"arn:[^*]+:ecr:[^*:]+:[^*:]+:repository/([^*]+)/\*")


class Walk:
    """The statements of all templates, and what was asked of the reasons.

    Args:
        templates: Name → template.
        given: Every text in the source of the templates.
    """

    def __init__(self, templates: Mapping[str, Any], given: frozenset[str]) -> None:
        self.templates = templates
        self.given = given
        self.statements = [one for name, found in templates.items() for one in statements_in(name, found)]

    def unanswered(
        self, reasons: Reasons, wide: Callable[[FoundStatement], Iterator[str]]
    ) -> tuple[list[str], list[str]]:
        """What is wide without a reason, and the reasons that nothing needs."""
        used: set[tuple[str, str, str]] = set()
        open_: set[str] = set()
        for statement in self.statements:
            actions = " ".join(statement.actions)
            for value in wide(statement) if statement.is_allowing else ():
                answers = [
                    key for key in reasons if all(map(re.fullmatch, key, (statement.kind, actions, value)))
                ]
                used.update(answers)
                if not answers:
                    open_.add(f"{statement.place} ({statement.kind}): {actions} on {value}")
        return sorted(open_), [str(key) for key in reasons if key not in used]


def wide_actions(found: FoundStatement) -> Iterator[str]:
    """Whom a statement gives actions by a wildcard."""
    if any("*" in action or action.startswith("!") for action in found.actions):
        yield from _principals(found) or ("nobody named",)


def wide_resources(given: frozenset[str]) -> Callable[[FoundStatement], Iterator[str]]:
    """What finds the resources that a statement names by a wildcard, those under a given prefix left out."""

    def wide(found: FoundStatement) -> Iterator[str]:
        for resource in found.resources:
            prefix = GIVEN_PREFIX.fullmatch(resource)
            is_given = prefix is not None and prefix[1] in given
            if ("*" in resource or resource.startswith("!")) and not is_given:
                yield resource

    return wide


def open_principals(found: FoundStatement) -> Iterator[str]:
    """Whom a statement of a resource policy lets in beyond accounts, roles and organizations."""
    policy = read_policy_document(dict(found.document))
    own = read_policy_document({**found.document, "Statement": [dict(found.statement)]})
    if "Principal" not in found.statement and "NotPrincipal" not in found.statement:
        return  # an identity's policy
    assert isinstance(policy, AccessPolicy), f"{found.place}: {policy}"
    assert isinstance(own, AccessPolicy), f"{found.place}: {own}"
    (statement,) = own.statements
    if exposure_of(statement, policy).exposure is not Exposure.NARROW:
        yield from _principals(found) or ("*",)


def services_for_anybody(found: FoundStatement) -> Iterator[str]:
    """The services that may act for whoever asks them to.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    keys = {key.lower() for members in found.statement.get("Condition", {}).values() for key in members}
    principal = found.statement.get("Principal")
    if isinstance(principal, dict) and not keys & CALLER_KEYS:
        yield from _listed(principal.get("Service", []))


def _principals(found: FoundStatement) -> list[str]:
    principal = found.statement.get("Principal", {})
    if isinstance(principal, str):
        return [principal]
    return [one for members in principal.values() for one in _listed(members)]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
