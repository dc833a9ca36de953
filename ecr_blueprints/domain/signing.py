"""Managed signing: profiles, and where the service is (facts §8).

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-signingconfiguration.html
and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-signer-signingprofile.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ecr_blueprints.domain.principals import check_account_id, check_region
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "DEFAULT_VALIDITY",
    "MAX_SIGNING_PROFILE_ARN_LENGTH",
    "PLATFORM_ID",
    "REGIONS_WITHOUT_SIGNING",
    "SIGNING_PROFILE_ARN_PATTERN",
    "SIGNING_PROFILE_NAME_PATTERN",
    "SIGN_PAYLOAD",
    "SignatureValidity",
    "SignatureValidityUnit",
    "SigningProfileArn",
    "check_signing_profile_name",
    "check_signing_region",
]

PLATFORM_ID = "Notation-OCI-SHA384-ECDSA"
"""The signing platform for container images."""

SIGN_PAYLOAD = "signer:SignPayload"
"""What whoever pushes needs on the profile: ECR signs with the pusher's identity."""

SIGNING_PROFILE_NAME_PATTERN = r"[0-9a-zA-Z_]{2,64}"
MAX_SIGNING_PROFILE_ARN_LENGTH = 200
SIGNING_PROFILE_ARN_PATTERN = (
    r"arn:aws(?:-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[a-zA-Z0-9_]{2,}"
)
"""The profile's ARN, without a version.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRule.html
"""

REGIONS_WITHOUT_SIGNING = frozenset(
    {
        "ap-east-2",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
    }
)
"""Regions in which CloudFormation knows no signing configuration, as of its schemas of October 2026.

A Region that is not listed may lack it too; a test compares the list with the schemas.
"""

_ARN = re.compile(SIGNING_PROFILE_ARN_PATTERN)
_NAME = re.compile(SIGNING_PROFILE_NAME_PATTERN)


class SignatureValidityUnit(StrEnum):
    """In what the validity of a signature is counted."""

    DAYS = "DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"


@dataclass(frozen=True, slots=True)
class SignatureValidity:
    """How long a signature is valid.

    Attributes:
        value: How many, at least 1.
        unit: Of what.

    Raises:
        InvalidValueError: Not a whole number of at least 1.
    """

    value: int
    unit: SignatureValidityUnit = SignatureValidityUnit.MONTHS

    def __post_init__(self) -> None:
        """Check the number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 1:
            raise InvalidValueError(
                f"a signature would be valid for {self.value!r} {self.unit}",
                where="SignatureValidity",
                allowed="a whole number of at least 1",
            )


DEFAULT_VALIDITY = SignatureValidity(135)
"""What AWS Signer takes where nothing is said: 135 months."""


@dataclass(frozen=True, slots=True)
class SigningProfileArn:
    """The ARN of a signing profile, taken apart.

    Attributes:
        value: The ARN.

    Raises:
        InvalidValueError: It is none, or that of a profile's version.
    """

    value: str

    def __post_init__(self) -> None:
        """Check the form."""
        if len(self.value) > MAX_SIGNING_PROFILE_ARN_LENGTH or not _ARN.fullmatch(self.value):
            head, _, version = self.value.rpartition("/")
            is_version = bool(version) and _ARN.fullmatch(head) is not None
            raise InvalidValueError(
                f"{self.value!r} is not the ARN of a signing profile",
                where="signing profile",
                allowed="arn:aws:signer:<region>:<account>:/signing-profiles/<name>, without a version",
                fix=f"leave out the version: {head}" if is_version else None,
            )

    @property
    def region(self) -> str:
        """The profile's Region."""
        return self.value.split(":")[3]

    @property
    def account(self) -> str:
        """The account that owns the profile."""
        return self.value.split(":")[4]

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.value.rpartition("/")[2]

    @classmethod
    def of(cls, *, partition: str, region: str, account: str, name: str) -> SigningProfileArn:
        """The ARN of a profile of this name.

        Raises:
            InvalidValueError: A part is malformed.
        """
        check_region(region)
        check_account_id(account)
        return cls(
            f"arn:{partition}:signer:{region}:{account}:/signing-profiles/{check_signing_profile_name(name)}"
        )


def check_signing_profile_name(name: str) -> str:
    """Return the name if a signing profile can have it.

    Raises:
        InvalidValueError: It cannot.
    """
    if not _NAME.fullmatch(name):
        suggestion = re.sub(r"[^0-9a-zA-Z_]+", "_", name).strip("_")[:64]
        raise InvalidValueError(
            f"{name!r} is not the name of a signing profile",
            where="signing profile",
            allowed="2 to 64 letters, digits or '_'",
            fix=f"write {suggestion!r}" if _NAME.fullmatch(suggestion) else None,
        )
    return name


def check_signing_region(region: str, *, where: str) -> None:
    """Refuse a Region without managed signing.

    Args:
        region: The Region.
        where: What would be signed there, for the error.

    Raises:
        InvalidValueError: CloudFormation knows no signing configuration there.
    """
    if region in REGIONS_WITHOUT_SIGNING:
        raise InvalidValueError(
            f"managed signing does not exist in {region}",
            where=where,
            allowed="a Region that has it, such as eu-west-1",
            fix="leave signing out here, and sign where the images are built",
        )
