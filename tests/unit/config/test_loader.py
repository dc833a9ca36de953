"""A blueprint is read whole, or refused with the place, the value and the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.errors import BlueprintError

ROOT = Path(__file__).resolve().parents[3]
BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
include: teams/*.yaml
"""
TEAM = """\
team: payments
repositories:
  api: {}
"""
Write: TypeAlias = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_files(blueprint: str = BLUEPRINT, **teams: str) -> Path:
        (tmp_path / "teams").mkdir(exist_ok=True)
        for name, text in (teams or {"payments": TEAM}).items():
            (tmp_path / "teams" / f"{name}.yaml").write_text(dedent(text))
        path = tmp_path / "blueprint.yaml"
        path.write_text(dedent(blueprint))
        return path

    return write_files


def refusal(path: Path) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    return caught.value


def test_the_example_is_a_plausible_company() -> None:
    blueprint = load_blueprint(ROOT / "examples/centralized/blueprint.yaml")
    repositories = list(declared_repositories(blueprint))
    assert len(blueprint.registry.regions) == 2
    assert len({account for consumer in blueprint.consumers.values() for account in consumer.accounts}) == 3
    assert len(blueprint.teams) >= 6
    assert len(repositories) >= 40
    assert {repository.stage for repository in repositories} >= {"dev", "staging", "prod"}
    assert len(blueprint.caches) == 3


def test_a_repository_without_stages_exists_in_every_stage(write: Write) -> None:
    blueprint = load_blueprint(write())
    assert [one.name for one in declared_repositories(blueprint)] == ["dev/payments/api", "prod/payments/api"]
    assert [one.stack for one in declared_repositories(blueprint)] == ["payments", "payments"]


def test_an_unknown_key_is_named_with_the_nearest_one(write: Write) -> None:
    error = refusal(write(BLUEPRINT + "stagess: {}\n"))
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:6: stagess")
    assert "unknown key 'stagess'" in error.what
    assert error.fix == "did you mean 'stages'?"
    assert error.allowed is not None
    assert "consumers" in error.allowed


def test_an_unknown_key_of_a_team_is_found_in_the_team_s_file(write: Write) -> None:
    error = refusal(write(payments=TEAM.replace("api: {}", "api: {stage: [dev]}")))
    assert error.where is not None
    assert error.where.endswith("payments.yaml:3: repositories.api.stage")
    assert error.fix == "did you mean 'stages'?"


@pytest.mark.parametrize("account", ['"12345"', "111122223333", '"11112222333x"'])
def test_a_wrong_account_id_is_refused_at_its_line(write: Write, account: str) -> None:
    error = refusal(write(BLUEPRINT.replace('"111122223333"', account)))
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:4: registry.account")
    assert account.strip('"') in str(error)


def test_an_unquoted_account_id_says_to_quote_it(write: Write) -> None:
    error = refusal(write(BLUEPRINT.replace('"111122223333"', "111122223333")))
    assert error.fix == 'put it in quotes: "111122223333"'


def test_a_malformed_name_shows_what_ecr_takes(write: Write) -> None:
    error = refusal(write(payments=TEAM.replace("api: {}", "Api_: {}")))
    assert error.where is not None
    assert error.where.endswith("payments.yaml:3: repositories.Api_")
    assert "'Api_'" in error.what
    assert error.allowed is not None


def test_a_name_that_two_teams_declare_names_both_places(write: Write) -> None:
    other = "team: ledger\nrepositories:\n  x: {name: prod/payments/api}\n"
    error = refusal(write(payments=TEAM, payments_b=other))
    assert "'prod/payments/api' is declared already" in error.what
    assert "payments.yaml:3" in error.what
    assert error.where is not None
    assert "payments_b.yaml:3" in error.where


def test_an_upstream_without_its_credential_says_which_secret(write: Write) -> None:
    error = refusal(write(BLUEPRINT + "caches: {docker-hub: {}}\n"))
    assert "docker-hub needs a credential" in error.what
    assert error.where is not None
    assert error.where.endswith(":6: caches.docker-hub")
    assert "secret: ecr-pullthroughcache/docker-hub" in str(error.fix)


def test_an_unknown_upstream_lists_what_ecr_can_cache(write: Write) -> None:
    error = refusal(write(BLUEPRINT + "caches: {harbor.example.com: {}}\n"))
    assert "harbor.example.com" in error.what
    assert "registry-1.docker.io" in str(error.allowed)


def test_a_lifecycle_that_breaks_a_constraint_names_rule_and_constraint(write: Write) -> None:
    team = """\
        team: payments
        repositories:
          api:
            lifecycle:
              - rulePriority: 7
                selection: {tagStatus: any, countType: sinceImagePulled, countUnit: days, countNumber: 90}
                action: {type: expire}
        """
    error = refusal(write(payments=team))
    assert error.where is not None
    assert error.where.endswith("payments.yaml:4: repositories.api.lifecycle")
    assert "rule 7" in error.what
    assert "[pulled-expire]" in error.what


def test_one_region_twice_would_be_two_owners_of_a_registry(write: Write) -> None:
    error = refusal(write(BLUEPRINT.replace("[eu-west-1]", "[eu-west-1, eu-west-1]")))
    assert "one owner" in error.what
    assert error.where is not None
    assert error.where.endswith("registry.regions[1]")


