"""The nine upstream registries of pull-through caches, and their credentials (facts §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ecr_blueprints.domain.principals import parse_registry_uri, registry_uri
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "CACHE_ROLE_ACTIONS",
    "CACHE_SERVICE_PRINCIPAL",
    "CREDENTIAL_KEYS",
    "CREDENTIAL_SECRET_ARN_PATTERN",
    "CREDENTIAL_SECRET_NAME_PREFIX",
    "MAX_CREDENTIAL_SECRET_ARN_LENGTH",
    "MAX_CREDENTIAL_SECRET_NAME_LENGTH",
    "MIN_CREDENTIAL_SECRET_ARN_LENGTH",
    "Authentication",
    "CredentialSecretName",
    "UpstreamRegistry",
    "UpstreamRegistryKey",
]

CREDENTIAL_SECRET_NAME_PREFIX = "ecr-pullthroughcache/"
"""What the name of a credential's secret starts with.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
"""

CREDENTIAL_KEYS = ("username", "accessToken")
"""The keys of the JSON object in the secret, both required. Source: the same page."""

MAX_CREDENTIAL_SECRET_NAME_LENGTH = 512
"""In characters. Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"""

MIN_CREDENTIAL_SECRET_ARN_LENGTH, MAX_CREDENTIAL_SECRET_ARN_LENGTH = 50, 612
CREDENTIAL_SECRET_ARN_PATTERN = (
    r"arn:aws(?:-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache/[a-zA-Z0-9/_+=.@-]+"
)
"""The secret lies in the rule's own account and Region and is encrypted by ``aws/secretsmanager``: ECR
supports no key of one's own there.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
"""

CACHE_SERVICE_PRINCIPAL = "pullthroughcache.ecr.amazonaws.com"
"""Whom the role of an ECR-to-ECR cache trusts; the same in every partition that the page names (facts §4).

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
"""

CACHE_ROLE_ACTIONS = (
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetImageCopyStatus",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""What that role may do with repositories, besides logging in. Source: the same page."""

_SECRET_NAME = re.compile(r"ecr-pullthroughcache/[a-zA-Z0-9/_+=.@-]+")
_AZURE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{3,61})[a-z0-9]")
_AZURE_SUFFIX = ".azurecr.io"


class Authentication(StrEnum):
    """What a cache rule needs to log in to its upstream."""

    NONE = "none"

    SECRET = "secret"
    """A Secrets Manager secret with `CREDENTIAL_KEYS`."""

    ROLE = "role"
    """An IAM role, where the upstream lies in another account. Whether one is needed across Regions of the
    same account is where AWS's pages disagree (facts §18.5); it does no harm there."""


class UpstreamRegistryKey(StrEnum):
    """The ``UpstreamRegistry`` of a cache rule.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    """

    DOCKER_HUB = "docker-hub"
    ECR_PUBLIC = "ecr-public"
    K8S = "k8s"
    QUAY = "quay"
    GITHUB_CONTAINER_REGISTRY = "github-container-registry"
    GITLAB_CONTAINER_REGISTRY = "gitlab-container-registry"
    AZURE_CONTAINER_REGISTRY = "azure-container-registry"
    CHAINGUARD = "chainguard"
    ECR = "ecr"


