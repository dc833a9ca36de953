"""The images of a repository that exists, as the lifecycle evaluator takes them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ecr_blueprints.lifecycle.inventory import DescribedImage, parse_inventory

__all__ = ["read_live_images"]


def read_live_images(client: Any, repository_name: str) -> tuple[DescribedImage, ...]:
    """Reads what ``DescribeImages`` tells of every image, archived ones too; all pages.

    Args:
        client: A boto3 ECR client.
        repository_name: The repository.

    Raises:
        botocore.exceptions.ClientError: ECR refuses; ``ecr:DescribeImages`` is needed.
    """
    pages = client.get_paginator("describe_images").paginate(
        repositoryName=repository_name, filter={"imageStatus": "ANY"}
    )
    details = [detail for page in pages for detail in page["imageDetails"]]
    return parse_inventory(json.dumps(details, default=_moment), where=repository_name).described


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no value of ECR's")
