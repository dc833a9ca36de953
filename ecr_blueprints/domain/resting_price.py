"""What a resource costs in a month in which nobody uses it: every number with where it is from.

AWS publishes its prices on the pages named in `PriceAtRest.price_page` and through its Price List API;
neither was read for this. The numbers are those that third parties report to have read there, for us-east-1,
so each is marked ``verified=False`` and shown with its source. What a resource costs when it is used (storage
of images, scans, data transfer, requests, events) is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ecr_blueprints.domain.pricing import Price

__all__ = ["HOURS_PER_MONTH", "RESTING_PRICES", "PriceAtRest"]

HOURS_PER_MONTH: Final = 730
"""Hours of an average month: 365 days of 24 hours over 12 months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAtRest:
    """What one resource costs in a month.

    Attributes:
        price: The price of one.
        price_page: Where AWS says what it is in your Region today.
        per: What is counted, in words.
    """

    price: Price
    price_page: str
    per: str


RESTING_PRICES: Final[Mapping[str, PriceAtRest]] = MappingProxyType(
    {
        "AWS::KMS::Key": PriceAtRest(
            price=Price(
                usd=Decimal("1.00"),
                unit="month",
                source="https://cloudburn.io/blog/aws-kms-pricing",
                read_on="2026-03",
            ),
            price_page="https://aws.amazon.com/kms/pricing/",
            per="customer-managed key",
        ),
        "AWS::SecretsManager::Secret": PriceAtRest(
            price=Price(
                usd=Decimal("0.40"),
                unit="month",
                source="https://raw.githubusercontent.com/api-evangelist/amazon-secrets-manager/refs/heads/main/"
                "plans/amazon-secrets-manager-plans-pricing.yml",
                read_on="2026-09-20",
            ),
            price_page="https://aws.amazon.com/secrets-manager/pricing/",
            per="secret",
        ),
        "AWS::EC2::VPCEndpoint": PriceAtRest(
            price=Price(
                usd=Decimal("0.01") * HOURS_PER_MONTH,
                unit="month",
                source="https://cloudcostkit.com/calculators/aws-vpc-interface-endpoint-cost-calculator",
                read_on="2026-01-29",
                regions=("us-east-1",),
            ),
            price_page="https://aws.amazon.com/privatelink/pricing/",
            per="interface endpoint and subnet; a gateway endpoint costs nothing",
        ),
        "AWS::CloudWatch::Alarm": PriceAtRest(
            price=Price(
                usd=Decimal("0.10"),
                unit="month",
                source="https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm",
            ),
            price_page="https://aws.amazon.com/cloudwatch/pricing/",
            per="metric that an alarm looks at",
        ),
    }
)
"""CloudFormation type → what one costs. A type that is not here costs nothing while nobody uses it, as far as
is known: repositories, caches, templates, registry settings, roles, policies, topics, rules, functions,
parameters, stack sets."""
