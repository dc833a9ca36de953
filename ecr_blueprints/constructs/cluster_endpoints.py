"""What an EKS cluster without a way to the internet needs besides ECR's endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecr_blueprints.constructs.argument_type import Accepted, check_arguments, member_of
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.principals import check_account_id
from ecr_blueprints.domain.vpc_endpoint import OPTIONAL_FOR_CLUSTERS, REQUIRED_BY_CLUSTERS, EndpointService
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ClusterEndpoints"]

_WHERE: Final = "ClusterEndpoints(…)"
_SERVICES: Final = Accepted(types=(Sequence,), words="a list of EndpointService", each=(str,))
_ACCEPTED: Final = {
    "optional": _SERVICES,
    "without": _SERVICES,
    "addon_registry": Accepted(types=(bool, str), words="True, False or an account id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterEndpoints:
    """The endpoints of a private EKS cluster, besides ECR's and S3.

    Args:
        optional: What not every cluster needs: `EndpointService.EKS_OIDC`, ``XRAY``, ``SSM`` and
            ``AUTOSCALING`` (for the Cluster Autoscaler). Default: none.
        without: What this cluster does not need of ``EC2``, ``ELASTIC_LOAD_BALANCING``, ``LOGS``, ``STS``,
            ``EKS`` and ``EKS_AUTH``. Default: nothing is left out.
        addon_registry: Whether images of EKS add-ons can be pulled from AWS's registry of the Region; an
            account id names the registry where AWS's table, as this library holds it, does not. Default:
            they can.

    Raises:
        InvalidValueError: A service that is in neither set, or no account id.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html

    Practices: NET-4
    """

    optional: Sequence[EndpointService] = ()
    without: Sequence[EndpointService] = ()
    addon_registry: bool | str = True

    def __post_init__(self) -> None:
        given = {"optional": self.optional, "without": self.without, "addon_registry": self.addon_registry}
        check_arguments(given, _ACCEPTED, where=_WHERE, required=given)
        optional = _members(self.optional, "optional", OPTIONAL_FOR_CLUSTERS)
        without = _members(self.without, "without", REQUIRED_BY_CLUSTERS)
        object.__setattr__(self, "optional", optional)
        object.__setattr__(self, "without", without)
        if isinstance(self.addon_registry, str) and not is_token(self.addon_registry):
            check_account_id(self.addon_registry)

    @property
    def services(self) -> tuple[EndpointService, ...]:
        """The services, those that every private cluster needs first."""
        return (*(one for one in REQUIRED_BY_CLUSTERS if one not in self.without), *self.optional)


def _members(
    given: Sequence[EndpointService], argument: str, among: Sequence[EndpointService]
) -> tuple[EndpointService, ...]:
    members = tuple(
        dict.fromkeys(member_of(EndpointService, one, argument=argument, where=_WHERE) for one in given)
    )
    for member in members:
        if member not in among:
            raise InvalidValueError(
                f"{argument} has {member.value!r}",
                where=_WHERE,
                allowed=", ".join(f"EndpointService.{one.name}" for one in among),
            )
    return members
