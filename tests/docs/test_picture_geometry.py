"""Nothing in a picture gets in the way of anything else, in those of the examples and of any stacks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from docs_assembly import DeployedStack
from docs_model_page import example_names, example_topology, render_example_picture
from docs_picture import render_picture
from docs_text import text_width, wrapped
from docs_topology import read_topology
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_geometry import drawing, faults
from picture_stacks import (
    BUS,
    cache,
    endpoint,
    forwarding,
    pull_policy,
    replication,
    repository,
    stack,
    stack_set,
)

REGIONS = ["eu-west-1", "eu-central-1", "ap-southeast-2"]
REGISTRIES = [f"{number}00000000000" for number in range(1, 5)]
WORKLOADS = [f"{number}55555555555" for number in range(1, 7)]
SECURITY, ADMINISTRATOR = "800000000008", "900000000009"
UNITS = ["ou-ab12-11111111", "ou-cd34-22222222"]


def some(values: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=4, unique=True)


@st.composite
def deployments(draw: st.DrawFn) -> tuple[DeployedStack, ...]:
    """Stacks of registries, workloads and a platform, in any number and joined in any way."""
    stacks: list[DeployedStack] = []
    registries = [
        (account, region) for account in draw(some(REGISTRIES, 1)) for region in draw(some(REGIONS, 1))
    ]
    for account, region in registries:
        resources: dict[str, Any] = {}
        for name in draw(some(["api", "web", "a-rather-long-name-of-a-repository/of-some-team"], 1)):
            resources[name] = repository(
                name,
                *draw(some(["ci", "ci-of-a-team-with-a-long-name", "release"])),
                pulled_by=tuple(draw(some([*WORKLOADS, *REGISTRIES]))),
            )
        for prefix in draw(some(["docker-hub", "k8s", "quay"])):
            resources[f"Cache{prefix}"] = cache(prefix, f"{prefix}.example")
        others = [f"{one}/{place}" for one, place in registries if (one, place) != (account, region)]
        if others and draw(st.booleans()):
            resources["Copies"] = replication(*draw(some(others, 1)))
        if draw(st.booleans()):
            resources["Forward"] = forwarding(SECURITY)
        stacks.append(
            stack(f"ecr-registry-{draw(st.sampled_from(['', 'team-']))}{region}", resources, account, region)
        )
    for account in draw(some(WORKLOADS)):
        name = draw(st.sampled_from(["staging", "production"]))
        places = draw(st.lists(st.sampled_from(registries), min_size=1, max_size=3, unique=True))
        policies = {
            f"P{number}": pull_policy("prod/*", "base/*", account=one, regions=(region,))
            for number, (one, region) in enumerate(places)
        }
        stacks.append(stack(f"ecr-consumer-{name}-{account}", policies, account, REGIONS[0]))
        for region in draw(some(REGIONS)):
            stacks.append(stack(f"ecr-endpoints-{account}-{region}", {"E": endpoint()}, account, region))
    if draw(st.booleans()):
        inner = {"Forward": forwarding(SECURITY), "E": endpoint()}
        account, region = registries[0]
        inner["P"] = pull_policy("prod/*", account=account, regions=(region,))
        where = draw(st.sampled_from([ADMINISTRATOR, registries[0][0], SECURITY]))
        sets = {
            f"S{number}": stack_set(
                f"ecr-pull-{name}", inner, tuple(draw(some(UNITS, 1))), tuple(REGIONS[:2])
            )
            for number, name in enumerate(draw(some(["stores", "depots"], 1)))
        }
        stacks.append(stack("ecr-units", sets, where))
        stacks.append(stack("ecr-platform-findings", {"Bus": BUS}, SECURITY))
    return tuple(stacks)


@pytest.mark.parametrize("name", example_names())
def test_the_picture_of_an_example(name: str) -> None:
    assert faults(render_example_picture(name)) == []


@pytest.mark.parametrize("name", example_names())
def test_the_picture_of_an_example_is_legible_on_a_page_of_830_pixels(name: str) -> None:
    page = drawing(render_example_picture(name)).page
    assert page.right <= 930, "at 830 pixels the smallest text would be less than 9.8 pixels high"


@settings(max_examples=60, deadline=None)
@given(deployments())
def test_the_picture_of_anything(stacks: tuple[DeployedStack, ...]) -> None:
    assert faults(render_picture(read_topology(stacks), "anything")) == []


@settings(max_examples=60, deadline=None)
@given(deployments())
def test_each_flow_has_an_arrow_and_each_arrow_its_flows(stacks: tuple[DeployedStack, ...]) -> None:
    topology = read_topology(stacks)
    wanted = {
        (flow.kind, topology.home(flow.source).key, topology.home(flow.target).key) for flow in topology.flows
    }
    found = {
        (arrow.kind, source, target)
        for arrow in drawing(render_picture(topology, "anything")).arrows
        for source in arrow.sources
        for target in arrow.targets
    }
    assert found == {one for one in wanted if one[1] != one[2]}


@pytest.mark.parametrize("name", example_names())
def test_each_place_of_a_flow_is_in_one_box(name: str) -> None:
    topology = example_topology(name)
    places = [place for box in topology.every_box() for place in box.places]
    assert len(places) == len(set(places))
    assert {end for flow in topology.flows for end in (flow.source, flow.target)} <= set(places)


@pytest.mark.parametrize("name", example_names())
def test_no_box_of_a_region_is_empty(name: str) -> None:
    for box in example_topology(name).every_box():
        assert box.lines or box.stacks or box.inner, box.title


@pytest.mark.parametrize(
    ("pattern", "to", "said"),
    [
        (
            r">Registry account<",
            ">A registry account with a title that is far too long for it<",
            "does not fit",
        ),
        (r'height="\d+\.\d" rx', 'height="900.0" rx', "overlaps"),
        (r'(<polygon points=")(\d+)', r"\g<1>9\2", "ends at"),
    ],
)
def test_what_is_wrong_is_found(pattern: str, to: str, said: str) -> None:
    picture = render_example_picture("centralized")
    start = picture.index("data-box")
    spoilt = picture[:start] + re.sub(pattern, to, picture[start:])
    assert any(said in fault for fault in faults(spoilt))


@settings(max_examples=100)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200), st.floats(40, 300))
def test_a_text_is_broken_into_lines_that_fit_and_nothing_is_lost(text: str, width: float) -> None:
    lines = wrapped(text, width, 12)
    assert all(text_width(line, 12) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