def test_several_mistakes_are_reported_together(write: Write) -> None:
    text = BLUEPRINT.replace('"111122223333"', '"1"') + "stagess: {}\n"
    error = refusal(write(text))
    assert "2 mistakes" in error.what
    assert "registry.account" in error.what
    assert "stagess" in error.what


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("version: [1", "not valid YAML"),
        ("- a\n- b\n", "holds a list"),
        ("version: 1\nversion: 1\n", "stands twice"),
        ("a: &a [*a]\n", "contains itself"),
        ("? [a, b]\n: 1\n", "cannot be a key"),
    ],
)
def test_a_file_that_is_no_blueprint_is_refused(write: Write, text: str, says: str) -> None:
    error = refusal(write(text))
    assert says in str(error)
    assert "blueprint.yaml" in str(error)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no such file" in str(refusal(tmp_path / "none.yaml"))


def test_an_include_that_matches_nothing_is_refused(write: Write) -> None:
    error = refusal(write(BLUEPRINT.replace("teams/*.yaml", "team/*.yml")))
    assert "no file matches 'team/*.yml'" in error.what
    assert error.where is not None
    assert error.where.endswith(":5: include")


def test_a_consumer_s_pattern_that_matches_nothing_is_a_typo(write: Write) -> None:
    error = refusal(
        write(BLUEPRINT + 'consumers: {x: {accounts: ["222233334444"], pull: ["production/*"]}}\n')
    )
    assert "matches none" in error.what


def test_a_stage_that_is_not_declared_is_refused(write: Write) -> None:
    error = refusal(write(payments=TEAM.replace("api: {}", "api: {stages: [prd]}")))
    assert "'prd' is not declared" in error.what
    assert error.fix == "did you mean 'prod'?"


def test_a_name_outside_the_convention_needs_a_reason(write: Write) -> None:
    error = refusal(write(payments=TEAM.replace("api: {}", "api: {name: legacy/batch/one/two}")))
    assert "does not follow the convention" in error.what
    load_blueprint(
        write(payments=TEAM.replace("api: {}", "api: {name: legacy/batch/one/two, exception: older}"))
    )


def test_an_include_that_matches_the_blueprint_itself_says_so(write: Write) -> None:
    error = refusal(write(BLUEPRINT.replace("teams/*.yaml", '"*.yaml"')))
    assert "matches the blueprint itself" in error.what
    assert "teams/*.yaml" in str(error.fix)
    assert error.where is not None
    assert error.where.endswith(":5: include")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "- payments\n", "payments\n"])
def test_a_team_s_file_that_is_none_is_told_about_teams(write: Write, text: str) -> None:
    error = refusal(write(payments=text))
    assert error.where is not None
    assert "payments.yaml" in error.where
    assert "examples/centralized/teams/payments.yaml" in str(error.fix)
    assert "blueprint.yaml" not in str(error.fix)


@pytest.mark.parametrize(
    ("team", "line", "says", "fix"),
    [
        ("team: a\nrepositories: {x: {}}\n---\nteam: b\n", 3, "a second document", "a file of its own"),
        ("team: a\nrepositories:\n\tx: {}\n", 3, "a tab stands here", "indent with spaces"),
        ("team: a\n# \x07\nrepositories: {x: {}}\n", 2, "U+0007 is not allowed", "remove it"),
        ("team: a\nrepositories: {x: *y}\n", 2, "undefined alias 'y'", "write the anchor &"),
        ("team: a\nrepositories: {x: !Ref y}\n", 2, "the tag !Ref means nothing", "write the value itself"),
        ("team: a\nrepositories: {x: {<<: {}}}\n", 2, "merge keys are not taken", "write the keys out"),
        ("team: a\nrepositories: {x: {exception: 2026-13-45}}\n", 2, "looks like a date", "in quotes"),
    ],
)
def test_yaml_that_is_not_taken_says_what_to_do(
    write: Write, team: str, line: int, says: str, fix: str
) -> None:
    error = refusal(write(payments=team))
    assert error.where is not None
    assert f"payments.yaml:{line}" in error.where
    assert says in error.what
    assert fix in str(error.fix)


@pytest.mark.parametrize(("text", "number"), [("010", 8), ("1:30", 90), ("0x10", 16), ("1_0", 10)])
def test_a_number_that_is_another_than_it_looks_is_refused(write: Write, text: str, number: int) -> None:
    def team(days: str) -> str:
        return TEAM.replace("api: {}", f"api: {{retention: {{builds: [sha-*], builds_days: {days}}}}}")

    load_blueprint(write(payments=team("90")))
    error = refusal(write(payments=team(text)))
    assert error.what == f"{text} is read as {number}"
    assert error.where is not None
    assert error.where.endswith("repositories.api.retention.builds_days")


@pytest.mark.parametrize(
    ("include", "fix"),
    [("teams", "write teams/*.yaml"), ("team*", "write team*/*.yaml"), ("''", "write the text")],
)
def test_an_include_of_a_folder_says_what_to_write(write: Write, include: str, fix: str) -> None:
    error = refusal(write(BLUEPRINT.replace("teams/*.yaml", include)))
    assert error.where is not None
    assert error.where.endswith(":5: include")
    assert fix in str(error.fix)


@pytest.mark.parametrize(
    ("account", "fix"),
    [("1111-2222-3333", "write '111122223333'"), ("1111 2222 3333", "write '111122223333'")],
)
def test_an_account_id_as_a_console_shows_it_is_written_as_digits(
    write: Write, account: str, fix: str
) -> None:
    assert refusal(write(BLUEPRINT.replace('"111122223333"', account))).fix == fix


@pytest.mark.parametrize("region", ["EU-WEST-1", "eu-west-1a"])
def test_a_region_that_is_nearly_one_says_which(write: Write, region: str) -> None:
    assert refusal(write(BLUEPRINT.replace("eu-west-1", region))).fix == "write eu-west-1"
