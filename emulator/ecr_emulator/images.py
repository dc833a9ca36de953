"""The ECR API's operations on images."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from ecr_emulator import ministack_internals, repositories
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.ministack_internals import account_id
from ecr_emulator.operations import Params, operation, page
from ecr_emulator.tag_mutability import check_tag_free

_DEFAULT_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
Image = dict[str, Any]


def images_of(name: str) -> list[Image]:
    """The images of a repository; raises when there is no such repository."""
    repositories.find(name)
    found: list[Image] = ministack_internals.ecr()._images.setdefault(name, [])
    return found


@operation("PutImage")
def _put_image(params: Params) -> dict[str, Any]:
    name, text, tag = params["repositoryName"], params["imageManifest"], params.get("imageTag")
    images = images_of(name)
    manifest = _parse_manifest(text)
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    if params.get("imageDigest", digest) != digest:
        raise EcrError("ImageDigestDoesNotMatchException", f"The manifest's digest is '{digest}'")
    _check_children(manifest, images)
    if tag is not None:
        check_tag_free(repositories.find(name), images, tag)
    existing = next((image for image in images if image["imageDigest"] == digest), None)
    if existing is not None and (tag is None or tag in existing["imageTags"]):
        raise EcrError(
            "ImageAlreadyExistsException",
            f"Image with digest '{digest}' and tag '{tag}' already exists in the repository '{name}'",
        )
    if tag is not None:
        _take_tag(images, tag)
    image = existing
    if image is None:
        media_type = params.get("imageManifestMediaType", manifest.get("mediaType", _DEFAULT_MEDIA_TYPE))
        image = _new_image(name, digest, text, media_type)
        images.append(image)
        ministack_internals.ecr()._manifest_blobs.setdefault(name, {})[digest] = text.encode()
    if tag is not None:
        image["imageTags"].append(tag)
        image["imageId"]["imageTag"] = tag
    return {"image": _shown_image(name, image, tag)}


def _new_image(name: str, digest: str, text: str, media_type: str) -> Image:
    return {
        "registryId": account_id(),
        "repositoryName": name,
        "imageId": {"imageDigest": digest},
        "imageManifest": text,
        "imageManifestMediaType": media_type,
        "imageTags": [],
        "imagePushedAt": time.time(),
        "imageDigest": digest,
    }


def _parse_manifest(text: str) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except ValueError:
        raise invalid_parameter("ImageManifest", "Invalid JSON syntax") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("schemaVersion"), int):
        raise invalid_parameter("ImageManifest", "Invalid manifest: schemaVersion is missing")
    return manifest


def _check_children(manifest: dict[str, Any], images: list[Image]) -> None:
    present = {image["imageDigest"] for image in images}
    missing = [child["digest"] for child in manifest.get("manifests", []) if child["digest"] not in present]
    if missing:
        raise EcrError("ReferencedImagesNotFoundException", f"Referenced images were not found: {missing}")


def _take_tag(images: list[Image], tag: str) -> None:
    for image in images:
        if tag in image["imageTags"]:
            image["imageTags"].remove(tag)
            image["imageId"] = _image_id(image, next(iter(image["imageTags"]), None))


def _image_id(image: Image, tag: str | None) -> dict[str, str]:
    return {"imageDigest": image["imageDigest"], **({} if tag is None else {"imageTag": tag})}


def _shown_image(name: str, image: Image, tag: str | None) -> dict[str, Any]:
    return {
        "registryId": account_id(),
        "repositoryName": name,
        "imageId": _image_id(image, tag),
        "imageManifest": image["imageManifest"],
        "imageManifestMediaType": image["imageManifestMediaType"],
    }


def _lookup(images: list[Image], image_id: dict[str, str]) -> Image | None:
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    for image in images:
        if digest in (None, image["imageDigest"]) and (tag is None or tag in image["imageTags"]):
            return image if digest or tag else None
    return None


def find_image(name: str, image_id: dict[str, str]) -> Image:
    """The image that an id means; raises when there is none."""
    image = _lookup(images_of(name), image_id)
    if image is None:
        raise _image_not_found(name, image_id)
    return image


def _failure(image_id: dict[str, str]) -> dict[str, Any]:
    code = "ImageNotFound" if image_id else "MissingDigestAndTag"
    return {"imageId": image_id, "failureCode": code, "failureReason": "Requested image not found"}


@operation("BatchGetImage")
def _batch_get_image(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    images, found, failures = images_of(name), [], []
    for image_id in params["imageIds"]:
        image = _lookup(images, image_id)
        if image is None or image.get("imageStatus", "ACTIVE") != "ACTIVE":
            failures.append(_failure(image_id))
        else:
            found.append(_shown_image(name, image, image_id.get("imageTag")))
    return {"images": found, "failures": failures}


@operation("BatchDeleteImage")
def _batch_delete_image(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    images = images_of(name)
    deleted: list[dict[str, str]] = []
    failures: list[dict[str, Any]] = []
    for image_id in params["imageIds"]:
        image = _lookup(images, image_id)
        if image is None:
            failures.append(_failure(image_id))
        elif "imageDigest" not in image_id and len(image["imageTags"]) > 1:
            _take_tag(images, image_id["imageTag"])
            deleted.append(_image_id(image, image_id["imageTag"]))
        elif _is_child(image, images):
            failures.append(
                {
                    "imageId": image_id,
                    "failureCode": "ImageReferencedByManifestList",
                    "failureReason": "Requested image referenced by manifest list",
                }
            )
        else:
            images.remove(image)
            ministack_internals.ecr()._manifest_blobs.get(name, {}).pop(image["imageDigest"], None)
            deleted += [_image_id(image, tag) for tag in image["imageTags"] or [None]]
    return {"imageIds": deleted, "failures": failures}


def _is_child(image: Image, images: list[Image]) -> bool:
    return any(
        child.get("digest") == image["imageDigest"]
        for parent in images
        for child in json.loads(parent["imageManifest"]).get("manifests", [])
    )


def _selected(params: Params) -> list[Image]:
    chosen = params.get("filter", {})
    status, tag_status = chosen.get("imageStatus", "ACTIVE"), chosen.get("tagStatus", "ANY")
    return [
        image
        for image in images_of(params["repositoryName"])
        if status in ("ANY", image.get("imageStatus", "ACTIVE"))
        and (tag_status == "ANY" or (tag_status == "TAGGED") == bool(image["imageTags"]))
    ]


@operation("ListImages")
def _list_images(params: Params) -> dict[str, Any]:
    ids = [_image_id(image, tag) for image in _selected(params) for tag in image["imageTags"] or [None]]
    return page(params, ids, "imageIds", default=100)


@operation("DescribeImages")
def _describe_images(params: Params) -> dict[str, Any]:
    name = params["repositoryName"]
    if "imageIds" in params:
        images = []
        for image_id in params["imageIds"]:
            image = _lookup(images_of(name), image_id)
            if image is None:
                raise _image_not_found(name, image_id)
            images.append(image)
    else:
        # Without a status filter DescribeImages answers archived images too, unlike ListImages.
        chosen = {"imageStatus": "ANY", **params.get("filter", {})}
        images = _selected({**params, "filter": chosen})
    return page(params, [_detail(name, image) for image in images], "imageDetails", default=100)


def _image_not_found(name: str, image_id: dict[str, str]) -> EcrError:
    return EcrError(
        "ImageNotFoundException", f"The image with imageId {image_id} does not exist in repository '{name}'"
    )


def _detail(name: str, image: Image) -> dict[str, Any]:
    manifest = json.loads(image["imageManifest"])
    parts = [manifest.get("config", {}), *manifest.get("layers", [])]
    detail = {
        "registryId": account_id(),
        "repositoryName": name,
        "imageDigest": image["imageDigest"],
        "imageSizeInBytes": sum(part.get("size", 0) for part in parts),
        "imagePushedAt": image["imagePushedAt"],
        "imageManifestMediaType": image["imageManifestMediaType"],
        "imageStatus": image.get("imageStatus", "ACTIVE"),
    }
    optional = {
        "imageTags": image["imageTags"] or None,
        "artifactMediaType": manifest.get("artifactType", manifest.get("config", {}).get("mediaType")),
        "subjectManifestDigest": manifest.get("subject", {}).get("digest"),
        "lastArchivedAt": image.get("lastArchivedAt"),
        "lastActivatedAt": image.get("lastActivatedAt"),
    }
    return detail | {member: value for member, value in optional.items() if value is not None}


@operation("UpdateImageStorageClass")
def _update_image_storage_class(params: Params) -> dict[str, Any]:
    name, image_id = params["repositoryName"], params["imageId"]
    image = _lookup(images_of(name), image_id)
    if image is None:
        raise _image_not_found(name, image_id)
    if params["targetStorageClass"] == "ARCHIVE":
        image["imageStatus"], image["lastArchivedAt"] = "ARCHIVED", time.time()
    else:
        image["imageStatus"], image["lastActivatedAt"] = "ACTIVE", time.time()
    return {
        "registryId": account_id(),
        "repositoryName": name,
        "imageId": image["imageId"],
        "imageStatus": image["imageStatus"],
    }


@operation("ListImageReferrers")
def _list_image_referrers(params: Params) -> dict[str, Any]:
    subject = params["subjectId"]["imageDigest"]
    wanted = params.get("filter", {}).get("artifactTypes")
    referrers = []
    for image in images_of(params["repositoryName"]):
        manifest = json.loads(image["imageManifest"])
        artifact_type = manifest.get("artifactType", manifest.get("config", {}).get("mediaType"))
        if manifest.get("subject", {}).get("digest") != subject or (wanted and artifact_type not in wanted):
            continue
        referrers.append(
            {
                "digest": image["imageDigest"],
                "mediaType": image["imageManifestMediaType"],
                "artifactType": artifact_type,
                "size": len(image["imageManifest"]),
                "artifactStatus": image.get("imageStatus", "ACTIVE"),
            }
        )
    return page(params, referrers, "referrers", default=50)
