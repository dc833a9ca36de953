"""A registry without egress is filled by its list, and everything that could not be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.declared_seeds import declared_seeds
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.errors import BlueprintError
from ecr_blueprints.registry.seeding_list import Filling

A, B = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
BLUEPRINT = """\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1, eu-central-1]}}
air_gapped: {air_gapped}
caches: {{{caches}}}
teams:
  - team: platform
    repositories:
      api: {{}}
      vendor: {{{vendor}}}
{more}"""
SEEDED = f'k8s: {{seeds: {{"pause:3.10": "{A}"}}}}'
HUB = "docker-hub: {{secret: ecr-pullthroughcache/docker-hub, seeds: {{{}}}}}"
COPY = f'name: vendor/historian, exception: a vendor, copies: {{"8.2": "docker.io/acme/historian@{B}"}}'


def write(
    folder: Path, *, air_gapped: str = "true", caches: str = SEEDED, vendor: str = COPY, more: str = ""
) -> Path:
    path = folder / "blueprint.yaml"
    path.write_text(BLUEPRINT.format(air_gapped=air_gapped, caches=caches, vendor=vendor, more=more))
    return path


def refusal(path: Path) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load_blueprint(path)
    return caught.value


def test_caches_are_filled_through_and_copies_by_digest_in_every_region(tmp_path: Path) -> None:
    more = "replication: {to: [eu-north-1]}\n"
    blueprint = load_blueprint(write(tmp_path, more=more))
    assert isinstance(blueprint, RegistryBlueprint)
    found = {(seed.region, seed.filling): seed for seed in declared_seeds(blueprint)}
    assert set(found) == {
        ("eu-west-1", Filling.PULL_THROUGH),
        ("eu-west-1", Filling.COPY),
        ("eu-central-1", Filling.PULL_THROUGH),
        ("eu-central-1", Filling.COPY),
        # For recovery alone: it has the caches, and its repositories come with their first copy.
        ("eu-north-1", Filling.PULL_THROUGH),
    }
    pulled, copied = found["eu-central-1", Filling.PULL_THROUGH], found["eu-central-1", Filling.COPY]
    host = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
    assert (pulled.source, pulled.tag, pulled.digest) == ("registry.k8s.io/pause", "3.10", A)
    assert pulled.target == f"{host}/k8s/pause"
    assert (copied.source, copied.tag, copied.digest) == ("docker.io/acme/historian", "8.2", B)
    assert copied.target == f"{host}/vendor/historian"


def test_a_cache_s_own_prefix_is_in_the_target(tmp_path: Path) -> None:
    caches = f'k8s: {{prefix: mirror/k8s/, seeds: {{"pause:3.10": "{A}"}}}}'
    blueprint = load_blueprint(write(tmp_path, caches=caches))
    assert isinstance(blueprint, RegistryBlueprint)
    assert next(declared_seeds(blueprint)).target.endswith(".amazonaws.com/mirror/k8s/pause")


@pytest.mark.parametrize(("state", "count"), [("active", 2), ("frozen", 2), ("retired", 0)])
def test_a_retired_repository_is_filled_no_more(tmp_path: Path, state: str, count: int) -> None:
    blueprint = load_blueprint(write(tmp_path, vendor=f"{COPY}, state: {state}"))
    assert isinstance(blueprint, RegistryBlueprint)
    assert sum(seed.filling is Filling.COPY for seed in declared_seeds(blueprint)) == count


@pytest.mark.parametrize(
    ("texts", "what", "where"),
    [
        ({"caches": "k8s: {}"}, "nothing fills the cache 'k8s'", "caches.k8s"),
        ({"air_gapped": "false"}, "its tags can move", "caches.k8s.seeds"),
        (
            {"caches": HUB.format(f'"nginx:1.27": "{A}"')},
            "official image by its short name",
            "seeds.nginx:1.27",
        ),
        ({"caches": HUB.format(f'"acme/nginx": "{A}"')}, "not an image by its tag", "seeds"),
        ({"caches": HUB.format('"acme/nginx:1": latest')}, "'latest' is not an image digest", "acme/nginx:1"),
        ({"caches": HUB.format(f'"acme/{"x" * 250}:1": "{A}"')}, "characters", "seeds"),
        (
            {"vendor": COPY + ', moving_tags: ["8.*"]'},
            "the tag '8.2' can be moved, since `moving_tags` has '8.*'",
            "repositories.vendor.copies.8.2",
        ),
        (
            {"vendor": COPY + ', retention: {builds: ["8.*"], builds_days: 30}'},
            "removes the copy '8.2'",
            "repositories.vendor.copies.8.2",
        ),
        ({"vendor": COPY.replace(f"@{B}", ":8.2")}, "has no digest", "copies.8.2"),
    ],
)
def test_what_could_not_be_filled_or_would_not_stay_is_refused(
    tmp_path: Path, texts: dict[str, str], what: str, where: str
) -> None:
    text = str(refusal(write(tmp_path, **texts)))
    assert what in text
    assert where in text


def test_copies_that_are_kept_before_a_rule_takes_them_are_right(tmp_path: Path) -> None:
    load_blueprint(
        write(tmp_path, vendor=COPY + ', retention: {keep: ["8.2"], builds: ["8.*"], builds_days: 30}')
    )


CONSUMER = """\
consumers: {{all: {{{who}, caches: [k8s]}}}}
organization: {{id: o-exampleorg, administrator: "444455556666"}}
"""


def test_who_pulls_without_egress_needs_endpoints(tmp_path: Path) -> None:
    account = CONSUMER.format(who='accounts: ["222233334444"]')
    error = refusal(write(tmp_path, more=account))
    assert "can pull nothing" in error.what
    assert "consumers.all.accounts[0]" in str(error.where)
    units = CONSUMER.format(who="units: [o-exampleorg/r-ab12/ou-ab12-11111111]")
    assert "consumers.all.units" in str(refusal(write(tmp_path, more=units)).where)
    network = (
        'networks: {"222233334444": {eu-west-1: {vpc-0a1b2c3d4e5f60718: {cidrs: [10.0.0.0/16], '
        "subnets: {eu-west-1a: subnet-0a1b2c3d4e5f60711}, route_tables: [rtb-0a1b2c3d4e5f60713]}}}}\n"
    )
    load_blueprint(write(tmp_path, more=account + network))


def test_frozen_copies_are_no_tenant_s(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(
        "version: 1\nmodel: tenant-managed\nstages: {prod: {production: true}}\n"
        'organization: {id: o-exampleorg, administrator: "444455556666"}\n'
        "regions: [eu-west-1]\nbaseline: {units: [r-ab12]}\n"
        f'teams: [{{team: a, account: "222233334444", repositories: {{vendor: {{{COPY}}}}}}}]\n'
    )
    assert "teams[0].repositories.vendor.copies" in str(refusal(path))
