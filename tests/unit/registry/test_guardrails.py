"""The policies of an organization that keep its accounts to the baseline, decided on by IAM's rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from iam_evaluator import ADMINISTRATOR, FULL_ACCESS, OrganizationPolicies, Principal, Request, decide

from ecr_blueprints.domain.organization import MAX_CONTROL_POLICY_LENGTH, PolicyType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.guardrails import Guardrail, Guardrails

TEAM, OTHER, PARTNER, STRANGER = "222233334444", "333344445555", "900000000009", "999999999999"
ORGANIZATION = "o-exampleorg"
HERE = f"eu-west-1:{TEAM}"
REPOSITORY = f"arn:aws:ecr:{HERE}:repository/prod/claims/intake"
KEY = f"arn:aws:kms:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OF_REGISTRY = {"kms:ResourceAliases": ["alias/ecr-registry"]}
FUNCTION = f"arn:aws:lambda:{HERE}:function:ecr-baseline-settings"
RULE = f"arn:aws:events:{HERE}:rule/ecr-baseline-finding"
ROLE = f"arn:aws:iam::{TEAM}:role"
STACK = f"arn:aws:cloudformation:{HERE}:stack/StackSet-ecr-baseline-1f2e3d4c/0a1b"
OWNER = f"arn:aws:ssm:{HERE}:parameter/ecr-blueprints/registry/owner"

EVERYBODY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}],
}
"""The repository policy of somebody who wants the whole world in."""


def guardrails(**arguments: Any) -> Guardrails:
    given = {
        "organization": ORGANIZATION,
        "baseline": "ecr-baseline",
        "parameters": "/ecr-blueprints/registry/",
        "platform_roles": ["platform-*"],
        "partners": [PARTNER],
    }
    return Guardrails(**{**given, **arguments})


def attached(chosen: Guardrails) -> OrganizationPolicies:
    def of(policy_type: PolicyType) -> list[Any]:
        document = chosen.policy(policy_type)
        return [FULL_ACCESS, *([] if document is None else [document])]

    return OrganizationPolicies(
        of_principals={TEAM: of(PolicyType.SERVICE_CONTROL)},
        of_resources={TEAM: of(PolicyType.RESOURCE_CONTROL)},
    )


def role(name: str, account: str = TEAM, **arguments: Any) -> Principal:
    organization = None if account in (STRANGER, PARTNER) else ORGANIZATION
    return Principal(
        arn=f"arn:aws:iam::{account}:role/{name}",
        account=account,
        policies=[ADMINISTRATOR],
        organization=organization,
        **arguments,
    )


def allowed(
    principal: Principal,
    action: str,
    resource: str = "*",
    chosen: Guardrails | None = None,
    policies: tuple[Any, ...] = (),
    **context: Any,
) -> bool:
    request = Request(
        principal=principal,
        action=action,
        resource=resource,
        account=TEAM,
        resource_policies=policies,
        context=context,
    )
    return bool(decide(request, attached(chosen or guardrails())))


FORBIDDEN = {
    Guardrail.KEEP_SCANNING: [
        ("ecr:PutRegistryScanningConfiguration", "*", {}),
        ("inspector2:Disable", "*", {}),
        ("inspector2:UpdateConfiguration", "*", {}),
    ],
    Guardrail.KEEP_KEYS: [
        ("kms:ScheduleKeyDeletion", KEY, OF_REGISTRY),
        ("kms:DisableKey", KEY, OF_REGISTRY),
        ("kms:RevokeGrant", KEY, OF_REGISTRY),
        ("kms:DeleteAlias", f"arn:aws:kms:{HERE}:alias/ecr-registry", {}),
        ("kms:UpdateAlias", f"arn:aws:kms:{HERE}:alias/ecr-registry", {}),
    ],
    Guardrail.KEEP_BASELINE: [
        ("ecr:PutAccountSetting", "*", {}),
        ("ssm:DeleteParameter", OWNER, {}),
        ("ssm:DeleteParameters", OWNER, {}),
        ("ssm:PutParameter", OWNER, {}),
        ("events:DeleteRule", RULE, {}),
        ("events:DisableRule", RULE, {}),
        ("events:PutRule", RULE, {}),
        ("events:PutTargets", RULE, {}),
        ("events:RemoveTargets", RULE, {}),
        ("lambda:DeleteFunction", FUNCTION, {}),
        ("lambda:UpdateFunctionCode", FUNCTION, {}),
        ("lambda:UpdateFunctionConfiguration", FUNCTION, {}),
        ("lambda:AddPermission", FUNCTION, {}),
        # It writes whatever setting an event names.
        ("lambda:InvokeFunction", FUNCTION, {}),
        ("lambda:PutFunctionConcurrency", FUNCTION, {}),
        ("cloudformation:DeleteStack", STACK, {}),
        ("cloudformation:UpdateStack", STACK, {}),
        ("cloudformation:ExecuteChangeSet", STACK, {}),
        ("iam:DeleteRole", f"{ROLE}/ecr-baseline-forward-eu-west-1", {}),
        ("iam:PutRolePolicy", f"{ROLE}/ecr-baseline-forward-eu-west-1", {}),
        ("iam:UpdateAssumeRolePolicy", f"{ROLE}/ecr-baseline-settings-eu-west-1", {}),
        ("iam:PassRole", f"{ROLE}/ecr-baseline-settings-eu-west-1", {}),
        ("iam:CreateRole", f"{ROLE}/stacksets-exec-of-mine", {}),
        ("iam:CreateRole", f"{ROLE}/platform-of-mine", {}),
        ("iam:UpdateAssumeRolePolicy", f"{ROLE}/platform-operator", {}),
    ],
    Guardrail.STAY_IN_ORGANIZATION: [("organizations:LeaveOrganization", "*", {})],
}
"""Guardrail → what a team's administrator must not do."""

