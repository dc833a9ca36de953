"""A consumer in every account of organizational units: stack sets, and a registry that admits the units."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_assemblies import run_app
from synthesized import synthesize

from ecr_blueprints.domain.stack_set import MAX_TEMPLATE_BODY_BYTES

REGIONS = ("eu-west-1", "eu-central-1")
UNITS = ("o-exampleorg/r-ab12/ou-ab12-11111111", "o-exampleorg/r-ab12/ou-ab12-22222222/ou-ab12-33333333")
BLUEPRINT = f"""\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1, eu-central-1]}}
organization: {{id: o-exampleorg, administrator: "999900001111", delegated: true}}
caches: {{k8s: {{}}, ecr-public: {{}}, quay: {{}}, docker-hub: {{secret: ecr-pullthroughcache/docker-hub}}}}
consumers:
  shops:
    units: [{", ".join(UNITS)}]
    pull: ["prod/*"]
    caches: [k8s, docker-hub, ecr-public, quay]
    roles: [eks-nodes]
    pull_roles: {{nodes: {{policies: [AmazonEKSWorkerNodeMinimalPolicy]}}, tasks: {{}}, pods: {{}}}}
    network:
      vpc: /network/vpc-id
      cidr: /network/vpc-cidr
      subnets: /network/subnet-ids
      route_tables: /network/route-table-ids
      cluster: {{optional: [oidc-eks, xray, ssm, autoscaling]}}
      buckets: [meridian-configuration]
  labs:
    units: [{UNITS[0]}]
    pull: ["dev/*"]
  gateways:
    units: [o-exampleorg/r-ab12/ou-ab12-44444444]
    pull: ["prod/*"]
    network:
      vpc: /edge/vpc-id
      cidr: /edge/vpc-cidr
      subnets: /edge/subnet-ids
      existing: [s3]
      regions: [eu-central-1]
teams: [{{team: payments, repositories: {{api: {{}}}}}}]
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("units")
    (folder / "blueprint.yaml").write_text(BLUEPRINT)
    result = run_app(folder / "blueprint.yaml", folder / "out")
    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stderr
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in (folder / "out").glob("*.template.json")
    }


def stack_sets(templates: dict[str, Any], consumer: str) -> dict[str, dict[str, Any]]:
    """The stack sets of a consumer by name."""
    resources = templates[f"ecr-units-{consumer}"]["Resources"].values()
    return {
        one["Properties"]["StackSetName"]: one["Properties"]
        for one in resources
        if one["Type"] == "AWS::CloudFormation::StackSet"
    }


def inner(templates: dict[str, Any], name: str) -> dict[str, Any]:
    """The template that a stack set brings to each account."""
    body = stack_sets(templates, name.rpartition("-")[2])[name]["TemplateBody"]
    assert len(body.encode()) <= MAX_TEMPLATE_BODY_BYTES
    content: dict[str, Any] = json.loads(body)
    return content


def test_one_stack_stands_for_all_accounts_of_the_units(templates: dict[str, Any]) -> None:
    assert not [one for one in templates if one.startswith(("ecr-consumer-", "ecr-endpoints-"))]
    assert set(stack_sets(templates, "shops")) == {"ecr-pull-shops", "ecr-endpoints-shops"}
    assert set(stack_sets(templates, "labs")) == {"ecr-pull-labs"}
    for one in stack_sets(templates, "shops").values():
        assert one["PermissionModel"] == "SERVICE_MANAGED"
        assert one["CallAs"] == "DELEGATED_ADMIN"
        assert one["AutoDeployment"]["Enabled"] is True
        (group,) = one["StackInstancesGroup"]
        assert group["DeploymentTargets"] == {
            "OrganizationalUnitIds": ["ou-ab12-11111111", "ou-ab12-33333333"]
        }


