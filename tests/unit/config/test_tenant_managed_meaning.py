"""What only the blueprint of the tenant-managed model can get wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.config.tenant_registry import tenant_registry
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: tenant-managed
stages: {dev: {}, prod: {production: true}}
organization: {id: o-exampleorg, administrator: "100000000000"}
regions: [eu-west-1, eu-central-1]
baseline: {units: [ou-ab12-11111111]}
security: {account: "122222222222"}
"""
CLAIMS = '{team: claims, account: "222233334444", repositories: {intake: {}}}'
PORTAL = '{team: portal, account: "444455556666", repositories: {web: {}}}'


def load(tmp_path: Path, text: str) -> TenantManagedBlueprint:
    (tmp_path / "blueprint.yaml").write_text(text)
    loaded = load_blueprint(tmp_path / "blueprint.yaml")
    assert isinstance(loaded, TenantManagedBlueprint)
    return loaded


def refusal(tmp_path: Path, text: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, text)
    return caught.value


def with_teams(*teams: str) -> str:
    return f"{BLUEPRINT}teams: [{', '.join(teams)}]\n"


def test_a_blueprint_without_mistakes(tmp_path: Path) -> None:
    blueprint = load(tmp_path, with_teams(CLAIMS, PORTAL.replace("{team", "{regions: [eu-west-1], team")))
    assert [blueprint.regions_of(team) for team in blueprint.teams] == [
        ("eu-west-1", "eu-central-1"),
        ("eu-west-1",),
    ]
    assert blueprint.management_account == "100000000000"


@pytest.mark.parametrize(
    ("name", "guardrails", "exempt"),
    [("ecr-baseline", "{}", "ecr-baseline-*"), ("platform", '{platform_roles: ["plat*"]}', "plat*")],
)
def test_a_name_that_would_exempt_the_teams_roles_is_refused(
    tmp_path: Path, name: str, guardrails: str, exempt: str
) -> None:
    error = refusal(tmp_path, f"{with_teams(CLAIMS)}guardrails: {guardrails}\nname: {name}\n")
    assert f"exempt as {exempt!r}" in error.what
    assert str(error.where).endswith("blueprint.yaml:10: name")
    load(tmp_path, f"{with_teams(CLAIMS)}guardrails: {guardrails}\nname: sandbox\n")


@pytest.mark.parametrize(
    ("changed", "to", "what", "where"),
    [
        ("regions: [eu-west-1, eu", "regions: [eu-west-1, eu-west-1, eu", "stands twice", "5: regions[1]"),
        ("eu-central-1]", "cn-north-1]", "an organization has one partition", "5: regions[1]"),
        ("[ou-ab12-11111111]", "[r-ab12, r-ab12]", "the unit 'r-ab12' stands twice", "6: baseline.units[1]"),
        (
            "[ou-ab12-11111111]",
            "[ou-ab12-11111111, r-ab12]",
            "is in r-ab12, the root, which is named too",
            "6: baseline.units[0]",
        ),
        (
            "[ou-ab12-11111111]",
            "[ou-ab12-11111111, ou-cd34-11111111]",
            "an organization has one root",
            "6: baseline.units[1]",
        ),
        ("[ou-ab12-11111111]", "[Workloads]", "is not the id of an organizational", "6: baseline.units[0]"),
        (
            "baseline:",
            "manage: {root_template: import}\nbaseline:",
            "a stack set imports nothing",
            "6: manage.root_template",
        ),
        ("baseline:", "manage: {replication: false}\nbaseline:", "replicates nothing", "manage.replication"),
        (
            'administrator: "100000000000"',
            'administrator: "111111111111", delegated: true',
            "only the management account can make what `guardrails` and `security` ask for",
            "4: organization",
        ),
        (
            'administrator: "100000000000"',
            'administrator: "111111111111", management: "100000000000"',
            "and no delegate",
            "4: organization.management",
        ),
        (
            '{account: "122222222222"}',
            '{account: "100000000000"}',
            "where nothing should",
            "security.account",
        ),
        (
            "baseline:",
            "settings: {inspector_rescan: true}\nbaseline:",
            "cannot set its re-scan window",
            "settings.inspector_rescan",
        ),
        (
            "baseline:",
            'guardrails: {platform_roles: ["*"]}\nbaseline:',
            "is no pattern of role names",
            "guardrails.platform_roles[0]",
        ),
    ],
)
def test_what_the_platform_gets_wrong(tmp_path: Path, changed: str, to: str, what: str, where: str) -> None:
    error = refusal(tmp_path, with_teams(CLAIMS).replace(changed, to, 1))
    assert what in error.what
    assert error.where is not None
    assert where in error.where
    assert "blueprint.yaml:" in error.where


