"""The ECR API's operation on the signatures of images. Nothing is ever signed."""

from __future__ import annotations

import re
from typing import Any

from ecr_emulator import state
from ecr_emulator.images import find_image
from ecr_emulator.operations import Params, operation

FAILING_TAG = "unsignable"


@operation("DescribeImageSigningStatus")
def _describe_image_signing_status(params: Params) -> dict[str, Any]:
    name, image_id = params["repositoryName"], params["imageId"]
    image = find_image(name, image_id)
    fails = FAILING_TAG in image["imageTags"]
    return {
        "repositoryName": name,
        "registryId": image["registryId"],
        "imageId": {"imageDigest": image["imageDigest"], **image_id},
        "signingStatuses": [_status(arn, fails) for arn in _profiles_for(name)],
    }


def _profiles_for(repository_name: str) -> list[str]:
    rules = state.registry.get("signing", {"rules": []})["rules"]
    return [
        rule["signingProfileArn"]
        for rule in rules
        if any(_matches(entry["filter"], repository_name) for entry in rule.get("repositoryFilters", ()))
        or not rule.get("repositoryFilters")
    ]


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def _status(arn: str, fails: bool) -> dict[str, str]:
    if not fails:
        return {"signingProfileArn": arn, "status": "COMPLETE"}
    return {
        "signingProfileArn": arn,
        "status": "FAILED",
        "failureCode": "ACCESS_DENIED",
        "failureReason": "The pusher may not use the signing profile.",
    }
