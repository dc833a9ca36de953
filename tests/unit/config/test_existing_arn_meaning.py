"""Keys and signing profiles that exist: what is taken, and what is refused at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.config.tenant_registry import tenant_registry
from ecr_blueprints.errors import BlueprintError

ACCOUNT, OTHER = "222233334444", "444455556666"


def key(region: str = "eu-west-1", account: str = ACCOUNT, partition: str = "aws") -> str:
    return f"arn:{partition}:kms:{region}:{account}:key/0a1b2c3d"


def profile(region: str = "eu-west-1", account: str = ACCOUNT, name: str = "release") -> str:
    return f"arn:aws:signer:{region}:{account}:/signing-profiles/{name}"


CENTRALIZED = f"""\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "{ACCOUNT}", regions: [eu-west-1]}}
replication: {{to: [eu-north-1]}}
teams: [{{team: payments, repositories: {{api: {{}}}}}}]
"""
TENANTS = """\
version: 1
model: tenant-managed
stages: {dev: {}, prod: {production: true}}
organization: {id: o-exampleorg, administrator: "100000000000"}
regions: [eu-west-1, eu-central-1]
baseline: {units: [ou-ab12-11111111]}
"""


def team(more: str, *, name: str = "claims", account: str = ACCOUNT) -> str:
    return f'teams: [{{team: {name}, account: "{account}", repositories: {{intake: {{}}}}, {more}}}]\n'


def load(tmp_path: Path, text: str) -> Blueprint:
    (tmp_path / "blueprint.yaml").write_text(text)
    return load_blueprint(tmp_path / "blueprint.yaml")


def refusal(tmp_path: Path, text: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, text)
    return caught.value


def kms(keys: str) -> str:
    return f"encryption: {{kms: true, existing: none, kms_keys: {{{keys}}}}}\n"


def signing(profiles: str, *, signs: str = "production: true") -> str:
    return f"signing: {{{signs}, profiles: {{{profiles}}}}}\n"


def test_a_region_for_recovery_has_a_registry_too(tmp_path: Path) -> None:
    text = CENTRALIZED + kms(f'eu-north-1: "{key("eu-north-1")}"')
    assert load(tmp_path, text).encryption.kms_keys == {"eu-north-1": key("eu-north-1")}


def test_a_profile_may_be_another_account_s(tmp_path: Path) -> None:
    text = CENTRALIZED + signing(f'production: {{eu-west-1: "{profile(account=OTHER)}"}}')
    assert load(tmp_path, text).signing.profiles.production == {"eu-west-1": profile(account=OTHER)}


@pytest.mark.parametrize(
    ("text", "what", "where", "fix"),
    [
        (kms(f'eu-west-2: "{key("eu-west-2")}"'), "there is no registry in eu-west-2", "eu-west-2", "remove"),
        (
            kms(f'eu-west-1: "{key("eu-north-1")}"'),
            "the key is in eu-north-1",
            "eu-west-1",
            "correct the ARN",
        ),
        (kms(f'eu-west-1: "{key(account=OTHER)}"'), f"of the account {OTHER}", "eu-west-1", "correct it"),
        (kms(f'eu-west-1: "{key(partition="aws-cn")}"'), "in the partition aws-cn", "eu-west-1", None),
        (kms("eu-west-1: alias/ecr-registry"), "is not the ARN of a KMS key", "eu-west-1", "describe-key"),
        (kms(f'Ireland: "{key()}"'), "'Ireland' is not the name", "Ireland", None),
        (
            f'encryption: {{kms_keys: {{eu-west-1: "{key()}"}}}}\n',
            "`kms_keys` is for `kms: true`",
            "encryption",
            "ask for the key",
        ),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_place(
    tmp_path: Path, text: str, what: str, where: str, fix: str | None
) -> None:
    error = refusal(tmp_path, CENTRALIZED + text)
    assert what in str(error)
    assert "blueprint.yaml:7: encryption" in str(error.where)
    assert where in str(error.where)
    assert fix is None or fix in str(error.fix)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (
            signing(f'production: {{eu-central-1: "{profile("eu-central-1")}"}}'),
            "there is no registry in eu-central-1",
            "production.eu-central-1",
        ),
        (
            signing(f'production: {{eu-west-1: "{profile("eu-north-1")}"}}'),
            "the profile is in eu-north-1",
            "production.eu-west-1",
        ),
        (
            signing(f'development: {{eu-west-1: "{profile()}"}}'),
            "nothing of development is signed",
            "profiles.development",
        ),
        (
            signing(f'production: {{eu-west-1: "{profile()}/Ab12Cd34Ef"}}'),
            "is not the ARN of a signing profile",
            "production.eu-west-1",
        ),
    ],
)
def test_a_profile_that_cannot_be_is_refused_at_its_place(
    tmp_path: Path, text: str, what: str, where: str
) -> None:
    error = refusal(tmp_path, CENTRALIZED + text)
    assert what in str(error)
    assert "blueprint.yaml:7: signing.profiles" in str(error.where)
    assert where in str(error.where)


def test_a_team_has_its_own_keys_and_its_profiles_before_the_blueprint_s(tmp_path: Path) -> None:
    every = (
        f'production: {{eu-west-1: "{profile(account=OTHER)}", eu-central-1: "{profile("eu-central-1")}"}}'
    )
    own = (
        f'kms_keys: {{eu-west-1: "{key()}"}}, '
        f'signing_profiles: {{production: {{eu-west-1: "{profile(name="claims")}"}}}}'
    )
    text = f"{TENANTS}encryption: {{kms: true, existing: none}}\n{signing(every)}"
    blueprint = load(tmp_path, text + team(own))
    assert isinstance(blueprint, TenantManagedBlueprint)
    registry = tenant_registry(blueprint, blueprint.teams[0])
    assert registry.encryption.kms_keys == {"eu-west-1": key()}
    assert registry.signing.profiles.production == {
        "eu-west-1": profile(name="claims"),
        "eu-central-1": profile("eu-central-1"),
    }

    (team_of_one,) = load(tmp_path, text + team("regions: [eu-central-1]")).teams
    registry = tenant_registry(blueprint, team_of_one)  # type: ignore[arg-type]
    assert registry.encryption.kms_keys == {}
    assert registry.signing.profiles.production == {"eu-central-1": profile("eu-central-1")}


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (
            kms(f'eu-west-1: "{key()}"') + team("tags: {}"),
            "the key would be that of every team's registry",
            "encryption.kms_keys",
        ),
        (
            team(f'kms_keys: {{eu-west-1: "{key()}"}}'),
            "no registry of the blueprint encrypts with a KMS key",
            "teams[0].kms_keys",
        ),
        (
            kms("") + team(f'kms_keys: {{eu-west-1: "{key(account=OTHER)}"}}'),
            f"the key is of the account {OTHER}, and the registry of {ACCOUNT}",
            "teams[0].kms_keys.eu-west-1",
        ),
        (
            kms("") + team(f'regions: [eu-west-1], kms_keys: {{eu-central-1: "{key("eu-central-1")}"}}'),
            "there is no registry in eu-central-1",
            "teams[0].kms_keys.eu-central-1",
        ),
        (
            team(f'signing_profiles: {{production: {{eu-west-1: "{profile()}"}}}}'),
            "nothing of production is signed",
            "teams[0].signing_profiles.production",
        ),
        (
            signing(f'production: {{eu-north-1: "{profile("eu-north-1")}"}}') + team("tags: {}"),
            "there is no registry in eu-north-1",
            "signing.profiles.production.eu-north-1",
        ),
    ],
)
def test_a_tenant_s_are_refused_at_their_place(tmp_path: Path, text: str, what: str, where: str) -> None:
    error = refusal(tmp_path, TENANTS + text)
    assert what in str(error)
    assert where in str(error.where)


def test_a_secret_that_exists_has_a_name(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{CENTRALIZED}caches: {{docker-hub: {{existing: secret}}}}\n")
    assert "the secret exists, and nothing says which" in str(error)
    assert error.fix == "add `secret` with its name, or leave `existing` out"
