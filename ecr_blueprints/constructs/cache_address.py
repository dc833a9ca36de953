"""Where a pull-through cache keeps what it caches: URIs and ARNs."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.image_suffix import image_suffix
from ecr_blueprints.domain.repository_name import ROOT, RepositoryName
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

__all__ = ["CacheAddress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheAddress:
    """The address of one cache in one registry.

    Attributes:
        prefix: Without a slash at its end, or ``ROOT``.
        upstream: What is cached.
        registry_uri: The registry's host name; may hold tokens.
        repository_arn_base: The ARN of the registry's repositories up to ``repository``; may hold tokens.
        upstream_prefix: The prefix at the upstream for which the cache's prefix stands. Default: none, the
            cache's prefix is put before every name.
    """

    prefix: str
    upstream: UpstreamRegistry
    registry_uri: str
    repository_arn_base: str
    upstream_prefix: str | None = None

    @property
    def repository_arn_pattern(self) -> str:
        """The ARN of every repository of the cache, with ``*``."""
        return f"{self.repository_arn_base}/{self._prefixed('*')}"

    def repository_name(self, name: str) -> str:
        """The name of the cached repository, ``docker-hub/library/nginx`` for ``library/nginx``.

        Where the cache holds a prefix of its upstream, its own prefix takes that one's place.

        Args:
            name: The repository's name at the upstream, without host, tag and digest.

        Raises:
            InvalidValueError: The upstream has no such name, or ECR could not hold it; the error names the
                fix.
        """
        where = f"cache {self.prefix!r}"
        check_arguments({"name": name}, {"name": TEXT}, where=where, required=("name",))
        if is_token(name):
            if self.upstream_prefix is not None:
                raise InvalidValueError(
                    "the name is known only at deployment, and its prefix has to be replaced",
                    where=where,
                    allowed="a literal text",
                    fix=f'write f"{{registry.uri}}/{self.prefix}/{{rest}}"',
                )
            return self._prefixed(name)
        bare, sign = _without_version(name)
        if sign:
            raise InvalidValueError(
                f"{name!r} is an image with its {'digest' if sign == '@' else 'tag'}, not a repository",
                where=where,
                allowed="the repository's name at the upstream",
                fix=f"write image({bare!r}, {'digest' if sign == '@' else 'tag'}=…)",
            )
        host, slash, rest = name.partition("/")
        if slash and "." in host and self._is_own_host(host):
            raise InvalidValueError(
                f"{name!r} starts with the upstream's host, which the cache's prefix stands for",
                where=where,
                allowed="the repository's name at the upstream",
                fix=f"write {rest!r}",
            )
        if self.upstream_prefix is not None:
            return RepositoryName(self._prefixed(self._below_upstream_prefix(name, where)))
        if slash and host == self.prefix and self._is_put_before_names_of_others:
            raise InvalidValueError(
                f"{name!r} starts with the cache's own prefix, which is put before it",
                where=where,
                allowed="the repository's name at the upstream",
                fix=f"write {rest!r}",
            )
        official = self.upstream.official_image_prefix
        if official is not None and "/" not in name:
            raise InvalidValueError(
                f"{name!r} has no namespace, and {self.upstream.key} keeps official images under {official}",
                where=where,
                fix=f"write {official + name!r}" if name else None,
            )
        return RepositoryName(self._prefixed(name))

    def repository_uri(self, name: str) -> str:
        """The URI of the cached repository; see `repository_name`."""
        return f"{self.registry_uri}/{self.repository_name(name)}"

    def image(self, name: str, *, tag: str | None = None, digest: str | None = None) -> str:
        """The URI of the cached image.

        Args:
            name: The repository's name at the upstream, without host, tag and digest.
            tag: The tag; ECR asks the upstream again when it is pulled after 24 hours (facts §4).
            digest: The digest, which always means the same image.

        Raises:
            InvalidValueError: Neither or both of tag and digest, or a part is malformed.
        """
        where = f"cache {self.prefix!r}: image({name!r})"
        suffix = image_suffix(tag=tag, digest=digest, where=where)
        return f"{self.repository_uri(name)}{suffix}"

    @property
    def _is_put_before_names_of_others(self) -> bool:
        """False for another ECR registry under a prefix of one's choice: its names may begin alike."""
        return not (self.upstream.takes_upstream_prefix and self.prefix != self.upstream.default_prefix)

    def _below_upstream_prefix(self, name: str, where: str) -> str:
        prefix = f"{self.upstream_prefix}/"
        if not name.startswith(prefix):
            raise InvalidValueError(
                f"{name!r} is not under {prefix!r}, which is all that the cache holds of its upstream",
                where=where,
                allowed=f"the repository's name at the upstream, {prefix}…",
                fix=f"write {prefix + name!r}, or make another cache for it",
            )
        return name.removeprefix(prefix)

    def _prefixed(self, name: str) -> str:
        return name if self.prefix == ROOT else f"{self.prefix}/{name}"

    def _is_own_host(self, host: str) -> bool:
        try:
            return UpstreamRegistry.parse(host).key is self.upstream.key
        except InvalidValueError:
            return False


def _without_version(name: str) -> tuple[str, str]:
    """The name without its tag or digest, and the sign that parted them; no sign if there is neither."""
    bare, sign, _ = name.partition("@")
    if sign:
        return bare, sign
    head, slash, last = name.rpartition("/")
    last, sign, _ = last.partition(":")
    return f"{head}{slash}{last}", sign
