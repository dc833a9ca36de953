"""What workload accounts get, deployed into accounts of their own and read back: by a stack and a stack set.

The templates are deployed as they are by CloudFormation's API, as a stack set does it in each account.
"""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from local_cloud import LocalCloud
from synthesized import synthesize

REGION = "eu-west-1"
REGISTRY = "111122223333"
_accounts = itertools.count(720000000000)

BLUEPRINT = """\
version: 1
model: centralized
stages: {{prod: {{production: true}}}}
registry: {{account: "111122223333", regions: [eu-west-1]}}
organization: {{id: o-exampleorg, administrator: "999900001111"}}
caches: {{k8s: {{}}}}
consumers:
  production:
    accounts: ["{account}"]
    pull: ["prod/*"]
    caches: [k8s]
    roles: [eks-nodes]
    pull_roles: {{nodes: {{policies: [AmazonEKSWorkerNodeMinimalPolicy]}}, pods: {{}}}}
  shops:
    units: [o-exampleorg/r-ab12/ou-ab12-11111111]
    pull: ["prod/*"]
    pull_roles: {{tasks: {{}}}}
    network:
      vpc: /network/vpc-id
      cidr: /network/vpc-cidr
      subnets: /network/subnet-ids
      route_tables: /network/route-table-ids
networks:
  "{account}":
    eu-west-1:
      {network.vpc}:
        cidrs: [{network.cidr}]
        subnets: {{eu-west-1a: {network.subnets[0]}, eu-west-1b: {network.subnets[1]}}}
        route_tables: [{tables}]
        buckets: [meridian-configuration]
teams: [{{team: payments, repositories: {{api: {{}}}}}}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A VPC that an account has already."""

    vpc: str
    cidr: str
    subnets: tuple[str, ...]
    route_tables: tuple[str, ...]


