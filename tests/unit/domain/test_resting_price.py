from __future__ import annotations

from decimal import Decimal

import pytest

from ecr_blueprints.domain.resting_price import RESTING_PRICES


@pytest.mark.parametrize("kind", sorted(RESTING_PRICES))
def test_every_price_says_where_it_was_read_where_aws_says_its_own_and_that_it_is_not_verified(
    kind: str,
) -> None:
    resting = RESTING_PRICES[kind]
    assert resting.price.source.startswith("https://")
    assert resting.price_page.startswith("https://aws.amazon.com/")
    assert not resting.price.verified
    assert resting.price.unit == "month"
    assert resting.price.usd > 0


def test_an_endpoint_is_billed_for_every_hour_of_the_month() -> None:
    assert RESTING_PRICES["AWS::EC2::VPCEndpoint"].price.usd == Decimal("7.30")
