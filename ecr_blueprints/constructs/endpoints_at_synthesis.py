"""What the endpoints of a VPC have to say when everything has been constructed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from constructs import IValidation

from ecr_blueprints.domain.vpc_endpoint import FipsEndpoints
from ecr_blueprints.errors import InvalidValueError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.registry_endpoints import RegistryEndpoints

__all__ = ["EndpointsAtSynthesis"]

_NO_EGRESS_WARNING: Final = "ecr-blueprints:first-pull-without-internet"
_FIPS_WARNING: Final = "ecr-blueprints:first-pull-over-fips"
_LAYERS_ONLY_WARNING: Final = "ecr-blueprints:s3-layers-only"


@jsii.implements(IValidation)
class EndpointsAtSynthesis:
    """CDK's hook at synthesis, for the endpoints of one VPC.

    Caches may be added to a registry after the endpoints are declared; only here are all of them known.

    Args:
        endpoints: The endpoints.
        has_egress: Whether the VPC has a way to the internet; None if that is not known.
        is_in_app: Whether the VPC is made by this app.
    """

    def __init__(self, endpoints: RegistryEndpoints, *, has_egress: bool | None, is_in_app: bool) -> None:
        self._endpoints = endpoints
        self._has_egress = has_egress
        self._is_in_app = is_in_app
        self._done = False

    def validate(self) -> list[str]:
        """Let pulls through caches pass, and warn of what will not work; once, however often it is asked."""
        if self._done:
            return []
        self._done = True
        try:
            self._endpoints.admit_caches()
        except InvalidValueError as error:
            return [str(error)]
        for warning, message in self._warnings():
            cdk.Validations.of(self._endpoints).add_warning(warning, message)
        return []

    def _warnings(self) -> list[tuple[str, str]]:
        found = []
        caches = self._endpoints.caches_to_seed
        if caches and self._has_egress is False:
            names = ", ".join(f"{cache.prefix} ({cache.upstream})" for cache in caches)
            found.append(
                (
                    _NO_EGRESS_WARNING,
                    f"the VPC has no way to the internet, which the first pull of each image through a cache "
                    f"needs: {names}; pull each image once from a network that has one, or add a NAT gateway",
                )
            )
        if caches and self._endpoints.fips is FipsEndpoints.ONLY:
            found.append(
                (
                    _FIPS_WARNING,
                    "the first pull of an image through a cache does not work over FIPS endpoints; pull each "
                    "image once by the ordinary name, or write fips=FipsEndpoints.BESIDE",
                )
            )
        if not self._is_in_app and self._endpoints.is_limited_to_layers:
            found.append(
                (
                    _LAYERS_ONLY_WARNING,
                    "the VPC exists already, and S3's gateway endpoint lets nothing but image layers pass: "
                    "whatever else its workloads do in S3 will be refused; give s3_statements for it, in a "
                    "blueprint `buckets`",
                )
            )
        return found