FREE = [
    ("ecr:GetAuthorizationToken", "*", {}),
    ("ecr:PutImage", REPOSITORY, {}),
    ("ecr:BatchGetImage", REPOSITORY, {}),
    ("ecr:BatchDeleteImage", REPOSITORY, {}),
    ("ecr:CreateRepository", REPOSITORY, {}),
    ("ecr:DeleteRepository", REPOSITORY, {}),
    ("ecr:SetRepositoryPolicy", REPOSITORY, {}),
    ("ecr:PutLifecyclePolicy", REPOSITORY, {}),
    ("ecr:PutImageTagMutability", REPOSITORY, {}),
    ("ecr:PutRegistryPolicy", "*", {}),
    ("ecr:PutSigningConfiguration", "*", {}),
    ("ecr:CreatePullThroughCacheRule", "*", {}),
    ("ecr:CreateRepositoryCreationTemplate", "*", {}),
    ("inspector2:Enable", "*", {}),
    ("inspector2:ListFindings", "*", {}),
    ("kms:CreateKey", "*", {}),
    ("kms:CreateGrant", KEY, OF_REGISTRY),
    ("kms:PutKeyPolicy", KEY, OF_REGISTRY),
    ("kms:ScheduleKeyDeletion", KEY, {"kms:ResourceAliases": ["alias/something-else"]}),
    ("kms:ScheduleKeyDeletion", KEY, {}),
    ("signer:PutSigningProfile", "*", {}),
    ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/claims/url", {}),
    ("events:PutRule", f"arn:aws:events:{HERE}:rule/ecr-registry-claims-Findings", {}),
    ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{HERE}:function:claims", {}),
    ("iam:CreateRole", f"{ROLE}/claims-deployer", {}),
    ("iam:PassRole", f"{ROLE}/claims-deployer", {}),
    ("cloudformation:UpdateStack", f"arn:aws:cloudformation:{HERE}:stack/ecr-registry-claims/0a1b", {}),
    ("secretsmanager:PutSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:ecr-pullthroughcache/x", {}),
]
"""What a team's administrator does, and must go on doing."""


@pytest.mark.parametrize(
    ("guardrail", "action", "resource", "context"),
    [(one, *asked) for one, all_asked in FORBIDDEN.items() for asked in all_asked],
)
def test_what_nobody_can_do(
    guardrail: Guardrail, action: str, resource: str, context: dict[str, Any]
) -> None:
    administrator = role("Administrator")
    assert not allowed(administrator, action, resource, **context)
    if not action.startswith("iam:"):  # each of them keeps the roles that are exempt
        others = [one for one in Guardrail if one is not guardrail]
        assert allowed(administrator, action, resource, guardrails(chosen=others), **context), (
            "it is this one"
        )
    if guardrail is not Guardrail.STAY_IN_ORGANIZATION:
        for exempt in ("platform-operator", "stacksets-exec-0a1b2c"):
            assert allowed(role(exempt), action, resource, **context)
        assert allowed(role("AWSServiceRoleForX", is_service_linked=True), action, resource, **context)


