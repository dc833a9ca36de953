"""The registries of AWS from which a cluster pulls the images of EKS add-ons.

EKS add-ons name them, and cannot be pointed at another registry
(https://github.com/aws/containers-roadmap/issues/2721): an endpoint policy has to let them through.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["ADDON_REGISTRY_ACCOUNTS"]

ADDON_REGISTRY_ACCOUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "af-south-1": "877085696533",
        "ap-east-1": "800184023465",
        "ap-east-2": "533267051163",
        "ap-northeast-1": "602401143452",
        "ap-northeast-2": "602401143452",
        "ap-northeast-3": "602401143452",
        "ap-south-1": "602401143452",
        "ap-south-2": "900889452093",
        "ap-southeast-1": "602401143452",
        "ap-southeast-2": "602401143452",
        "ap-southeast-3": "296578399912",
        "ap-southeast-4": "491585149902",
        "ap-southeast-5": "151610086707",
        "ap-southeast-6": "333609536671",
        "ap-southeast-7": "121268973566",
        "ca-central-1": "602401143452",
        "ca-west-1": "761377655185",
        "cn-north-1": "918309763551",
        "cn-northwest-1": "961992271922",
        "eu-central-1": "602401143452",
        "eu-central-2": "900612956339",
        "eu-north-1": "602401143452",
        "eu-south-1": "590381155156",
        "eu-south-2": "455263428931",
        "eu-west-1": "602401143452",
        "eu-west-2": "602401143452",
        "eu-west-3": "602401143452",
        "eusc-de-east-1": "877088126301",
        "il-central-1": "066635153087",
        "me-central-1": "759879836304",
        "me-south-1": "558608220178",
        "mx-central-1": "730335286997",
        "sa-east-1": "602401143452",
        "us-east-1": "602401143452",
        "us-east-2": "602401143452",
        "us-gov-east-1": "151742754352",
        "us-gov-west-1": "013241004608",
        "us-west-1": "602401143452",
        "us-west-2": "602401143452",
    }
)
"""The account of the add-on registry, by Region.

Source: https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html, and for ``ap-southeast-5``
https://docs.amazonaws.cn/en_us/eks/latest/userguide/add-ons-images.html. For ``ap-east-2`` the page shows a
host of ``ap-east-1``, taken here for a slip of the page (unverified).
"""
