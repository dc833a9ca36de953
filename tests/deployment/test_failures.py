"""What fails or is interrupted leaves nothing that the next deployment does not mend, in each model.

One example of each operating model, the smallest, goes through it. The tests of this file run in order.

Practices: OPS-1
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from example_assemblies import blueprint_of, example_names
from example_deployment import ADDED, ExampleDeployment, Place
from local_cloud import CloudError, LocalCloud
from registry_comparison import comparable, own_repositories
from stored_assembly import read_stored
from synthesized import Assembly


class Interrupted(Exception):
    """The test has ended the CDK CLI."""


def one_of_each_model() -> list[str]:
    """The example of each model with the fewest stacks."""
    by_size = sorted(example_names(), key=lambda name: (len(read_stored(name)), name), reverse=True)
    found = {yaml.safe_load(blueprint_of(name).read_text())["model"]: name for name in by_size}
    return sorted(found.values())


@pytest.fixture(scope="module", params=one_of_each_model())
def deployment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExampleDeployment]:
    folder = tmp_path_factory.mktemp(request.param)
    with LocalCloud(log=folder / "emulator.log") as cloud:
        deployment = ExampleDeployment(request.param, cloud, folder)
        deployment.bootstrap()
        yield deployment


def repositories_of(assembly: Assembly) -> dict[str, list[str]]:
    """Stack → the names of its repositories, of those stacks that have some."""
    found = {
        stack: [
            str(resource["Properties"]["RepositoryName"])
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::ECR::Repository"
        ]
        for stack, template in assembly.templates.items()
    }
    return {stack: names for stack, names in found.items() if names}


def names(deployment: ExampleDeployment, place: Place) -> set[str]:
    return {str(one.known_name) for one in own_repositories(deployment.live(place))}


def assert_as_declared(deployment: ExampleDeployment, assembly: Assembly) -> None:
    for place, declared in deployment.declared(assembly).items():
        live = comparable(deployment.live(place))
        ours = comparable(declared)
        assert live["repositories"] == ours["repositories"]
        assert live["templates"] == ours["templates"]
        assert live["caches"] == ours["caches"]


def interrupt(line: str) -> None:
    """Ends the CLI as soon as the first stack is done, while others are under way."""
    if line.strip().startswith("✅"):
        raise Interrupted


def test_a_creation_that_is_interrupted_and_one_that_fails(deployment: ExampleDeployment) -> None:
    first = deployment.first
    stack, declared = list(repositories_of(first).items())[-1]
    place, taken = first.environments[stack], declared[-1]
    deployment.client("ecr", place).create_repository(repositoryName=taken)

    with pytest.raises(Interrupted):
        deployment.deploy(first, on_line=interrupt)
    with pytest.raises(CloudError, match="already exists"):
        deployment.deploy(first)
    # What was made before the failure is gone again, and in nobody's way.
    assert names(deployment, place) & set(declared) == {taken}

    deployment.client("ecr", place).delete_repository(repositoryName=taken)
    deployment.deploy(first)
    assert_as_declared(deployment, first)


@pytest.fixture(scope="module")
def pushed(deployment: ExampleDeployment) -> dict[tuple[Place, str], str]:
    """An image in the first repository of each stack."""
    first = deployment.first
    found: dict[tuple[Place, str], str] = {}
    for stack, declared in repositories_of(first).items():
        place = first.environments[stack]
        found[place, declared[0]] = deployment.push(place, declared[0])
    return found


@pytest.fixture(scope="module")
def second(deployment: ExampleDeployment) -> Assembly:
    return deployment.update()


def test_an_update_that_fails(
    deployment: ExampleDeployment, pushed: dict[tuple[Place, str], str], second: Assembly
) -> None:
    stack, added = next(
        (stack, name)
        for stack, found in repositories_of(second).items()
        for name in found
        if ADDED in name and stack in repositories_of(deployment.first)
    )
    place = second.environments[stack]
    deployment.client("ecr", place).create_repository(repositoryName=added)
    before = of_stack(deployment, stack, place)
    with pytest.raises(CloudError, match="already exists"):
        deployment.deploy(second)
    assert of_stack(deployment, stack, place) == before

    deployment.client("ecr", place).delete_repository(repositoryName=added)
    deployment.deploy(second)
    assert_as_declared(deployment, second)
    for (where, name), digest in pushed.items():
        assert deployment.digests(where, name) == {digest}


def of_stack(deployment: ExampleDeployment, stack: str, place: Place) -> list[object]:
    """The repositories that a stack had at first, as they are."""
    own = repositories_of(deployment.first)[stack]
    return [one for one in comparable(deployment.live(place))["repositories"] if one["name"] in own]


def test_a_destruction_with_images_inside_keeps_them(
    deployment: ExampleDeployment, pushed: dict[tuple[Place, str], str], second: Assembly
) -> None:
    deployment.destroy(second)
    for (place, name), digest in pushed.items():
        assert deployment.digests(place, name) == {digest}
    # Once more, with nothing left to destroy.
    deployment.destroy(second)