@pytest.mark.parametrize(("action", "resource", "context"), FREE)
def test_what_a_team_does_is_not_touched(action: str, resource: str, context: dict[str, Any]) -> None:
    assert allowed(role("Administrator"), action, resource, **context)


def test_nobody_is_exempt_from_staying() -> None:
    assert not allowed(role("platform-operator"), "organizations:LeaveOrganization")


PULL = "ecr:BatchGetImage"


def test_a_repository_that_is_opened_to_the_world_is_not() -> None:
    without = guardrails(chosen=[Guardrail.KEEP_SCANNING])
    anonymous = Principal(policies=[ADMINISTRATOR])
    for outsider in (role("Administrator", STRANGER), anonymous):
        assert allowed(outsider, PULL, REPOSITORY, without, (EVERYBODY,)), "the policy alone lets it in"
        assert not allowed(outsider, PULL, REPOSITORY, None, (EVERYBODY,))
        assert not allowed(outsider, "ecr:PutImage", REPOSITORY, None, (EVERYBODY,))


def test_who_belongs_to_the_organization_comes_in_and_so_do_partners_and_services() -> None:
    assert allowed(role("node", OTHER), PULL, REPOSITORY, None, (EVERYBODY,))
    assert allowed(role("puller", PARTNER), PULL, REPOSITORY, None, (EVERYBODY,))
    assert not allowed(role("puller", PARTNER), PULL, REPOSITORY, guardrails(partners=[]), (EVERYBODY,))
    assert allowed(Principal(service="lambda.amazonaws.com"), PULL, REPOSITORY, None, (EVERYBODY,))
    inspector = role("AWSServiceRoleForAmazonInspector2", is_service_linked=True)
    assert allowed(inspector, PULL, REPOSITORY)


def test_a_policy_grants_nothing() -> None:
    assert not allowed(role("node", OTHER), PULL, REPOSITORY)
    nobody = Principal(arn=f"{ROLE}/nobody", account=TEAM, organization=ORGANIZATION)
    assert not allowed(nobody, PULL, REPOSITORY)


def test_their_form_is_that_of_control_policies() -> None:
    chosen = guardrails()
    for_principals = chosen.policy(PolicyType.SERVICE_CONTROL)
    for_resources = chosen.policy(PolicyType.RESOURCE_CONTROL)
    assert for_principals is not None
    assert for_resources is not None
    for statement in for_principals["Statement"]:
        assert statement["Effect"] == "Deny"
        assert "Principal" not in statement
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        assert all("*" not in one.rstrip("*") for one in actions), "a wildcard stands at the end"
    (statement,) = for_resources["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "ecr:*")
    sids = [one["Sid"] for one in (*for_principals["Statement"], *for_resources["Statement"])]
    assert len(sids) == len(set(sids))


@pytest.mark.parametrize(
    ("chosen", "types"),
    [
        ([Guardrail.NO_OUTSIDERS], {PolicyType.RESOURCE_CONTROL}),
        ([Guardrail.STAY_IN_ORGANIZATION], {PolicyType.SERVICE_CONTROL}),
    ],
)
def test_a_type_that_nothing_needs_has_no_policy(chosen: list[Guardrail], types: set[PolicyType]) -> None:
    made = guardrails(chosen=chosen)
    assert {one for one in PolicyType if made.policy(one) is not None} == types


def test_a_policy_that_is_too_long_is_refused() -> None:
    few = guardrails(platform_roles=[f"platform-{number:02}-operators-*" for number in range(8)])
    document = few.policy(PolicyType.SERVICE_CONTROL)
    assert len(json.dumps(document, separators=(",", ":"))) <= MAX_CONTROL_POLICY_LENGTH
    many = guardrails(platform_roles=[f"platform-{number:02}-operators-*" for number in range(20)])
    with pytest.raises(InvalidValueError, match="name fewer platform roles or partners"):
        many.policy(PolicyType.SERVICE_CONTROL)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"chosen": []}, "nothing is chosen"),
        ({"organization": "exampleorg"}, "is not an organization id"),
        ({"platform_roles": ["*"]}, "is no pattern of role names"),
        ({"platform_roles": ["path/role"]}, "is no pattern of role names"),
        ({"partners": ["12"]}, "is not an AWS account id"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        guardrails(**arguments)
