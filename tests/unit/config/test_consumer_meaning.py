"""Consumers: who they are, the units of an organization that they are in, and the roles that they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.errors import BlueprintError

UNIT = "o-exampleorg/r-ab12/ou-ab12-11111111"
BELOW = f"{UNIT}/ou-ab12-22222222"
NETWORK = "{vpc: /network/vpc, cidr: /network/cidr, subnets: /network/subnets, route_tables: /network/tables}"
BLUEPRINT = """\
version: 1
model: centralized
stages: {dev: {}, prod: {production: true}}
registry: {account: "111122223333", regions: [eu-west-1, eu-central-1]}
organization: {id: o-exampleorg, administrator: "999900001111"}
teams: [{team: payments, repositories: {api: {}}}]
"""


def load(tmp_path: Path, consumers: str, blueprint: str = BLUEPRINT) -> RegistryBlueprint:
    (tmp_path / "blueprint.yaml").write_text(f"{blueprint}consumers:\n{consumers}")
    loaded = load_blueprint(tmp_path / "blueprint.yaml")
    assert isinstance(loaded, RegistryBlueprint)
    return loaded


def refusal(tmp_path: Path, consumers: str, blueprint: str = BLUEPRINT) -> BlueprintError:
    with pytest.raises(BlueprintError) as caught:
        load(tmp_path, consumers, blueprint)
    return caught.value


def consumer(tmp_path: Path, text: str) -> ConsumerModel:
    return load(tmp_path, f'  shops: {{pull: ["prod/*"], {text}}}\n').consumers["shops"]


def of(text: str) -> str:
    return f'  shops: {{pull: ["prod/*"], {text}}}\n'


def test_the_registry_admits_a_unit_and_what_is_below_it(tmp_path: Path) -> None:
    model = consumer(tmp_path, f'units: [{UNIT}], org_paths: ["{UNIT}/*", "o-exampleorg/r-ab12/"]')
    assert model.admitted_paths == (f"{UNIT}/*", "o-exampleorg/r-ab12/")
    assert consumer(tmp_path, 'accounts: ["222233334444"]').admitted_paths == ()


@pytest.mark.parametrize(
    ("text", "what", "where", "fix"),
    [
        (
            "units: [ou-ab12-11111111]",
            "is not the path of an organizational unit",
            "units[0]",
            "put the organ",
        ),
        (f'units: ["{UNIT}/*"]', "is not the path of an", "units[0]", f"write '{UNIT}'"),
        (f"units: [{UNIT}, {UNIT}]", "ou-ab12-11111111 stands twice", "units[1]", "remove it"),
        (f"units: [{BELOW}, {UNIT}]", "ou-ab12-22222222 is in ou-ab12-11111111", "units[0]", "remove it"),
        (
            "units: [o-anotherorg/r-ab12/ou-ab12-11111111]",
            "the unit is in o-anotherorg, and the organization is o-exampleorg",
            "units[0]",
            "correct the path",
        ),
        (
            'org_paths: ["o-exampleorg/*"], roles: [nodes]',
            "`roles` needs accounts",
            "shops",
            "give `accounts`",
        ),
        (
            'org_paths: ["o-exampleorg/*"], pull_roles: {nodes: {}}',
            "`pull_roles` needs",
            "shops",
            "give `acc",
        ),
        (
            f'accounts: ["222233334444"], network: {NETWORK}',
            "`network` is for the accounts of `units`",
            "shops",
            "under `networks`",
        ),
        ('accounts: ["222233334444"], roles: [a, a]', "'a' stands twice", "roles[1]", "remove it"),
        (
            'accounts: ["222233334444"], roles: ["arn:aws:iam::222233334444:role/eks/nodes"]',
            "is not the name of an IAM role",
            "roles[0]",
            "write the name alone: nodes",
        ),
        (
            'accounts: ["222233334444"], pull_roles: {nodes: {policies: ["arn:aws:iam::aws:policy/Read"]}}',
            "is not the name of a managed policy",
            "policies[0]",
            "write Read",
        ),
        (
            'accounts: ["222233334444"], pull_roles: {lambda: {}}',
            "unknown key 'lambda'",
            "pull_roles.lambda",
            "remove it",
        ),
        (
            f"units: [{UNIT}], network: {NETWORK[:-1]}, regions: [eu-west-3]}}",
            "not in eu-west-3",
            "s[0]",
            "add",
        ),
        (
            f"units: [{UNIT}], network: {NETWORK[:-1]}, existing: [s3]}}",
            "`route_tables` is for",
            "tables",
            "rem",
        ),
        (f"units: [{UNIT}], network: {NETWORK.replace('/network/vpc', 'aws-vpc')}", "no", "network.vpc", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(
    tmp_path: Path, text: str, what: str, where: str, fix: str
) -> None:
    error = refusal(tmp_path, of(text))
    assert what in error.what
    assert error.where is not None
    assert error.where.startswith(str(tmp_path / "blueprint.yaml:8: consumers.shops"))
    assert error.where.endswith(where)
    assert fix in (error.fix or "")


def test_units_need_the_organization_s_administrator(tmp_path: Path) -> None:
    without = BLUEPRINT.replace('organization: {id: o-exampleorg, administrator: "999900001111"}\n', "")
    error = refusal(tmp_path, of(f"units: [{UNIT}]"), without)
    assert error.fix == "add `organization: {id: …, administrator: …}`"
    load(tmp_path, of(f'org_paths: ["{UNIT}/*"]'), without)


def test_two_consumers_do_not_make_the_same_endpoints(tmp_path: Path) -> None:
    one = f'{{pull: ["prod/*"], units: [{UNIT}], network: {NETWORK}}}'
    other = f'{{pull: ["dev/*"], units: [{BELOW}], network: {NETWORK}}}'
    error = refusal(tmp_path, f"  shops: {one}\n  labs: {other}\n")
    assert "accounts of ou-ab12-22222222 would get their endpoints twice" in error.what
    assert "consumer 'shops'" in error.what
    assert error.where is not None
    assert error.where.endswith(":9: consumers.labs.network")
    load(tmp_path, f"  shops: {one}\n  labs: {other.replace(f', network: {NETWORK}', '')}\n")


def test_the_name_of_a_made_role_fits_into_iam(tmp_path: Path) -> None:
    longest = "a" * (64 - len("ecr-pull--nodes"))
    rest = '{accounts: ["222233334444"], pull: ["prod/*"], pull_roles: {nodes: {}}}'
    load(tmp_path, f"  {longest}: {rest}\n")
    error = refusal(tmp_path, f"  {longest}a: {rest}\n")
    assert "longer than IAM takes" in error.what
    load(tmp_path, f"  {longest}a: {rest.replace('pull_roles: {nodes: {}}', 'roles: [nodes]')}\n")


def test_a_path_of_another_organization_would_be_denied(tmp_path: Path) -> None:
    text = of('org_paths: ["o-exampleorg/*", "o-anotherorg/*"]')
    error = refusal(tmp_path, text)
    assert "the path is in o-anotherorg, and the organization is o-exampleorg" in error.what
    assert error.where is not None
    assert error.where.endswith("consumers.shops.org_paths[1]")
    without = BLUEPRINT.replace('organization: {id: o-exampleorg, administrator: "999900001111"}\n', "")
    load(tmp_path, text, without)


def test_a_unit_has_one_path_and_an_organization_one_root(tmp_path: Path) -> None:
    root = UNIT.split("/")[1]
    moved = UNIT.replace(f"{root}/", f"{root}/ou-{root[2:]}-99999999/")
    error = refusal(tmp_path, of(f"units: [{UNIT}, {moved}]"))
    assert "stands twice, by two paths" in error.what
    assert error.where is not None
    assert error.where.endswith("consumers.shops.units[1]")
    error = refusal(tmp_path, of(f"units: [{UNIT}, o-exampleorg/r-zz99/ou-zz99-11111111]"))
    assert "an organization has one root" in error.what
