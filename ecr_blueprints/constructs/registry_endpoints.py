"""The endpoints through which a VPC pulls images without the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, TEXTS, Accepted, check_arguments, member_of
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.endpoint_choice import (
    check_addons,
    check_fips,
    check_principals,
    choose_services,
)
from ecr_blueprints.constructs.endpoint_network import (
    check_not_made_twice,
    check_route_tables,
    check_vpc,
    choose_peers,
    choose_subnets,
    has_egress,
    note_made,
)
from ecr_blueprints.constructs.endpoint_policy import (
    SHORTER_ENDPOINT_POLICY,
    addon_statement,
    cache_statement,
    check_endpoint_statement,
    check_policy_length,
    layer_statement,
    on_behalf_of,
    registry_statements,
)
from ecr_blueprints.constructs.endpoint_registries import CacheToSeed, read_registries
from ecr_blueprints.constructs.endpoints_at_synthesis import EndpointsAtSynthesis
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.eks_addon_registry import ADDON_REGISTRY_ACCOUNTS
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.vpc_endpoint import (
    ENDPOINT_POLICY_LENGTH,
    ENDPOINT_PORT,
    FIPS_SERVICES,
    EndpointService,
    FipsEndpoints,
    layer_objects_arn,
)

__all__ = ["RegistryEndpoints"]

_SELECTION: Final = (ec2.SubnetSelection,)
_SELECTION_FIX: Final = "write for example ec2.SubnetSelection(subnet_group_name=…)"
_ACCEPTED: Final = {
    "push": FLAG,
    "fill_caches": FLAG,
    "organization": TEXT,
    "accounts": TEXTS,
    "cluster": Accepted(types=(ClusterEndpoints,), words="ClusterEndpoints", fix="write ClusterEndpoints()"),
    "dual_stack": FLAG,
    "subnets": Accepted(types=_SELECTION, words="a SubnetSelection of aws_cdk.aws_ec2", fix=_SELECTION_FIX),
    "s3_subnets": Accepted(
        types=(Sequence,), words="a list of SubnetSelection", fix=_SELECTION_FIX, each=_SELECTION
    ),
    "vpc_cidrs": TEXTS,
    "existing": Accepted(types=(Sequence,), words="a list of EndpointService", each=(str,)),
    "ecr_statements": Accepted(types=(Sequence,), words="a list of iam.PolicyStatement"),
    "s3_statements": Accepted(types=(Sequence,), words="a list of iam.PolicyStatement"),
}
_REQUIRED: Final = {
    "push",
    "fill_caches",
    "accounts",
    "dual_stack",
    "existing",
    "ecr_statements",
    "s3_statements",
}
_ECR_SERVICES: Final = (*FIPS_SERVICES, *FIPS_SERVICES.values())
_ACCOUNT_KEY: Final = "Account"


class RegistryEndpoints(Construct):
    """ECR's two interface endpoints and S3's gateway endpoint in a VPC, with policies that fit together.

    An image is pulled with all three or not at all: the API, the registry, and the bucket in which ECR keeps
    the layers. Private DNS is on, so that nothing has to be told of the endpoints. Requests pass for the
    given registries only, and with credentials of the stack's account only, or of the accounts or the
    organization that are named. Port 443 is open to the VPC's own addresses.

    **S3.** The gateway lets image layers pass and nothing else in S3, for every subnet whose route table it
    is in. That is the safe default, and it cuts workloads off from their own buckets and from what AWS keeps
    in S3, such as package repositories. Name what they use in ``s3_statements``; if the VPC is not made by
    this app, and nothing is named, synthesis warns.

    **Caches.** The first pull of an image through a pull-through cache needs a way to the internet from the
    VPC (facts §12), which endpoints are not. If the VPC is of this app and has none, synthesis warns, and
    `caches_to_seed` tells which caches have to be filled from elsewhere. ECR itself, not the VPC, asks the
    upstream again later on.

    **Shared VPC.** Its owner makes the endpoints, and names the participants in ``accounts``; they serve the
    shared subnets too. A participant's stack is refused where the owner is known (``ec2.Vpc.from_lookup``
    with ``owner_account_id``).

    Endpoints of other services (``cluster``) have AWS's default policy, which lets everything pass: each of
    those services would need one of its own. Add to it with
    ``endpoints.interface_endpoints[EndpointService.LOGS].add_to_policy(…)``.

    Example:
        from aws_cdk import aws_ec2 as ec2

        from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints

        vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
        RegistryEndpoints(stack, "Endpoints", vpc=vpc, registries=[registry])

    Creates:
        Two ``AWS::EC2::VPCEndpoint`` of the type Interface for ECR, and one for each service of ``cluster``;
        each costs per hour and Availability Zone, and per gigabyte
        (https://aws.amazon.com/privatelink/pricing/). One of the type Gateway for S3, free of charge
        (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html). One
        ``AWS::EC2::SecurityGroup``, free. Nothing is left behind on deletion; pulls then need another way.

    Args:
        scope: The construct to belong to. Where its stack leaves the Region open, it is taken to be one whose
            service names start with ``com.amazonaws``: not China.
        construct_id: Its id; the logical IDs follow from it.
        vpc: The VPC. An imported one needs its subnets' route tables, and its address range here or in
            ``vpc_cidrs``.
        registries: The registries to pull from, of the stack's Region: `PrivateRegistry`, one from a
            contract, or an account id; one or several. Of an account id no caches are known, so that no pull
            through one passes; for that, give the registry by its contract.
        push: Whether images can be pushed to them, too. Default: no.
        fill_caches: Whether pulls may fill caches: import from the upstream, and create the repository.
            Default: yes. No: of a cache passes what it holds already, and nothing else.
        organization: The organization whose principals may use ECR through the endpoints. Default: those of
            accounts.
        accounts: Further accounts whose principals may, such as the participants of a shared VPC; not
            together with ``organization``. Default: the stack's account alone.
        cluster: The endpoints of a private EKS cluster, and pulling of EKS add-ons. Default: none.
        fips: Whether ECR's FIPS endpoints are made beside or in place of the ordinary ones; other services
            have their ordinary ones all the same. Default: they are not.
        dual_stack: Whether ECR's and S3's endpoints take IPv4 and IPv6, for which the subnets need both;
            those of other services take IPv4, since not every one has both. Default: IPv4.
        subnets: In which subnets the interface endpoints have an address, one for each Availability Zone;
            they serve the whole VPC. Default: CDK's choice, the private subnets, else the isolated ones.
        s3_subnets: The subnets from which S3 is reached through the gateway. Default: all of the VPC.
        vpc_cidrs: The VPC's address ranges from which the endpoints can be reached: all of its blocks, if it
            has several. Default: its first IPv4 block, and for dual-stack its first IPv6 block.
        existing: Which of the endpoints exist already, and are not made here; what their policies have to let
            pass is in `required_ecr_statements` and `required_s3_statements`. Default: none.
        ecr_statements: What else ECR's endpoints let pass. Default: nothing.
        s3_statements: What else S3's gateway lets pass; the principal of each is ``*``. Default: nothing.

    Attributes:
        interface_endpoints: The interface endpoints that were made, by service.
        s3_gateway: S3's gateway endpoint; None if it exists already.
        security_group: That of the interface endpoints; None if there are none.
        fips: Whether ECR's FIPS endpoints are among them.

    Raises:
        InvalidValueError: No VPC, or one of another account or Region, without DNS, subnets, known route
            tables or address range; no registry, or one of another Region; an address range wider than a
            VPC's; FIPS where ECR has no such endpoints; add-ons of a Region without a known registry; an
            endpoint that the VPC has already; a statement that is none; a policy that is too long.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html,
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html. Names
        of services outside of ``aws``, ``aws-cn`` and ``aws-us-gov`` are as CDK has them (unverified).

    Practices: NET-1, NET-2, NET-3, NET-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        registries: Sequence[RegistryReference | str] | RegistryReference | str,
        push: bool = False,
        fill_caches: bool = True,
        organization: str | None = None,
        accounts: Sequence[str] = (),
        cluster: ClusterEndpoints | None = None,
        fips: FipsEndpoints = FipsEndpoints.NONE,
        dual_stack: bool = False,
        subnets: ec2.SubnetSelection | None = None,
        s3_subnets: Sequence[ec2.SubnetSelection] | None = None,
        vpc_cidrs: Sequence[str] | None = None,
        existing: Sequence[EndpointService] = (),
        ecr_statements: Sequence[iam.PolicyStatement] = (),
        s3_statements: Sequence[iam.PolicyStatement] = (),
    ) -> None:
        check_place(scope, construct_id, kind="RegistryEndpoints")
        path = path_under(scope, construct_id)
        check_arguments(
            {
                "push": push,
                "fill_caches": fill_caches,
                "organization": organization,
                "accounts": accounts,
                "cluster": cluster,
                "dual_stack": dual_stack,
                "subnets": subnets,
                "s3_subnets": s3_subnets,
                "vpc_cidrs": vpc_cidrs,
                "existing": existing,
                "ecr_statements": ecr_statements,
                "s3_statements": s3_statements,
            },
            _ACCEPTED,
            where=path,
            required=_REQUIRED,
        )
        stack = cdk.Stack.of(scope)
        self._where = path
        self._fill_caches = fill_caches
        self._fips = member_of(FipsEndpoints, fips, argument="fips", where=path)
        check_fips(self._fips, stack.region, path)
        check_principals(organization, accounts, path)
        self._registries = read_registries(registries, stack, where=path)
        self._condition = on_behalf_of(
            accounts=list(dict.fromkeys((stack.account, *accounts))), organization=organization
        )
        partition = stack.partition if is_token(stack.region) else partition_of(stack.region).name
        check_addons(cluster, stack.region, path)
        for statements, gateway in ((ecr_statements, False), (s3_statements, True)):
            for statement in statements:
                check_endpoint_statement(statement, gateway=gateway, where=path)
        services, self._existing = choose_services(self._fips, cluster, existing, path)
        check_vpc(vpc, stack, where=path)
        check_not_made_twice(vpc, services, where=path)
        chosen = choose_subnets(vpc, subnets, where=path)
        peers = choose_peers(vpc, vpc_cidrs, dual_stack=dual_stack, where=path)
        if EndpointService.S3 in services:
            check_route_tables(vpc, s3_subnets, where=path)
        self._ecr_statements = list(
            registry_statements(
                [registry.repository_arn for registry in self._registries],
                push=push,
                condition=self._condition,
            )
        )
        check_policy_length(self._ecr_statements, where=path)
        self._s3_statements = [layer_statement(layer_objects_arn(partition=partition, region=stack.region))]
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        if cluster is not None and cluster.addon_registry is not False:
            account = self._addon_account(cluster.addon_registry, stack.region)
            self._ecr_statements.append(
                addon_statement(
                    f"arn:{partition}:ecr:{stack.region}:{account}:repository/*", condition=self._condition
                )
            )
        self._more_s3_statements = False
        address_type = ec2.VpcEndpointIpAddressType.DUALSTACK if dual_stack else None
        interfaces = [service for service in services if service is not EndpointService.S3]
        self.security_group = self._make_security_group(vpc, peers) if interfaces else None
        self.interface_endpoints: Mapping[EndpointService, ec2.InterfaceVpcEndpoint] = MappingProxyType(
            {
                service: self._make_interface_endpoint(
                    service, vpc, subnets, address_type if service in _ECR_SERVICES else None
                )
                for service in interfaces
            }
        )
        self.s3_gateway: ec2.GatewayVpcEndpoint | None = None
        if EndpointService.S3 in services:
            self.s3_gateway = self._make_gateway_endpoint(vpc, s3_subnets, dual_stack=dual_stack)
        self._admit(self._ecr_statements)
        for statement in ecr_statements:
            self.add_ecr_statement(statement)
        for statement in s3_statements:
            self.add_s3_statement(statement)
        note_made(vpc, services, path)
        self.node.add_validation(
            EndpointsAtSynthesis(self, has_egress=has_egress(vpc, chosen), is_in_app=isinstance(vpc, ec2.Vpc))
        )

    # --- what it is ---------------------------------------------------------------------------------

    @property
    def fips(self) -> FipsEndpoints:
        """Whether ECR's FIPS endpoints are among the endpoints."""
        return self._fips

    @property
    def caches_to_seed(self) -> tuple[CacheToSeed, ...]:
        """The caches of the registries: what to fill from elsewhere, if the VPC cannot reach the internet.

        Pull each image once through its cache, from a network that has one:
        ``<registry_uri>/<prefix>/<name>:<tag>``. Known are those of registries, not of account ids.

        Practices: NET-3
        """
        return tuple(cache for registry in self._registries for cache in registry.caches)

    @property
    def is_limited_to_layers(self) -> bool:
        """Whether the gateway is made here and lets nothing but image layers pass."""
        return self.s3_gateway is not None and not self._more_s3_statements

    @property
    def required_ecr_statements(self) -> tuple[Mapping[str, Any], ...]:
        """What the policies of ECR's endpoints that exist already have to let pass; empty if there are none.

        With what `add_ecr_statement` was given added by whoever owns them.
        """
        if not any(service in self._existing for service in _ECR_SERVICES):
            return ()
        return (*self._ecr_statements, *self._cache_statements())

    @property
    def required_s3_statements(self) -> tuple[Mapping[str, Any], ...]:
        """What the policy of a gateway endpoint that exists already has to let pass; else empty."""
        return tuple(self._s3_statements) if EndpointService.S3 in self._existing else ()

    # --- what passes --------------------------------------------------------------------------------

    def add_ecr_statement(self, statement: iam.PolicyStatement) -> None:
        """Let something else pass ECR's endpoints, as far as they are made here.

        Args:
            statement: With principals, actions and resources.

        Raises:
            InvalidValueError: It is no such statement.
        """
        check_endpoint_statement(statement, gateway=False, where=f"{self._where}.add_ecr_statement(…)")
        self._admit([statement.to_statement_json()])

    def add_s3_statement(self, statement: iam.PolicyStatement) -> None:
        """Let something else pass S3's gateway, if it is made here: the buckets that workloads use.

        Args:
            statement: With the principal ``*``, actions and resources.

        Raises:
            InvalidValueError: It is no such statement.
        """
        check_endpoint_statement(statement, gateway=True, where=f"{self._where}.add_s3_statement(…)")
        if self.s3_gateway is not None:
            self.s3_gateway.add_to_policy(statement)
            self._more_s3_statements = True

    def admit_caches(self) -> None:
        """Let pulls through the registries' caches pass; called once, at synthesis.

        Raises:
            InvalidValueError: The policy would be too long.
        """
        statements = self._cache_statements()
        length = check_policy_length([*self._ecr_statements, *statements], where=self._where)
        self._admit(statements)
        warn_of_quota(
            self,
            "endpoint-policy-length",
            used=length,
            limit=ENDPOINT_POLICY_LENGTH,
            what="characters of the policy of the registry's endpoints",
            advice=SHORTER_ENDPOINT_POLICY,
        )

    def _cache_statements(self) -> list[dict[str, Any]]:
        if not self._fill_caches:
            return []
        arns = [arn for registry in self._registries for arn in registry.cache_repository_arns]
        return [cache_statement(arns, condition=self._condition)] if arns else []

    def _admit(self, statements: Sequence[Mapping[str, Any]]) -> None:
        for service, endpoint in self.interface_endpoints.items():
            if service in _ECR_SERVICES:
                for statement in statements:
                    endpoint.add_to_policy(iam.PolicyStatement.from_json(statement))

    # --- rendering ----------------------------------------------------------------------------------

    def _addon_account(self, chosen: bool | str, region: str) -> str:
        if isinstance(chosen, str):
            return chosen
        if not is_token(region):
            return ADDON_REGISTRY_ACCOUNTS[region]
        accounts = cdk.CfnMapping(
            self,
            "EksAddonRegistries",
            mapping={name: {_ACCOUNT_KEY: account} for name, account in ADDON_REGISTRY_ACCOUNTS.items()},
        )
        return accounts.find_in_map(cdk.Aws.REGION, _ACCOUNT_KEY)

    def _make_security_group(self, vpc: ec2.IVpc, peers: Sequence[ec2.IPeer]) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="VPC endpoints for pulling images: HTTPS from the VPC",
            allow_all_outbound=False,
        )
        for peer in peers:
            group.add_ingress_rule(peer, ec2.Port.tcp(ENDPOINT_PORT), "HTTPS from the VPC")
        return group

    def _make_interface_endpoint(
        self,
        service: EndpointService,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection | None,
        address_type: ec2.VpcEndpointIpAddressType | None,
    ) -> ec2.InterfaceVpcEndpoint:
        assert self.security_group is not None
        return ec2.InterfaceVpcEndpoint(
            self,
            _construct_id(service),
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService(service.value),
            subnets=subnets,
            private_dns_enabled=True,
            open=False,
            security_groups=[self.security_group],
            ip_address_type=address_type,
        )

    def _make_gateway_endpoint(
        self, vpc: ec2.IVpc, subnets: Sequence[ec2.SubnetSelection] | None, *, dual_stack: bool
    ) -> ec2.GatewayVpcEndpoint:
        gateway = ec2.GatewayVpcEndpoint(
            self,
            _construct_id(EndpointService.S3),
            vpc=vpc,
            service=ec2.GatewayVpcEndpointAwsService.S3,
            subnets=None if subnets is None else list(subnets),
        )
        for statement in self._s3_statements:
            gateway.add_to_policy(iam.PolicyStatement.from_json(statement))
        if dual_stack:
            # The L2 has no such argument in the oldest aws-cdk-lib that this library works with.
            resource = gateway.node.default_child
            assert isinstance(resource, ec2.CfnVPCEndpoint)
            resource.ip_address_type = "dualstack"
        return gateway


def _construct_id(service: EndpointService) -> str:
    return "".join(part.capitalize() for part in service.name.split("_"))
