from __future__ import annotations

import pytest

from ecr_blueprints.domain.cdk_asset import (
    asset_repository_name,
    can_match_asset_tag,
    check_qualifier,
    image_publishing_role_name,
)
from ecr_blueprints.errors import InvalidValueError

HASH = "0" * 64


@pytest.mark.parametrize(
    ("pattern", "prefix", "can"),
    [
        ("*", "", True),
        ("a*", "", True),
        ("sha-*", "", False),
        ("v*", "", False),
        ("*-*", "", False),
        ("*z", "", False),
        (HASH, "", True),
        (HASH[1:], "", False),
        (f"{HASH}0", "", False),
        (f"*{HASH}", "", True),
        ("asset-*", "asset-", True),
        ("asset-", "asset-", False),
        ("asset-*x*", "asset-", False),
        ("*-dead*beef", "asset-", True),
        ("as*", "asset-", True),
        ("v*", "asset-", False),
        ("", "", False),
    ],
)
def test_which_patterns_can_match_an_asset(pattern: str, prefix: str, can: bool) -> None:
    assert can_match_asset_tag(pattern, prefix) is can


def test_names_of_the_bootstrap_stack() -> None:
    assert (
        asset_repository_name("hnb659fds", "111122223333", "eu-west-1")
        == "cdk-hnb659fds-container-assets-111122223333-eu-west-1"
    )
    assert (
        image_publishing_role_name("hnb659fds", "111122223333", "eu-west-1")
        == "cdk-hnb659fds-image-publishing-role-111122223333-eu-west-1"
    )


@pytest.mark.parametrize("qualifier", ["", "elevenchars", "with space"])
def test_what_is_no_qualifier(qualifier: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a bootstrap qualifier"):
        check_qualifier(qualifier, where="here")