@pytest.mark.parametrize(
    ("teams", "what", "where"),
    [
        (
            [CLAIMS, PORTAL.replace("444455556666", "222233334444")],
            "the account 222233334444 is that of a team already",
            "teams[1].account",
        ),
        ([CLAIMS.replace("222233334444", "100000000000")], "the account is the management", "account"),
        (
            [CLAIMS.replace("{team", "{regions: [us-east-1], team")],
            "the baseline is not in us-east-1",
            "regions[0]",
        ),
        (
            [CLAIMS, PORTAL.replace("web: {}", "web: {stack: claims}")],
            "the stack 'claims' is that of 'claims'",
            "teams[1].repositories.web",
        ),
        (
            [CLAIMS.replace("{team", "{caches: {docker-hub: {}}, team")],
            "docker-hub needs a credential",
            "teams[0].caches.docker-hub",
        ),
        (
            [CLAIMS.replace("{team", "{caches: {quay: {prefix: prod}}, team")],
            "the prefix 'prod' holds the repository 'prod/claims/intake'",
            "teams[0].caches.quay.prefix",
        ),
        (
            [
                CLAIMS.replace(
                    "{team", '{consumers: {x: {accounts: ["333344445555"], pull: ["prod/portal/*"]}}, team'
                )
            ],
            "matches none of the team's repositories",
            "teams[0].consumers.x.pull[0]",
        ),
        (
            [CLAIMS.replace("{team", '{consumers: {x: {accounts: ["333344445555"], caches: [quay]}}, team')],
            "the team has no cache 'quay'",
            "teams[0].consumers.x.caches[0]",
        ),
        ([CLAIMS.replace("{team", "{consumers: {x: {pull: [a]}}, team")], "nobody is named", "consumers.x"),
        (
            [CLAIMS.replace("{team", '{consumers: {x: {accounts: ["333344445555"]}}, team')],
            "nothing is pulled",
            "consumers.x",
        ),
    ],
)
def test_what_a_team_gets_wrong(tmp_path: Path, teams: list[str], what: str, where: str) -> None:
    error = refusal(tmp_path, with_teams(*teams))
    assert what in error.what
    assert error.where is not None
    assert where in error.where


def test_a_team_s_mistake_is_told_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text(
        'team: claims\naccount: "222233334444"\ncaches:\n  docker-hub: {}\nrepositories: {intake: {}}\n'
    )
    error = refusal(tmp_path, f"{BLUEPRINT}include: claims.yaml\n")
    assert error.where == f"{tmp_path / 'claims.yaml'}:4: caches.docker-hub"


def test_without_guardrails_and_inspector_a_delegate_suffices(tmp_path: Path) -> None:
    text = with_teams(CLAIMS).replace(
        'administrator: "100000000000"', 'administrator: "111111111111", delegated: true'
    )
    off = "guardrails: {scanning: false, keys: false, baseline: false, membership: false, private: false}\n"
    assert not load(tmp_path, off + text.replace('222"}', '222", inspector: false}')).guardrails.chosen


def test_a_team_s_registry_leaves_to_the_baseline_what_is_its(tmp_path: Path) -> None:
    consumers = '{consumers: {x: {accounts: ["333344445555"], pull: ["prod/*"]}}, team'
    blueprint = load(tmp_path, with_teams(CLAIMS.replace("{team", consumers), PORTAL))
    own = tenant_registry(blueprint, blueprint.teams[0])
    assert own.registry.account == "222233334444"
    assert own.registry.regions == ("eu-west-1", "eu-central-1")
    assert [team.team for team in own.teams] == ["claims"]
    assert own.consumers["x"].pull == ("prod/*",)
    manage = own.manage
    assert (manage.scanning, manage.root_template, manage.settings) == (False, False, False)
    assert (manage.registry_policy, manage.signing) == (True, True)
    assert own.stages == blueprint.stages


def test_a_consumer_s_path_is_of_the_organization(tmp_path: Path) -> None:
    def team(organization: str) -> str:
        consumer = f'{{org_paths: ["{organization}/*"], pull: ["prod/*"]}}'
        return with_teams(CLAIMS.replace("{team", f"{{consumers: {{edge: {consumer}}}, team"))

    load(tmp_path, team("o-exampleorg"))
    error = refusal(tmp_path, team("o-anotherorg"))
    assert "its accounts are denied" in error.what
    assert error.where is not None
    assert error.where.endswith("teams[0].consumers.edge.org_paths[0]")
