"""Parts of a blueprint that are right alone and wrong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import Blueprint, load_blueprint
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1]}
"""
TEAM = "teams: [{team: payments, repositories: {api: {}}}]\n"


def load(tmp_path: Path, text: str) -> Blueprint:
    (tmp_path / "blueprint.yaml").write_text(text)
    return load_blueprint(tmp_path / "blueprint.yaml")


def refusal(tmp_path: Path, text: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, text)
    return caught.value


def test_a_team_whose_name_is_no_stack_s_name_says_which_key_is(tmp_path: Path) -> None:
    error = refusal(tmp_path, BLUEPRINT + TEAM.replace("payments", "pay_ments"))
    assert error.fix == "give each of its repositories `stack: pay-ments`"
    load(tmp_path, BLUEPRINT + TEAM.replace("payments", "pay_ments").replace("{}", "{stack: pay-ments}"))
    load(tmp_path, BLUEPRINT + TEAM.replace("payments", "3scale"))


@pytest.mark.parametrize("name", ["a b", "a_b", "a" * 103])
def test_a_consumer_s_name_is_a_part_of_a_stack_s(tmp_path: Path, name: str) -> None:
    consumers = f'consumers: {{{name}: {{accounts: ["222233334444"], pull: ["prod/*"]}}}}\n'
    assert "cannot be a part of a stack's name" in refusal(tmp_path, BLUEPRINT + TEAM + consumers).what


def test_an_account_stands_once_in_a_consumer_and_in_as_many_as_one_likes(tmp_path: Path) -> None:
    one = '{accounts: ["222233334444"], pull: ["prod/*"]}'
    load(tmp_path, f"{BLUEPRINT}{TEAM}consumers: {{a: {one}, b: {one}}}\n")
    twice = one.replace('["222233334444"]', '["222233334444", "222233334444"]')
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}consumers: {{a: {twice}}}\n")
    assert "'222233334444' stands twice in the consumer 'a'" in error.what
    assert error.where is not None
    assert error.where.endswith("consumers.a.accounts[1]")


def test_a_consumer_may_pull_through_caches_alone_but_not_nothing(tmp_path: Path) -> None:
    consumer = 'caches: {k8s: {}}\nconsumers: {a: {accounts: ["222233334444"], caches: [k8s]}}\n'
    assert load(tmp_path, BLUEPRINT + TEAM + consumer).consumers["a"].pull == ()
    error = refusal(tmp_path, BLUEPRINT + TEAM + consumer.replace("[k8s]", "[]"))
    assert error.what == "nothing is pulled"
    assert error.fix == "give `pull` or `caches`"


def test_regions_of_two_partitions_have_no_account_in_common(tmp_path: Path) -> None:
    error = refusal(tmp_path, BLUEPRINT.replace("[eu-west-1]", "[eu-west-1, cn-north-1]") + TEAM)
    assert "aws-cn" in error.what
    assert error.where is not None
    assert error.where.endswith("registry.regions[1]")
    load(tmp_path, BLUEPRINT.replace("[eu-west-1]", "[cn-north-1, cn-northwest-1]") + TEAM)


@pytest.mark.parametrize("prefix", ["prod", "prod/payments", "prod/payments/api"])
def test_a_cache_does_not_hold_a_declared_repository(tmp_path: Path, prefix: str) -> None:
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}caches: {{k8s: {{prefix: {prefix}}}}}\n")
    assert f"the prefix '{prefix}' holds the repository 'prod/payments/api'" in error.what
    assert error.where is not None
    assert error.where.endswith("caches.k8s.prefix")


def test_a_cache_does_not_take_the_name_of_a_stage(tmp_path: Path) -> None:
    team = TEAM.replace("{}", "{stages: [dev]}")
    error = refusal(tmp_path, f"{BLUEPRINT}{team}caches: {{k8s: {{prefix: prod}}}}\n")
    assert "is the stage 'prod'" in error.what
    load(tmp_path, f"{BLUEPRINT}{team}caches: {{k8s: {{prefix: production}}}}\n")
    convention = 'convention: "{team}/{stage}/{app}"\n'
    load(tmp_path, f"{BLUEPRINT}{convention}{team}caches: {{k8s: {{prefix: prod}}}}\n")


def test_the_tags_of_all_levels_count_together(tmp_path: Path) -> None:
    tags = ", ".join(f"k{number}: v" for number in range(49))
    load(tmp_path, f"{BLUEPRINT}{TEAM}tags: {{{tags}}}\n")
    team = TEAM.replace("{}", "{tags: {one-more: v}}")
    assert "has 51 tags" in refusal(tmp_path, f"{BLUEPRINT}{team}tags: {{{tags}}}\n").what


