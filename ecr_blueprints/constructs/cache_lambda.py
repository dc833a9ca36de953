"""Keeping AWS Lambda from images of a pull-through cache, which it cannot pull (facts §4).

Lambda pulls as a service and not as the function's role, and its pull starts no import from an upstream: a
function is created only as long as somebody else's pull left the image there.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import aws_cdk as cdk
import constructs
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from ecr_blueprints.errors import InvalidValueError

__all__ = ["CachedFunctionImages", "check_not_lambda"]

_FUNCTION: Final = "AWS::Lambda::Function"
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
        selector = cdk.ConstructSelector.resources_of_type(_FUNCTION)
        for function in selector.select(self._cache.node.root):
            if not isinstance(function, lambda_.CfnFunction):
                continue
            stack = cdk.Stack.of(function)
            code = stack.resolve(function.code)
            image = code.get("imageUri", code.get("ImageUri")) if isinstance(code, Mapping) else None
            if image is None:
                continue
            host, _, path = _text(image).partition("/")
            own_host = _text(stack.resolve(self._registry_uri))
            if path.startswith(f"{self._prefix}/") and _place_of(host) == _place_of(own_host):
                yield function.node.path.removesuffix("/Resource")


def _text(value: Any) -> str:
    """A resolved text, in which each intrinsic function stands as its JSON without slashes."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and list(value) == ["Fn::Join"]:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_text(part) for part in parts) if isinstance(parts, list) else ""
    return str(value).replace("/", "|")


def _place_of(host: str) -> tuple[str, ...]:
    """Account and Region of a registry's host; the suffix may be written as a token in one place only."""
    return tuple(host.split(".")[:4])
