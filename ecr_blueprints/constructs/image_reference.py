"""An image of a registry, usable where CDK takes a container image and wherever a URI is needed.

Importing it loads CDK's module for ECS, a fifth of a second: constructs import it where they make an image.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments

__all__ = ["RegistryImage"]


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
