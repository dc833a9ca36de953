"""The images of a repository are read from every page, archived ones too."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
from botocore.stub import Stubber

from ecr_blueprints.live.image_reader import read_live_images


def test_every_page_is_read() -> None:
    client = boto3.client("ecr", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    asked = {"repositoryName": "prod/api", "filter": {"imageStatus": "ANY"}}
    pushed = datetime(2026, 1, 1, tzinfo=UTC)

    def detail(number: int) -> dict[str, object]:
        return {"imageDigest": f"sha256:{number:064}", "imagePushedAt": pushed, "repositoryName": "prod/api"}

    with Stubber(client) as stubber:
        stubber.add_response("describe_images", {"imageDetails": [detail(1)], "nextToken": "more"}, asked)
        stubber.add_response("describe_images", {"imageDetails": [detail(2)]}, {**asked, "nextToken": "more"})
        images = read_live_images(client, "prod/api")

    assert [one.image.digest for one in images] == [f"sha256:{number:064}" for number in (1, 2)]
    assert images[0].image.pushed_at == pushed
