"""What a picture shows follows from the stacks: accounts, what they are for, and what flows between."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from docs_assembly import DeployedStack, Seed, stack_sets
from docs_box import Box, Topology
from docs_flows import COPY, FETCH, PULL, PUSH, REPORT, ROLL_OUT, SEED, Flow
from docs_picture import render_picture
from docs_sentences import account_rows, flow_sentences
from docs_topology import read_topology
from picture_stacks import (
    BUS,
    REGISTRY,
    UNIT,
    WORKLOAD,
    cache,
    endpoint,
    forwarding,
    pull_policy,
    replication,
    repository,
    stack,
    stack_set,
)

MANAGEMENT, SECURITY, OTHER_TEAM = "999900001111", "888800001111", "333344445555"


def box(topology: Topology, place: str) -> Box:
    return topology.home(place)


def flows(topology: Topology, kind: str) -> list[Flow]:
    return [flow for flow in topology.flows if flow.kind == kind]


def registry(*regions: str) -> tuple[DeployedStack, ...]:
    return tuple(
        stack(f"ecr-registry-{region}", {"A": repository("a")}, region=region)
        for region in regions or ("eu-west-1",)
    )


def test_repositories_of_several_stacks_are_one_registry() -> None:
    topology = read_topology(
        (stack("one", {"A": repository("a"), "B": repository("b")}), stack("two", {"C": repository("c")}))
    )
    assert "3 repositories" in box(topology, f"{REGISTRY}/eu-west-1").lines


def test_who_pulls_is_joined_to_the_registry_of_the_region_that_its_policy_names() -> None:
    policy = pull_policy("prod/*", regions=("eu-central-1",))
    consumer = stack(f"ecr-consumer-shop-{WORKLOAD}", {"P": policy}, account=WORKLOAD)
    topology = read_topology((*registry("eu-west-1", "eu-central-1"), consumer))
    assert flows(topology, PULL) == [Flow(f"{REGISTRY}/eu-central-1", WORKLOAD, PULL)]
    assert box(topology, WORKLOAD).title == "Workloads: shop"
    assert "may pull prod/*" in box(topology, WORKLOAD).lines


def test_who_has_endpoints_pulls_in_their_region_and_the_policy_is_told() -> None:
    policy = pull_policy("prod/*", regions=("eu-west-1", "eu-central-1"))
    topology = read_topology(
        (
            *registry("eu-west-1", "eu-central-1"),
            stack("policy", {"P": policy}, account=WORKLOAD),
            stack("endpoints", {"E": endpoint()}, account=WORKLOAD, region="eu-central-1"),
        )
    )
    assert flows(topology, PULL) == [
        Flow(f"{REGISTRY}/eu-central-1", f"{WORKLOAD}/eu-central-1", PULL),
    ]
    (workloads,) = [one for one in topology.boxes if one.title == "Workloads"]
    assert "by policy in eu-west-1 and eu-central-1" in workloads.lines


def test_who_has_endpoints_elsewhere_alone_is_joined_to_what_its_policy_names() -> None:
    topology = read_topology(
        (
            *registry(),
            stack("policy", {"P": pull_policy("prod/*")}, account=WORKLOAD),
            stack("endpoints", {"E": endpoint()}, account=WORKLOAD, region="eu-central-1"),
        )
    )
    assert flows(topology, PULL) == [Flow(f"{REGISTRY}/eu-west-1", WORKLOAD, PULL)]


def test_an_account_does_not_pull_from_itself() -> None:
    topology = read_topology((stack("one", {"A": repository("a"), "P": pull_policy("prod/*")}),))
    assert flows(topology, PULL) == []


def test_an_account_that_a_repository_lets_pull_is_drawn_though_no_stack_goes_there() -> None:
    topology = read_topology((stack("one", {"A": repository("prod/a", pulled_by=(WORKLOAD,))}),))
    assert flows(topology, PULL) == [Flow(f"{REGISTRY}/eu-west-1", WORKLOAD, PULL)]
    assert box(topology, WORKLOAD).subtitle == [f"account {WORKLOAD}", "no stack goes there"]


def test_a_team_may_pull_from_another() -> None:
    own = stack("ecr-registry-a-eu-west-1", {"A": repository("a", pulled_by=(OTHER_TEAM,))})
    other = stack("ecr-registry-b-eu-west-1", {"B": repository("b")}, account=OTHER_TEAM)
    topology = read_topology((own, other))
    assert flows(topology, PULL) == [Flow(f"{REGISTRY}/eu-west-1", OTHER_TEAM, PULL)]
    assert [one.title for one in topology.boxes] == ["Team a", "Team b"]
    assert box(topology, OTHER_TEAM).lines == ["may pull a"]


def test_roles_that_push_come_from_outside_and_reach_the_region_of_the_repository() -> None:
    topology = read_topology((stack("one", {"A": repository("a", "ci-payments", "ci-search")}),))
    (flow,) = flows(topology, PUSH)
    assert flow.target == f"{REGISTRY}/eu-west-1"
    assert box(topology, flow.source).lines == ["ci-payments, ci-search"]


def test_replication_joins_a_region_to_each_that_gets_copies_though_it_has_no_stack() -> None:
    copies = replication(f"{REGISTRY}/eu-central-1", f"{OTHER_TEAM}/eu-west-1")
    topology = read_topology((stack("one", {"A": repository("a"), "R": copies}),))
    source = f"{REGISTRY}/eu-west-1"
    assert flows(topology, COPY) == [
        Flow(source, f"{REGISTRY}/eu-central-1", COPY),
        Flow(source, f"{OTHER_TEAM}/eu-west-1", COPY),
    ]
    assert box(topology, f"{REGISTRY}/eu-central-1").lines == [
        "copies of prod/ from eu-west-1: repositories are made with the first"
    ]


def test_a_cache_fetches_and_where_seeds_are_it_is_seeded() -> None:
    rule = {"C": cache("k8s", "registry.k8s.io")}
    stacks = (stack("one", rule), stack("two", rule, region="eu-central-1"))
    seed = Seed(source="registry.k8s.io/pause", account=REGISTRY, region="eu-west-1", digest="sha256:0")
    topology = read_topology(stacks, (seed,))
    assert [flow.target for flow in flows(topology, FETCH)] == [f"{REGISTRY}/eu-central-1"]
    assert [flow.target for flow in flows(topology, SEED)] == [f"{REGISTRY}/eu-west-1"]
    assert box(topology, f"{REGISTRY}/eu-west-1").lines == ["cache (frozen): k8s"]


def test_a_cache_of_another_registry_that_is_drawn_fetches_from_there() -> None:
    rule = cache("platform", f"{REGISTRY}.dkr.ecr.eu-west-1.amazonaws.com")
    topology = read_topology((*registry(), stack("two", {"C": rule}, account=OTHER_TEAM)))
    assert flows(topology, FETCH) == [Flow(f"{REGISTRY}/eu-west-1", f"{OTHER_TEAM}/eu-west-1", FETCH)]


def test_a_stack_set_reaches_its_unit_with_what_its_template_holds() -> None:
    declared = stack_set("ecr-pull-stores", {"P": pull_policy("prod/*"), "E": endpoint()})
    management = stack("sets", {"S": declared}, account=MANAGEMENT)
    topology = read_topology((*registry(), management))
    assert flows(topology, ROLL_OUT) == [Flow(MANAGEMENT, UNIT, ROLL_OUT)]
    assert flows(topology, PULL) == [Flow(f"{REGISTRY}/eu-west-1", f"{UNIT}/eu-west-1", PULL)]
    assert box(topology, MANAGEMENT).title == "Stack-set administrator"
    assert box(topology, UNIT).title == "Workloads: stores"
    assert box(topology, f"{UNIT}/eu-west-1").lines == ["pull policy, 1 VPC endpoint"]
    assert [one.name for one in stack_sets(management)] == ["ecr-pull-stores"]


def test_units_that_get_the_same_are_one_box() -> None:
    other = "ou-ab12-22222222"
    declared = stack_set("ecr-baseline", {"F": forwarding(SECURITY)}, (UNIT, other))
    stacks = (stack("sets", {"S": declared}, account=MANAGEMENT), stack("bus", {"B": BUS}, account=SECURITY))
    topology = read_topology(stacks)
    assert box(topology, UNIT) is box(topology, other)
    target = f"{SECURITY}/eu-west-1"
    assert flows(topology, REPORT) == [Flow(f"{one}/eu-west-1", target, REPORT) for one in (UNIT, other)]


def test_accounts_that_do_the_same_are_one_box_and_those_with_other_flows_are_not() -> None:
    regions = {WORKLOAD: "eu-west-1", OTHER_TEAM: "eu-west-1", SECURITY: "eu-central-1"}
    consumers = [
        stack(
            f"ecr-consumer-shop-{account}", {"P": pull_policy("prod/*", regions=(region,))}, account=account
        )
        for account, region in regions.items()
    ]
    topology = read_topology((*registry("eu-west-1", "eu-central-1"), *consumers))
    assert box(topology, WORKLOAD).title == "2 accounts"
    assert box(topology, OTHER_TEAM) is box(topology, WORKLOAD)
    assert box(topology, SECURITY).title == SECURITY


def test_another_resource_in_a_stack_changes_nothing() -> None:
    plain = (*registry(), stack("two", {"P": pull_policy("prod/*")}, account=WORKLOAD))
    more = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    resources = [{**one.template["Resources"], "More": more} for one in plain]
    richer = [
        stack(one.name, its, one.account, one.region) for one, its in zip(plain, resources, strict=True)
    ]
    assert render_picture(read_topology(tuple(richer)), "x") == render_picture(read_topology(plain), "x")


def test_the_same_stacks_give_the_same_picture_and_other_stacks_another() -> None:
    one = (stack("one", {"A": repository("a", "ci")}),)
    other = (stack("one", {"A": repository("a", "other")}),)
    assert render_picture(read_topology(one), "x") == render_picture(read_topology(one), "x")
    assert render_picture(read_topology(one), "x") != render_picture(read_topology(other), "x")


def test_a_picture_has_a_title_and_a_description_that_says_its_flows() -> None:
    topology = read_topology((*registry(), stack("two", {"P": pull_policy("prod/*")}, account=WORKLOAD)))
    root = ElementTree.fromstring(render_picture(topology, "<title> & more"))
    title, description = root[0], root[1]
    assert (title.text, root.get("role")) == ("<title> & more", "img")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert [*flow_sentences(topology)] == ["Workloads may pull from Registry account (eu-west-1)."]
    assert "Workloads may pull from Registry account (eu-west-1)." in (description.text or "")
    assert [row[:2] for row in account_rows(topology)] == [
        ("Registry account", REGISTRY),
        ("Workloads", WORKLOAD),
    ]