class Account:
    """An account with a network and a role for its nodes."""

    def __init__(self, cloud: LocalCloud, *, cidr: str, subnets: int) -> None:
        self._cloud = cloud
        self.id = str(next(_accounts))
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        base = cidr.rpartition(".0.0/")[0]
        made = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"{base}.{number}.0/24", AvailabilityZone=f"{REGION}{'abc'[number]}"
            )["Subnet"]["SubnetId"]
            for number in range(subnets)
        ]
        tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(subnets)]
        self.network = Network(vpc=vpc, cidr=cidr, subnets=tuple(made), route_tables=tuple(tables))
        self.client("iam").create_role(RoleName="eks-nodes", AssumeRolePolicyDocument="{}")

    def client(self, service: str) -> Any:
        return self._cloud.client(service, account=self.id, region=REGION)

    def parameter(self, name: str, value: str, kind: str = "String") -> None:
        self.client("ssm").put_parameter(Name=name, Value=value, Type=kind)

    def tell_network(self) -> None:
        """Write the network's facts where the stack set reads them."""
        network = self.network
        self.parameter("/network/vpc-id", network.vpc)
        self.parameter("/network/vpc-cidr", network.cidr)
        self.parameter("/network/subnet-ids", ",".join(network.subnets), "StringList")
        self.parameter("/network/route-table-ids", ",".join(network.route_tables), "StringList")

    def deploy(self, name: str, body: str) -> dict[str, str]:
        """Create a stack; gives its outputs."""
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}

    def settled(self, name: str) -> str:
        """Wait until an update has ended; gives the stack's status."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            (stack,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return str(stack["StackStatus"])
            time.sleep(0.2)
        raise TimeoutError(f"{name} has not settled")

    def pull_statements(self, role: str) -> list[str]:
        """The documents of the managed policies of a role."""
        iam, found = self.client("iam"), []
        for arn in sorted(self.policies_of(role)):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)
            found.append(json.dumps(answer["PolicyVersion"]["Document"]))
        return found

    def endpoints(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        return found

    def policies_of(self, role: str) -> set[str]:
        attached = self.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return {one["PolicyArn"] for one in attached}


@pytest.fixture(scope="module")
def account(cloud: LocalCloud) -> Account:
    return Account(cloud, cidr="10.20.0.0/16", subnets=2)


@pytest.fixture(scope="module")
def blueprint(account: Account) -> str:
    tables = ", ".join(account.network.route_tables)
    return BLUEPRINT.format(account=account.id, network=account.network, tables=tables)


@pytest.fixture(scope="module")
def assembly(blueprint: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly_of(blueprint, tmp_path_factory.mktemp("consumers"))


def assembly_of(blueprint: str, folder: Path) -> Path:
    (folder / "blueprint.yaml").write_text(blueprint)
    result = synthesize(folder / "blueprint.yaml", folder / "out")
    assert result.returncode == 0, result.stderr
    return folder / "out"


def test_an_account_gets_its_policy_roles_and_endpoints(account: Account, assembly: Path) -> None:
    # What the templates of the CDK look for; nothing else of its bootstrap is needed here.
    account.parameter("/cdk-bootstrap/hnb659fds/version", "21")
    consumer, endpoints = f"ecr-consumer-production-{account.id}", f"ecr-endpoints-{account.id}-{REGION}"
    outputs = account.deploy(consumer, (assembly / f"{consumer}.template.json").read_text())
    account.deploy(endpoints, (assembly / f"{endpoints}.template.json").read_text())

    policy = outputs["PullPolicyArn"]
    assert account.policies_of("eks-nodes") == {policy}
    assert account.policies_of("ecr-pull-production-nodes") == {
        policy,
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
    }
    assert outputs["PullRolePodsArn"] == f"arn:aws:iam::{account.id}:role/ecr-pull-production-pods"
    assert outputs["Cachek8seuwest1"] == f"{REGISTRY}.dkr.ecr.{REGION}.amazonaws.com/k8s"

    found = {one["ServiceName"].rpartition(f"{REGION}.")[2]: one for one in account.endpoints()}
    assert set(found) == {"ecr.api", "ecr.dkr", "s3"}
    assert set(found["ecr.api"]["SubnetIds"]) == set(account.network.subnets)
    assert set(found["s3"]["RouteTableIds"]) == set(account.network.route_tables)
    statements = {one["Sid"]: one for one in json.loads(found["ecr.dkr"]["PolicyDocument"])["Statement"]}
    base = f"arn:aws:ecr:{REGION}:{REGISTRY}:repository"
    assert statements["PullFromRegistries"]["Resource"] == f"{base}/*"
    assert statements["PullThroughCaches"]["Resource"] == f"{base}/k8s/*"
    assert "meridian-configuration" in found["s3"]["PolicyDocument"]


def test_another_registry_takes_over_no_stack_and_stands_beside_by_a_name_of_its_own(
    account: Account, blueprint: str, tmp_path: Path
) -> None:
    """After the test above: a second registry, with a consumer of the same name in the same account."""
    other = blueprint.replace(REGISTRY, "444455556666").replace(
        'pull: ["prod/*"]', 'pull: ["prod/payments/*"]'
    )
    assembly = assembly_of(other, tmp_path)
    cloudformation = account.client("cloudformation")
    for stack in (f"ecr-consumer-production-{account.id}", f"ecr-endpoints-{account.id}-{REGION}"):
        before = account.policies_of("eks-nodes"), account.endpoints()
        cloudformation.update_stack(
            StackName=stack,
            TemplateBody=(assembly / f"{stack}.template.json").read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        assert account.settled(stack) == "UPDATE_ROLLBACK_COMPLETE"
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        update = [one for one in reversed(events) if one["ResourceStatus"].startswith("UPDATE_")]
        (failed,) = [one for one in update if one["ResourceStatus"] == "UPDATE_FAILED"]
        assert failed["LogicalResourceId"] == "Serves444455556666"
        assert f"'/ecr-blueprints/stacks/{stack}' already exists" in failed["ResourceStatusReason"]
        # Nothing but the stack itself was under way before it failed.
        touched = {one["LogicalResourceId"] for one in update[: update.index(failed)]}
        assert touched == {stack, "Serves444455556666"}
        assert (account.policies_of("eks-nodes"), account.endpoints()) == before
    (document,) = account.pull_statements("eks-nodes")
    assert REGISTRY in document
    assert "444455556666" not in document

    tools = f"tools-consumer-production-{account.id}"
    named = other.replace("model: centralized", "model: centralized\nname: tools")
    beside = assembly_of(named, tmp_path)
    account.deploy(tools, (beside / f"{tools}.template.json").read_text())
    assert len(account.policies_of("eks-nodes")) == 2
    assert len(account.policies_of("tools-pull-production-pods")) == 1


def test_a_stack_set_s_templates_fit_two_accounts_with_networks_of_their_own(
    cloud: LocalCloud, assembly: Path
) -> None:
    template = json.loads((assembly / "ecr-units-shops.template.json").read_text())
    bodies = {
        one["Properties"]["StackSetName"]: one["Properties"]["TemplateBody"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::CloudFormation::StackSet"
    }
    assert set(bodies) == {"ecr-pull-shops", "ecr-endpoints-shops"}
    for account in (
        Account(cloud, cidr="10.31.0.0/16", subnets=2),
        Account(cloud, cidr="10.32.0.0/16", subnets=3),
    ):
        account.tell_network()
        outputs = account.deploy("StackSet-ecr-pull-shops", bodies["ecr-pull-shops"])
        account.deploy("StackSet-ecr-endpoints-shops", bodies["ecr-endpoints-shops"])

        assert outputs["PullPolicyArn"] == f"arn:aws:iam::{account.id}:policy/ecr-pull-shops"
        assert account.policies_of("ecr-pull-shops-tasks") == {outputs["PullPolicyArn"]}
        network = account.network
        found = {one["ServiceName"].rpartition(f"{REGION}.")[2]: one for one in account.endpoints()}
        assert set(found) == {"ecr.api", "ecr.dkr", "s3"}
        assert {one["VpcId"] for one in found.values()} == {network.vpc}
        assert set(found["ecr.dkr"]["SubnetIds"]) == set(network.subnets)
        assert set(found["s3"]["RouteTableIds"]) == set(network.route_tables)
        statement = json.loads(found["ecr.api"]["PolicyDocument"])["Statement"][0]
        assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == [account.id]
        (group,) = [
            one
            for one in account.client("ec2").describe_security_groups()["SecurityGroups"]
            if one["VpcId"] == network.vpc and one["GroupName"] != "default"
        ]
        (rule,) = group["IpPermissions"]
        assert [one["CidrIp"] for one in rule["IpRanges"]] == [network.cidr]
        assert (rule["FromPort"], rule["ToPort"]) == (443, 443)


def test_an_account_that_has_not_told_its_network_is_refused(cloud: LocalCloud, assembly: Path) -> None:
    template = json.loads((assembly / "ecr-units-shops.template.json").read_text())
    (body,) = [
        one["Properties"]["TemplateBody"]
        for one in template["Resources"].values()
        if one["Properties"].get("StackSetName") == "ecr-endpoints-shops"
    ]
    account = Account(cloud, cidr="10.33.0.0/16", subnets=1)
    cloudformation = account.client("cloudformation")
    with pytest.raises(cloudformation.exceptions.ClientError, match="/network/vpc-id"):
        cloudformation.create_stack(StackName="StackSet-ecr-endpoints-shops", TemplateBody=body)
    assert account.endpoints() == []