def test_a_repository_without_a_stage_is_pushed_from_an_environment_that_is_named(tmp_path: Path) -> None:
    def team(push: str, state: str = "active") -> str:
        named = f"{{name: legacy/batch, exception: old, state: {state}}}"
        return f"teams: [{{team: payments, push: {{{push}}}, repositories: {{batch: {named}}}}}]\n"

    error = refusal(tmp_path, BLUEPRINT + team("github: acme/payments"))
    assert "'legacy/batch' has no stage" in error.what
    assert error.where is not None
    assert error.where.endswith("teams[0].repositories.batch")
    load(tmp_path, BLUEPRINT + team("github: acme/payments, github_environment: live"))
    load(tmp_path, BLUEPRINT + team("github: acme/payments", state="frozen"))


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn")])
def test_an_arn_of_another_partition_is_refused_where_it_stands(
    tmp_path: Path, region: str, partition: str
) -> None:
    def text(of: str) -> str:
        push = f'push: {{roles: ["arn:{of}:iam::111122223333:role/ci"]}}'
        return BLUEPRINT.replace("eu-west-1", region) + TEAM.replace("repositories", f"{push}, repositories")

    load(tmp_path, text(partition))
    error = refusal(tmp_path, text("aws-us-gov"))
    assert f"is in the partition aws-us-gov, and '{region}' in {partition}" in error.what
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:5: teams[0].push.roles[0]")


def test_a_region_that_there_is_not_is_refused_unless_it_is_newer_than_the_library(tmp_path: Path) -> None:
    text = BLUEPRINT.replace("[eu-west-1]", "[eu-west-1, eu-west-9]") + TEAM
    error = refusal(tmp_path, text)
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:4: registry.regions[1]")
    assert error.fix == (
        "write eu-west-3 or eu-west-2 or eu-west-1, if you mean that; if AWS has opened it since, add "
        "`new_regions: [eu-west-9]`"
    )
    load(tmp_path, f"{text}new_regions: [eu-west-9]\n")
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}new_regions: [eu-west-1]\n")
    assert error.what == "the library knows eu-west-1"
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}new_regions: [eu-west-9]\n")
    assert error.what == "nothing in the blueprint is in eu-west-9"
    assert str(error.where).endswith("new_regions[0]")
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}replication: {{to: [eu-nowhere-1]}}\n")
    assert error.where is not None
    assert error.where.endswith("replication.to[0]")


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}alerts: {{email: [a@example.com, platform]}}\n")
    assert error.what == "'platform' is no e-mail address"
    assert error.where is not None
    assert error.where.endswith("alerts.email[1]")


def test_consumers_do_not_differ_by_case_alone(tmp_path: Path) -> None:
    one = '{accounts: ["222233334444"], pull: ["prod/*"]}'
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}consumers:\n  edge: {one}\n  Edge: {one}\n")
    assert "'Edge' is called like 'edge'" in error.what
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:8: consumers.Edge")


def test_a_registry_has_so_many_caches(tmp_path: Path) -> None:
    def caches(count: int) -> str:
        hosts = [f"{300000000000 + number}.dkr.ecr.eu-west-1.amazonaws.com" for number in range(count)]
        listed = "".join(f"  {host}: {{prefix: up-{number}}}\n" for number, host in enumerate(hosts))
        return f"{BLUEPRINT}{TEAM}caches:\n{listed}"

    load(tmp_path, caches(50))
    error = refusal(tmp_path, caches(51))
    assert error.what == "the registry would have 51 caches"
    assert error.where is not None
    assert ":57: caches.300000000050" in error.where


def test_a_convention_tells_the_stage_where_there_are_several(tmp_path: Path) -> None:
    convention = 'convention: "{team}/{app}"\n'
    error = refusal(tmp_path, BLUEPRINT + TEAM + convention)
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:6: convention")
    assert error.fix == "write {stage}/{team}/{app}, or leave one stage"
    load(tmp_path, BLUEPRINT.replace("dev: {}, ", "") + TEAM + convention)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ("alerts: {email: [a@example.com, a@example.com]}", "6: alerts.email[1]"),
        ("alerts: {findings: [HIGH, HIGH]}", "6: alerts.findings[1]"),
        ("consumers: {a: {accounts: ['222233334444'], pull: [prod/*, prod/*]}}", "6: consumers.a.pull[1]"),
        (
            "caches: {k8s: {}}\nconsumers: {a: {accounts: ['222233334444'], caches: [k8s, k8s]}}",
            "7: consumers.a.caches[1]",
        ),
    ],
)
def test_a_list_says_nothing_twice(tmp_path: Path, more: str, where: str) -> None:
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}{more}\n")
    assert "stands twice in this list" in error.what
    assert error.where is not None
    assert error.where.endswith(where)


