"""The images that Lambda functions of an app are made from, as their templates will have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from constructs import IConstruct

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

__all__ = ["images_of_functions", "place_of_host", "resolved_text"]

_FUNCTION: Final = "AWS::Lambda::Function"


def images_of_functions(scope: IConstruct) -> Iterator[tuple[lambda_.CfnFunction, str]]:
    """Each function below a scope that has an image, with the image's URI.

    Args:
        scope: Such as the app or a stage.
    """
    from aws_cdk import aws_lambda as lambda_  # a large module, and few apps get here

    for function in cdk.ConstructSelector.resources_of_type(_FUNCTION).select(scope):
        if not isinstance(function, lambda_.CfnFunction):
            continue
        code = cdk.Stack.of(function).resolve(function.code)
        image = code.get("imageUri", code.get("ImageUri")) if isinstance(code, Mapping) else None
        if image is not None:
            yield function, resolved_text(image)


def resolved_text(value: Any) -> str:
    """A resolved text, in which each intrinsic function stands as its JSON without slashes.

    Args:
        value: What a token was resolved to.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and list(value) == ["Fn::Join"]:
        separator, parts = value["Fn::Join"]
        return str(separator).join(resolved_text(part) for part in parts) if isinstance(parts, list) else ""
    return str(value).replace("/", "|")


def place_of_host(host: str) -> tuple[str, ...]:
    """Account and Region of a registry's host; the suffix may be written as a token in one place only.

    Args:
        host: Such as ``111122223333.dkr.ecr.eu-west-1.amazonaws.com``.
    """
    return tuple(host.split(".")[:4])
