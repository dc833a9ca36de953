from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.lifecycle.inventory import DescribedImage, parse_inventory
from ecr_blueprints.lifecycle.rule import StorageClass

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
PUSHED = "2026-01-02T03:04:05+01:00"
MOMENT = datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)


def detail(digest: str = A, **members: Any) -> dict[str, Any]:
    return {"imageDigest": digest, "imagePushedAt": PUSHED, "repositoryName": "team/api", **members}


def page(*details: object, **members: object) -> str:
    return json.dumps({"imageDetails": list(details), **members})


def one(**members: Any) -> DescribedImage:
    (described,) = parse_inventory(page(detail(**members))).described
    return described


def test_an_image_with_everything() -> None:
    described = one(
        registryId="111122223333",
        imageTags=["v1", "latest"],
        imageSizeInBytes=123,
        imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
        imageStatus="ACTIVE",
        lastRecordedPullTime="2026-01-03T00:00:00Z",
        lastArchivedAt=1_767_000_000,
        lastActivatedAt=1_767_000_000.5,
        unheardOf={"a": 1},
    )

    image = described.image
    assert (image.digest, image.tags, image.pushed_at) == (A, ("v1", "latest"), MOMENT)
    assert image.storage_class is StorageClass.STANDARD
    assert image.last_recorded_pull_time == datetime(2026, 1, 3, tzinfo=UTC)
    assert image.last_archived_at == datetime.fromtimestamp(1_767_000_000, UTC)
    assert image.last_activated_at == datetime.fromtimestamp(1_767_000_000.5, UTC)
    assert image.referenced_by == ()
    assert (described.size_in_bytes, described.stored_bytes, described.is_index) == (123, 123, False)


def test_an_image_with_next_to_nothing() -> None:
    described = one(imageTags=None, lastRecordedPullTime=None)

    assert (described.image.tags, described.image.last_recorded_pull_time) == ((), None)
    assert (described.size_in_bytes, described.stored_bytes) == (None, 0)


def test_an_archived_image() -> None:
    image = one(imageStatus="ARCHIVED", lastArchivedAt=PUSHED).image

    assert (image.storage_class, image.last_archived_at) == (StorageClass.ARCHIVE, MOMENT)


def test_an_image_that_is_being_restored_is_in_standard_storage() -> None:
    described = one(imageStatus="ACTIVATING", lastArchivedAt=PUSHED)

    assert described.is_being_restored
    assert described.image.storage_class is StorageClass.STANDARD


def test_an_index_has_no_bytes_of_its_own() -> None:
    described = one(imageManifestMediaType="application/vnd.oci.image.index.v1+json", imageSizeInBytes=99)

    assert (described.is_index, described.size_in_bytes, described.stored_bytes) == (True, 99, 0)


class TestPages:
    def test_one_after_the_other(self) -> None:
        text = page(detail(A), nextToken="more") + "\n" + page(detail(B))

        assert [image.digest for image in parse_inventory(text).images] == [A, B]

    def test_the_list_alone(self) -> None:
        inventory = parse_inventory("\ufeff " + json.dumps([detail()]))

        assert inventory.repository_name == "team/api"

    def test_none(self) -> None:
        assert parse_inventory(page()).images == ()
        assert parse_inventory(page()).repository_name is None

    @pytest.mark.parametrize("token", ["nextToken", "NextToken"])
    def test_a_part_of_them_is_refused(self, token: str) -> None:
        with pytest.raises(UnusableInputError) as caught:
            parse_inventory(page(detail(), **{token: "abc"}), where="images.json")

        assert str(caught.value).startswith(
            "images.json: is only a part of the images: after 1 of them there is a nextToken; fix: describe"
        )

    def test_an_empty_token_is_none(self) -> None:
        assert len(parse_inventory(page(detail(), nextToken=None)).images) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "images: is empty; fix: give the output of aws ecr describe-images"),
        (" \n", "is empty"),
        ("{", "is no output of describe-images: it is no JSON: Expecting property name"),
        ("An error occurred", "it is no JSON: Expecting value"),
        ("[" * 100_000, "it is nested too deeply"),
        ("3", "it is a number"),
        ('"x"', "it is the text 'x'"),
        ("{}", 'there is no list imageDetails; allowed: {"imageDetails": […]}; fix: give the JSON'),
        ('{"imageDetails": {}}', "imageDetails is an object"),
        ('{"imageIds": []}', "there is no list imageDetails"),
        ("[1]", "imageDetails[0] is a number, not an object"),
        ('[{"imageDigest": NaN}]', "NaN is not JSON"),
        (page(detail(), detail()), f"the image '{A[:20]}"),
        (page(detail(A), detail(B, repositoryName="other")), "images of 2 repositories: 'other', 'team/api'"),
    ],
)
def test_what_is_no_output(text: str, message: str) -> None:
    with pytest.raises(UnusableInputError) as caught:
        parse_inventory(text)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"imageDigest": None}, "imageDetails[0]: there is no imageDigest; allowed: the digest of the image"),
        ({"imageDigest": ""}, "there is no imageDigest"),
        ({"imageDigest": 5}, "imageDigest is a number; allowed: a text"),
        ({"imagePushedAt": None}, "there is no imagePushedAt; allowed: a date and time with a time zone"),
        ({"imagePushedAt": "2026-01-02T03:04:05"}, "imagePushedAt '2026-01-02T03:04:05' has no time zone"),
        ({"imagePushedAt": "yesterday"}, "imagePushedAt is the text 'yesterday', which is no moment"),
        ({"imagePushedAt": "0001-01-01T00:00:00+14:00"}, "which is no moment"),
        ({"imagePushedAt": 1_767_225_600_000}, "imagePushedAt is a number, which is no moment"),
        ({"imagePushedAt": 1e308}, "which is no moment"),
        ({"imagePushedAt": True}, "imagePushedAt is true, which is no moment"),
        ({"lastRecordedPullTime": []}, "lastRecordedPullTime is a list, which is no moment"),
        ({"imageTags": "v1"}, "imageTags is the text 'v1'; allowed: a list of texts"),
        ({"imageTags": [1]}, "imageTags is a list; allowed: a list of texts"),
        ({"imageSizeInBytes": -1}, "imageSizeInBytes is a number; allowed: a whole number of bytes"),
        ({"imageSizeInBytes": 2**63}, "a whole number of bytes"),
        ({"imageSizeInBytes": 1.5}, "a whole number of bytes"),
        ({"imageStatus": "DELETED"}, "no imageStatus 'DELETED'; allowed: ACTIVE, ARCHIVED, ACTIVATING"),
        ({"imageStatus": "ARCHIVED"}, "an archived image has no lastArchivedAt"),
        ({"repositoryName": 7}, "repositoryName is a number; allowed: a text"),
    ],
)
def test_what_is_no_image(members: dict[str, Any], message: str) -> None:
    with pytest.raises(UnusableInputError) as caught:
        parse_inventory(json.dumps({"imageDetails": [{**detail(), **members}]}))

    assert message in str(caught.value)
    assert str(caught.value).startswith("images: imageDetails[0]: ")
