"""Which Regions there are, as of this version of the library."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Final

from ecr_blueprints.domain.principals import check_region
from ecr_blueprints.errors import InvalidValueError

__all__ = ["REGIONS", "check_known_region"]

REGIONS: Final = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
)
"""The Regions of every partition; ECR is in all of them.

Source: the partition data in AWS's SDKs, with which a test compares it, and
https://docs.aws.amazon.com/general/latest/gr/ecr.html
"""


def check_known_region(region: str, *, newer: Collection[str] = ()) -> str:
    """Return the Region's name if there is such a Region.

    AWS opens Regions, and a list in a library gets old. A well-formed name that is not in the list is refused
    all the same: a warning is not read where a pipeline synthesizes, and what follows a misspelt Region is a
    deployment that looks for a host that does not exist. Whoever is in a Region that is newer than the
    library says so, once, and is not locked out.

    Args:
        region: The name.
        newer: Regions that the user says there are since. Default: none.

    Raises:
        InvalidValueError: It is malformed, or neither in the list nor among `newer`.
    """
    check_region(region)
    if region not in REGIONS and region not in newer:
        near = difflib.get_close_matches(region, REGIONS, n=3)
        raise InvalidValueError(
            f"there is no Region {region!r} that this version of the library knows",
            where="Region",
            allowed="the Regions of AWS, such as eu-west-1",
            fix=f"write {' or '.join(near)}, if you mean that" if near else "correct its name",
        )
    return region
