"""What a workload account pulls with: a policy, the roles that have it, and the endpoints of its VPCs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_assemblies import run_app
from synthesized import Assembly, read_assembly, synthesize

REGIONS = ("eu-west-1", "eu-central-1")
VPC, LAB = "vpc-0a1b2c3d4e5f60001", "vpc-0a1b2c3d4e5f60002"
BLUEPRINT = f"""\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1, eu-central-1]}}
caches: {{k8s: {{}}, docker-hub: {{secret: ecr-pullthroughcache/docker-hub, prefix: hub}}}}
consumers:
  plain: {{accounts: ["222233334444"], pull: ["prod/*"]}}
  whole:
    accounts: ["333344445555"]
    pull: ["prod/*"]
    caches: [docker-hub]
    roles: [eks-nodes, ecs-instances]
    pull_roles: {{nodes: {{policies: [AmazonEKSWorkerNodeMinimalPolicy]}}, tasks: {{}}, pods: {{}}}}
networks:
  "333344445555":
    eu-west-1:
      {VPC}:
        cidrs: [10.20.0.0/16, 100.64.0.0/16]
        subnets: {{eu-west-1a: subnet-0a1b2c3d4e5f60001, eu-west-1b: subnet-0a1b2c3d4e5f60002}}
        route_tables: [rtb-0a1b2c3d4e5f60001, rtb-0a1b2c3d4e5f60002, rtb-0a1b2c3d4e5f60003]
        cluster: {{without: [logs, elasticloadbalancing], optional: [autoscaling]}}
        buckets: [meridian-configuration]
      {LAB}:
        cidrs: [10.21.0.0/16]
        subnets: {{eu-west-1a: subnet-0a1b2c3d4e5f60003}}
        existing: [s3]
