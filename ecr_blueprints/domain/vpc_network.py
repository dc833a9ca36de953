"""What names the parts of a VPC that endpoints are put into: ids, address blocks, Availability Zones."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from ecr_blueprints.domain.principals import REGION_PATTERN
from ecr_blueprints.domain.vpc_endpoint import SMALLEST_PREFIX_LENGTHS
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "AVAILABILITY_ZONE_PATTERN",
    "LONGEST_VPC_PREFIX_LENGTH",
    "ROUTE_TABLE_ID_PATTERN",
    "SUBNET_ID_PATTERN",
    "VPC_ID_PATTERN",
    "check_availability_zone",
    "check_route_table_id",
    "check_subnet_id",
    "check_vpc_cidr",
    "check_vpc_id",
    "lies_in",
]

_ID: Final = r"(?:[0-9a-f]{8}|[0-9a-f]{17})"
VPC_ID_PATTERN: Final = rf"vpc-{_ID}"
SUBNET_ID_PATTERN: Final = rf"subnet-{_ID}"
ROUTE_TABLE_ID_PATTERN: Final = rf"rtb-{_ID}"
"""Ids have 8 or 17 hexadecimal digits.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
"""

AVAILABILITY_ZONE_PATTERN: Final = rf"{REGION_PATTERN}(?:-[a-z]+-[0-9]+)?[a-z]"
"""The name of an Availability Zone, or of a Local or Wavelength Zone: the Region's, and a letter at its end.

Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
"""

LONGEST_VPC_PREFIX_LENGTH: Final = 28
"""The smallest IPv4 block of a VPC is a /28, the largest a /16.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
"""


def check_vpc_id(text: str) -> str:
    """Return the id of a VPC.

    Raises:
        InvalidValueError: It is none.
    """
    return _check(text, VPC_ID_PATTERN, what="a VPC", example="vpc-0a1b2c3d4e5f67890")


def check_subnet_id(text: str) -> str:
    """Return the id of a subnet.

    Raises:
        InvalidValueError: It is none.
    """
    return _check(text, SUBNET_ID_PATTERN, what="a subnet", example="subnet-0a1b2c3d4e5f67890")


def check_route_table_id(text: str) -> str:
    """Return the id of a route table.

    Raises:
        InvalidValueError: It is none.
    """
    return _check(text, ROUTE_TABLE_ID_PATTERN, what="a route table", example="rtb-0a1b2c3d4e5f67890")


def check_availability_zone(text: str) -> str:
    """Return the name of an Availability Zone; whether it exists is not checked.

    Raises:
        InvalidValueError: It has not the form of one.
    """
    if not re.fullmatch(AVAILABILITY_ZONE_PATTERN, text):
        raise InvalidValueError(
            f"{text!r} is not the name of an Availability Zone",
            where="Availability Zone",
            allowed="names such as eu-west-1a",
        )
    return text


def lies_in(zone: str, region: str) -> bool:
    """Whether an Availability Zone belongs to a Region, by its name.

    Args:
        zone: Such as ``eu-west-1a``.
        region: Such as ``eu-west-1``.
    """
    return re.fullmatch(rf"{re.escape(region)}(?:-[a-z]+-[0-9]+)?[a-z]", zone) is not None


def check_vpc_cidr(text: str) -> str:
    """Return the IPv4 address block if a VPC can have it.

    Raises:
        InvalidValueError: It is none, or larger or smaller than a VPC's.
    """
    allowed = (
        f"blocks from /{SMALLEST_PREFIX_LENGTHS[4]} to /{LONGEST_VPC_PREFIX_LENGTH}, such as 10.20.0.0/16"
    )
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise InvalidValueError(
            f"{text!r} is no IPv4 address block: {error}", where="address block", allowed=allowed
        ) from None
    if not SMALLEST_PREFIX_LENGTHS[4] <= network.prefixlen <= LONGEST_VPC_PREFIX_LENGTH:
        raise InvalidValueError(
            f"no VPC has the address block {text}",
            where="address block",
            allowed=allowed,
            fix="name the blocks of the VPC: an endpoint is for nobody else",
        )
    return text


def _check(text: str, pattern: str, *, what: str, example: str) -> str:
    if not re.fullmatch(pattern, text):
        raise InvalidValueError(
            f"{text!r} is not the id of {what}", where=what, allowed=f"ids such as {example}"
        )
    return text
