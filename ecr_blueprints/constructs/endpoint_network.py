"""The VPC of endpoints: its subnets, route tables and address ranges, looked at before anything is made."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.vpc_endpoint import SMALLEST_PREFIX_LENGTHS, EndpointService
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "check_not_made_twice",
    "check_route_tables",
    "check_vpc",
    "choose_peers",
    "choose_subnets",
    "has_egress",
    "note_made",
]

_LIST_MARKER: Final = "#{Token["
_ATTRIBUTE: Final = "_ecr_blueprints_endpoints"
_OWNER: Final = re.compile(r"arn:[^:]+:ec2:[^:]*:([0-9]{12}):vpc/.*", re.DOTALL)


def check_vpc(vpc: Any, stack: cdk.Stack, *, where: str) -> None:
    """Refuse a VPC in which the stack cannot make endpoints.

    Args:
        vpc: As given.
        stack: The stack of the endpoints.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is none, of another account or Region, or has no DNS.

    Source, for participants: https://repost.aws/knowledge-center/vpc-interface-endpoint-creation-errors
    """
    if not hasattr(vpc, "select_subnets"):
        raise InvalidValueError(
            f"the VPC is of the type {type(vpc).__name__}",
            where=where,
            allowed="a VPC of aws_cdk.aws_ec2",
            fix="for an existing one write ec2.Vpc.from_lookup(…) or ec2.Vpc.from_vpc_attributes(…)",
        )
    owner = _OWNER.fullmatch(getattr(vpc, "vpc_arn", ""))
    if owner is not None and _differ(owner.group(1), stack.account):
        raise InvalidValueError(
            f"the VPC is account {owner.group(1)}'s, and the stack is in {stack.account}",
            where=where,
            allowed="a VPC of its own account: participants of a shared VPC cannot make endpoints",
            fix=f"declare this in a stack of {owner.group(1)}, with accounts=[{stack.account!r}]; its "
            "endpoints serve every subnet of the VPC, the shared ones too",
        )
    region = vpc.env.region
    if _differ(region, stack.region):
        raise InvalidValueError(
            f"the VPC is in {region}, and the stack in {stack.region}",
            where=where,
            fix=f"declare this in a stack of {region}",
        )
    if isinstance(vpc, ec2.Vpc) and not (vpc.dns_hostnames_enabled and vpc.dns_support_enabled):
        raise InvalidValueError(
            "the VPC has DNS host names or DNS support switched off, and private DNS needs both",
            where=where,
            fix="leave enable_dns_hostnames and enable_dns_support at True",
        )


def choose_subnets(
    vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, *, where: str
) -> ec2.SelectedSubnets:
    """The subnets that interface endpoints get an address in.

    Args:
        vpc: The VPC.
        selection: Which subnets. Default: CDK's, the private ones, else the isolated ones.
        where: The construct, for the error.

    Raises:
        InvalidValueError: There are none.
    """
    try:
        chosen = vpc.select_subnets() if selection is None else _select(vpc, selection)
    except RuntimeError as error:
        if selection is not None:
            raise InvalidValueError(
                f"the subnets cannot be selected: {str(error).partition(chr(10))[0]}",
                where=where,
                fix="select subnets that the VPC has",
            ) from None
        chosen = None
    if chosen is None or not (chosen.subnets or chosen.is_pending_lookup):
        raise InvalidValueError(
            "the VPC has no subnets that an endpoint can be in",
            where=where,
            fix="import it with availability_zones and private_subnet_ids or isolated_subnet_ids",
        )
    return chosen


def check_route_tables(
    vpc: ec2.IVpc, selections: Sequence[ec2.SubnetSelection] | None, *, where: str
) -> None:
    """Refuse subnets of which the route table is not known: layers would not take S3's gateway from there.

    CDK leaves them out without an error, if any other is known.

    Args:
        vpc: The VPC.
        selections: The subnets that are to use the gateway. Default: all of the VPC.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A route table is not known, or there is no subnet.
    """
    if selections is None:
        subnets = [*vpc.private_subnets, *vpc.public_subnets, *vpc.isolated_subnets]
    else:
        subnets = [
            subnet
            for selection in selections
            for subnet in choose_subnets(vpc, selection, where=where).subnets
        ]
    unknown = [subnet.subnet_id for subnet in subnets if not _has_route_table(subnet)]
    if unknown or not subnets:
        raise InvalidValueError(
            f"the route tables of {', '.join(unknown)} are not known" if unknown else "there are no subnets",
            where=where,
            allowed="subnets with their route tables: S3's gateway endpoint is a route in each",
            fix="import the VPC with private_subnet_route_table_ids (and public_…, isolated_…) or with "
            "ec2.Vpc.from_lookup, or write existing=[EndpointService.S3] if there is a gateway endpoint",
        )


def choose_peers(
    vpc: ec2.IVpc, given: Sequence[str] | None, *, dual_stack: bool, where: str
) -> list[ec2.IPeer]:
    """Who may connect: the addresses of the VPC.

    Args:
        vpc: The VPC.
        given: Its address ranges. Default: its first IPv4 block, and for dual-stack its first IPv6 block.
        dual_stack: Whether the endpoints have IPv6 addresses, too.
        where: The construct, for the error.

    Raises:
        InvalidValueError: A range is none or wider than a VPC's can be, or one is needed and not known, or
            the list itself is a token.
    """
    if given is not None:
        if any(_LIST_MARKER in cidr for cidr in given):
            raise InvalidValueError(
                "vpc_cidrs is a list that is known only at deployment, and each range gets a rule of its own",
                where=where,
                allowed="a list of which the length is known",
                fix='write vpc_cidrs=["10.0.0.0/16"], or [cdk.Fn.select(0, …)] for a range of that list',
            )
        versions = [_version_of(cidr, where) for cidr in given]
        wanted = {4, 6} if dual_stack else {4}
        if not wanted <= {version for version in versions if version} and None not in versions:
            raise InvalidValueError(
                f"vpc_cidrs is {', '.join(given) or 'empty'}",
                where=where,
                allowed="IPv4 and IPv6 ranges, for dual_stack" if dual_stack else "IPv4 ranges of the VPC",
            )
        return [
            ec2.Peer.ipv6(cidr) if version == 6 else ec2.Peer.ipv4(cidr)
            for cidr, version in zip(given, versions, strict=True)
        ]
    try:
        peers = [ec2.Peer.ipv4(vpc.vpc_cidr_block)]
    except RuntimeError:
        raise InvalidValueError(
            "the VPC's address range is not known",
            where=where,
            fix='import it with vpc_cidr_block, or write vpc_cidrs=["10.0.0.0/16"]',
        ) from None
    if dual_stack:
        if not isinstance(vpc, ec2.Vpc) or vpc.node.try_find_child("ipv6cidr") is None:
            raise InvalidValueError(
                "dual_stack is True, and the VPC's IPv6 range is not known",
                where=where,
                allowed="a VPC of this app with ip_protocol=ec2.IpProtocol.DUAL_STACK, or vpc_cidrs",
                fix='write vpc_cidrs=["10.0.0.0/16", "2001:db8:1234::/56"], with the ranges of the VPC',
            )
        peers.append(ec2.Peer.ipv6(cdk.Fn.select(0, vpc.vpc_ipv6_cidr_blocks)))
    return peers


def check_not_made_twice(vpc: ec2.IVpc, services: Iterable[EndpointService], *, where: str) -> None:
    """Refuse an endpoint for a service for which this app has one in the VPC.

    A second one with private DNS, or a second route to S3, fails at deployment. Seen are the endpoints that
    belong to a VPC of this app, and those of `RegistryEndpoints` with the same object as VPC.

    Args:
        vpc: The VPC.
        services: What endpoints are to be made for.
        where: The construct, for the error.

    Raises:
        InvalidValueError: There is one.
    """
    found: dict[EndpointService, str] = dict(_made_in(vpc))
    if isinstance(vpc, ec2.Vpc):
        for child in vpc.node.find_all():
            if isinstance(child, ec2.CfnVPCEndpoint):
                service = _service_of(child.service_name)
                if service is not None:
                    found.setdefault(service, child.node.path)
    for service in services:
        if service in found:
            raise InvalidValueError(
                f"the VPC has an endpoint for {service.value} already: {found[service]}",
                where=where,
                fix=f"remove that one, or write existing=[EndpointService.{service.name}]",
            )


def note_made(vpc: ec2.IVpc, services: Iterable[EndpointService], path: str) -> None:
    """Remember which endpoints a construct made in a VPC; see `check_not_made_twice`."""
    vars(vpc)[_ATTRIBUTE] = {**_made_in(vpc), **dict.fromkeys(services, path)}


def has_egress(vpc: ec2.IVpc, chosen: ec2.SelectedSubnets) -> bool | None:
    """Whether there is a way to the internet from a VPC of this app; None for any other VPC.

    Args:
        vpc: The VPC.
        chosen: The subnets of the endpoints, taken for those of the workloads.
    """
    if not isinstance(vpc, ec2.Vpc):
        return None
    if vpc.private_subnets:
        return True
    isolated = {subnet.node.path for subnet in vpc.isolated_subnets}
    return any(subnet.node.path not in isolated for subnet in chosen.subnets)


def _made_in(vpc: ec2.IVpc) -> Mapping[EndpointService, str]:
    made: Mapping[EndpointService, str] = vars(vpc).get(_ATTRIBUTE, {})
    return made


def _service_of(name: str | None) -> EndpointService | None:
    """The service of a service name, which may have tokens for its Region and around it."""
    for service in EndpointService:
        if name is not None and re.search(rf"[.}}]{re.escape(service.value)}(?:$|\$\{{Token\[)", name):
            return service
    return None


def _select(vpc: ec2.IVpc, selection: ec2.SubnetSelection) -> ec2.SelectedSubnets:
    members = (
        "availability_zones",
        "one_per_az",
        "subnet_filters",
        "subnet_group_name",
        "subnets",
        "subnet_type",
    )
    return vpc.select_subnets(**{member: getattr(selection, member) for member in members})


def _has_route_table(subnet: ec2.ISubnet) -> bool:
    try:
        return bool(subnet.route_table.route_table_id)
    except (AttributeError, RuntimeError):
        return False


def _version_of(cidr: str, where: str) -> int | None:
    if is_token(cidr):
        return None
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        raise InvalidValueError(
            f"{cidr!r} is no address range: {error}",
            where=where,
            allowed="ranges such as 10.0.0.0/16, without bits beyond the prefix",
        ) from None
    smallest = SMALLEST_PREFIX_LENGTHS[network.version]
    if network.prefixlen < smallest:
        raise InvalidValueError(
            f"{cidr} is wider than a block of a VPC",
            where=where,
            allowed=f"IPv{network.version} ranges of /{smallest} or smaller",
            fix="name the blocks of the VPC: an endpoint is for nobody else",
        )
    return network.version


def _differ(one: str, other: str) -> bool:
    return bool(one) and not is_token(one) and not is_token(other) and one != other
