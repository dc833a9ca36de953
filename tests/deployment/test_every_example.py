"""Every example is deployed whole, read back, updated and destroyed, and no image is lost.

The tests of this file run in order, example by example: they are the life of each.

Practices: OPS-1
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from example_assemblies import example_names
from example_deployment import ADDED, ADDED_PULL, ExampleDeployment, Place
from local_cloud import LocalCloud
from registry_comparison import comparable, own_repositories
from stack_set_instances import StackSet, stack_sets, tell_network
from synthesized import Assembly

from ecr_blueprints.registry.registry import Registry


@dataclass(kw_only=True)
class Life:
    """An example that is deployed, and the image that was pushed into each of its registries.

    Each unit of the organization that a stack set targets has two accounts, which have an image, too.
    """

    deployment: ExampleDeployment
    members: dict[str, list[str]] = field(default_factory=dict)
    pushed: dict[tuple[Place, str], str] = field(default_factory=dict)
    kept: dict[tuple[Place, str], str] = field(default_factory=dict)

    @property
    def first(self) -> Assembly:
        return self.deployment.first

    @property
    def stack_sets(self) -> list[StackSet]:
        return list(stack_sets(self.first))

    def stack_set_places(self, assembly: Assembly) -> set[Place]:
        """Every account and Region that has something of a stack set."""
        return {
            place
            for one in stack_sets(assembly)
            for unit in one.units
            for place in itertools.product(self.members[unit], one.regions)
        }

    def differences(self, assembly: Assembly) -> dict[Place, list[str]]:
        """Registry → what of it ECR's API tells otherwise than the templates."""
        return {
            place: different
            for place, declared in self.deployment.declared(assembly).items()
            if (different := _different(declared, self.deployment.live(place)))
        }


def _different(declared: Registry, live: Registry) -> list[str]:
    ours, theirs = comparable(declared), comparable(live)
    if not declared.scanning:
        theirs["scanning"] = []  # a registry is always scanned in some way
    return [f"{key}: {ours[key]} is {theirs[key]}" for key in ours if ours[key] != theirs[key]]


@pytest.fixture(scope="module", params=example_names())
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """An example, deployed to an emulator of its own, since examples share account ids."""
    folder = tmp_path_factory.mktemp(request.param)
    with LocalCloud(log=folder / "emulator.log") as cloud:
        deployment = ExampleDeployment(request.param, cloud, folder)
        accounts = map(str, itertools.count(800000000001))
        members = {unit: list(itertools.islice(accounts, 2)) for unit in deployment.organization.units}
        deployment.bootstrap(accounts=members)
        life = Life(deployment=deployment, members=members)
        for one in life.stack_sets:
            for unit in one.units:
                for place in itertools.product(members[unit], one.regions):
                    tell_network(deployment, place, one.template)
        deployment.deploy(deployment.first)
        for place in life.stack_set_places(deployment.first):
            deployment.client("ecr", place).create_repository(repositoryName="prod/theirs")
            life.kept[place, "prod/theirs"] = deployment.push(place, "prod/theirs")
        for place, registry in deployment.declared(deployment.first).items():
            for repository in own_repositories(registry)[:1]:
                name = str(repository.known_name)
                life.pushed[place, name] = deployment.push(place, name)
        yield life


def test_what_is_declared_is_what_each_registry_holds(life: Life) -> None:
    assert life.deployment.declared(life.first)
    assert life.differences(life.first) == {}


def test_every_account_of_a_unit_has_what_its_stack_sets_hold(life: Life) -> None:
    for one in life.stack_sets:
        assert_deployed(life, one)


def assert_deployed(life: Life, stack_set: StackSet) -> None:
    """Both accounts of each unit have the stack, as the set's template is now, in each Region."""
    accounts = [account for unit in stack_set.units for account in life.members[unit]]
    found = stack_set.instances(life.deployment)
    assert {one.place for one in found} == set(itertools.product(accounts, stack_set.regions))
    assert {one.status for one in found} == {"CURRENT"}
    for one in found:
        cloudformation = life.deployment.client("cloudformation", one.place)
        assert cloudformation.get_template(StackName=one.stack_id)["TemplateBody"] == stack_set.template
        resources = cloudformation.describe_stack_resources(StackName=one.stack_id)["StackResources"]
        assert {each["LogicalResourceId"] for each in resources} == set(stack_set.template["Resources"])


