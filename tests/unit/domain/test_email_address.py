"""Addresses of electronic mail."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.email_address import check_email_address
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    "address",
    ["platform@example.com", "a.b+ecr@mail.example.co.uk", "x@xn--bcher-kva.example", "o'neil@a.io"],
)
def test_what_mail_can_go_to(address: str) -> None:
    assert check_email_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "platform",
        "",
        "@example.com",
        "platform@",
        "platform@localhost",
        "a b@example.com",
        "a@example.com,b@example.com",
        "Platform <platform@example.com>",
        "mailto:platform@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a@-example.com",
        "a@example.com\n",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.com",
    ],
)
def test_what_it_cannot(address: str) -> None:
    with pytest.raises(InvalidValueError, match="is no e-mail address"):
        check_email_address(address)
