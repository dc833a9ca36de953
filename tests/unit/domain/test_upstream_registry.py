"""The upstream registries of pull-through caches."""

from __future__ import annotations

import re

import pytest

from ecr_blueprints.domain.actions import PULL, PUSH, UPSTREAM_COPY
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.domain.upstream_registry import (
    CACHE_ROLE_ACTIONS,
    CREDENTIAL_SECRET_ARN_PATTERN,
    Authentication,
    CredentialSecretName,
    UpstreamRegistry,
    UpstreamRegistryKey,
)
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("registry", "key", "host", "authentication"),
    [
        (UpstreamRegistry.DOCKER_HUB, "docker-hub", "registry-1.docker.io", Authentication.SECRET),
        (UpstreamRegistry.ECR_PUBLIC, "ecr-public", "public.ecr.aws", Authentication.NONE),
        (UpstreamRegistry.K8S, "k8s", "registry.k8s.io", Authentication.NONE),
        (UpstreamRegistry.QUAY, "quay", "quay.io", Authentication.NONE),
        (
            UpstreamRegistry.GITHUB_CONTAINER_REGISTRY,
            "github-container-registry",
            "ghcr.io",
            Authentication.SECRET,
        ),
        (
            UpstreamRegistry.GITLAB_CONTAINER_REGISTRY,
            "gitlab-container-registry",
            "registry.gitlab.com",
            Authentication.SECRET,
        ),
        (UpstreamRegistry.CHAINGUARD, "chainguard", "cgr.dev", Authentication.SECRET),
        (
            UpstreamRegistry.azure("contoso"),
            "azure-container-registry",
            "contoso.azurecr.io",
            Authentication.SECRET,
        ),
        (
            UpstreamRegistry.ecr("111122223333", "eu-west-1"),
            "ecr",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            Authentication.ROLE,
        ),
    ],
)
def test_the_nine(registry: UpstreamRegistry, key: str, host: str, authentication: Authentication) -> None:
    assert registry.key == key
    assert registry.upstream_registry_url == host
    assert registry.authentication is authentication
    assert registry.accepts_url(host)
    assert not registry.accepts_url("docker.io")
    assert UpstreamRegistry.from_url(host) == registry
    assert UpstreamRegistry.parse(host) == registry
    assert UpstreamRegistry.parse(f"https://{host.upper()}/") == registry
    assert str(registry) == host


@pytest.mark.parametrize("key", UpstreamRegistryKey)
def test_every_key_is_found_and_is_a_prefix(key: UpstreamRegistryKey) -> None:
    registry = UpstreamRegistry.parse(key.value)
    assert registry.key is key
    assert CachePrefix(registry.default_prefix).value == key


@pytest.mark.parametrize(
    ("alias", "key"),
    [
        ("docker.io", UpstreamRegistryKey.DOCKER_HUB),
        (" DockerHub ", UpstreamRegistryKey.DOCKER_HUB),
        ("index.docker.io", UpstreamRegistryKey.DOCKER_HUB),
        ("kubernetes", UpstreamRegistryKey.K8S),
        ("github", UpstreamRegistryKey.GITHUB_CONTAINER_REGISTRY),
        ("gitlab", UpstreamRegistryKey.GITLAB_CONTAINER_REGISTRY),
        ("acr", UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY),
    ],
)
def test_what_people_call_them(alias: str, key: UpstreamRegistryKey) -> None:
    assert UpstreamRegistry.parse(alias).key is key


@pytest.mark.parametrize(
    ("key", "form", "address", "other"),
    [
        ("azure-container-registry", "<registry>.azurecr.io", "contoso.azurecr.io", "quay.io"),
        (
            "ecr",
            "<account>.dkr.ecr.<region>.amazonaws.com",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "public.ecr.aws",
        ),
    ],
)
def test_of_some_only_the_kind_is_known(key: str, form: str, address: str, other: str) -> None:
    registry = UpstreamRegistry.parse(key)
    assert registry.upstream_registry_url is None
    assert registry.url_form == form
    assert str(registry) == key
    assert registry.accepts_url(address)
    assert not registry.accepts_url(other)
    assert not registry.accepts_url("gcr.io")


def test_only_docker_hub_has_official_images() -> None:
    prefixes = {key: UpstreamRegistry.parse(key).official_image_prefix for key in UpstreamRegistryKey}
    assert prefixes.pop(UpstreamRegistryKey.DOCKER_HUB) == "library/"
    assert set(prefixes.values()) == {None}


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        ("docker.io", "write 'registry-1.docker.io'"),
        ("https://quay.io", "write 'quay.io'"),
        ("quay.io/", "write 'quay.io'"),
        ("Contoso.azurecr.io", "write 'contoso.azurecr.io'"),
        ("gcr.io", None),
        ("https://gcr.io", None),
        ("", None),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com.cn", None),
        ("111122223333.dkr-ecr.eu-west-1.on.aws", None),
        ("azurecr.io", None),
    ],
)
def test_a_url_is_taken_exactly_as_ecr_takes_it(url: str, fix: str | None) -> None:
    with pytest.raises(InvalidValueError) as raised:
        UpstreamRegistry.from_url(url)
    assert repr(url) in raised.value.what
    assert raised.value.fix == fix
    assert raised.value.allowed is not None
    assert "registry-1.docker.io" in raised.value.allowed


@pytest.mark.parametrize("name", ["", "abcd", "x" * 64, "con_toso", "contoso/x", "-contoso"])
def test_azure_names(name: str) -> None:
    with pytest.raises(InvalidValueError, match="Azure container registry"):
        UpstreamRegistry.azure(name)


@pytest.mark.parametrize(("account", "region"), [("1234", "eu-west-1"), ("111122223333", "Ireland")])
def test_ecr_registries_are_checked(account: str, region: str) -> None:
    with pytest.raises(InvalidValueError):
        UpstreamRegistry.ecr(account, region)


def test_only_another_ecr_registry_has_an_account_and_takes_a_prefix() -> None:
    china = UpstreamRegistry.ecr("111122223333", "cn-north-1")
    assert (china.account, china.region) == ("111122223333", "cn-north-1")
    assert str(china) == "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"
    for key in UpstreamRegistryKey:
        registry = UpstreamRegistry.parse(key.value)
        assert (registry.account, registry.region) == (None, None)
        assert registry.takes_upstream_prefix is (key is UpstreamRegistryKey.ECR)


def test_the_role_of_a_cache_copies_and_does_nothing_else() -> None:
    expected = {*PULL, *PUSH, *UPSTREAM_COPY} - {"ecr:BatchCheckLayerAvailability"}
    assert set(CACHE_ROLE_ACTIONS) == expected
    assert len(CACHE_ROLE_ACTIONS) == len(expected)


def test_credential_secret_name() -> None:
    name = CredentialSecretName("ecr-pullthroughcache/docker-hub")
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}-a1B2c3"
    assert re.fullmatch(CREDENTIAL_SECRET_ARN_PATTERN, arn)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("docker-hub", "write 'ecr-pullthroughcache/docker-hub'"),
        ("/docker-hub", "write 'ecr-pullthroughcache/docker-hub'"),
        ("ecr-pullthroughcache/", None),
        ("docker hub", None),
        ("ecr-pullthroughcache/" + "x" * 492, None),
    ],
)
def test_credential_secret_names_that_ecr_refuses(name: str, fix: str | None) -> None:
    with pytest.raises(InvalidValueError) as raised:
        CredentialSecretName(name)
    assert raised.value.fix == fix