@pytest.fixture(scope="module")
def second(life: Life) -> Assembly:
    """The example with one more repository and another retention, deployed."""
    assembly = life.deployment.update()
    assert life.deployment.deploy(assembly)
    return assembly


def test_an_update_adds_a_repository_and_changes_lifecycles(life: Life, second: Assembly) -> None:
    assert life.differences(second) == {}
    before, after = life.deployment.declared(life.first), life.deployment.declared(second)
    changed = []
    for place, registry in after.items():
        old = {one["name"]: one["lifecycle"] for one in comparable(before[place])["repositories"]}
        new = {one["name"]: one["lifecycle"] for one in comparable(registry)["repositories"]}
        changed += [name for name in old if old[name] != new[name]]
        assert all(ADDED in name for name in new.keys() - old.keys())
        assert old.keys() <= new.keys()
    assert changed
    added = [name for place in after for name in _names(life.deployment.live(place)) if ADDED in name]
    assert added
    for (place, name), digest in life.pushed.items():
        assert life.deployment.digests(place, name) == {digest}


def _names(registry: Registry) -> list[str]:
    return [str(one.known_name) for one in own_repositories(registry)]


def test_an_update_reaches_every_account_of_a_unit(life: Life, second: Assembly) -> None:
    before = {one.name: one for one in life.stack_sets}
    changed = []
    for after in stack_sets(second):
        assert_deployed(life, after)
        if after.template != before[after.name].template:
            changed.append(after)
    assert bool(changed) == bool(before)
    for one in changed:
        for place in itertools.product(life.members[one.units[0]], one.regions):
            assert_settings(life, place, one)


def assert_settings(life: Life, place: Place, stack_set: StackSet) -> None:
    """An account's scanning and pull policy are what the template says."""
    for resource in stack_set.template["Resources"].values():
        if resource["Type"] == "AWS::ECR::RegistryScanningConfiguration":
            live = life.deployment.client("ecr", place).get_registry_scanning_configuration()
            declared = [rule["ScanFrequency"] for rule in resource["Properties"]["Rules"]]
            assert [rule["scanFrequency"] for rule in live["scanningConfiguration"]["rules"]] == declared
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            iam = life.deployment.client("iam", place)
            (policy,) = iam.list_policies(Scope="Local")["Policies"]
            version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
            assert ADDED_PULL in json.dumps(version["PolicyVersion"]["Document"])


def test_destroying_keeps_every_repository_and_image(life: Life, second: Assembly) -> None:
    places = list(life.deployment.declared(second))
    before = {place: comparable(life.deployment.live(place))["repositories"] for place in places}
    scanned = {place: scanning(life, place) for place in life.stack_set_places(second)}
    life.deployment.destroy(second)
    assert {place: scanning(life, place) for place in scanned} == scanned
    for one in stack_sets(second):
        assert_gone(life, one)
    after = {place: comparable(life.deployment.live(place))["repositories"] for place in places}
    assert after == before
    for (place, name), digest in life.pushed.items():
        assert life.deployment.digests(place, name) == {digest}
    for (place, name), digest in life.kept.items():
        assert life.deployment.digests(place, name) == {digest}


def scanning(life: Life, place: Place) -> Any:
    answer = life.deployment.client("ecr", place).get_registry_scanning_configuration()
    return answer["scanningConfiguration"]


def assert_gone(life: Life, stack_set: StackSet) -> None:
    """No account has the stack any more, nor what its template does not retain."""
    for unit in stack_set.units:
        for place in itertools.product(life.members[unit], stack_set.regions):
            cloudformation = life.deployment.client("cloudformation", place)
            assert cloudformation.describe_stacks()["Stacks"] == []
            assert life.deployment.client("events", place).list_rules()["Rules"] == []
            assert life.deployment.client("ec2", place).describe_vpc_endpoints()["VpcEndpoints"] == []
            assert life.deployment.client("iam", place).list_roles()["Roles"] == []
