"""An upstream image is named by host, name and digest, or refused with what to write."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.upstream_image import UpstreamImage, check_tagged_name
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    "repository",
    ["docker.io/library/nginx", "quay.io/a", "localhost:5000/a/b", "registry.example:8443/a__b/c-d.e"],
)
def test_a_reference_by_digest_is_read(repository: str) -> None:
    image = UpstreamImage.parse(f"{repository}@{DIGEST}")
    assert (image.repository, image.digest) == (repository, DIGEST)


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("docker.io/library/nginx:1.27", "has no digest", "write @sha256:"),
        (f"library/nginx@{DIGEST}", "which registry", "docker.io/"),
        (f"nginx@{DIGEST}", "which registry", "docker.io/"),
        (f"docker.io/nginx@{DIGEST}", "short name", f"docker.io/library/nginx@{DIGEST}"),
        (f"quay.io/a/b:1@{DIGEST}", "both a tag and a digest", f"write quay.io/a/b@{DIGEST}"),
        (f"quay.io/A@{DIGEST}", "no registry takes", ""),
        (f"-quay.io:x/a@{DIGEST}", "which registry", ""),
        ("quay.io/a@sha256:abc", "is not an image digest", ""),
    ],
)
def test_what_is_none_is_refused_with_the_way_out(text: str, what: str, fix: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        UpstreamImage.parse(text)
    assert what in caught.value.what
    assert fix in (caught.value.fix or "")


def test_a_name_and_its_tag_are_taken_apart() -> None:
    assert check_tagged_name("library/nginx:1.27") == ("library/nginx", "1.27")


@pytest.mark.parametrize(
    "text", ["nginx", "nginx:", f"nginx@{DIGEST}", f"nginx:1@{DIGEST}", "a:b:c", "A:1", ":1"]
)
def test_without_a_tag_it_is_no_seed(text: str) -> None:
    with pytest.raises(InvalidValueError):
        check_tagged_name(text)


def test_tools_know_docker_hub_by_the_name_that_people_log_in_to() -> None:
    assert UpstreamRegistry.parse("docker-hub").reference_host == "docker.io"
    assert UpstreamRegistry.parse("k8s").reference_host == "registry.k8s.io"
    assert UpstreamRegistry.parse("acmeimages.azurecr.io").reference_host == "acmeimages.azurecr.io"
