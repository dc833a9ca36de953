"""A registry that exists becomes the entries of a blueprint, which can be loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.registry.adopted_team import MAX_PER_STACK, AdoptedEntry
from ecr_blueprints.registry.adoption import AdoptedBlueprint, adopt, common_key
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.existing_repositories import ExistingRepositories
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.stack_owner import StackOwner
from ecr_blueprints.reporters.adopted_files import adopted_files

ACCOUNT, CONSUMER, REGION = "111122223333", "222233334444", "eu-west-1"
IMMUTABLE = TagMutability(mode=MutabilityMode.IMMUTABLE)
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "a rule: of old # 'quoted'",
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["sha-*", "on"],
                    "countType": "imageCountMoreThan",
                    "countNumber": 30,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def repository(name: str, *statements: dict[str, Any], **more: Any) -> Repository:
    policy = read_policy_document({"Statement": list(statements)}) if statements else None
    more.setdefault("tag_mutability", IMMUTABLE)
    more.setdefault("lifecycle_policy", LIFECYCLE)
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}"
    return Repository(source=SourceLocation(arn=arn), name=name, policy=policy, **more)


def allow(principal: str, actions: list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, **more}


def adopted(
    *repositories: Repository, convention: str = "{stage}/{team}/{app}", **more: Any
) -> AdoptedBlueprint:
    live = Registry(account=ACCOUNT, region=REGION, repositories=repositories, **more)
    stages = ("dev", "prod") if "{stage}" in convention else ()
    return adopt(
        live,
        convention=NamingConvention(convention),
        stages=stages,
        production=stages[-1:],
        blob_mounting=False,
    )


def entries(blueprint: AdoptedBlueprint) -> dict[str, AdoptedEntry]:
    return {f"{team.team}/{entry.key}": entry for team in blueprint.teams for entry in team.entries}


def written(blueprint: AdoptedBlueprint, folder: Path) -> CentralizedBlueprint:
    for name, text in adopted_files(blueprint).items():
        assert all(
            len(line) <= 80 for line in text.splitlines() if " " in line.strip() and line.startswith("#")
        )
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    loaded = load_blueprint(folder / "blueprint.yaml")
    assert isinstance(loaded, CentralizedBlueprint)
    return loaded


def test_a_repository_all_of_whose_tags_move_says_why(tmp_path: Path) -> None:
    moving = TagMutability(mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("*"),))
    found = [repository("prod/payments/api", tag_mutability=moving), repository("prod/payments/web")]
    blueprint = written(adopted(*found), tmp_path)
    declared = {one.name: one.model for one in declared_repositories(blueprint)}
    assert declared["prod/payments/api"].unprotected == "every tag could be moved before it was adopted"
    assert declared["prod/payments/web"].unprotected is None


def test_what_is_written_declares_what_exists(tmp_path: Path) -> None:
    moving = TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION,
        exclusions=(ExclusionFilter("3.*"), ExclusionFilter("on")),
    )
    found = [
        repository("dev/payments/api", tags={"cost-centre": "cc: 1", "on": "yes"}),
        repository("prod/payments/api", tags={"cost-centre": "cc: 1", "on": "yes"}),
        repository("base/python", tag_mutability=moving),
        repository("123/x_y", tag_mutability=TagMutability(), lifecycle_policy=None),
    ]

    blueprint = written(adopted(*found), tmp_path)

    declared = {one.name: one.model for one in declared_repositories(blueprint)}
    assert set(declared) == {str(one.name) for one in found}
    rules = json.loads(LIFECYCLE)["rules"]
    assert list(declared["prod/payments/api"].lifecycle or ()) == rules
    assert declared["prod/payments/api"].tags == {"cost-centre": "cc: 1", "on": "yes"}
    assert declared["base/python"].moving_tags == ("3.*", "on")
    assert declared["base/python"].kind == "base-image"
    assert declared["123/x_y"].lifecycle is None
    record = ExistingRepositories.from_file(tmp_path / "existing-repositories.json")
    assert set(record.names) == set(declared)


def test_stages_that_are_alike_are_one_entry_and_others_have_a_name() -> None:
    found = entries(
        adopted(
            repository("dev/payments/api", tag_mutability=TagMutability()),
            repository("prod/payments/api"),
            repository("qa/payments/api"),
            repository("dev/payments/web"),
            repository("prod/payments/web"),
        )
    )

    assert found["payments/web"].stages == ("dev", "prod")
    named = {key: one.name for key, one in found.items() if one.name is not None}
    assert named in (
        {
            "payments/api-prod": "prod/payments/api",
            "outside-the-convention/qa-payments-api": "qa/payments/api",
        },
        {"payments/api-dev": "dev/payments/api", "outside-the-convention/qa-payments-api": "qa/payments/api"},
    )


def test_the_stack_that_owns_a_repository_is_told_and_one_that_released_it_is_not() -> None:
    released, theirs = (repository(f"prod/payments/{one}", tagged_stack="theirs") for one in ("api", "web"))
    owned = {("AWS::ECR::Repository", "prod/payments/web"): StackOwner(stack="theirs", logical_id="Web")}

    made = adopted(*Registry(repositories=(released, theirs)).with_owners(owned).repositories)

    assert {key: one.notes for key, one in entries(made).items() if one.notes} == {
        "payments/web": ("the stack theirs owns it: release it there before the import",)
    }


def test_no_stack_holds_too_much_and_keys_stay_when_more_comes() -> None:
    count = MAX_PER_STACK + 50
    first = [repository(f"prod/big/app-{number:04}") for number in range(count)]
    small = [repository("prod/a.b/app"), repository("prod/a-b/app")]

    found = entries(adopted(*first, *small))

    per_stack: dict[str, int] = {}
    for key, entry in found.items():
        stack = entry.stack or key.partition("/")[0]
        per_stack[stack] = per_stack.get(stack, 0) + len(entry.names)
    assert per_stack == {"big-1": MAX_PER_STACK, "big-2": 50, "a-b": 2}


def test_who_pulls_and_who_pushes_is_said(tmp_path: Path) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/ci"
    pull, push = allow(CONSUMER, PULL), allow(role, [*PUSH, "ecr:BatchGetImage"])
    lambdas = {
        "Sid": "Lambda",
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": PULL,
    }
    made = adopted(
        repository("prod/payments/api", pull, push),
        repository("prod/payments/web", pull, push, lambdas),
        repository("dev/payments/api", push),
        repository("dev/search/api", pull),
    )

    blueprint = written(made, tmp_path)

    assert blueprint.consumers[f"account-{CONSUMER}"].pull == ("prod/*", "dev/search/api")
    roles = {team.team: team.push.roles for team in blueprint.teams}
    assert roles == {"payments": (role,), "search": ()}
    notes = {key: one.notes for key, one in entries(made).items() if one.notes}
    assert notes == {"payments/web": ("policy: Lambda is not said here, and would go",)}


@pytest.mark.parametrize(
    "statement",
    [
        allow(CONSUMER, PULL, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        allow(CONSUMER, [*PULL, "ecr:DeleteRepository"]),
        allow("*", PULL),
        allow(CONSUMER, PULL[:1]),
        {**allow(CONSUMER, PULL), "Effect": "Deny"},
    ],
)
def test_what_means_something_else_is_not_said_as_a_pull(statement: dict[str, Any]) -> None:
    made = adopted(repository("prod/payments/api", statement))

    assert made.consumers == {}
    assert entries(made)["payments/api"].notes == ("policy: statement 1 is not said here, and would go",)


def test_caches_are_said_with_their_secret_and_hold_their_repositories(tmp_path: Path) -> None:
    def rule(prefix: str, url: str, **more: Any) -> CacheRule:
        return CacheRule(source=SourceLocation(), prefix=prefix, upstream_registry_url=url, **more)

    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf"
    made = adopted(
        repository("prod/payments/api"),
        repository("hub/library/nginx"),
        cache_rules=(
            rule("hub", "registry-1.docker.io", credential_arn=secret),
            rule("k8s", "registry.k8s.io"),
            rule("k8s-old", "registry.k8s.io"),
        ),
    )

    blueprint = written(made, tmp_path)

    assert set(entries(made)) == {"payments/api"}
    caches = {name: (one.prefix, one.secret, one.existing) for name, one in blueprint.caches.items()}
    assert caches == {
        "docker-hub": ("hub", "ecr-pullthroughcache/hub", True),
        "k8s": (None, None, True),
    }
    assert any("k8s-old" in note for note in made.notes)
    assert any("what caches made is left out, 1 in all" in note for note in made.notes)


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d"


def encrypted(name: str, key: str | None = KEY) -> Repository:
    return repository(name, encryption=Encryption(type=EncryptionType.KMS, kms_key=key))


def registry_of(*repositories: Repository, **more: Any) -> Registry:
    return Registry(account=ACCOUNT, region=REGION, repositories=repositories, **more)


def test_the_key_of_every_repository_is_the_registry_s(tmp_path: Path) -> None:
    cache = CacheRule(source=SourceLocation(), prefix="k8s", upstream_registry_url="registry.k8s.io")
    live = registry_of(
        encrypted("dev/payments/api"),
        encrypted("prod/payments/api"),
        repository("k8s/pause"),
        repository("cdk-x-container-assets-1", is_cdk_asset_repository=True),
        cache_rules=(cache,),
    )
    key = common_key(live)
    assert key == KEY
    made = adopt(
        live,
        convention=NamingConvention(),
        stages=("dev", "prod"),
        production=("prod",),
        blob_mounting=True,
        images_key=key,
    )
    encryption = written(made, tmp_path).encryption
    assert (encryption.kms, encryption.kms_keys) == (True, {REGION: KEY})
    assert encryption.existing == str(tmp_path / "existing-repositories.json")


@pytest.mark.parametrize(
    "repositories",
    [
        [],
        [repository("prod/payments/api")],
        [encrypted("prod/payments/api"), repository("prod/payments/web")],
        [encrypted("prod/payments/api"), encrypted("prod/payments/web", KEY.replace("0a1b", "9f9f"))],
        [encrypted("prod/payments/api", None)],
        [encrypted("prod/payments/api", KEY.replace(ACCOUNT, CONSUMER))],
        [encrypted("prod/payments/api", "alias/ours")],
    ],
)
def test_several_keys_or_none_are_each_repository_s_own(
    tmp_path: Path, repositories: list[Repository]
) -> None:
    assert common_key(registry_of(*repositories)) is None
    assert not written(adopted(*repositories), tmp_path).encryption.kms


def test_the_profiles_of_signing_are_named() -> None:
    profile = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/release"
    rule = SigningRule(source=SourceLocation(), profile_arn=profile, filters=("prod/*",))
    made = adopted(signing=(SigningConfiguration(source=SourceLocation(), rules=(rule,)),))
    assert made.manage["signing"] == "false"
    assert any(f"name under signing.profiles {profile};" in note for note in made.notes)


class TestRefusals:
    def test_stages_are_never_guessed(self) -> None:
        live = Registry(account=ACCOUNT, region=REGION, repositories=(repository("qa/payments/api"),))

        with pytest.raises(UnusableInputError) as caught:
            adopt(live, convention=NamingConvention(), stages=(), production=(), blob_mounting=False)

        assert "names have: qa (1)" in str(caught.value)

    def test_a_strange_segment(self) -> None:
        with pytest.raises(UnusableInputError, match="region"):
            adopted(convention="{region}/{app}")

    def test_production_that_is_no_stage(self) -> None:
        with pytest.raises(UnusableInputError, match="'live' is none of the stages"):
            adopt(
                Registry(account=ACCOUNT, region=REGION),
                convention=NamingConvention(),
                stages=("dev",),
                production=("live",),
                blob_mounting=True,
            )


def test_a_convention_without_stages(tmp_path: Path) -> None:
    blueprint = written(adopted(repository("payments/api"), convention="{team}/{app}"), tmp_path)

    assert [one.name for one in declared_repositories(blueprint)] == ["payments/api"]


def test_an_empty_registry(tmp_path: Path) -> None:
    assert written(adopted(), tmp_path).teams == ()
