"""The enterprise blueprint: what it takes, and every mistake at its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.errors import BlueprintError

HARBOR = """\
version: 1
model: enterprise
stages: {prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
enterprise:
  product: harbor
  url: https://harbor.example.com
  prefix: prod
  projects: [payments]
  identity:
    oidc: {issuer: oidc.example.com/id/A1, subject: "system:serviceaccount:harbor:replication"}
teams: [{team: payments, repositories: {api: {}}}]
"""
ARTIFACTORY = HARBOR.replace("product: harbor", "product: artifactory").replace(
    "projects: [payments]", "repository: docker-local"
)
IDENTITY = '    oidc: {issuer: oidc.example.com/id/A1, subject: "system:serviceaccount:harbor:replication"}\n'


def load(tmp_path: Path, text: str) -> EnterpriseBlueprint:
    (tmp_path / "blueprint.yaml").write_text(text)
    blueprint = load_blueprint(tmp_path / "blueprint.yaml")
    assert isinstance(blueprint, EnterpriseBlueprint)
    return blueprint


def refusal(tmp_path: Path, text: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, text)
    return caught.value


def test_harbor_replicates_what_is_declared_by_default(tmp_path: Path) -> None:
    model = load(tmp_path, HARBOR).enterprise
    assert (model.undeclared, model.tags, model.schedule) == ("refuse", "v*", "0 */15 * * * *")
    assert model.role_name == "ecr-enterprise-bridge"
    assert model.identity.oidc is not None
    assert model.identity.oidc.provider == "create"


def test_a_job_copies_from_artifactory(tmp_path: Path) -> None:
    trusted = '    trusted_roles: ["arn:aws:iam::111122223333:role/copier"]\n'
    model = load(tmp_path, ARTIFACTORY.replace(IDENTITY, trusted)).enterprise
    assert model.repository == "docker-local"
    assert model.identity.trusted_roles == ("arn:aws:iam::111122223333:role/copier",)


def test_harbor_may_run_on_instances(tmp_path: Path) -> None:
    model = load(tmp_path, HARBOR.replace(IDENTITY, "    instance_profile: true\n")).enterprise
    assert model.identity.instance_profile


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        (IDENTITY, "    access_key: AKIAEXAMPLE\n", 10, "a key that lives for long"),
        (IDENTITY, "    user: harbor\n", 10, "a key that lives for long"),
        (IDENTITY, f"{IDENTITY}    instance_profile: true\n", 10, "more than one is named"),
        (IDENTITY, "    instance_profile: false\n", 10, "nobody is named who crosses"),
        (
            IDENTITY,
            '    trusted_roles: ["arn:aws:iam::111122223333:role/harbor"]\n',
            5,
            "Harbor assumes no role",
        ),
        ("oidc.example.com/id/A1", "https://oidc.example.com/id/A1", 11, "the issuer is 'https://oidc"),
        ("harbor:replication", "harbor:*", 11, "the subject is 'system:serviceaccount:harbor:*'"),
        ("prefix: prod", "prefix: ROOT", 8, "the bridge would reach the whole registry"),
        ("prefix: prod", "prefix: prod/", 8, "'prod/' ends with /"),
        ("prefix: prod", "prefix: edge", 8, "no repository under 'edge' is declared"),
        ("prefix: prod", "prefix: Prod", 8, "'Prod'"),
        ("[payments]", "[payments, search]", 9, "no repository under prod/search/ is declared"),
        ("[payments]", "[payments, payments]", 9, "the project 'payments' stands twice"),
        ("[payments]", "[Payments]", 9, "'Payments' can be no part of an image's name"),
        ("  projects: [payments]\n", "", 5, "no project of Harbor is named"),
        ("projects: [payments]", "projects: [payments]\n  repository: x", 5, "`repository` is Artifactory's"),
        (
            "projects: [payments]",
            "projects: [payments]\n  schedule: '* * * * *'",
            10,
            "is no schedule of Harbor",
        ),
        ("https://harbor.example.com", "harbor.example.com", 7, "is no address of a registry"),
        ("prefix: prod", "prefix: prod\n  role_name: a b", 9, "a b"),
    ],
)
def test_a_mistake_says_where_it_is(tmp_path: Path, before: str, after: str, line: int, what: str) -> None:
    error = refusal(tmp_path, HARBOR.replace(before, after, 1))
    assert what in str(error)
    assert re.search(rf"blueprint\.yaml:{line}: enterprise", str(error)), str(error)


def test_every_repository_under_the_prefix_has_its_project(tmp_path: Path) -> None:
    more = HARBOR.replace("teams: [", "teams: [{team: search, repositories: {query: {}}}, ")
    error = refusal(tmp_path, more)
    assert error.what == "the repository 'prod/search/query' comes from no project that is named"
    assert error.fix == "add search to `projects`"


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("projects: [payments]", "`projects` is Harbor's"),
        ('schedule: "0 0 * * * *"', "`schedule` is Harbor's"),
        ("undeclared: baseline", "the job copies what is declared"),
    ],
)
def test_artifactory_has_no_settings_of_harbor(tmp_path: Path, key: str, what: str) -> None:
    error = refusal(tmp_path, ARTIFACTORY.replace("  prefix: prod\n", f"  prefix: prod\n  {key}\n"))
    assert what in error.what


def test_artifactory_needs_its_repository(tmp_path: Path) -> None:
    error = refusal(tmp_path, ARTIFACTORY.replace("  repository: docker-local\n", ""))
    assert error.what == "no repository of Artifactory is named"


BASELINE = HARBOR.replace("  prefix: prod\n", "  prefix: prod\n  undeclared: baseline\n")


def test_with_the_baseline_a_project_needs_no_repository(tmp_path: Path) -> None:
    assert load(tmp_path, BASELINE.replace("[payments]", "[payments, search]")).enterprise.projects


def test_what_harbor_creates_can_have_no_key(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{BASELINE}encryption: {{kms: true, existing: none}}\n")
    assert "AES-256, which nobody can change" in error.what
    assert error.where is not None
    assert error.where.endswith(":9: enterprise.undeclared")


def test_somebody_has_to_hear_of_what_did_not_get_the_baseline(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{BASELINE}alerts: {{operations: false}}\n")
    assert "nobody would hear" in error.what
    load(tmp_path, f"{HARBOR}alerts: {{operations: false}}\n")


def test_the_bridge_does_not_push_into_a_cache(tmp_path: Path) -> None:
    caches = "caches: {k8s: {prefix: prod}}\n"
    assert "the cache 'k8s', which takes no pushes" in str(refusal(tmp_path, HARBOR + caches))


def test_the_bridge_is_needed(tmp_path: Path) -> None:
    start, _, rest = HARBOR.partition("enterprise:\n")
    without = start + "teams:" + rest.partition("teams:")[2]
    error = refusal(tmp_path, without)
    assert error.what == "this key is missing"
    assert error.fix == "add `enterprise`"
