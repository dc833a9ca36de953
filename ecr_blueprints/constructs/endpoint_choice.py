"""Which endpoints are made, and on whose behalf they can be used."""

from __future__ import annotations

from collections.abc import Sequence

from ecr_blueprints.constructs.argument_type import member_of
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.cluster_endpoints import ClusterEndpoints
from ecr_blueprints.domain.eks_addon_registry import ADDON_REGISTRY_ACCOUNTS
from ecr_blueprints.domain.principals import check_account_id, check_organization_id
from ecr_blueprints.domain.vpc_endpoint import (
    FIPS_ENDPOINT_REGIONS,
    FIPS_SERVICES,
    EndpointService,
    FipsEndpoints,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["check_addons", "check_fips", "check_principals", "choose_services"]


def check_fips(fips: FipsEndpoints, region: str, where: str) -> None:
    """Refuse FIPS endpoints where ECR is known to have none.

    Args:
        fips: What is wanted.
        region: The Region, or a token.
        where: The construct, for the error.

    Raises:
        InvalidValueError: The Region has none.
    """
    if fips is not FipsEndpoints.NONE and not is_token(region) and region not in FIPS_ENDPOINT_REGIONS:
        raise InvalidValueError(
            f"ECR has no FIPS endpoints in {region}",
            where=where,
            allowed=f"fips in {', '.join(sorted(FIPS_ENDPOINT_REGIONS))}",
            fix="leave fips out",
        )


def check_principals(organization: str | None, accounts: Sequence[str], where: str) -> None:
    """Refuse what names nobody on whose behalf endpoints can be used.

    Args:
        organization: The organization.
        accounts: The accounts.
        where: The construct, for the error.

    Raises:
        InvalidValueError: Both are given, or one is malformed.
    """
    if organization is not None and accounts:
        raise InvalidValueError(
            "organization and accounts are both given",
            where=where,
            allowed="one of them",
            fix="leave out accounts, if they are in the organization, else organization",
        )
    if organization is not None and not is_token(organization):
        check_organization_id(organization)
    for account in accounts:
        if not is_token(account):
            check_account_id(account)


def check_addons(cluster: ClusterEndpoints | None, region: str, where: str) -> None:
    """Refuse pulling EKS add-ons in a Region of which AWS's registry is not known.

    Args:
        cluster: The endpoints of a cluster.
        region: The Region, or a token.
        where: The construct, for the error.

    Raises:
        InvalidValueError: It is not known.
    """
    if (
        cluster is not None
        and cluster.addon_registry is True
        and not is_token(region)
        and region not in ADDON_REGISTRY_ACCOUNTS
    ):
        raise InvalidValueError(
            f"no registry of EKS add-ons is known in {region}",
            where=where,
            fix="write ClusterEndpoints(addon_registry=…) with the account id that "
            "https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html names, or with False",
        )


def choose_services(
    fips: FipsEndpoints,
    cluster: ClusterEndpoints | None,
    existing: Sequence[EndpointService],
    where: str,
) -> tuple[tuple[EndpointService, ...], frozenset[EndpointService]]:
    """The services that endpoints are made for, and those that have one already.

    Args:
        fips: Whether ECR's FIPS endpoints are among them.
        cluster: What a cluster needs besides.
        existing: As given.
        where: The construct, for the error.

    Raises:
        InvalidValueError: One exists for which none would be made, or all exist.
    """
    wanted: list[EndpointService] = []
    if fips is not FipsEndpoints.ONLY:
        wanted += FIPS_SERVICES
    if fips is not FipsEndpoints.NONE:
        wanted += FIPS_SERVICES.values()
    wanted.append(EndpointService.S3)
    if cluster is not None:
        wanted += cluster.services
    there = frozenset(member_of(EndpointService, one, argument="existing", where=where) for one in existing)
    unwanted = sorted(there.difference(wanted))
    if unwanted:
        raise InvalidValueError(
            f"existing has {', '.join(unwanted)}, for which no endpoint would be made",
            where=where,
            allowed=", ".join(f"EndpointService.{one.name}" for one in wanted),
        )
    if there == frozenset(wanted):
        raise InvalidValueError(
            "every endpoint exists already, and nothing is left to make",
            where=where,
            fix="leave this construct out",
        )
    return tuple(one for one in wanted if one not in there), there
