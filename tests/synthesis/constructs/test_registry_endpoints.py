"""RegistryEndpoints: the endpoints, what they let pass, what is warned of, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
from ecr_blueprints.constructs.endpoint_registries import CacheToSeed
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints
from ecr_blueprints.domain.eks_addon_registry import ADDON_REGISTRY_ACCOUNTS
from ecr_blueprints.domain.vpc_endpoint import OPTIONAL_FOR_CLUSTERS, EndpointService, FipsEndpoints
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[[Template], list[str]]

ACCOUNT = "111122223333"
ENDPOINT = "AWS::EC2::VPCEndpoint"
GROUP = "AWS::EC2::SecurityGroup"
OWN = {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}}
BUCKET = iam.PolicyStatement(
    principals=[iam.AnyPrincipal()], actions=["s3:GetObject"], resources=["arn:aws:s3:::packages/*"]
)


def new_stack(
    app: cdk.App, name: str, region: str | None = "eu-west-1", account: str | None = ACCOUNT
) -> cdk.Stack:
    return cdk.Stack(app, name, env=cdk.Environment(account=account, region=region))


def new_vpc(stack: cdk.Stack, name: str = "Vpc", **options: Any) -> ec2.Vpc:
    given = {"max_azs": 2, "nat_gateways": 0, **options}
    return ec2.Vpc(stack, name, **given)


def isolated(stack: cdk.Stack, name: str = "Isolated") -> ec2.Vpc:
    return new_vpc(
        stack,
        name,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        ],
    )


def imported(stack: cdk.Stack, name: str = "Imported", **options: Any) -> ec2.IVpc:
    given: dict[str, Any] = {
        "vpc_id": "vpc-0123456789abcdef0",
        "vpc_cidr_block": "10.0.0.0/16",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "private_subnet_ids": ["subnet-a", "subnet-b"],
        "private_subnet_route_table_ids": ["rtb-a", "rtb-b"],
        **options,
    }
    return ec2.Vpc.from_vpc_attributes(stack, name, **given)


def endpoints_in(template: Template) -> dict[str, dict[str, Any]]:
    """The properties of each endpoint by the end of its service name."""
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == ENDPOINT:
            name = resource["Properties"]["ServiceName"]
            name = (
                name
                if isinstance(name, str)
                else "".join(part if isinstance(part, str) else "<region>" for part in name["Fn::Join"][1])
            )
            found[name] = resource["Properties"]
    return found


def statements_of(properties: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one.get("Sid", ""): one for one in properties["PolicyDocument"]["Statement"]}


def faults_in(template: Template, lint: Lint) -> list[str]:
    """All but that the Availability Zones of the VPC's subnets are literal, which is CDK's doing."""
    return [fault for fault in lint(template) if not fault.startswith("W3010")]


def warnings_of(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    texts = [str(one.entry.data) for one in found]
    return [text for text in texts if "[ack: Annotation::ecr-blueprints:" in text]


@dataclass(frozen=True)
class Suite:
    """A stack with endpoints, and its template."""

    stack: cdk.Stack
    endpoints: RegistryEndpoints
    template: Template


def with_defaults(stack: cdk.Stack) -> RegistryEndpoints:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    return RegistryEndpoints(stack, "Endpoints", vpc=new_vpc(stack), registries=registry)


def with_everything(stack: cdk.Stack) -> RegistryEndpoints:
    registry = PrivateRegistry(stack, "Registry", root_template=False)
    vpc = isolated(stack)
    endpoints = RegistryEndpoints(
        stack,
        "Endpoints",
        vpc=vpc,
        registries=[registry, "222233334444", ACCOUNT],
        push=True,
        organization="o-a1b2c3d4e5",
        cluster=ClusterEndpoints(optional=OPTIONAL_FOR_CLUSTERS, without=[EndpointService.EC2]),
        fips=FipsEndpoints.ONLY,
        dual_stack=True,
        subnets=ec2.SubnetSelection(subnet_group_name="Isolated"),
        s3_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        vpc_cidrs=["10.0.0.0/16", "100.64.0.0/16", "2001:db8:1234::/56"],
        existing=[EndpointService.LOGS],
        ecr_statements=[
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=["ecr:DescribeImages"],
                resources=[f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*"],
            )
        ],
        s3_statements=[BUCKET],
    )
    # Afterwards: the endpoints learn of it at synthesis.
    registry.add_pull_through_cache("k8s")
    return endpoints


@pytest.fixture(scope="module")
def suites(module_app: cdk.App, template_of: TemplateOf) -> dict[str, Suite]:
    """Both suites, synthesized once."""
    defaults, everything = new_stack(module_app, "Defaults"), new_stack(module_app, "Everything", "us-east-1")
    endpoints = {defaults: with_defaults(defaults), everything: with_everything(everything)}
    return {
        stack.stack_name: Suite(stack=stack, endpoints=one, template=template_of(stack))
        for stack, one in endpoints.items()
    }


class TestDefaults:
    @pytest.fixture
    def template(self, suites: dict[str, Suite]) -> Template:
        return suites["Defaults"].template

    def test_all_three_or_nothing_can_be_pulled(self, template: Template) -> None:
        found = endpoints_in(template)
        assert {name: one["VpcEndpointType"] for name, one in found.items()} == {
            "com.amazonaws.eu-west-1.ecr.api": "Interface",
            "com.amazonaws.eu-west-1.ecr.dkr": "Interface",
            "com.amazonaws.<region>.s3": "Gateway",
        }
        assert [one.get("PrivateDnsEnabled") for one in found.values()] == [True, True, None]
        assert all("IpAddressType" not in one for one in found.values())

    def test_one_policy_on_both_of_ecrs(self, template: Template) -> None:
        api, dkr, _ = endpoints_in(template).values()
        assert api["PolicyDocument"] == dkr["PolicyDocument"]
        assert statements_of(api) == {
            "LogIn": {
                "Sid": "LogIn",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "ecr:GetAuthorizationToken",
                "Resource": "*",
                "Condition": OWN,
            },
            "PullFromRegistries": {
                "Sid": "PullFromRegistries",
                "Effect": "Allow",
                "Principal": "*",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Resource": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/*",
                "Condition": OWN,
            },
        }

    def test_the_gateway_lets_layers_pass_and_is_in_every_route_table(self, template: Template) -> None:
        gateway = endpoints_in(template)["com.amazonaws.<region>.s3"]
        assert gateway["PolicyDocument"]["Statement"] == [
            {
                "Sid": "ReadLayers",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
            }
        ]
        assert len(gateway["RouteTableIds"]) == 4

    def test_https_from_the_vpc_only(self, template: Template, of_type: OfType) -> None:
        (group,) = of_type(template, GROUP)
        (rule,) = group["Properties"]["SecurityGroupIngress"]
        assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
        assert rule["CidrIp"]["Fn::GetAtt"][1] == "CidrBlock"
        assert group["Properties"]["SecurityGroupEgress"][0]["CidrIp"] == "255.255.255.255/32"

    def test_nothing_to_say(self, suites: dict[str, Suite]) -> None:
        endpoints = suites["Defaults"].endpoints
        assert warnings_of(suites["Defaults"].stack) == []
        assert endpoints.caches_to_seed == ()
        assert endpoints.required_ecr_statements == endpoints.required_s3_statements == ()
        assert list(endpoints.interface_endpoints) == [EndpointService.ECR_API, EndpointService.ECR_DKR]

    def test_cfn_lint(self, template: Template, lint: Lint) -> None:
        assert faults_in(template, lint) == []

    def test_snapshot(self, template: Template, snapshot: SnapshotAssertion) -> None:
        held = {
            logical_id: resource
            for logical_id, resource in template["Resources"].items()
            if logical_id.startswith("Endpoints")
        }
        assert held == snapshot(extension_class=JSONSnapshotExtension)


class TestEverything:
    @pytest.fixture
    def template(self, suites: dict[str, Suite]) -> Template:
        return suites["Everything"].template

    def test_services(self, template: Template) -> None:
        assert [name.removeprefix("com.amazonaws.") for name in endpoints_in(template)] == [
            *(
                f"us-east-1.{service}"
                for service in (
                    "ecr-fips.api",
                    "ecr-fips.dkr",
                    "elasticloadbalancing",
                    "sts",
                    "eks",
                    "eks-auth",
                    "oidc-eks",
                    "xray",
                    "ssm",
                    "autoscaling",
                )
            ),
            "<region>.s3",
        ]

    def test_both_ip_versions_for_images(self, template: Template) -> None:
        assert {name for name, one in endpoints_in(template).items() if one.get("IpAddressType")} == {
            "com.amazonaws.us-east-1.ecr-fips.api",
            "com.amazonaws.us-east-1.ecr-fips.dkr",
            "com.amazonaws.<region>.s3",
        }

    def test_policy(self, template: Template) -> None:
        statements = statements_of(endpoints_in(template)["com.amazonaws.us-east-1.ecr-fips.dkr"])
        of_organization = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
        assert {sid: one["Resource"] for sid, one in statements.items()} == {
            "LogIn": "*",
            "PullFromRegistries": [
                f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*",
                "arn:aws:ecr:us-east-1:222233334444:repository/*",
            ],
            "PushToRegistries": [
                f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*",
                "arn:aws:ecr:us-east-1:222233334444:repository/*",
            ],
            "PullEksAddons": "arn:aws:ecr:us-east-1:602401143452:repository/*",
            "PullThroughCaches": f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/k8s/*",
            "": f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*",
        }
        assert all(one["Condition"] == of_organization for sid, one in statements.items() if sid)
        assert statements["PullThroughCaches"]["Action"] == [
            "ecr:BatchImportUpstreamImage",
            "ecr:CreateRepository",
        ]

    def test_other_services_keep_the_default_policy(self, template: Template) -> None:
        assert "PolicyDocument" not in endpoints_in(template)["com.amazonaws.us-east-1.sts"]

    def test_the_gateway(self, template: Template) -> None:
        gateway = endpoints_in(template)["com.amazonaws.<region>.s3"]
        assert [one["Resource"] for one in gateway["PolicyDocument"]["Statement"]] == [
            "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
            "arn:aws:s3:::packages/*",
        ]

    def test_every_address_range_of_the_vpc(self, template: Template, of_type: OfType) -> None:
        (group,) = of_type(template, GROUP)
        rules = group["Properties"]["SecurityGroupIngress"]
        assert [rule.get("CidrIp") or rule["CidrIpv6"] for rule in rules] == [
            "10.0.0.0/16",
            "100.64.0.0/16",
            "2001:db8:1234::/56",
        ]

    def test_what_has_to_be_seeded(self, suites: dict[str, Suite]) -> None:
        assert suites["Everything"].endpoints.caches_to_seed == (
            CacheToSeed(
                registry_uri=f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com",
                prefix="k8s",
                upstream="registry.k8s.io",
            ),
        )
        egress, fips = warnings_of(suites["Everything"].stack)
        assert "no way to the internet" in egress
        assert "k8s (registry.k8s.io)" in egress
        assert "[ack: Annotation::ecr-blueprints:first-pull-without-internet]" in egress
        assert "over FIPS endpoints" in fips

    def test_cfn_lint(self, template: Template, lint: Lint) -> None:
        assert faults_in(template, lint) == []


class TestElsewhere:
    def test_region_and_account_left_open(self, app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
        stack = new_stack(app, "Open", None, None)
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        RegistryEndpoints(
            stack,
            "Endpoints",
            vpc=new_vpc(stack),
            registries=[registry, cdk.CfnParameter(stack, "Other").value_as_string],
            accounts=["222233334444"],
            cluster=ClusterEndpoints(),
            fips=FipsEndpoints.BESIDE,
        )
        template = template_of(stack)
        (mapping,) = template["Mappings"].values()
        assert {region: held["Account"] for region, held in mapping.items()} == dict(ADDON_REGISTRY_ACCOUNTS)
        statement = statements_of(endpoints_in(template)["com.amazonaws.<region>.ecr.api"])["PullEksAddons"]
        assert "Fn::FindInMap" in json.dumps(statement["Resource"])
        assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == [
            {"Ref": "AWS::AccountId"},
            "222233334444",
        ]
        assert faults_in(template, lint) == []

    @pytest.mark.parametrize(
        ("region", "ecr", "logs", "partition", "addons"),
        [
            ("cn-north-1", "cn.com.amazonaws", "com.amazonaws", "aws-cn", "918309763551"),
            ("us-gov-west-1", "com.amazonaws", "com.amazonaws", "aws-us-gov", "013241004608"),
        ],
    )
    def test_partitions(
        self,
        app: cdk.App,
        template_of: TemplateOf,
        region: str,
        ecr: str,
        logs: str,
        partition: str,
        addons: str,
    ) -> None:
        stack = new_stack(app, "Stack", region)
        RegistryEndpoints(
            stack, "Endpoints", vpc=new_vpc(stack), registries=ACCOUNT, cluster=ClusterEndpoints()
        )
        found = endpoints_in(template_of(stack))
        assert {f"{ecr}.{region}.ecr.api", f"{ecr}.{region}.ecr.dkr", f"{logs}.{region}.logs"} <= set(found)
        statements = statements_of(found[f"{ecr}.{region}.ecr.dkr"])
        assert statements["PullFromRegistries"]["Resource"].startswith(f"arn:{partition}:ecr:{region}:")
        assert statements["PullEksAddons"]["Resource"].split(":")[4] == addons
        layers = found["com.amazonaws.<region>.s3"]["PolicyDocument"]["Statement"][0]["Resource"]
        assert layers == f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"

    def test_tokens_are_taken_as_they_are(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        account, organization, cidr = (
            cdk.CfnParameter(stack, name).value_as_string for name in ("Account", "Organization", "Cidr")
        )
        endpoints = RegistryEndpoints(
            stack,
            "Endpoints",
            vpc=new_vpc(stack),
            registries=account,
            organization=organization,
            cluster=ClusterEndpoints(addon_registry=account),
            vpc_cidrs=[cidr],
        )
        template = template_of(stack)
        assert {"Ref": "Cidr"} in [
            rule["CidrIp"]
            for resource in template["Resources"].values()
            if resource["Type"] == GROUP
            for rule in resource["Properties"]["SecurityGroupIngress"]
        ]
        found = statements_of(endpoints_in(template)["com.amazonaws.eu-west-1.ecr.api"])
        assert found["LogIn"]["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": {"Ref": "Organization"}}
        }
        assert {"Ref": "Account"} in found["PullEksAddons"]["Resource"]["Fn::Join"][1]
        assert endpoints.caches_to_seed == ()

    def test_dual_stack_of_a_vpc_of_the_app(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        vpc = new_vpc(stack, ip_protocol=ec2.IpProtocol.DUAL_STACK)
        RegistryEndpoints(stack, "Endpoints", vpc=vpc, registries=ACCOUNT, dual_stack=True)
        (group,) = of_type(template_of(stack), GROUP)
        _, rule = group["Properties"]["SecurityGroupIngress"]
        assert rule["CidrIpv6"]["Fn::Select"][1]["Fn::GetAtt"][1] == "Ipv6CidrBlocks"

    def test_a_registry_from_a_contract(
        self, stack: cdk.Stack, template_of: TemplateOf, working_directory: Path
    ) -> None:
        contract = {
            "contractVersion": 1,
            "registries": [
                {
                    "account": "222233334444",
                    "region": "eu-west-1",
                    "caches": [{"prefix": "ROOT", "upstreamRegistry": "k8s"}, {"prefix": "hub"}],
                }
            ],
        }
        (working_directory / "registry.json").write_text(json.dumps(contract))
        registry = PrivateRegistry.from_contract(stack, "Registry", "registry.json")
        endpoints = RegistryEndpoints(stack, "Endpoints", vpc=new_vpc(stack), registries=[registry])
        found = statements_of(endpoints_in(template_of(stack))["com.amazonaws.eu-west-1.ecr.api"])
        assert found["PullFromRegistries"]["Resource"] == "arn:aws:ecr:eu-west-1:222233334444:repository/*"
        assert found["PullThroughCaches"]["Resource"] == [
            "arn:aws:ecr:eu-west-1:222233334444:repository/*",
            "arn:aws:ecr:eu-west-1:222233334444:repository/hub/*",
        ]
        assert [cache.upstream for cache in endpoints.caches_to_seed] == ["k8s", "its upstream"]


class TestImportedVpc:
    def test_by_attributes(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        RegistryEndpoints(stack, "Endpoints", vpc=imported(stack), registries=ACCOUNT)
        found = endpoints_in(template_of(stack))
        assert found["com.amazonaws.eu-west-1.ecr.api"]["SubnetIds"] == ["subnet-a", "subnet-b"]
        assert found["com.amazonaws.<region>.s3"]["RouteTableIds"] == ["rtb-a", "rtb-b"]
        (warning,) = warnings_of(stack)
        assert "nothing but image layers" in warning

    def test_statements_answer_the_warning(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        endpoints = RegistryEndpoints(stack, "Endpoints", vpc=imported(stack), registries=ACCOUNT)
        endpoints.add_s3_statement(BUCKET)
        template_of(stack)
        assert warnings_of(stack) == []

    def test_by_lookup_before_it_was_looked_up(self, stack: cdk.Stack, template_of: TemplateOf) -> None:
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-0123456789abcdef0")
        RegistryEndpoints(stack, "Endpoints", vpc=vpc, registries=ACCOUNT)
        assert len(endpoints_in(template_of(stack))) == 3

    def test_a_participant_of_a_shared_vpc(self, stack: cdk.Stack) -> None:
        stack.node.set_context(
            f"vpc-provider:account={ACCOUNT}:filter.owner-id=999988887777:filter.vpc-id=vpc-1:"
            "region=eu-west-1:returnAsymmetricSubnets=true",
            {
                "vpcId": "vpc-1",
                "vpcCidrBlock": "10.0.0.0/16",
                "ownerAccountId": "999988887777",
                "availabilityZones": [],
                "subnetGroups": [],
            },
        )
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-1", owner_account_id="999988887777")
        with pytest.raises(InvalidValueError, match="the VPC is account 999988887777's") as error:
            RegistryEndpoints(stack, "Endpoints", vpc=vpc, registries=ACCOUNT)
        assert error.value.fix is not None
        assert f"accounts=['{ACCOUNT}']" in error.value.fix

    def test_what_exists_is_not_made(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        vpc = imported(stack, private_subnet_route_table_ids=None)
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        endpoints = RegistryEndpoints(
            stack,
            "Endpoints",
            vpc=vpc,
            registries=[registry],
            existing=[EndpointService.S3, "ecr.api"],  # type: ignore[list-item]
        )
        registry.add_pull_through_cache("quay")
        endpoints.add_s3_statement(BUCKET)
        assert list(endpoints_in(template_of(stack))) == ["com.amazonaws.eu-west-1.ecr.dkr"]
        assert endpoints.s3_gateway is None
        assert [one["Sid"] for one in endpoints.required_s3_statements] == ["ReadLayers"]
        assert [one["Sid"] for one in endpoints.required_ecr_statements] == [
            "LogIn",
            "PullFromRegistries",
            "PullThroughCaches",
        ]

    def test_caches_that_nobody_here_fills_are_pulled_from_alone(
        self, stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        registry.add_pull_through_cache("quay", frozen=True)
        endpoints = RegistryEndpoints(
            stack, "Endpoints", vpc=imported(stack), registries=[registry], fill_caches=False
        )
        found = statements_of(endpoints_in(template_of(stack))["com.amazonaws.eu-west-1.ecr.dkr"])
        assert list(found) == ["LogIn", "PullFromRegistries"]
        assert [cache.prefix for cache in endpoints.caches_to_seed] == ["quay"]

    def test_only_the_gateway_needs_no_security_group(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        endpoints = RegistryEndpoints(
            stack,
            "Endpoints",
            vpc=imported(stack),
            registries=ACCOUNT,
            existing=[EndpointService.ECR_API, EndpointService.ECR_DKR],
        )
        assert endpoints.security_group is None
        assert of_type(template_of(stack), GROUP) == []


class TestRefused:
    def refused(self, stack: cdk.Stack, vpc: Any = None, **options: Any) -> InvalidValueError:
        given = {"vpc": imported(stack) if vpc is None else vpc, "registries": ACCOUNT, **options}
        with pytest.raises(InvalidValueError) as error:
            RegistryEndpoints(stack, "Endpoints", **given)
        assert stack.node.try_find_child("Endpoints") is None
        return error.value

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            ({"registries": []}, "no registry is given"),
            ({"registries": [1]}, "a registry is of the type int"),
            ({"registries": "1234"}, "'1234' is not an AWS account id"),
            ({"fips": FipsEndpoints.BESIDE}, "ECR has no FIPS endpoints in eu-west-1"),
            ({"fips": True}, "fips is True"),
            ({"organization": "o-a1b2c3d4e5", "accounts": [ACCOUNT]}, "organization and accounts are both"),
            ({"organization": "a1b2c3d4e5"}, "is not an organization id"),
            ({"accounts": ["1234"]}, "'1234' is not an AWS account id"),
            ({"accounts": ACCOUNT}, f"accounts is '{ACCOUNT}'"),
            ({"cluster": True}, "cluster is True"),
            ({"vpc_cidrs": ["10.0.0.0/8"]}, "10.0.0.0/8 is wider than a block of a VPC"),
            ({"vpc_cidrs": ["0.0.0.0/0"]}, "0.0.0.0/0 is wider than a block of a VPC"),
            ({"vpc_cidrs": ["::/0"]}, "::/0 is wider than a block of a VPC"),
            ({"vpc_cidrs": ["10.0.0.1/16"]}, "'10.0.0.1/16' is no address range"),
            ({"vpc_cidrs": []}, "vpc_cidrs is empty"),
            ({"vpc_cidrs": cdk.Token.as_list(cdk.Aws.NO_VALUE)}, "a list that is known only at deployment"),
            ({"vpc_cidrs": ["10.0.0.0/16"], "dual_stack": True}, "vpc_cidrs is 10.0.0.0/16"),
            ({"dual_stack": True}, "the VPC's IPv6 range is not known"),
            ({"existing": [EndpointService.STS]}, "existing has sts, for which no endpoint would be made"),
            ({"existing": ["ecr"]}, "existing is 'ecr'"),
            (
                {"existing": [EndpointService.ECR_API, EndpointService.ECR_DKR, EndpointService.S3]},
                "nothing is left to make",
            ),
            ({"subnets": "private"}, "subnets is 'private'"),
            ({"subnets": ec2.SubnetSelection(subnet_group_name="None")}, "the subnets cannot be selected"),
            ({"ecr_statements": ["*"]}, "the statement is of the type str"),
            (
                {"s3_statements": [iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])]},
                "no statement of an endpoint policy",
            ),
            (
                {
                    "s3_statements": [
                        iam.PolicyStatement(
                            principals=[iam.AccountPrincipal(ACCOUNT)],
                            actions=["s3:GetObject"],
                            resources=["arn:aws:s3:::packages/*"],
                        )
                    ]
                },
                "a gateway endpoint's policy names a principal",
            ),
            ({"registries": [f"{number:012}" for number in range(450)]}, "the endpoint policy would have"),
        ],
    )
    def test_values(self, stack: cdk.Stack, options: dict[str, Any], what: str) -> None:
        assert what in self.refused(stack, **options).what

    @pytest.mark.parametrize(
        ("attributes", "what"),
        [
            (
                {"private_subnet_route_table_ids": None},
                "the route tables of subnet-a, subnet-b are not known",
            ),
            ({"vpc_cidr_block": None}, "the VPC's address range is not known"),
            (
                {"private_subnet_ids": None, "private_subnet_route_table_ids": None},
                "the VPC has no subnets that an endpoint can be in",
            ),
            ({"region": "us-east-1"}, "the VPC is in us-east-1, and the stack in eu-west-1"),
        ],
    )
    def test_imported_vpcs(self, stack: cdk.Stack, attributes: dict[str, Any], what: str) -> None:
        assert what in self.refused(stack, vpc=imported(stack, **attributes)).what

    def test_other_vpcs(self, stack: cdk.Stack) -> None:
        assert "the VPC is of the type str" in self.refused(stack, vpc="vpc-1").what
        resource = ec2.CfnVPC(stack, "Resource", cidr_block="10.0.0.0/16")
        assert "the VPC is of the type CfnVPC" in self.refused(stack, vpc=resource).what
        deaf = new_vpc(stack, "Deaf", enable_dns_hostnames=False)
        assert "DNS host names or DNS support switched off" in self.refused(stack, vpc=deaf).what

    def test_a_registry_of_another_region(self, app: cdk.App, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(new_stack(app, "Other", "us-east-1"), "Registry", root_template=False)
        error = self.refused(stack, registries=[registry])
        assert error.what == "the registry is in us-east-1, and the endpoints are in eu-west-1"

    def test_addons_of_an_unknown_region(self, app: cdk.App) -> None:
        stack = new_stack(app, "Iso", "us-iso-east-1")
        vpc = imported(stack)
        error = self.refused(stack, vpc=vpc, cluster=ClusterEndpoints())
        assert error.what == "no registry of EKS add-ons is known in us-iso-east-1"
        RegistryEndpoints(
            stack,
            "Endpoints",
            vpc=vpc,
            registries=ACCOUNT,
            cluster=ClusterEndpoints(addon_registry="222233334444"),
        )

    def test_nothing_is_made_twice(self, stack: cdk.Stack) -> None:
        vpc = new_vpc(stack)
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        vpc.add_interface_endpoint("Dkr", service=ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER)
        error = self.refused(stack, vpc=vpc)
        assert error.what == "the VPC has an endpoint for ecr.dkr already: Stack/Vpc/Dkr/Resource"
        there = [EndpointService.ECR_DKR]
        assert "for s3 already" in self.refused(stack, vpc=vpc, existing=there).what
        RegistryEndpoints(stack, "First", vpc=vpc, registries=ACCOUNT, existing=[*there, EndpointService.S3])
        error = self.refused(stack, vpc=vpc, existing=[*there, EndpointService.S3])
        assert error.what == "the VPC has an endpoint for ecr.api already: Stack/First"

    def test_places(self, app: cdk.App, stack: cdk.Stack) -> None:
        vpc = imported(stack)
        with pytest.raises(InvalidValueError, match="the scope is an App"):
            RegistryEndpoints(app, "Endpoints", vpc=vpc, registries=ACCOUNT)
        with pytest.raises(InvalidValueError, match="there is a construct 'Stack/Imported' already"):
            RegistryEndpoints(stack, "Imported", vpc=vpc, registries=ACCOUNT)

    def test_too_many_caches_are_an_error_of_the_synthesis(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        many = [f"{number:012}" for number in range(390)]
        RegistryEndpoints(stack, "Endpoints", vpc=imported(stack), registries=[registry, *many])
        for number in range(20):
            registry.add_pull_through_cache("k8s", prefix=f"a-cache-with-a-long-name-{number}")
        with pytest.raises(RuntimeError, match="the endpoint policy would have"):
            cdk.App.of(stack).synth()  # type: ignore[union-attr]


class TestClusterEndpoints:
    def test_services(self) -> None:
        assert [str(one) for one in ClusterEndpoints(without=[EndpointService.LOGS]).services] == [
            "ec2",
            "elasticloadbalancing",
            "sts",
            "eks",
            "eks-auth",
        ]

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            ({"optional": [EndpointService.S3]}, "optional has 's3'"),
            ({"without": [EndpointService.XRAY]}, "without has 'xray'"),
            ({"optional": "xray"}, "optional is 'xray'"),
            ({"optional": ["x-ray"]}, "optional is 'x-ray'"),
            ({"addon_registry": "1234"}, "'1234' is not an AWS account id"),
            ({"addon_registry": 1}, "addon_registry is 1"),
        ],
    )
    def test_refused(self, options: dict[str, Any], what: str) -> None:
        with pytest.raises(InvalidValueError) as error:
            ClusterEndpoints(**options)
        assert what in error.value.what


def test_cdk_has_a_constant_for_every_service_but_the_newest() -> None:
    known = {
        value.short_name
        for name in dir(ec2.InterfaceVpcEndpointAwsService)
        if name in {"ECR", "ECR_DOCKER", "EC2", "ELASTIC_LOAD_BALANCING", "CLOUDWATCH_LOGS", "STS", "EKS"}
        or name in {"EKS_AUTH", "XRAY", "SSM", "AUTOSCALING"}
        for value in [getattr(ec2.InterfaceVpcEndpointAwsService, name)]
    }
    without = {"ecr-fips.api", "ecr-fips.dkr", "oidc-eks", "s3"}
    assert known == {str(service) for service in EndpointService} - without
