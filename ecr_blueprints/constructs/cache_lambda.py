"""Keeping AWS Lambda from images of a pull-through cache, which it cannot pull (facts §4).

Lambda pulls as a service and not as the function's role, and its pull starts no import from an upstream: a
function is created only as long as somebody else's pull left the image there.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
import constructs
import jsii
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.function_image import images_of_functions, place_of_host, resolved_text
from ecr_blueprints.errors import InvalidValueError

__all__ = ["CachedFunctionImages", "check_not_lambda"]

_SERVICE: Final = "lambda.amazonaws.com"
_FIX: Final = "copy the image into an ordinary repository of the registry, and let Lambda pull it from there"


def check_not_lambda(grantee: iam.IGrantable, *, where: str) -> None:
    """Refuse a function and the Lambda service, to which a grant to pull through a cache means nothing.

    A role is let pass, whoever assumes it: a function's own code may pull through ECR's API.

    Args:
        grantee: Whoever is to pull.
        where: The call, for the error.

    Raises:
        InvalidValueError: It is one of these.
    """
    if hasattr(type(grantee), "function_arn") or hasattr(grantee, "function_arn"):
        raise InvalidValueError(
            "the grantee is a Lambda function, whose image Lambda cannot pull through a cache",
            where=where,
            allowed="a role or user that pulls by itself",
            fix=f"{_FIX}; if its code pulls other images, grant to function.role",
        )
    if isinstance(grantee, iam.ServicePrincipal) and grantee.service.startswith(f"{_SERVICE}"):
        raise InvalidValueError(
            "the grantee is the service Lambda, which cannot pull through a cache",
            where=where,
            allowed="a role or user that pulls by itself",
            fix=_FIX,
        )


@jsii.implements(constructs.IValidation)
class CachedFunctionImages:
    """Looks, at synthesis, for functions of the app whose image lies under a cache's prefix.

    A function takes its image as a text or as a repository that anybody can import by name, so that there is
    no call in which it could be refused.

    Args:
        cache: The cache, whose app is looked through.
        registry_uri: The registry's host name; may hold tokens.
        prefix: The cache's prefix; not ``ROOT``, under which ordinary repositories lie too.
    """

    def __init__(self, cache: constructs.Construct, *, registry_uri: str, prefix: str) -> None:
        self._cache = cache
        self._registry_uri = registry_uri
        self._prefix = prefix

    def validate(self) -> list[str]:
        """One message for each function, with what to do instead."""
        return [
            f"{path}: the image of the function lies in the pull-through cache {self._prefix!r} "
            f"({self._cache.node.path}), from which Lambda cannot pull; fix: {_FIX}"
            for path in self._functions()
        ]

    def _functions(self) -> Iterator[str]:
        for function, image in images_of_functions(self._cache.node.root):
            host, _, path = image.partition("/")
            own_host = resolved_text(cdk.Stack.of(function).resolve(self._registry_uri))
            if path.startswith(f"{self._prefix}/") and place_of_host(host) == place_of_host(own_host):
                yield function.node.path.removesuffix("/Resource")
