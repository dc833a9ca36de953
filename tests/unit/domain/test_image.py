"""Image digests and references."""

from __future__ import annotations

import copy

import pytest

from ecr_blueprints.domain.image import ImageDigest, ImageReference
from ecr_blueprints.errors import InvalidValueError

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"
HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"


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


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        (f"{HOST}/prod/api:v1.4.2@{DIGEST}", HOST, "prod/api", "v1.4.2", DIGEST),
        (f"{HOST}/prod/api@{DIGEST}", HOST, "prod/api", None, DIGEST),
        (f"{HOST}/prod/api", HOST, "prod/api", None, None),
        ("nginx", None, "nginx", None, None),
        ("library/nginx:1.27", None, "library/nginx", "1.27", None),
        ("localhost/api", "localhost", "api", None, None),
        ("localhost:5000/api:x", "localhost:5000", "api", "x", None),
        (
            "public.ecr.aws/docker/library/nginx:latest",
            "public.ecr.aws",
            "docker/library/nginx",
            "latest",
            None,
        ),
    ],
)
def test_parse_and_render(
    text: str, registry: str | None, repository: str, tag: str | None, digest: str | None
) -> None:
    reference = ImageReference.parse(text)
    assert (reference.registry, reference.repository, reference.tag, reference.digest) == (
        registry,
        repository,
        tag,
        digest,
    )
    assert reference.render() == text
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Prod/api",
        "prod/api:",
        "prod/api:-x",
        "prod/api@",
        "prod/api@sha256:12",
        f"{HOST}/",
        f"https://{HOST}/prod/api",
        "prod/api:v1:v2",
        f"prod/api@{DIGEST}@{DIGEST}",
        "host.example:/api",
    ],
)
def test_references_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        ImageReference.parse(text)


def test_account_and_region_of_a_private_registry() -> None:
    assert ImageReference.parse(f"{HOST}/prod/api").account_and_region == ("111122223333", "eu-west-1")
    assert ImageReference.parse("public.ecr.aws/x/api").account_and_region is None
    assert ImageReference.parse("prod/api").account_and_region is None
