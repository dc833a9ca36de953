"""Errors of constructs, which know nothing of a file, get the place in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.blueprint_places import placed_errors
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.config.tenant_registry import tenant_registry
from ecr_blueprints.errors import BlueprintError, EcrBlueprintsError, InvalidValueError, RegistryConflictError

CENTRALIZED = """\
version: 1
model: centralized
stages: {prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
include: teams/*.yaml
teams:
  - team: payments
    repositories: {api: {}}
"""
TENANTS = """\
version: 1
model: tenant-managed
stages: {prod: {production: true}}
organization: {id: o-exampleorg, administrator: "111122223333"}
regions: [eu-west-1]
baseline: {units: [ou-ab12-11111111]}
include: teams/*.yaml
"""
TEAM = "team: web\nrepositories:\n  site: {}\n"
TENANT = TEAM + 'account: "222233334444"\ncaches:\n  k8s: {}\n'


def project(tmp_path: Path, blueprint: str, team: str) -> tuple[Path, Path]:
    (tmp_path / "teams").mkdir()
    (tmp_path / "blueprint.yaml").write_text(blueprint)
    (tmp_path / "teams" / "web.yaml").write_text(team)
    return tmp_path / "blueprint.yaml", tmp_path / "teams" / "web.yaml"


def test_a_blueprint_knows_where_its_keys_and_its_teams_stand(tmp_path: Path) -> None:
    path, team = project(tmp_path, CENTRALIZED, TEAM)
    blueprint = load_blueprint(path)
    assert blueprint.where("registry", "regions", 0) == f"{path}:4: registry.regions[0]"
    assert blueprint.where("signing", "production") == f"{path}:1: signing.production"
    assert blueprint.where_of_team("payments", "push") == f"{path}:7: teams[0].push"
    assert blueprint.where_of_team("web", "repositories", "site") == f"{team}:3: repositories.site"


def test_the_caches_of_a_tenant_stand_in_its_file(tmp_path: Path) -> None:
    path, team = project(tmp_path, TENANTS, TENANT)
    blueprint = load_blueprint(path)
    assert isinstance(blueprint, TenantManagedBlueprint)
    own = tenant_registry(blueprint, blueprint.teams[0])
    assert own.where("caches", "k8s") == f"{team}:6: caches.k8s"
    assert own.where("registry") == f"{team}:1"
    assert own.where("organization") == f"{path}:4: organization"


def test_where_it_stands_is_no_part_of_what_it_says(tmp_path: Path) -> None:
    path, _ = project(tmp_path, CENTRALIZED, TEAM)
    first = load_blueprint(path)
    path.write_text(f"# moved\n{CENTRALIZED}")
    second = load_blueprint(path)
    assert first.where("model") != second.where("model")
    assert first == second


@pytest.mark.parametrize("kind", [InvalidValueError, RegistryConflictError])
def test_the_innermost_place_wins(kind: type[EcrBlueprintsError]) -> None:
    raised = kind("what", where="Stack/Registry", allowed="this", fix="do that")
    with pytest.raises(BlueprintError) as caught, placed_errors("a.yaml:1"), placed_errors("a.yaml:2: k8s"):
        raise raised
    assert str(caught.value) == "a.yaml:2: k8s: what; allowed: this; fix: do that"
    assert caught.value.__cause__ is raised


def test_without_a_file_an_error_stays_as_it_is() -> None:
    raised = RegistryConflictError("what", where="Stack/Registry")
    with pytest.raises(RegistryConflictError) as caught, placed_errors(None):
        raise raised
    assert caught.value is raised


def test_what_nobody_raises_on_purpose_is_left_alone() -> None:
    with pytest.raises(KeyError), placed_errors("a.yaml:1"):
        raise KeyError("x")


def test_advice_in_a_construct_s_words_is_given_in_the_file_s() -> None:
    with pytest.raises(BlueprintError) as caught, placed_errors("a.yaml:1"):
        raise InvalidValueError("what", fix="set development=DevelopmentScanning.CONTINUOUS: one")
    assert caught.value.fix == "write `scanning: {development: continuous}`: one"


def test_what_the_cdk_raises_is_told_where_it_was_made() -> None:
    with pytest.raises(RuntimeError) as caught, placed_errors("a.yaml:2: caches.k8s"):
        raise RuntimeError("There is already a Construct with name 'X'")
    assert caught.value.__notes__ == ["This was made for a.yaml:2: caches.k8s"]