def test_iam_is_deployed_once_and_endpoints_in_each_region(templates: dict[str, Any]) -> None:
    def regions(consumer: str) -> dict[str, list[str]]:
        return {
            name: one["StackInstancesGroup"][0]["Regions"]
            for name, one in stack_sets(templates, consumer).items()
        }

    assert regions("shops") == {"ecr-pull-shops": ["eu-west-1"], "ecr-endpoints-shops": list(REGIONS)}
    assert regions("gateways")["ecr-endpoints-gateways"] == ["eu-central-1"]
    sets = stack_sets(templates, "shops")
    assert sets["ecr-pull-shops"]["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert "Capabilities" not in sets["ecr-endpoints-shops"]


def test_policy_and_roles_are_called_alike_in_every_account(templates: dict[str, Any]) -> None:
    resources = inner(templates, "ecr-pull-shops")["Resources"].values()
    names = {
        one["Properties"].get("ManagedPolicyName") or one["Properties"].get("RoleName") for one in resources
    }
    assert names == {
        "ecr-pull-shops",
        "ecr-pull-shops-nodes",
        "ecr-pull-shops-tasks",
        "ecr-pull-shops-pods",
    }
    (policy,) = [one["Properties"] for one in resources if one["Type"] == "AWS::IAM::ManagedPolicy"]
    assert policy["Roles"] == ["eks-nodes"]
    statements = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert f"arn:aws:ecr:{REGIONS[1]}:111122223333:repository/prod/*" in statements["Pull"]["Resource"]


def test_the_facts_of_a_vpc_come_from_the_account_s_own_parameters(templates: dict[str, Any]) -> None:
    template = inner(templates, "ecr-endpoints-shops")
    assert {name: (one["Type"], one["Default"]) for name, one in template["Parameters"].items()} == {
        "VpcId": ("AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>", "/network/vpc-id"),
        "VpcCidr": ("AWS::SSM::Parameter::Value<String>", "/network/vpc-cidr"),
        "SubnetIds": ("AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>", "/network/subnet-ids"),
        "RouteTableIds": ("AWS::SSM::Parameter::Value<List<String>>", "/network/route-table-ids"),
    }
    assert "Transform" not in template
    assert "{{resolve:" not in json.dumps(template)
    endpoints = [
        one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::EC2::VPCEndpoint"
    ]
    assert len(endpoints) == 2 + 1 + 6 + 4
    for one in endpoints:
        assert one["VpcId"] == {"Ref": "VpcId"}
        if one["VpcEndpointType"] == "Gateway":
            assert one["RouteTableIds"] == {"Ref": "RouteTableIds"}
        else:
            assert one["SubnetIds"] == {"Ref": "SubnetIds"}


def test_endpoints_are_for_the_account_s_own_credentials_and_the_shared_registry(
    templates: dict[str, Any],
) -> None:
    endpoints = [
        one["Properties"]
        for one in inner(templates, "ecr-endpoints-gateways")["Resources"].values()
        if one["Type"] == "AWS::EC2::VPCEndpoint"
    ]
    assert len(endpoints) == 2
    for one in endpoints:
        for statement in one["PolicyDocument"]["Statement"]:
            assert statement["Condition"] == {
                "StringEquals": {"aws:PrincipalAccount": [{"Ref": "AWS::AccountId"}]}
            }
        text = json.dumps(one["PolicyDocument"])
        for prefix in ("", "docker-hub/", "ecr-public/", "k8s/", "quay/"):
            assert f":111122223333:repository/{prefix}*" in text


def test_an_existing_gateway_needs_no_route_tables_and_says_what_it_has_to_let_pass(
    templates: dict[str, Any],
) -> None:
    template = inner(templates, "ecr-endpoints-gateways")
    assert set(template["Parameters"]) == {"VpcId", "VpcCidr", "SubnetIds"}
    assert "starport-layer-bucket" in json.dumps(template["Outputs"]["EndpointsS3EndpointStatements"])


def test_the_registry_admits_the_units_and_who_is_below_them(templates: dict[str, Any]) -> None:
    for region in REGIONS:
        resources = templates[f"ecr-repositories-payments-{region}"]["Resources"].values()
        policies = {
            one["Properties"]["RepositoryName"]: json.dumps(one["Properties"].get("RepositoryPolicyText"))
            for one in resources
            if one["Type"] == "AWS::ECR::Repository"
        }
        for unit in UNITS:
            assert f'"{unit}/*"' in policies["prod/payments/api"]
        assert f'"{UNITS[0]}/*"' in policies["dev/payments/api"]
        assert UNITS[1] not in policies["dev/payments/api"]
        assert f'"{UNITS[1]}/*"' in json.dumps(templates[f"ecr-registry-{region}"])


def test_cfn_lint_accepts_the_stacks_and_what_they_bring(
    templates: dict[str, Any], lint: Callable[..., list[str]]
) -> None:
    for consumer in ("shops", "labs", "gateways"):
        assert lint(templates[f"ecr-units-{consumer}"], REGIONS[0]) == []
        for name in stack_sets(templates, consumer):
            assert lint(inner(templates, name), *REGIONS) == [], name


def test_from_the_management_account_no_delegate_calls(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT.replace(", delegated: true", ""))
    assert synthesize(tmp_path / "blueprint.yaml", tmp_path / "out").returncode == 0
    template = json.loads((tmp_path / "out/ecr-units-shops.template.json").read_text())
    assert {one["CallAs"] for one in stack_sets({"ecr-units-shops": template}, "shops").values()} == {"SELF"}
