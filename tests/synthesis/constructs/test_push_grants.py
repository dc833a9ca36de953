"""Whoever may push what is signed may sign, or synthesis says who has to allow it.

Practices: SIGN-3
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match, Template

from ecr_blueprints.constructs.build_cache_repository import BuildCacheRepository
from ecr_blueprints.constructs.granted_actions import can_push
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.managed_signing import ManagedSigning
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.push_grants import PusherToAllowSigning
from ecr_blueprints.errors import RegistryConflictError

pytestmark = pytest.mark.node

OWN = "arn:aws:iam::111122223333:role/ci"
THEIRS, OTHERS = "arn:aws:iam::222233334444:role/ci", "arn:aws:iam::333344445555:role/ci-111122223333"
PROFILE = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/ecr_Production"
FOREIGN = "arn:aws:signer:eu-west-1:999988887777:/signing-profiles/release"
WARNING = "ecr-blueprints:pushers-need-to-sign"


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


@pytest.fixture
def api(stack: cdk.Stack, registry: PrivateRegistry) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="prod/api", registry=registry)


def sign(stack: cdk.Stack, registry: PrivateRegistry, **arguments: Any) -> None:
    ManagedSigning(stack, "Production", registry=registry, repositories=["prod/*"], **arguments)


def admitted(stack: cdk.Stack) -> list[str]:
    found = Template.from_stack(stack).find_resources("AWS::Signer::ProfilePermission").values()
    return sorted(one["Properties"]["Principal"] for one in found)


def signers(stack: cdk.Stack) -> list[Any]:
    """The resources on which identity policies allow to sign."""
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return [
        one["Resource"]
        for policy in policies
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        if one["Action"] == "signer:SignPayload"
    ]


def warnings(stack: cdk.Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("ECR signs with"))
    return [str(one.entry.data) for one in found]


@pytest.mark.parametrize("action", ["ecr:PutImage", "ecr:putimage", "ECR:Put*", "ecr:*"])
def test_a_wildcard_that_pushes_signs(
    stack: cdk.Stack, registry: PrivateRegistry, api: ImageRepository, action: str
) -> None:
    sign(stack, registry)
    api.grant(iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()), action)
    assert signers(stack) == [PROFILE]
    assert registry.pushers_to_allow_signing == ()
    assert warnings(stack) == []


def test_what_pushes_nothing_is_no_push() -> None:
    assert not can_push(["ecr:PutImageTagMutability", "ecr:Get*", "s3:*", "ecr:PutImag"])


def composite_of_accounts(stack: cdk.Stack) -> iam.IPrincipal:
    return iam.CompositePrincipal(iam.AccountPrincipal("222233334444"), iam.AccountPrincipal("333344445555"))


def composite_of_imported(stack: cdk.Stack) -> Any:
    return iam.CompositePrincipal(
        iam.Role.from_role_arn(stack, "Theirs", THEIRS), iam.Role.from_role_arn(stack, "Others", OTHERS)
    )


@pytest.mark.parametrize(
    "pushers",
    [
        lambda _: iam.CompositePrincipal(iam.ArnPrincipal(THEIRS), iam.ArnPrincipal(OTHERS)),
        composite_of_accounts,
        composite_of_imported,
    ],
)
@pytest.mark.parametrize("rule_first", [True, False])
def test_each_account_of_several_principals_is_admitted(
    stack: cdk.Stack,
    registry: PrivateRegistry,
    api: ImageRepository,
    pushers: Callable[[cdk.Stack], Any],
    rule_first: bool,
) -> None:
    if rule_first:
        sign(stack, registry)
    api.grant_push(pushers(stack))
    if not rule_first:
        sign(stack, registry)
    assert admitted(stack) == ["222233334444", "333344445555"]
    (told,) = registry.pushers_to_allow_signing
    assert (told.lacks_permission, told.accounts) == (True, ())
    assert len(warnings(stack)) == 1


def test_roles_of_other_stacks_are_admitted_by_their_accounts(app: cdk.App) -> None:
    stack, theirs = (
        cdk.Stack(app, name, env=cdk.Environment(account=account, region="eu-west-1"))
        for name, account in (("Own", "111122223333"), ("Theirs", "222233334444"))
    )
    registry = PrivateRegistry(stack, "Registry")
    sign(stack, registry)
    roles = [
        iam.Role(where, "Ci", role_name=f"ci-{number}", assumed_by=iam.AccountRootPrincipal())
        for number, where in enumerate((stack, theirs))
    ]
    api = ImageRepository(stack, "Api", repository_name="prod/api", registry=registry)
    api.grant_push(iam.CompositePrincipal(*roles))
    assert admitted(stack) == ["222233334444"]


@pytest.mark.parametrize(
    ("grant", "pusher", "own"),
    [
        (lambda _, api: api.grant_push_to_role(OWN), OWN, True),
        (lambda _, api: api.grant_push_to_role(THEIRS), THEIRS, False),
        (lambda _, api: api.grant_push(iam.ArnPrincipal(OWN)), OWN, True),
        (lambda _, api: api.grant(iam.ArnPrincipal(OWN), "ecr:*"), OWN, True),
        (
            lambda stack, api: api.grant_push(iam.Role.from_role_arn(stack, "Ci", OWN, mutable=False)),
            OWN,
            True,
        ),
        (lambda stack, api: api.grant_push(iam.Role.from_role_arn(stack, "Ci", THEIRS)), THEIRS, False),
        (
            lambda stack, api: api.grant_push(
                iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()).without_policy_updates()
            ),
            "Stack/ImmutableRoleCi",
            True,
        ),
        (
            lambda _, api: api.grant_push(iam.AccountPrincipal("222233334444")),
            "the account 222233334444",
            False,
        ),
    ],
)
def test_whom_this_app_cannot_let_sign_is_told_once(
    stack: cdk.Stack,
    registry: PrivateRegistry,
    api: ImageRepository,
    grant: Callable[[cdk.Stack, ImageRepository], object],
    pusher: str,
    own: bool,
) -> None:
    grant(stack, api)
    assert registry.pushers_to_allow_signing == ()
    sign(stack, registry)
    (told,) = registry.pushers_to_allow_signing
    assert told.pusher.startswith(pusher)
    assert told == PusherToAllowSigning(
        pusher=told.pusher,
        repositories=("prod/api",),
        profile_arn=PROFILE,
        lacks_permission=True,
        accounts=(),
    )
    assert admitted(stack) == ([] if own else ["222233334444"])
    (warning,) = warnings(stack)
    assert f"pushes to prod/api: its own policies have to allow signer:SignPayload on {PROFILE}." in warning


def test_an_organization(stack: cdk.Stack, registry: PrivateRegistry, api: ImageRepository) -> None:
    sign(stack, registry)
    api.grant_push(iam.OrganizationPrincipal("o-a1b2c3d4e5"))
    (told,) = registry.pushers_to_allow_signing
    assert (told.pusher, told.accounts) == ("the organization o-a1b2c3d4e5", None)
    assert "the profile's owner has to allow each of its accounts" in str(told)


def test_repositories_of_one_pusher_are_told_together_and_can_be_acknowledged(
    stack: cdk.Stack, registry: PrivateRegistry, api: ImageRepository
) -> None:
    ImageRepository(stack, "Web", repository_name="prod/web", registry=registry).grant_push_to_role(OWN)
    api.grant_push_to_role(OWN)
    sign(stack, registry)
    (told,) = registry.pushers_to_allow_signing
    assert told.repositories == ("prod/web", "prod/api")
    cdk.Validations.of(registry).acknowledge(
        cdk.Acknowledgment(id=WARNING, reason="the platform team allows it")
    )
    assert warnings(stack) == []


def test_a_profile_of_another_account_has_to_admit_this_one(
    stack: cdk.Stack, registry: PrivateRegistry, api: ImageRepository
) -> None:
    sign(stack, registry, profile=FOREIGN)
    api.grant_push(iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()))
    assert signers(stack) == [FOREIGN]
    (told,) = registry.pushers_to_allow_signing
    assert (told.lacks_permission, told.accounts) == (False, ("111122223333",))
    assert str(told).endswith(
        f"pushes to prod/api: the profile's owner has to allow the account 111122223333 on {FOREIGN}"
    )
    assert "SigningProfile.allow_signing_by_account" in warnings(stack)[0]


def test_an_open_environment_says_nothing_of_its_own_roles(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Open")
    registry = PrivateRegistry(stack, "Registry")
    sign(stack, registry)
    api = ImageRepository(stack, "Api", repository_name="prod/api", registry=registry)
    api.grant_push(iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()))
    api.grant_push_to_role(THEIRS)
    (told,) = registry.pushers_to_allow_signing
    assert told.pusher == THEIRS
    assert "arn:${AWS.Partition}:signer:" in str(told)
    assert admitted(stack) == ["222233334444"]


class TestByContract:
    @pytest.fixture
    def imported(self, stack: cdk.Stack, tmp_path: Path) -> Any:
        entry = {
            "account": "111122223333",
            "region": "eu-west-1",
            "signing": [
                {"signingProfileArn": PROFILE, "filters": ["prod/*"]},
                {"signingProfileArn": FOREIGN, "filters": ["prod/*", "cache/*"]},
                {"signingProfileArn": None, "filters": ["open/*"]},
            ],
        }
        path = tmp_path / "registry.json"
        path.write_text(json.dumps({"contractVersion": 1, "registries": [entry]}))
        return PrivateRegistry.from_contract(stack, "Shared", path)

    def test_who_lacks_what_is_told_at_the_registry(self, stack: cdk.Stack, imported: Any) -> None:
        api = ImageRepository(stack, "Api", repository_name="prod/api", registry=imported)
        assert imported.pushers_to_allow_signing == ()
        api.grant_push(iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()))
        api.grant_push_to_role(THEIRS)
        told = [
            (one.lacks_permission, one.profile_arn, one.accounts) for one in imported.pushers_to_allow_signing
        ]
        assert told == [
            (False, FOREIGN, ("111122223333",)),
            (True, PROFILE, ("222233334444",)),
            (True, FOREIGN, ("222233334444",)),
        ]
        (warning,) = warnings(stack)
        assert "has to allow the account 222233334444" in warning

    def test_a_profile_that_only_deployment_knows(self, stack: cdk.Stack, imported: Any) -> None:
        api = ImageRepository(stack, "Api", repository_name="open/api", registry=imported)
        api.grant_push(iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()))
        assert signers(stack) == []
        (warning,) = warnings(stack)
        assert "have to allow signer:SignPayload on the signing profile" in warning

    def test_nobody_is_told_where_nothing_is_signed(self, stack: cdk.Stack, imported: Any) -> None:
        ImageRepository(stack, "Api", repository_name="dev/api", registry=imported).grant_push_to_role(THEIRS)
        assert warnings(stack) == []

    def test_a_build_cache_that_would_be_signed_is_refused(self, stack: cdk.Stack, imported: Any) -> None:
        with pytest.raises(RegistryConflictError, match="would sign the build cache 'cache/api'"):
            BuildCacheRepository(stack, "Cache", build="api", registry=imported)
        assert stack.node.try_find_child("Cache") is None
        BuildCacheRepository(stack, "Other", build="api", prefix="layers", registry=imported)
