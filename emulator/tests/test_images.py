"""Images: tag immutability, deletion, listings, and the registry protocol."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from emulator_process import Account, error_of

EXCLUDE_LATEST = [{"filterType": "WILDCARD", "filter": "latest*"}]


def repository(
    account: Account, mutability: str = "MUTABLE", filters: list[dict[str, str]] | None = None
) -> str:
    more = {} if filters is None else {"imageTagMutabilityExclusionFilters": filters}
    account.ecr.create_repository(repositoryName="team/app", imageTagMutability=mutability, **more)
    return "team/app"


def tags_of(account: Account) -> dict[str, list[str]]:
    details = account.ecr.describe_images(repositoryName="team/app")["imageDetails"]
    return {detail["imageDigest"]: detail.get("imageTags", []) for detail in details}


@pytest.mark.parametrize("content", [0, 1])
def test_an_immutable_tag_is_refused_also_with_the_same_digest(account: Account, content: int) -> None:
    name = repository(account, "IMMUTABLE")
    account.push(name, "v1")
    code, message = error_of(account.push, repository=name, tag="v1", content=content)
    assert code == "ImageTagAlreadyExistsException"
    assert "cannot be overwritten because the tag is immutable" in message
    account.push(name, "v2")


@pytest.mark.parametrize(
    ("mutability", "immutable", "mutable"),
    [("IMMUTABLE_WITH_EXCLUSION", "v1", "latest-1"), ("MUTABLE_WITH_EXCLUSION", "latest-1", "v1")],
)
def test_exclusion_filters_turn_the_setting_around(
    account: Account, mutability: str, immutable: str, mutable: str
) -> None:
    name = repository(account, mutability, EXCLUDE_LATEST)
    account.push(name, immutable)
    account.push(name, mutable)
    account.push(name, mutable, content=1)
    code, _ = error_of(account.push, repository=name, tag=immutable, content=1)
    assert code == "ImageTagAlreadyExistsException"


def test_a_moved_tag_leaves_the_old_image_untagged(account: Account) -> None:
    name = repository(account)
    first = account.push(name, "latest")["image"]["imageId"]["imageDigest"]
    second = account.push(name, "latest", content=1)["image"]["imageId"]["imageDigest"]
    assert tags_of(account) == {first: [], second: ["latest"]}
    untagged = account.ecr.list_images(repositoryName=name, filter={"tagStatus": "UNTAGGED"})["imageIds"]
    assert untagged == [{"imageDigest": first}]


def test_the_same_push_again_is_refused(account: Account) -> None:
    name = repository(account)
    account.push(name, "v1")
    assert error_of(account.push, repository=name, tag="v1")[0] == "ImageAlreadyExistsException"


def test_deleting_by_tag_and_by_digest(account: Account) -> None:
    name = repository(account)
    digest = account.push(name, "a")["image"]["imageId"]["imageDigest"]
    account.push(name, "b")
    account.ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "a"}])
    assert tags_of(account) == {digest: ["b"]}
    answer = account.ecr.batch_delete_image(
        repositoryName=name, imageIds=[{"imageDigest": digest}, {"imageTag": "none"}]
    )
    assert answer["imageIds"] == [{"imageDigest": digest, "imageTag": "b"}]
    assert [failure["failureCode"] for failure in answer["failures"]] == ["ImageNotFound"]
    assert tags_of(account) == {}


def test_a_repository_with_images_needs_force(account: Account) -> None:
    name = repository(account)
    account.push(name, "v1")
    assert error_of(account.ecr.delete_repository, repositoryName=name)[0] == "RepositoryNotEmptyException"
    account.ecr.delete_repository(repositoryName=name, force=True)
    assert error_of(account.ecr.list_images, repositoryName=name)[0] == "RepositoryNotFoundException"


def test_an_index_protects_its_children(account: Account) -> None:
    name = repository(account)
    child = account.push(name)["image"]["imageId"]["imageDigest"]
    index = json.dumps({"schemaVersion": 2, "manifests": [{"digest": child}]})
    missing = index.replace(child, "sha256:" + "0" * 64)
    code, _ = error_of(account.ecr.put_image, repositoryName=name, imageManifest=missing)
    assert code == "ReferencedImagesNotFoundException"
    account.ecr.put_image(repositoryName=name, imageManifest=index, imageTag="v1")
    answer = account.ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageDigest": child}])
    assert [f["failureCode"] for f in answer["failures"]] == ["ImageReferencedByManifestList"]


def test_archived_images_are_described_but_not_listed_or_pulled(account: Account) -> None:
    name = repository(account)
    account.push(name, "v1")
    one = {"imageTag": "v1"}
    account.ecr.update_image_storage_class(repositoryName=name, imageId=one, targetStorageClass="ARCHIVE")
    [detail] = account.ecr.describe_images(repositoryName=name)["imageDetails"]
    assert detail["imageStatus"] == "ARCHIVED"
    assert account.ecr.list_images(repositoryName=name)["imageIds"] == []
    assert account.ecr.batch_get_image(repositoryName=name, imageIds=[one])["images"] == []
    account.ecr.update_image_storage_class(repositoryName=name, imageId=one, targetStorageClass="STANDARD")
    assert len(account.ecr.batch_get_image(repositoryName=name, imageIds=[one])["images"]) == 1


def test_referrers(account: Account) -> None:
    name = repository(account)
    subject = account.push(name, "v1")["image"]["imageId"]["imageDigest"]
    kind = "application/vnd.cncf.notary.signature"
    signature = json.dumps({"schemaVersion": 2, "artifactType": kind, "subject": {"digest": subject}})
    account.ecr.put_image(repositoryName=name, imageManifest=signature)
    answer = account.ecr.list_image_referrers(repositoryName=name, subjectId={"imageDigest": subject})
    assert [referrer["artifactType"] for referrer in answer["referrers"]] == [kind]


@pytest.mark.parametrize(
    ("manifest", "code"),
    [("no json", "InvalidParameterException"), ("{}", "InvalidParameterException")],
)
def test_what_is_no_manifest_is_refused(account: Account, manifest: str, code: str) -> None:
    name = repository(account)
    assert error_of(account.ecr.put_image, repositoryName=name, imageManifest=manifest)[0] == code


def test_a_wrong_digest_is_refused(account: Account) -> None:
    name = repository(account)
    code, _ = error_of(
        account.ecr.put_image,
        repositoryName=name,
        imageManifest='{"schemaVersion":2}',
        imageDigest="sha256:" + "0" * 64,
    )
    assert code == "ImageDigestDoesNotMatchException"


def test_pages(account: Account) -> None:
    name = repository(account)
    for number in range(5):
        account.push(name, f"v{number}", content=number)
    pages = account.ecr.get_paginator("describe_images").paginate(
        repositoryName=name, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["imageDetails"]) for page in pages] == [2, 2, 1]


def test_a_push_through_the_registry_protocol(account: Account) -> None:
    name = repository(account, "IMMUTABLE")
    manifest = b'{"schemaVersion":2}'
    assert put_manifest(account, name, "v1", manifest) == 201
    assert tags_of(account) == {f"sha256:{hashlib.sha256(manifest).hexdigest()}": ["v1"]}
    assert put_manifest(account, name, "v1", manifest) == 400
    assert put_manifest(account, name, "v1", b'{"schemaVersion": 2}') == 400
    assert put_manifest(account, name, "v2", manifest) == 201


def put_manifest(account: Account, name: str, reference: str, manifest: bytes) -> int:
    request = urllib.request.Request(
        f"{account.endpoint}/v2/{name}/manifests/{reference}",
        data=manifest,
        method="PUT",
        headers={
            "Host": f"{account.id}.dkr.ecr.{account.region}.amazonaws.com",
            "Content-Type": "application/vnd.docker.distribution.manifest.v2+json",
        },
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_token_says_which_registry_is_meant(new_account: Callable[..., Account]) -> None:
    one, other = new_account(), new_account("eu-north-1")
    for account in (one, other):
        repository(account)
    [data] = other.ecr.get_authorization_token()["authorizationData"]
    assert base64.b64decode(data["authorizationToken"]).startswith(b"AWS:")
    address = f"{one.endpoint}/v2/team/app/manifests/v1"
    manifest = b'{"schemaVersion":2}'
    refused = urllib.request.Request(address, data=manifest, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(refused)
    assert error.value.code == 401
    assert error.value.headers["WWW-Authenticate"].startswith("Basic")
    token = {"Authorization": f"Basic {data['authorizationToken']}"}
    with urllib.request.urlopen(urllib.request.Request(address, manifest, token, method="PUT")) as answer:
        assert answer.status == 201
    assert len(other.ecr.list_images(repositoryName="team/app")["imageIds"]) == 1
    assert one.ecr.list_images(repositoryName="team/app")["imageIds"] == []