teams: [{{team: payments, repositories: {{api: {{}}}}}}]
"""
CONSUMER, ENDPOINTS = "ecr-consumer-whole-333344445555", "ecr-endpoints-333344445555-eu-west-1"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = tmp_path_factory.mktemp("consumers")
    (folder / "blueprint.yaml").write_text(BLUEPRINT)
    result = run_app(folder / "blueprint.yaml", folder / "out")
    assert result.returncode == 0, result.stderr
    return read_assembly(folder / "out", result.stderr)


def of_type(stacks: Assembly, stack: str, kind: str) -> dict[str, dict[str, Any]]:
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in stacks.templates[stack]["Resources"].items()
        if resource["Type"] == kind
    }


def outputs(stacks: Assembly, stack: str) -> dict[str, Any]:
    return {name: one["Value"] for name, one in stacks.templates[stack].get("Outputs", {}).items()}


def test_a_plain_consumer_has_the_policy_that_it_always_had(stacks: Assembly) -> None:
    policy = of_type(stacks, "ecr-consumer-plain-222233334444", "AWS::IAM::ManagedPolicy")
    assert list(policy) == ["Pull730ADB09"]
    assert "ManagedPolicyName" not in policy["Pull730ADB09"]
    assert "Roles" not in policy["Pull730ADB09"]
    assert of_type(stacks, "ecr-consumer-plain-222233334444", "AWS::IAM::Role") == {}
    assert set(outputs(stacks, "ecr-consumer-plain-222233334444")) == {
        "PullPolicyArn",
        "Registryeuwest1",
        "Registryeucentral1",
    }


def test_the_policy_is_attached_to_the_roles_that_exist(stacks: Assembly) -> None:
    (policy,) = of_type(stacks, CONSUMER, "AWS::IAM::ManagedPolicy").values()
    assert policy["Roles"] == ["eks-nodes", "ecs-instances"]


@pytest.mark.parametrize(
    ("workload", "service", "actions"),
    [
        ("nodes", "ec2.amazonaws.com", "sts:AssumeRole"),
        ("tasks", "ecs-tasks.amazonaws.com", "sts:AssumeRole"),
        ("pods", "pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
    ],
)
def test_a_made_role_is_for_one_service_and_has_the_policy(
    stacks: Assembly, workload: str, service: str, actions: str | list[str]
) -> None:
    roles = {one["RoleName"]: one for one in of_type(stacks, CONSUMER, "AWS::IAM::Role").values()}
    role = roles[f"ecr-pull-whole-{workload}"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == actions
    assert role["ManagedPolicyArns"][0] == {"Ref": "Pull730ADB09"}
    assert len(role["ManagedPolicyArns"]) == (2 if workload == "nodes" else 1)
    assert ("AmazonEKSWorkerNodeMinimalPolicy" in json.dumps(role)) == (workload == "nodes")
    assert "Policies" not in role


def test_the_outputs_say_what_a_cluster_asks(stacks: Assembly) -> None:
    found = outputs(stacks, CONSUMER)
    assert {name for name in found if name.endswith("Arn")} == {
        "PullPolicyArn",
        "PullRoleNodesArn",
        "PullRoleTasksArn",
        "PullRolePodsArn",
    }
    for region in REGIONS:
        suffix, host = region.replace("-", ""), f"111122223333.dkr.ecr.{region}.amazonaws.com"
        assert found[f"Registry{suffix}"] == host
        assert found[f"Cachedockerhub{suffix}"] == f"{host}/hub"
        assert f"Cachek8s{suffix}" not in found


def test_the_vpcs_of_an_account_and_region_are_in_one_stack(stacks: Assembly) -> None:
    assert {one for one in stacks.templates if one.startswith("ecr-endpoints-")} == {ENDPOINTS}
    endpoints = of_type(stacks, ENDPOINTS, "AWS::EC2::VPCEndpoint")
    assert all(VPC.replace("-", "") in name or LAB.replace("-", "") in name for name in endpoints)
    interfaces = {name: one for name, one in endpoints.items() if one["VpcEndpointType"] == "Interface"}
    by_vpc = {
        vpc: {
            one["ServiceName"].removeprefix("com.amazonaws.eu-west-1.")
            for one in interfaces.values()
            if one["VpcId"] == vpc
        }
        for vpc in (VPC, LAB)
    }
    assert by_vpc == {
        VPC: {"ecr.api", "ecr.dkr", "ec2", "sts", "eks", "eks-auth", "autoscaling"},
        LAB: {"ecr.api", "ecr.dkr"},
    }
    for one in interfaces.values():
        assert one["PrivateDnsEnabled"] is True
        assert len(one["SubnetIds"]) == (2 if one["VpcId"] == VPC else 1)


def test_port_443_is_open_to_the_blocks_of_the_vpc_alone(stacks: Assembly) -> None:
    groups = of_type(stacks, ENDPOINTS, "AWS::EC2::SecurityGroup").values()
    rules = {one["VpcId"]: {rule["CidrIp"] for rule in one["SecurityGroupIngress"]} for one in groups}
    assert rules == {VPC: {"10.20.0.0/16", "100.64.0.0/16"}, LAB: {"10.21.0.0/16"}}


def test_s3_is_a_route_in_each_named_table_and_lets_layers_and_the_buckets_pass(stacks: Assembly) -> None:
    endpoints = of_type(stacks, ENDPOINTS, "AWS::EC2::VPCEndpoint").values()
    (gateway,) = [one for one in endpoints if one["VpcEndpointType"] == "Gateway"]
    assert gateway["VpcId"] == VPC
    assert gateway["RouteTableIds"] == [f"rtb-0a1b2c3d4e5f6000{number}" for number in (1, 2, 3)]
    statements = {one["Sid"]: one for one in gateway["PolicyDocument"]["Statement"]}
    assert statements["ReadLayers"]["Resource"] == "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    assert statements["UseBuckets"]["Resource"] == [
        "arn:aws:s3:::meridian-configuration",
        "arn:aws:s3:::meridian-configuration/*",
    ]
    assert not any("*" in action for action in statements["UseBuckets"]["Action"])


def test_an_endpoint_passes_the_shared_registry_its_caches_and_the_account_s_own(stacks: Assembly) -> None:
    endpoints = of_type(stacks, ENDPOINTS, "AWS::EC2::VPCEndpoint").values()
    ecr = [one for one in endpoints if ".ecr." in str(one["ServiceName"]) and one["VpcId"] == LAB]
    assert len(ecr) == 2
    base = "arn:aws:ecr:eu-west-1:111122223333:repository"
    for one in ecr:
        statements = {statement["Sid"]: statement for statement in one["PolicyDocument"]["Statement"]}
        assert statements["PullFromRegistries"]["Resource"] == f"{base}/*"
        assert statements["PullThroughCaches"]["Resource"] == [f"{base}/hub/*", f"{base}/k8s/*"]
        for statement in statements.values():
            assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ["333344445555"]}}


def test_what_an_existing_endpoint_has_to_let_pass_is_an_output(stacks: Assembly) -> None:
    (text,) = outputs(stacks, ENDPOINTS).values()
    assert [one["Sid"] for one in json.loads(text)] == ["ReadLayers"]


def test_cfn_lint_accepts_every_template_and_the_cdk_warns_of_nothing(
    stacks: Assembly, lint: Callable[..., list[str]]
) -> None:
    for stack, template in stacks.templates.items():
        assert lint(template, *REGIONS) == [], stack
    assert "WARNING" not in stacks.output


def test_s3_that_serves_nothing_but_layers_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text(
        BLUEPRINT.replace("        buckets: [meridian-configuration]\n", "")
    )
    result = run_app(tmp_path / "blueprint.yaml", tmp_path / "out")
    assert result.returncode == 0
    assert "ecr-blueprints:s3-layers-only" in result.stderr


def test_a_policy_that_iam_would_not_take_ends_with_a_message(tmp_path: Path) -> None:
    apps = [f"a-service-with-quite-a-long-name-{number:02}" for number in range(60)]
    text = BLUEPRINT.replace(
        'pull: ["prod/*"]', f"pull: [{', '.join(f'prod/payments/{one}' for one in apps)}]"
    )
    text = text.replace("{api: {}}", f"{{{', '.join(f'{one}: {{}}' for one in apps)}}}")
    (tmp_path / "blueprint.yaml").write_text(text)
    result = synthesize(tmp_path / "blueprint.yaml", tmp_path / "out")
    assert result.returncode == 1
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if "plain:" in one)
    where = f"{tmp_path / 'blueprint.yaml'}:{line}: consumers.plain"
    assert result.stderr.startswith(f"error: {where}: the policy would have ")
    assert "Traceback" not in result.stderr
