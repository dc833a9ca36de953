"""Signing rules, their profiles, and whoever may sign.

Practices: SIGN-1, SIGN-2, SIGN-3, SIGN-5
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_signer as signer
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.create_on_push import CreateOnPush
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.signing_profile import SigningProfile
from ecr_blueprints.domain.signing import SignatureValidity, SignatureValidityUnit
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
CONFIGURATION, PROFILE = "AWS::ECR::SigningConfiguration", "AWS::Signer::SigningProfile"
PERMISSION = "AWS::Signer::ProfilePermission"
ARN = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/"
STAGES = {"convention": "{stage}/{team}/{app}", "stages": {"dev": False, "prod": True}}


class _Pusher:
    """A push grant as the library's own grants make it."""

    def __init__(self, repositories: str, account: str | None = None) -> None:
        self.repositories = repositories
        self.accounts = () if account is None else (account,)
        self.pusher = "somebody"
        self.profiles: list[str] = []

    def sign(self, profile_arns: Sequence[str]) -> bool:
        self.profiles += [one for one in profile_arns if one not in self.profiles]
        return True


def test_the_defaults(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Callable[[Template], list[str]]
) -> None:
    registry = PrivateRegistry(stack, "Registry", **STAGES)  # type: ignore[arg-type]
    signing = ManagedSigning(stack, "Production", registry=registry)
    assert signing.repositories == ("prod/*",)
    assert signing.profile_arn == f"{ARN}ecr_Production"
    template = template_of(stack)
    (configuration,) = of_type(template, CONFIGURATION)
    assert configuration["Properties"]["Rules"] == [
        {
            "SigningProfileArn": f"{ARN}ecr_Production",
            "RepositoryFilters": [{"Filter": "prod/*", "FilterType": "WILDCARD_MATCH"}],
        }
    ]
    (profile,) = of_type(template, PROFILE)
    assert profile["DeletionPolicy"] == "Retain"
    assert profile["Properties"]["PlatformId"] == "Notation-OCI-SHA384-ECDSA"
    assert profile["Properties"]["SignatureValidityPeriod"] == {"Type": "MONTHS", "Value": 135}
    profiles = [key for key, one in template["Resources"].items() if one["Type"] == PROFILE]
    assert set(profiles) < set(configuration["DependsOn"]), "and on the registry's owner"
    assert lint(template) == []


def test_everything_set(
    stack: cdk.Stack,
    template_of: TemplateOf,
    of_type: OfType,
    lint: Callable[[Template], list[str]],
    snapshot: SnapshotAssertion,
) -> None:
    registry = PrivateRegistry(stack, "Registry")
    short = SigningProfile(
        stack, "Short", profile_name="nightly", validity=SignatureValidity(30, SignatureValidityUnit.DAYS)
    )
    assert short.profile_name == "nightly_30_DAYS"
    short.allow_signing_by_account("222233334444", "222233334444", "111122223333")
    short.allow_signing_by_role("arn:aws:iam::333344445555:role/ci/builder")
    ManagedSigning(stack, "Nightly", registry=registry, repositories=["dev/*", "dev/*"], profile=short)
    ManagedSigning(
        stack,
        "Production",
        registry=registry,
        repositories=["prod/*", "base/*"],
        profile_name="release",
        validity=SignatureValidity(24),
    )
    theirs = "arn:aws:signer:eu-west-1:444455556666:/signing-profiles/audit"
    ManagedSigning(stack, "Audit", registry=registry, repositories=["prod/*"], profile=theirs)
    template = template_of(stack)
    (configuration,) = of_type(template, CONFIGURATION)
    assert [rule["SigningProfileArn"] for rule in configuration["Properties"]["Rules"]] == [
        f"{ARN}nightly_30_DAYS",
        f"{ARN}release_24_MONTHS",
        theirs,
    ]
    assert sorted(one["Properties"]["Principal"] for one in of_type(template, PERMISSION)) == [
        "222233334444",
        "arn:aws:iam::333344445555:role/ci/builder",
    ]
    assert {one["Properties"]["Action"] for one in of_type(template, PERMISSION)} == {"signer:SignPayload"}
    assert registry.signing_profiles_for("prod/payments/api") == (f"{ARN}release_24_MONTHS", theirs)
    assert registry.signing_profiles_for("dev/payments/api") == (f"{ARN}nightly_30_DAYS",)
    assert registry.signing_profiles_for("scratch") == ()
    assert lint(template) == []
    signed = {key: one for key, one in template["Resources"].items() if "Sign" in one["Type"]}
    assert signed == snapshot(extension_class=JSONSnapshotExtension)