_HOSTS = {
    UpstreamRegistryKey.DOCKER_HUB: "registry-1.docker.io",
    UpstreamRegistryKey.ECR_PUBLIC: "public.ecr.aws",
    UpstreamRegistryKey.K8S: "registry.k8s.io",
    UpstreamRegistryKey.QUAY: "quay.io",
    UpstreamRegistryKey.GITHUB_CONTAINER_REGISTRY: "ghcr.io",
    UpstreamRegistryKey.GITLAB_CONTAINER_REGISTRY: "registry.gitlab.com",
    UpstreamRegistryKey.CHAINGUARD: "cgr.dev",
}
_URL_FORMS = {
    UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY: "<registry>.azurecr.io",
    UpstreamRegistryKey.ECR: "<account>.dkr.ecr.<region>.amazonaws.com",
}
_WITHOUT_CREDENTIAL = frozenset(
    {UpstreamRegistryKey.ECR_PUBLIC, UpstreamRegistryKey.K8S, UpstreamRegistryKey.QUAY}
)
_ALIASES = {
    "docker": UpstreamRegistryKey.DOCKER_HUB,
    "docker.io": UpstreamRegistryKey.DOCKER_HUB,
    "dockerhub": UpstreamRegistryKey.DOCKER_HUB,
    "index.docker.io": UpstreamRegistryKey.DOCKER_HUB,
    "kubernetes": UpstreamRegistryKey.K8S,
    "github": UpstreamRegistryKey.GITHUB_CONTAINER_REGISTRY,
    "ghcr": UpstreamRegistryKey.GITHUB_CONTAINER_REGISTRY,
    "gitlab": UpstreamRegistryKey.GITLAB_CONTAINER_REGISTRY,
    "azure": UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY,
    "acr": UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY,
}
"""What people call an upstream besides its key and its host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRegistry:
    """A registry that ECR can cache.

    Seven have one address each and are constants of this class; `azure` and `ecr` make the two whose
    address depends on whose registry it is.

    Attributes:
        key: ECR's name for it.
        upstream_registry_url: Its host, which is what ECR calls the URL. None for a registry of Azure or
            ECR of which only the kind is known.
    """

    key: UpstreamRegistryKey
    upstream_registry_url: str | None

    DOCKER_HUB: ClassVar[UpstreamRegistry]
    ECR_PUBLIC: ClassVar[UpstreamRegistry]
    K8S: ClassVar[UpstreamRegistry]
    QUAY: ClassVar[UpstreamRegistry]
    GITHUB_CONTAINER_REGISTRY: ClassVar[UpstreamRegistry]
    GITLAB_CONTAINER_REGISTRY: ClassVar[UpstreamRegistry]
    CHAINGUARD: ClassVar[UpstreamRegistry]

    @classmethod
    def azure(cls, name: str) -> Self:
        """A registry of Azure Container Registry.

        Args:
            name: Its name, the first label of ``<name>.azurecr.io``: 5 to 63 letters, digits and hyphens.

        Raises:
            InvalidValueError: It cannot be such a name.
        """
        label = name.lower().removesuffix(_AZURE_SUFFIX)
        if not _AZURE_NAME.fullmatch(label):
            raise InvalidValueError(
                f"{name!r} is not the name of an Azure container registry",
                where="upstream registry",
                allowed="5 to 63 letters, digits and hyphens: what stands before .azurecr.io",
            )
        return cls(
            key=UpstreamRegistryKey.AZURE_CONTAINER_REGISTRY, upstream_registry_url=f"{label}{_AZURE_SUFFIX}"
        )

    @classmethod
    def ecr(cls, account: str, region: str) -> Self:
        """The private ECR registry of an account in a Region.

        Raises:
            InvalidValueError: The account id or the Region's name is malformed.
        """
        return cls(key=UpstreamRegistryKey.ECR, upstream_registry_url=registry_uri(account, region))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Find the registry that a person means.

        Args:
            text: ECR's key, a host, or a common name such as ``docker.io`` or ``github``. For a registry of
                Azure or ECR the host; by the key alone, its address stays unknown.

        Raises:
            InvalidValueError: ECR cannot cache such a registry.
        """
        wanted = _bare_host(text)
        key = _ALIASES.get(wanted)
        if key is None and wanted in set(UpstreamRegistryKey):
            key = UpstreamRegistryKey(wanted)
        return (
            cls(key=key, upstream_registry_url=_HOSTS.get(key)) if key is not None else cls.from_url(wanted)
        )

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Find the registry of an ``UpstreamRegistryUrl``, exactly as ECR takes it.

        Args:
            url: A host without ``https://``.

        Raises:
            InvalidValueError: ECR cannot cache it, or writes its host otherwise.
        """
        for key, host in _HOSTS.items():
            if url == host:
                return cls(key=key, upstream_registry_url=host)
        private = parse_registry_uri(url)
        if private is not None and registry_uri(*private) == url:
            return cls.ecr(*private)
        if url.endswith(_AZURE_SUFFIX) and _AZURE_NAME.fullmatch(url.removesuffix(_AZURE_SUFFIX)):
            return cls.azure(url)
        raise InvalidValueError(
            f"{url!r} is not a registry that ECR can cache",
            where="upstream registry",
            allowed=", ".join((*_HOSTS.values(), *_URL_FORMS.values())),
            fix=_suggest_host(url),
        )

    @property
    def authentication(self) -> Authentication:
        """What a cache rule needs to log in."""
        if self.key is UpstreamRegistryKey.ECR:
            return Authentication.ROLE
        return Authentication.NONE if self.key in _WITHOUT_CREDENTIAL else Authentication.SECRET

    @property
    def account(self) -> str | None:
        """The account whose private ECR registry it is; None for any other, or if it is not known."""
        private = self._private_registry
        return None if private is None else private[0]

    @property
    def region(self) -> str | None:
        """The Region of the private ECR registry; None for any other, or if it is not known."""
        private = self._private_registry
        return None if private is None else private[1]

    @property
    def takes_upstream_prefix(self) -> bool:
        """Whether a cache can be of a part of it: documented for another ECR registry alone (facts §4)."""
        return self.key is UpstreamRegistryKey.ECR

    @property
    def default_prefix(self) -> str:
        """The cache prefix if none is chosen: ECR's key, so that one word names the cache everywhere."""
        return self.key.value

    @property
    def official_image_prefix(self) -> str | None:
        """What stands before the names of official images: ``library/`` on Docker Hub, None elsewhere.

        Without it the pull of an official image fails; with it that of any other does (facts §4).
        """
        return "library/" if self.key is UpstreamRegistryKey.DOCKER_HUB else None

    @property
    def reference_host(self) -> str:
        """The host in an image's reference: ``docker.io`` for Docker Hub, elsewhere as ECR has it.

        Tools log in to Docker Hub by that name, and not by the host that answers.
        Source: https://pkg.go.dev/github.com/distribution/reference
        """
        return "docker.io" if self.key is UpstreamRegistryKey.DOCKER_HUB else str(self)

    @property
    def url_form(self) -> str:
        """The host, or the form of the host where it depends on whose registry it is."""
        return _HOSTS.get(self.key) or _URL_FORMS[self.key]

    def accepts_url(self, url: str) -> bool:
        """Tell whether a host is an address of this registry; where the address is unknown, of this kind."""
        if self.upstream_registry_url is not None:
            return url == self.upstream_registry_url
        try:
            return type(self).from_url(url).key is self.key
        except InvalidValueError:
            return False

    @property
    def _private_registry(self) -> tuple[str, str] | None:
        if self.key is not UpstreamRegistryKey.ECR or self.upstream_registry_url is None:
            return None
        return parse_registry_uri(self.upstream_registry_url)

    def __str__(self) -> str:
        return self.upstream_registry_url or self.key.value


