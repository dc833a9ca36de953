"""Image digests."""

from __future__ import annotations

import copy

import pytest

from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.errors import InvalidValueError

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


def test_digest() -> None:
    digest = ImageDigest(DIGEST)
    assert digest == DIGEST
    assert type(copy.deepcopy(digest)) is ImageDigest


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        (HEX, f"write '{DIGEST}'"),
        (DIGEST.upper(), f"write '{DIGEST}'"),
        (DIGEST[:-1], None),
        (DIGEST + "0", None),
        (f"sha512:{HEX}", None),
        ("", None),
        (DIGEST + "\n", None),
    ],
)
def test_texts_that_are_no_digest(value: str, fix: str | None) -> None:
    with pytest.raises(InvalidValueError, match="is not an image digest") as raised:
        ImageDigest(value)
    assert raised.value.fix == fix