def test_a_stage_that_stands_twice_is_told_of_once(tmp_path: Path) -> None:
    error = refusal(tmp_path, BLUEPRINT + TEAM.replace("{}", "{stages: [prod, prod]}"))
    assert error.what == "'prod' stands twice in this list"
    assert error.where is not None
    assert error.where.endswith("teams[0].repositories.api.stages[1]")


def test_addresses_without_alerts_are_a_mistake(tmp_path: Path) -> None:
    alerts = "alerts: {findings: [], operations: false, email: [a@example.com]}\n"
    assert "and there are none" in refusal(tmp_path, BLUEPRINT + TEAM + alerts).what


def test_each_cache_makes_a_secret_of_its_own(tmp_path: Path) -> None:
    one = "{secret: ecr-pullthroughcache/shared}"
    text = f"{BLUEPRINT}{TEAM}caches:\n  docker-hub: {one}\n  github: {one}\n"
    error = refusal(tmp_path, text)
    assert "is that of the cache 'docker-hub' too" in error.what
    assert error.where is not None
    assert error.where.endswith("blueprint.yaml:8: caches.github.secret")
    existing = "{existing: true, secret: ecr-pullthroughcache/shared}"
    load(tmp_path, text.replace(one, existing))


def test_a_cached_registry_of_ecr_is_in_a_region_that_there_is(tmp_path: Path) -> None:
    host = "333344445555.dkr.ecr.eu-west-9.amazonaws.com"
    text = f"{BLUEPRINT}{TEAM}caches: {{{host}: {{prefix: upstream}}}}\n"
    error = refusal(tmp_path, text)
    assert "there is no Region 'eu-west-9'" in error.what
    assert error.where is not None
    assert error.where.endswith(f"caches.{host}")
    load(tmp_path, f"{text}new_regions: [eu-west-9]\n")


def test_development_is_signed_where_there_is_one(tmp_path: Path) -> None:
    signing = "signing: {development: true}\n"
    load(tmp_path, BLUEPRINT + TEAM + signing)
    error = refusal(tmp_path, BLUEPRINT.replace("dev: {}, ", "") + TEAM + signing)
    assert "every stage is production" in error.what


@pytest.mark.parametrize(
    ("retention", "key", "fix"),
    [
        ("{builds: [sha-*]}", "builds", "add `builds_days: 90`"),
        ("{builds_days: 9}", "builds_days", "add `builds: [sha-*]`"),
    ],
)
def test_builds_go_after_days_that_are_said(tmp_path: Path, retention: str, key: str, fix: str) -> None:
    error = refusal(tmp_path, f"{BLUEPRINT}{TEAM}retention: {retention}\n")
    assert error.where is not None
    assert error.where.endswith(f"retention.{key}")
    assert error.fix is not None
    assert error.fix.startswith(fix)


@pytest.mark.parametrize(
    ("value", "what"),
    [("2020-01-01", "is read as a date"), (".nan", "no value of JSON"), ("!!binary aGk=", "no")],
)
def test_a_lifecycle_policy_holds_what_json_can(tmp_path: Path, value: str, what: str) -> None:
    rule = (
        "{rulePriority: 1, description: VALUE, action: {type: expire}, "
        "selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 5}}"
    )
    team = TEAM.replace("{}", f"{{lifecycle: [{rule}]}}")
    load(tmp_path, BLUEPRINT + team.replace("VALUE", "x"))
    error = refusal(tmp_path, BLUEPRINT + team.replace("VALUE", value))
    assert what in error.what
    assert error.where is not None
    assert error.where.endswith("teams[0].repositories.api.lifecycle[0].description")


@pytest.mark.parametrize(
    ("regions", "iam_region", "replication"),
    [
        ("eu-central-1, eu-west-1", "eu-west-1", ""),
        ("eu-west-1", "eu-north-1", "replication: {to: [eu-north-1]}\n"),
    ],
)
def test_what_iam_has_may_be_in_any_region_of_the_registry(
    tmp_path: Path, regions: str, iam_region: str, replication: str
) -> None:
    text = BLUEPRINT.replace("[eu-west-1]", f"[{regions}], iam_region: {iam_region}")
    blueprint = load(tmp_path, text + TEAM + replication)
    assert isinstance(blueprint, CentralizedBlueprint)
    assert blueprint.iam_region == iam_region
    (tmp_path / "default").mkdir()
    default = load(tmp_path / "default", BLUEPRINT + TEAM)
    assert isinstance(default, CentralizedBlueprint)
    assert default.iam_region == "eu-west-1"


def test_what_iam_has_is_in_no_other_region(tmp_path: Path) -> None:
    error = refusal(tmp_path, BLUEPRINT.replace("[eu-west-1]", "[eu-west-1], iam_region: us-east-1") + TEAM)
    assert error.what.startswith("there is no registry in us-east-1")
    assert str(error.where).endswith("blueprint.yaml:4: registry.iam_region")
    assert "leave it in `registry.regions`" in str(error.fix)
