"""Every construct is deployed, read back, deployed again, updated and destroyed.

The estate of tests/support/estate.py, which a synthesis test holds against the list of all constructs, goes
to the live endpoint with the CDK CLI. The tests of this file run in order: they are the life of one estate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from deployment import Deployment
from estate import DELETED, MAIN, OTHER, PUBLIC, Accounts, SynthesizedEstate, synthesize_estate
from live_resources import NOT_SHOWN, READERS, DeployedStack, comparable
from local_organization import LocalOrganization

from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.registry import Registry

NO_CHANGES: Final = "(no changes)"
RETAINED: Final = ("Retain", "RetainExceptOnCreate")
UPDATED_DAYS: Final = 60

ALWAYS_THERE: Final = {
    "Custom::EcrRegistrySetting": "a registry has its settings; what deletion puts back is tested by itself",
}
"""What cannot be gone."""

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """An estate that is deployed."""

    deployment: Deployment
    synthesized: SynthesizedEstate
    stacks: dict[str, DeployedStack]

    def resources(self) -> Iterator[tuple[DeployedStack, str, str]]:
        """Every resource that an API shows: its stack, logical id and type."""
        for stack in self.stacks.values():
            for logical_id, resource in stack.resources.items():
                if resource["Type"] not in NOT_SHOWN and resource["Type"] != "AWS::CDK::Metadata":
                    yield stack, logical_id, resource["Type"]

    def differences(self) -> list[str]:
        """Every property of which an API shows something else than the template declares."""
        return [
            f"{stack.name}/{logical_id} ({kind}) {said}"
            for stack, logical_id, kind in self.resources()
            for said in differences(stack, logical_id, kind, stack.live(logical_id))
        ]


def differences(stack: DeployedStack, logical_id: str, kind: str, live: Properties) -> Iterator[str]:
    """Every property of a resource of which an API shows something else than the template declares."""
    for name, value in stack.declared(logical_id).items():
        declared, shown = comparable(value), comparable(live.get(name))
        if f"{kind}.{name}" not in NOT_SHOWN and declared != shown:
            yield f"{name}: {declared} is {shown}"


def folders(synthesized: SynthesizedEstate) -> tuple[Path, Path]:
    return synthesized.registries, synthesized.workload


def accounts_of(deployment: Deployment) -> Accounts:
    stranger = str(int(deployment.account) + 2)
    return Accounts(registry=deployment.account, consumer=deployment.consumer, stranger=stranger)


def deployed_stacks(deployment: Deployment, synthesized: SynthesizedEstate) -> dict[str, DeployedStack]:
    stacks = {}
    for name, template in synthesized.templates.items():
        account = deployment.consumer if name == "estate-workload" else deployment.account
        region = synthesized.regions[name]

        @cache
        def client(service: str, account: str = account, region: str = region) -> Any:
            return deployment.cloud.client(service, account=account, region=region)

        stacks[name] = DeployedStack(name, template, client, account=account, region=region)
    return stacks


@pytest.fixture(scope="module")
def life(deployment: Deployment) -> Life:
    account = deployment.account
    deployment.cloud.install_toolkit({account: (PUBLIC,)}, trusted=account)
    synthesized = synthesize_estate(deployment.folder / "first", accounts_of(deployment))
    management, member = (str(int(account) + number) for number in (3, 4))
    organization = LocalOrganization(deployment.cloud, synthesized.registries, management=management)
    organization.create(organization.spread([member]))
    for folder in folders(synthesized):
        deployment.deploy(folder)
    return Life(deployment, synthesized, deployed_stacks(deployment, synthesized))


def test_every_type_is_read_back_or_said_why_not(life: Life) -> None:
    resources = [one for stack in life.stacks.values() for one in stack.resources.values()]
    types = {one["Type"] for one in resources}
    properties = {f"{one['Type']}.{name}" for one in resources for name in one.get("Properties", {})}
    assert types - READERS.keys() - NOT_SHOWN.keys() == set()
    assert READERS.keys() - types == set(), "a reader of what is in no template"
    assert NOT_SHOWN.keys() - types - properties == set(), "a reason for what is in no template"


def test_every_property_is_what_the_template_declares(life: Life) -> None:
    assert life.differences() == []


@pytest.mark.parametrize("region", [MAIN, OTHER])
def test_the_live_registry_is_what_the_templates_declare(life: Life, region: str) -> None:
    client = life.deployment.client("ecr", region)
    live = facts(read_live_registry(region, client=client))
    declared = facts(life.deployment.declared(life.synthesized.registries, region))
    assert live == declared
    assert live["templates"]


def facts(registry: Registry) -> dict[str, Any]:
    """What both sources know alike; what only deployment determines is compared by property."""
    return {
        "repositories": {
            one.known_name: (one.tag_mutability, comparable(one.lifecycle_policy), one.encryption.type)  # type: ignore[union-attr]
            for one in registry.repositories
            if not one.is_cdk_asset_repository
        },
        "templates": {
            one.label: (sorted(one.applied_for), one.tag_mutability, comparable(one.lifecycle_policy))  # type: ignore[arg-type]
            for one in registry.creation_templates
        },
        "caches": {
            one.known_prefix: (one.upstream_registry_url, one.upstream_prefix) for one in registry.cache_rules
        },
        "scanning": [
            (one.scan_type, sorted((rule.frequency, rule.filters) for rule in one.rules))  # type: ignore[union-attr]
            for one in registry.scanning
        ],
        "replication": [
            sorted((str(rule.destinations), rule.filters) for rule in one.rules)  # type: ignore[union-attr]
            for one in registry.replication
        ],
        "signing": [sorted(rule.filters for rule in one.rules) for one in registry.signing],  # type: ignore[union-attr]
        "exclusions": [one.principal_arn for one in registry.pull_time_exclusions],
    }


def test_the_secrets_have_ecrs_keys_and_no_value_in_a_template(life: Life) -> None:
    secrets = life.deployment.client("secretsmanager")
    for name in ("ecr-pullthroughcache/estate-hub", "ecr-pullthroughcache/estate-github"):
        value = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        assert set(value) == {"username", "accessToken"}
        for template in life.synthesized.templates.values():
            assert value["accessToken"] not in json.dumps(template)


def test_deploying_again_changes_nothing(life: Life) -> None:
    for folder in folders(life.synthesized):
        _, output = life.deployment.deploy(folder)
        done = [line for line in output.splitlines() if line.strip().startswith("✅")]
        assert done
        assert [line for line in done if NO_CHANGES not in line] == []


@pytest.fixture(scope="module")
def updated(life: Life) -> tuple[Life, str]:
    """The estate with another retention, and what the CDK CLI said."""
    second = synthesize_estate(
        life.deployment.folder / "second", accounts_of(life.deployment), retention_days=UPDATED_DAYS
    )
    _, output = life.deployment.deploy(second.registries)
    return Life(life.deployment, second, deployed_stacks(life.deployment, second)), output


def test_an_update_changes_one_stack_and_what_it_says(updated: tuple[Life, str]) -> None:
    life, output = updated
    done = [line.strip() for line in output.splitlines() if line.strip().startswith("✅")]
    assert [line for line in done if NO_CHANGES not in line] == ["✅  estate-repositories"]
    assert life.differences() == []
    lifecycle = life.deployment.client("ecr").get_lifecycle_policy(repositoryName="prod/payments/api")
    numbers = [
        rule["selection"]["countNumber"] for rule in json.loads(lifecycle["lifecyclePolicyText"])["rules"]
    ]
    assert UPDATED_DAYS in numbers
    assert 90 not in numbers


def test_destroying_keeps_what_is_retained_and_nothing_else(updated: tuple[Life, str]) -> None:
    life, _ = updated
    life.deployment.push("prod/payments/api", "v1.0.0")
    life.deployment.push(DELETED, "sha-1")
    for stack, logical_id, _ in life.resources():
        stack.declared(logical_id)  # while what it refers to can be asked
    for folder in reversed(folders(life.synthesized)):
        life.deployment.destroy(folder)
    lost, left = [], []
    for stack, logical_id, kind in life.resources():
        place = f"{stack.name}/{logical_id} ({kind})"
        is_kept = stack.resources[logical_id].get("DeletionPolicy") in RETAINED
        shown = _shown(stack, logical_id)
        if is_kept:
            lost += [f"{place} {said}" for said in differences(stack, logical_id, kind, shown or {})]
        elif shown is not None and kind not in ALWAYS_THERE:
            left.append(place)
    assert (lost, left) == ([], [])
    assert life.deployment.digests("prod/payments/api")


def _shown(stack: DeployedStack, logical_id: str) -> Properties | None:
    """What an API shows of a resource; None if it is gone, or is on its way."""
    try:
        found = stack.live(logical_id)
    except (ClientError, ValueError, KeyError, IndexError):
        return None
    is_going = found.get("KeyState") == "PendingDeletion" or found.get("Status") == "INACTIVE"
    return None if is_going or not found else found