for _key, _host in _HOSTS.items():
    setattr(UpstreamRegistry, _key.name, UpstreamRegistry(key=_key, upstream_registry_url=_host))


class CredentialSecretName(str):
    """The name of the secret that holds an upstream's credential; valid once it exists.

    It is a string: it goes wherever a name goes.

    Args:
        value: ``ecr-pullthroughcache/`` and letters, digits and ``/_+=.@-``, 512 characters in all.

    Raises:
        InvalidValueError: ECR would refuse a secret of that name.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
    """

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Check the name."""
        if not cls._is_valid(value):
            prefixed = CREDENTIAL_SECRET_NAME_PREFIX + value.removeprefix(
                CREDENTIAL_SECRET_NAME_PREFIX
            ).strip("/")
            raise InvalidValueError(
                f"{value!r} cannot name the secret of a pull-through cache's credential",
                where="credential",
                allowed=f"{CREDENTIAL_SECRET_NAME_PREFIX} and letters, digits and '/_+=.@-', "
                f"{MAX_CREDENTIAL_SECRET_NAME_LENGTH} characters in all",
                fix=f"write {prefixed!r}" if cls._is_valid(prefixed) else None,
            )
        return super().__new__(cls, value)

    @staticmethod
    def _is_valid(value: str) -> bool:
        """Whether ECR and Secrets Manager take the name."""
        return len(value) <= MAX_CREDENTIAL_SECRET_NAME_LENGTH and _SECRET_NAME.fullmatch(value) is not None


def _bare_host(text: str) -> str:
    """The text in lower case, without ``https://`` before it and slashes after it."""
    return re.sub(r"\A[a-z]+://", "", text.strip().lower()).rstrip("/")


def _suggest_host(url: str) -> str | None:
    """What to write instead of a host that people know by another name."""
    bare = _bare_host(url)
    host = _HOSTS.get(_ALIASES[bare]) if bare in _ALIASES else bare
    if host is None or host == url:
        return None
    try:
        UpstreamRegistry.from_url(host)
    except InvalidValueError:
        return None
    return f"write {host!r}"
