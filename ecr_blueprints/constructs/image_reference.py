"""An image of a registry, usable where CDK takes a container image and wherever a URI is needed."""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.image import ImageDigest
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import InvalidValueError

__all__ = ["RegistryImage", "image_suffix"]


def image_suffix(*, tag: str | None, digest: str | None, where: str) -> str:
    """What follows the repository in an image's URI: ``@sha256:…`` or ``:v1.4.2``.

    Args:
        tag: The tag; checked unless it is a token.
        digest: The digest, ``sha256:`` and 64 hexadecimal digits; checked unless it is a token.
        where: The call that the error names.

    Raises:
        InvalidValueError: Neither is given or both are, or the one given is malformed.
    """
    check_arguments({"tag": tag, "digest": digest}, {"tag": TEXT, "digest": TEXT}, where=where)
    if (tag is None) is (digest is None):
        raise InvalidValueError(
            "neither a digest nor a tag is given" if tag is None else "a digest and a tag are given",
            where=where,
            allowed="exactly one of digest and tag",
            fix="give tag='…', or digest='sha256:…', which always means the same image",
        )
    if digest is not None:
        return f"@{digest if is_token(digest) else ImageDigest(digest)}"
    assert tag is not None
    return f":{tag if is_token(tag) else check_image_tag(tag)}"


class RegistryImage(ecs.ContainerImage):
    """An image in a private registry: a container image for CDK, and a URI.

    It goes wherever CDK takes an ``ecs.ContainerImage``, and its `uri` goes wherever a text is taken: a
    Kubernetes manifest, an App Runner service, an output. Where CDK binds it to a container, the role that
    pulls it is granted what it needs.

    Args:
        uri: The whole reference: ``<registry>/<repository>@sha256:…`` or ``<registry>/<repository>:<tag>``.
        grant_pull: Called with the role that will pull the image. Default: nothing is granted.

    Raises:
        InvalidValueError: The reference is no text.

    Practices: PROMO-4
    """

    def __init__(self, uri: str, *, grant_pull: Callable[[iam.IGrantable], object] | None = None) -> None:
        check_arguments({"uri": uri}, {"uri": TEXT}, where="RegistryImage", required=("uri",))
        super().__init__()
        self._reference = uri
        self._allow_pull = grant_pull

    @property
    def uri(self) -> str:
        """The whole reference; it may hold CDK tokens."""
        return self._reference

    def bind(
        self, scope: Construct, container_definition: ecs.ContainerDefinition
    ) -> ecs.ContainerImageConfig:
        """Give CDK the image's name, and the task's execution role the right to pull it.

        Args:
            scope: The construct in which the image is used.
            container_definition: The container that uses it.
        """
        if self._allow_pull is not None:
            self._allow_pull(container_definition.task_definition.obtain_execution_role())
        return ecs.ContainerImageConfig(image_name=self._reference)

    def __str__(self) -> str:
        return self._reference
