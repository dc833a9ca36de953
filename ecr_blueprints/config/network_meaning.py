"""What the networks of workload accounts can get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument
from ecr_blueprints.config.network import EndpointsModel, NetworkModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.domain.eks_addon_registry import ADDON_REGISTRY_ACCOUNTS
from ecr_blueprints.domain.vpc_endpoint import REQUIRED_BY_CLUSTERS
from ecr_blueprints.domain.vpc_network import lies_in
from ecr_blueprints.errors import BlueprintError

__all__ = ["check_endpoints", "check_networks", "repeated"]


def check_networks(blueprint: RegistryBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    """The mistakes of the networks that stand beside the consumers.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
    """
    accounts = {account for consumer in blueprint.consumers.values() for account in consumer.accounts}
    seen: dict[str, str] = {}
    for account, regions in blueprint.networks.items():
        if account not in accounts:
            yield BlueprintError(
                f"no consumer names the account {account}",
                where=document.where(("networks", account)),
                allowed=", ".join(sorted(accounts)) or "none: no consumer has `accounts`",
                fix="add it to the `accounts` of a consumer, or correct it",
            )
        empty = [region for region, networks in regions.items() if not networks]
        if empty or not regions:
            yield BlueprintError(
                "no VPC is named here",
                where=document.where(("networks", account, *empty[:1])),
                fix="name one by its id, or remove the key",
            )
        for region, networks in regions.items():
            if region not in blueprint.pull_regions:
                yield BlueprintError(
                    f"the registry is not in {region}, and endpoints lead to a registry of their own Region",
                    where=document.where(("networks", account, region)),
                    allowed=", ".join(blueprint.pull_regions),
                    fix="remove it, or add the Region to `registry.regions`",
                )
            for vpc, network in networks.items():
                path = ("networks", account, region, vpc)
                where = document.where(path)
                if vpc in seen:
                    yield BlueprintError(
                        f"the VPC {vpc} stands at {seen[vpc]} already",
                        where=where,
                        allowed="each VPC once, under the account that owns it: its endpoints serve the "
                        "subnets that it shares, too",
                        fix="remove one of the two",
                    )
                seen.setdefault(vpc, where)
                yield from _network(network, region, document, path)


def check_endpoints(
    endpoints: EndpointsModel,
    *,
    has_route_tables: bool,
    regions: Sequence[str],
    document: MarkedDocument,
    path: KeyPath,
) -> Iterator[BlueprintError]:
    """The mistakes of what the endpoints of a VPC are to be.

    Args:
        endpoints: What the file says of them.
        has_route_tables: Whether it names route tables.
        regions: Where the VPC is.
        document: The main file.
        path: Where they stand in it.
    """
    for key in ("existing", "buckets"):
        yield from repeated(getattr(endpoints, key), document, (*path, key), "here")
    cluster = endpoints.cluster
    wanted = ["ecr.api", "ecr.dkr", "s3"]
    if cluster is not None:
        for key in ("without", "optional"):
            yield from repeated(getattr(cluster, key), document, (*path, "cluster", key), "here")
        wanted += [one for one in REQUIRED_BY_CLUSTERS if one not in cluster.without]
        wanted += cluster.optional
        unknown = [region for region in regions if region not in ADDON_REGISTRY_ACCOUNTS]
        if cluster.addons and unknown:
            yield BlueprintError(
                f"no registry of EKS add-ons is known in {unknown[0]}",
                where=document.where((*path, "cluster")),
                fix="add `addons: false`",
            )
    for index, service in enumerate(endpoints.existing):
        if service not in wanted:
            yield BlueprintError(
                f"no endpoint would be made for {service}, whether one exists or not",
                where=document.where((*path, "existing", index)),
                allowed=", ".join(wanted),
                fix="remove it",
            )
    if set(wanted) <= set(endpoints.existing):
        yield BlueprintError(
            "every endpoint exists already, and nothing is left to make",
            where=document.where((*path, "existing")),
            fix="remove the network",
        )
    if "s3" not in endpoints.existing and not has_route_tables:
        yield BlueprintError(
            "S3's endpoint is a route in route tables, and none is named: no layer could be pulled",
            where=document.where(path),
            fix="add `route_tables` with those of all subnets that pull, or s3 to `existing`",
        )
    for key, given in (("route_tables", has_route_tables), ("buckets", endpoints.buckets)):
        if "s3" in endpoints.existing and given:
            yield BlueprintError(
                f"`{key}` is for an endpoint of S3 that is made, and `existing` says that there is one",
                where=document.where((*path, key)),
                fix=f"remove `{key}`, or s3 from `existing`",
            )


def repeated(
    values: Sequence[str], document: MarkedDocument, path: KeyPath, words: str
) -> Iterator[BlueprintError]:
    """The mistakes of a list that has something twice.

    Args:
        values: The list.
        document: The main file.
        path: Where it stands.
        words: Where it stands, for people.
    """
    for index, value in enumerate(values):
        if value in values[:index]:
            noun = "the account " if path[-1] == "accounts" else ""
            yield BlueprintError(
                f"{noun}{value!r} stands twice {words}",
                where=document.where((*path, index)),
                fix="remove it",
            )


def _network(
    network: NetworkModel, region: str, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    yield from repeated(network.cidrs, document, (*path, "cidrs"), "here")
    yield from repeated(network.route_tables, document, (*path, "route_tables"), "here")
    seen: dict[str, str] = {}
    for zone, subnet in network.subnets.items():
        where = document.where((*path, "subnets", zone))
        if not lies_in(zone, region):
            yield BlueprintError(
                f"the Availability Zone {zone} is not in {region}",
                where=where,
                allowed=f"zones of {region}, such as {region}a",
                fix="correct it, or move the VPC to its Region",
            )
        if subnet in seen:
            yield BlueprintError(
                f"{subnet} is the subnet of {seen[subnet]} already; a subnet is in one Availability Zone",
                where=where,
                fix="correct it",
            )
        seen.setdefault(subnet, zone)
    yield from check_endpoints(
        network,
        has_route_tables=bool(network.route_tables),
        regions=(region,),
        document=document,
        path=path,
    )
