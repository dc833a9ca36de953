"""The networks of workload accounts: what is refused before a stack is built, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.errors import BlueprintError

BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1, eu-central-1]}
consumers: {shops: {accounts: ["222233334444", "333344445555"], pull: ["prod/*"]}}
teams: [{team: payments, repositories: {api: {}}}]
networks:
"""
VPC, OTHER = "vpc-0a1b2c3d4e5f60001", "vpc-0a1b2c3d4e5f60002"
SUBNETS = "{eu-west-1a: subnet-0a1b2c3d4e5f60001, eu-west-1b: subnet-0a1b2c3d4e5f60002}"
NETWORK = f"cidrs: [10.20.0.0/16], subnets: {SUBNETS}, route_tables: [rtb-0a1b2c3d4e5f60001]"


def at(text: str, *, account: str = "222233334444", region: str = "eu-west-1", vpc: str = VPC) -> str:
    return f'  "{account}":\n    {region}:\n      {vpc}: {{{text}}}\n'


def load(tmp_path: Path, networks: str) -> RegistryBlueprint:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT + networks)
    loaded = load_blueprint(tmp_path / "blueprint.yaml")
    assert isinstance(loaded, RegistryBlueprint)
    return loaded


def refusal(tmp_path: Path, networks: str) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, networks)
    return caught.value


def test_a_network_is_known_by_account_region_and_vpc(tmp_path: Path) -> None:
    more = f"{NETWORK}, cluster: {{optional: [autoscaling], without: [logs]}}, buckets: [meridian-config]"
    found = load(tmp_path, at(more)).networks["222233334444"]["eu-west-1"][VPC]
    assert dict(found.subnets) == {
        "eu-west-1a": "subnet-0a1b2c3d4e5f60001",
        "eu-west-1b": "subnet-0a1b2c3d4e5f60002",
    }
    assert found.cluster is not None
    assert found.cluster.addons


ROUTE_TABLES = ", route_tables: [rtb-0a1b2c3d4e5f60001]"
WITHOUT_TABLES = NETWORK.removesuffix(ROUTE_TABLES)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (NETWORK.replace("10.20.0.0/16", "10.20.0.1/16"), "is no IPv4 address block", "cidrs[0]"),
        (NETWORK.replace("10.20.0.0/16", "10.0.0.0/8"), "no VPC has the address block", "cidrs[0]"),
        (NETWORK.replace("[10.20.0.0/16]", "[]"), "[] is empty", "cidrs"),
        (NETWORK.replace("[10.20.0.0/16]", "[10.20.0.0/16, 10.20.0.0/16]"), "stands twice here", "cidrs[1]"),
        (NETWORK.replace("eu-west-1b", "eu-west-2b"), "eu-west-2b is not in eu-west-1", "subnets.eu-west-2b"),
        (NETWORK.replace("eu-west-1b", "b"), "'b' is not the name of an Availability Zone", "subnets.b"),
        (NETWORK.replace("60002", "60001"), "is the subnet of eu-west-1a already", "subnets.eu-west-1b"),
        (NETWORK.replace("subnet-0a1b2c3d4e5f60002", "x"), "'x' is not the id of a subnet", "eu-west-1b"),
        (NETWORK.replace("rtb-", "rt-"), "is not the id of a route table", "route_tables[0]"),
        (WITHOUT_TABLES, "no layer could be pulled", VPC),
        (
            f"{NETWORK}, existing: [s3]",
            "`route_tables` is for an endpoint of S3 that is made",
            "route_tables",
        ),
        (
            f"{WITHOUT_TABLES}, existing: [s3], buckets: [abc]",
            "`buckets` is for an endpoint of S3",
            "buckets",
        ),
        (f"{NETWORK}, existing: [sts]", "no endpoint would be made for sts", "existing[0]"),
        (f"{NETWORK}, cluster: {{}}, existing: [xray]", "no endpoint would be made for xray", "existing[0]"),
        (
            f"{NETWORK}, cluster: {{without: [sts]}}, existing: [sts]",
            "no endpoint would be made for sts",
            "existing[0]",
        ),
        (f"{WITHOUT_TABLES}, existing: [s3, ecr.api, ecr.dkr]", "every endpoint exists already", "existing"),
        (f"{NETWORK}, buckets: ['arn:aws:s3:::abc']", "is not the name of a bucket", "buckets[0]"),
        (f"{NETWORK}, buckets: [abc, abc]", "'abc' stands twice here", "buckets[1]"),
        (f"{NETWORK}, cluster: {{optional: [ec2]}}", "ec2 is not valid here", "optional[0]"),
        (f"{NETWORK}, cluster: {{without: [eks, eks]}}", "'eks' stands twice here", "without[1]"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(tmp_path: Path, text: str, what: str, where: str) -> None:
    error = refusal(tmp_path, at(text))
    assert what in error.what
    assert error.where is not None
    assert f"blueprint.yaml:10: networks.222233334444.eu-west-1.{VPC}" in error.where
    assert error.where.endswith(where)


def test_an_account_that_pulls_nothing_has_no_endpoints(tmp_path: Path) -> None:
    error = refusal(tmp_path, at(NETWORK, account="444455556666"))
    assert error.what == "no consumer names the account 444455556666"
    assert error.allowed == "222233334444, 333344445555"


def test_endpoints_lead_to_a_registry_of_their_region(tmp_path: Path) -> None:
    error = refusal(tmp_path, at(NETWORK.replace("eu-west-1", "eu-west-3"), region="eu-west-3"))
    assert error.what.startswith("the registry is not in eu-west-3")
    assert error.allowed == "eu-west-1, eu-central-1"


def test_a_vpc_has_one_owner(tmp_path: Path) -> None:
    load(tmp_path, at(NETWORK) + at(NETWORK, account="333344445555", vpc=OTHER))
    error = refusal(tmp_path, at(NETWORK) + at(NETWORK, account="333344445555"))
    assert f"the VPC {VPC} stands at" in error.what
    assert "blueprint.yaml:10:" in error.what
    assert error.where is not None
    assert "blueprint.yaml:13:" in error.where


@pytest.mark.parametrize("text", ["{}", "{eu-west-1: {}}"])
def test_a_place_without_a_vpc_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, f'  "222233334444": {text}\n').what == "no VPC is named here"


def test_add_ons_need_a_region_whose_registry_is_known(tmp_path: Path) -> None:
    networks = at(f"{NETWORK}, cluster: {{}}".replace("eu-west-1", "eu-nowhere-1"), region="eu-nowhere-1")
    text = f"new_regions: [eu-nowhere-1]\n{BLUEPRINT.replace('eu-central-1', 'eu-nowhere-1')}{networks}"
    (tmp_path / "blueprint.yaml").write_text(text)
    with pytest.raises(BlueprintError, match="no registry of EKS add-ons is known in eu-nowhere-1") as caught:
        load_blueprint(tmp_path / "blueprint.yaml")
    assert caught.value.fix == "add `addons: false`"
    (tmp_path / "blueprint.yaml").write_text(text.replace("cluster: {}", "cluster: {addons: false}"))
    load_blueprint(tmp_path / "blueprint.yaml")
