"""What only the stacks find wrong in a blueprint is told at its place in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.stacks import build_stacks, synthesize

CENTRALIZED = """\
version: 1
model: centralized
stages: {prod: {production: true}, dev: {}}
registry: {account: "111122223333", regions: [eu-west-1]}
caches:
  k8s: {}
consumers:
  all: {accounts: ["222233334444"], pull: ["prod/*"], caches: [k8s]}
teams:
  - team: payments
    push: {roles: []}
    repositories:
      api: {}
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
TENANT = 'team: web\naccount: "222233334444"\nrepositories: {site: {}}\n'


def quoted(text: str, count: int) -> str:
    return ", ".join(f'"{text.format(number)}"' for number in range(count))


def built(path: Path, output: Path) -> None:
    app = App(outdir=str(output))
    build_stacks(app, load_blueprint(path))
    synthesize(app)


def long_policy() -> tuple[str, str]:
    roles = quoted("arn:aws:iam::4444555{:05}:role/builders/with/a/long/path/builder", 200)
    return CENTRALIZED.replace("roles: []", f"roles: [{roles}]"), "13: teams[0].repositories.api"


def long_registry_policy() -> tuple[str, str]:
    paths = quoted("o-exampleorg/r-ab12/ou-ab12-{:08}/*", 300)
    text = CENTRALIZED.replace('accounts: ["222233334444"]', f"org_paths: [{paths}]")
    return text, "8: consumers.all.org_paths"


def many_stages() -> tuple[str, str]:
    more = ", ".join(f"s{number}: {{production: true}}" for number in range(110))
    text = CENTRALIZED.replace("dev: {}", f"dev: {{}}, {more}").replace("api: {}", "api: {stages: [prod]}")
    return text, "3: stages"


def no_signing() -> tuple[str, str]:
    text = f"{CENTRALIZED}signing:\n  production: true\n".replace("eu-west-1", "mx-central-1")
    return text, "15: signing.production"


def own_registry_cached() -> tuple[str, str]:
    own = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    return CENTRALIZED.replace("  k8s: {}\n", f"  k8s: {{}}\n  {own}: {{}}\n"), f"7: caches.{own}"


@pytest.mark.parametrize(
    "mistake", [long_policy, long_registry_policy, many_stages, no_signing, own_registry_cached]
)
def test_a_registry_account_s(tmp_path: Path, mistake: Callable[[], tuple[str, str]]) -> None:
    text, place = mistake()
    path = tmp_path / "blueprint.yaml"
    path.write_text(text)
    with pytest.raises(InvalidValueError) as caught:
        built(path, tmp_path / "out")
    lines = str(caught.value).splitlines()
    assert len(lines) == 1, "one mistake of the file, in however many stages it shows"
    assert lines[0].startswith(f"{path}:{place}: ")
    assert "; allowed: " in lines[0]
    assert "; fix: " in lines[0]
    assert "ecr-re" not in lines[0], "no construct path"
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_tenant_s_own_file_is_named(tmp_path: Path) -> None:
    own = "222233334444.dkr.ecr.eu-west-1.amazonaws.com"
    (tmp_path / "teams").mkdir()
    (tmp_path / "blueprint.yaml").write_text(TENANTS)
    (tmp_path / "teams" / "web.yaml").write_text(f"{TENANT}caches:\n  {own}: {{}}\n")
    with pytest.raises(InvalidValueError) as caught:
        built(tmp_path / "blueprint.yaml", tmp_path / "out")
    assert caught.value.where == f"{tmp_path / 'teams' / 'web.yaml'}:5: caches.{own}"
