"""The condition keys of AWS policies: which tell the author's own principals from a stranger's, and how.

A key does so if its value can name an organization, an account, a network or a principal, and only with a
value that does: ``aws:PrincipalOrgID`` with ``o-*`` names every organization. Keys are in lower case here,
since IAM compares them without regard to it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html,
and the width of an address range from https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = [
    "KEYS_IN_EVERY_SIGNED_REQUEST",
    "KEYS_OF_THE_OWN_RESOURCE",
    "KEYS_THAT_NAME_NOBODY",
    "KEYS_THAT_NAME_SOMEBODY",
    "KEY_PREFIXES_THAT_NAME_NOBODY",
]

_ORGANIZATION_ID_LENGTH = 12
"""``o-`` and at least ten characters (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html)."""

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_WILDCARD = re.compile(r"[*?]")

KEYS_IN_EVERY_SIGNED_REQUEST = frozenset({"aws:principalarn", "aws:principalaccount", "aws:userid"})
"""Keys that are never absent, so that ``…IfExists`` and ``ForAllValues`` do not weaken them."""

KEYS_OF_THE_OWN_RESOURCE = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
"""Variables that stand for the registry's own account or organization."""


def _literal_start(value: str) -> str:
    return _WILDCARD.split(value, maxsplit=1)[0]


def _names_organization(value: str) -> bool:
    return len(_literal_start(value).split("/", 1)[0]) >= _ORGANIZATION_ID_LENGTH


def _names_account(value: str) -> bool:
    return _ACCOUNT_ID.fullmatch(value) is not None


def _names_account_of_arn(value: str) -> bool:
    fields = value.split(":", 5)
    return len(fields) == 6 and _names_account(fields[4])


def _names_source_arn(value: str) -> bool:
    """An ARN of an account; a few services' ARNs (S3's) have none and name the resource instead."""
    fields = value.split(":", 5)
    if len(fields) < 6 or _WILDCARD.search(fields[2]):
        return False
    return _names_account(fields[4]) or (fields[4] == "" and len(_literal_start(fields[5])) > 2)


def _names_unique_id(value: str) -> bool:
    return len(_literal_start(value)) >= _ORGANIZATION_ID_LENGTH


def _names_network(value: str) -> bool:
    return len(_literal_start(value).rpartition("-")[2]) >= 8


def _names_addresses(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


def _is_true(value: str) -> bool:
    return value.lower() == "true"


def _names_service(value: str) -> bool:
    return len(_literal_start(value)) > 1


KEYS_THAT_NAME_SOMEBODY: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "aws:principalorgid": _names_organization,
        "aws:principalorgpaths": _names_organization,
        "aws:sourceorgid": _names_organization,
        "aws:sourceorgpaths": _names_organization,
        "aws:vpceorgid": _names_organization,
        "aws:vpceorgpaths": _names_organization,
        "aws:principalaccount": _names_account,
        "aws:sourceaccount": _names_account,
        "aws:sourceowner": _names_account,
        "aws:vpceaccount": _names_account,
        "aws:principalarn": _names_account_of_arn,
        "aws:sourcearn": _names_source_arn,
        "ec2:sourceinstancearn": _names_account_of_arn,
        "lambda:sourcefunctionarn": _names_account_of_arn,
        "aws:userid": _names_unique_id,
        "aws:sourcevpc": _names_network,
        "aws:sourcevpce": _names_network,
        "aws:sourcevpcarn": _names_account_of_arn,
        "aws:ec2instancesourcevpc": _names_network,
        "aws:sourceip": _names_addresses,
        "aws:principalisawsservice": _is_true,
        "aws:principalservicename": _names_service,
        "aws:principalservicenameslist": _names_service,
    }
)
"""Keys that can tell the author's own principals or networks from a stranger's, and when a value does."""

KEY_PREFIXES_THAT_NAME_NOBODY = (
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "ecr:resourcetag/",
)
"""Every account can tag its own principals and requests; the resource is the registry's own anyway."""

KEYS_THAT_NAME_NOBODY = frozenset(
    {
        "aws:assumedroot",
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:currenttime",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:sourceidentity",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:username",
        "aws:viaawsservice",
        "aws:vpcsourceip",
    }
)
"""Keys that a stranger in another account satisfies as easily as a colleague."""