def test_a_profile_of_cdk(stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
    profile = signer.SigningProfile(stack, "Theirs", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA)
    ManagedSigning(
        stack, "Signing", registry=PrivateRegistry(stack, "Registry"), repositories=["*"], profile=profile
    )
    (configuration,) = of_type(template_of(stack), CONFIGURATION)
    assert "Fn::GetAtt" in configuration["Properties"]["Rules"][0]["SigningProfileArn"]


def test_an_open_environment(app: cdk.App, template_of: TemplateOf, of_type: OfType) -> None:
    stack = cdk.Stack(app, "Open")
    registry = PrivateRegistry(stack, "Registry", **STAGES)  # type: ignore[arg-type]
    ManagedSigning(stack, "Production", registry=registry)
    (configuration,) = of_type(template_of(stack), CONFIGURATION)
    arn = configuration["Properties"]["Rules"][0]["SigningProfileArn"]["Fn::Join"][1]
    assert {"Ref": "AWS::Partition"} in arn
    assert {"Ref": "AWS::Region"} in arn


def test_whoever_pushes_may_sign_whichever_came_first(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(stack, "Registry")
    early, elsewhere = _Pusher("prod/payments/api"), _Pusher("prod/*", account="222233334444")
    registry.add_push_grant(early)
    registry.add_push_grant(elsewhere)
    assert early.profiles == []
    ManagedSigning(stack, "Production", registry=registry, repositories=["prod/*"])
    late, unsigned = _Pusher("prod/*"), _Pusher("dev/api")
    registry.add_push_grant(late)
    registry.add_push_grant(unsigned)
    assert early.profiles == late.profiles == elsewhere.profiles == [f"{ARN}ecr_Production"]
    assert unsigned.profiles == []
    (permission,) = of_type(template_of(stack), PERMISSION)
    assert permission["Properties"]["Principal"] == "222233334444"


def test_unmanaged_signing_is_listed_and_known(
    stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(
        stack, "Registry", manage=RegistryManagement(signing=Ownership.UNMANAGED), production=False
    )
    ManagedSigning(stack, "Signing", registry=registry, repositories=["prod/*"])
    assert [rule.filters for rule in registry.required_signing_rules] == [("prod/*",)]
    assert registry.signing_profiles_for("prod/a") == (f"{ARN}ecr_Signing",)
    template = template_of(stack)
    assert of_type(template, CONFIGURATION) == []
    assert len(of_type(template, PROFILE)) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"repositories": ["prod/"]}, "write 'prod/\\*'"),
        ({"repositories": []}, "the list of repositories is empty"),
        ({"repositories": "prod/*"}, "repositories is 'prod/\\*'"),
        ({}, "no name tells what production is"),
        ({"repositories": [f"a{number}" for number in range(101)]}, "101 filters; allowed: at most 100"),
        ({"repositories": ["a"], "profile": f"{ARN}x/abcdefghij"}, "not the ARN of a signing profile"),
        ({"repositories": ["a"], "profile": 3}, "profile is of the type int"),
        (
            {"repositories": ["a"], "profile": f"{ARN}release".replace("eu-west-1", "us-east-1")},
            "is in us-east-1 and the registry in eu-west-1",
        ),
        ({"repositories": ["a"], "profile": f"{ARN}release", "profile_name": "x"}, "a profile is given, and"),
        ({"repositories": ["a"], "profile_name": "team-a"}, "write 'team_a'"),
        ({"repositories": ["a"], "validity": 12}, "validity is 12"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    stack: cdk.Stack, arguments: dict[str, Any], says: str
) -> None:
    registry = PrivateRegistry(stack, "Registry")
    with pytest.raises(InvalidValueError, match=says):
        ManagedSigning(stack, "Signing", registry=registry, **arguments)
    assert stack.node.try_find_child("Signing") is None
    assert registry.ledger.signing == ()


def test_a_region_without_signing(app: cdk.App) -> None:
    stack = cdk.Stack(app, "South", env=cdk.Environment(account="111122223333", region="eu-south-2"))
    registry = PrivateRegistry(stack, "Registry")
    with pytest.raises(InvalidValueError, match="does not exist in eu-south-2"):
        ManagedSigning(stack, "Signing", registry=registry, repositories=["*"])
    with pytest.raises(InvalidValueError, match="does not exist in eu-south-2"):
        SigningProfile(stack, "Profile", profile_name="release")


def test_an_eleventh_rule_is_refused(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    for number in range(10):
        ManagedSigning(stack, f"Signing{number}", registry=registry, repositories=[f"team-{number}/*"])
    with pytest.raises(
        InvalidValueError, match="11 rules per signing configuration; allowed: at most 10; fix: "
    ):
        ManagedSigning(stack, "Signing10", registry=registry, repositories=["team-10/*"])


def test_signing_over_a_cache_is_refused_from_both_sides(stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    registry.add_pull_through_cache("k8s")
    with pytest.raises(RegistryConflictError, match="Stack/All and Stack/Registry/Cache-k8s"):
        ManagedSigning(stack, "All", registry=registry, repositories=["*"])
    ManagedSigning(stack, "Quay", registry=registry, repositories=["quay/*"])
    with pytest.raises(RegistryConflictError, match="Stack/Quay and Stack/Registry/Cache-quay"):
        registry.add_pull_through_cache("quay")


def test_two_profiles_of_one_name_are_refused_wherever_they_are_made(app: cdk.App, stack: cdk.Stack) -> None:
    registry = PrivateRegistry(stack, "Registry")
    ManagedSigning(stack, "Prod-A", registry=registry, repositories=["a/*"])
    with pytest.raises(RegistryConflictError, match="Stack/Prod-A/Profile and Stack/Prod_A/Profile"):
        ManagedSigning(stack, "Prod_A", registry=registry, repositories=["b/*"])
    assert stack.node.try_find_child("Prod_A") is None
    beside = cdk.Stack(app, "Beside", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    with pytest.raises(RegistryConflictError, match="'ecr_Prod_A'"):
        SigningProfile(beside, "Same", profile_name="ecr_Prod_A")
    SigningProfile(beside, "Other", profile_name="ecr_Prod_A", validity=SignatureValidity(12))
    elsewhere = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="eu-central-1"))
    SigningProfile(elsewhere, "Same", profile_name="ecr_Prod_A")


def test_from_another_stack_nothing_goes_round_in_a_circle(
    app: cdk.App, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
) -> None:
    registry = PrivateRegistry(stack, "Registry")
    beside = cdk.Stack(app, "Beside", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    signing = ManagedSigning(beside, "Signing", registry=registry, repositories=["prod/*"])
    CreateOnPush(beside, "Sandbox", registry=registry, prefix="sandbox")
    assert signing.profile is not None
    assert cdk.Stack.of(signing.profile) is stack
    (configuration,) = of_type(template_of(stack), CONFIGURATION)
    assert any("SigningProfile" in one for one in configuration["DependsOn"])
