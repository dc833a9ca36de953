"""The images of a repository, as ``aws ecr describe-images`` prints them.

Fields: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html. What is read here
decides what somebody believes will be deleted, so that nothing is guessed: a field that cannot be read, a
page that is missing and an image that occurs twice are errors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.json_object import kind_of_json
from ecr_blueprints.lifecycle.rule import StorageClass
from ecr_blueprints.lifecycle.violation import shown_text

__all__ = ["INDEX_MEDIA_TYPES", "DescribedImage", "ImageStatus", "Inventory", "parse_inventory"]

INDEX_MEDIA_TYPES: Final = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
"""What ``imageManifestMediaType`` says of an index of images for several platforms.

Source: https://github.com/opencontainers/image-spec/blob/main/media-types.md
"""

_EVERY_IMAGE: Final = "aws ecr describe-images --repository-name NAME --filter imageStatus=ANY"
_MOMENT: Final = "a date and time with a time zone, or seconds since 1970"


class ImageStatus(StrEnum):
    """``imageStatus`` of an image.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html
    """

    ACTIVE = "ACTIVE"

    ARCHIVED = "ARCHIVED"
    """Not listed unless ``describe-images`` is asked for it: ``--filter imageStatus=ANY``. Source:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImagesFilter.html"""

    ACTIVATING = "ACTIVATING"
    """Being restored, which takes up to 20 minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedImage:
    """One image of a repository, with what a lifecycle policy does not ask for.

    Attributes:
        image: What a lifecycle policy sees. An image that is being restored is in standard storage.
        size_in_bytes: ``imageSizeInBytes``: the compressed layers, those that it shares with others too; of
            an index the size of its largest image. None if it is not said.
        media_type: ``imageManifestMediaType``; None if it is not said.
        subject: Digest of the image that the artifact belongs to (``subjectManifestDigest``); None for
            what is no signature, SBOM or other reference artifact.
        is_being_restored: Whether it is on its way out of the archive, so that its clocks start anew.
    """

    image: InventoryImage
    size_in_bytes: int | None = None
    media_type: str | None = None
    subject: str | None = None
    is_being_restored: bool = False

    @property
    def is_index(self) -> bool:
        """Whether it is an index (manifest list), which has no layers of its own."""
        return self.media_type in INDEX_MEDIA_TYPES

    @property
    def stored_bytes(self) -> int:
        """What it counts in a total: nothing for an index, whose images are in the inventory themselves."""
        return 0 if self.is_index else self.size_in_bytes or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The images of one repository.

    Attributes:
        repository_name: As the images say it; None if there is none, or they do not.
        described: The images, in the order of the output.
    """

    repository_name: str | None
    described: tuple[DescribedImage, ...]

    @property
    def images(self) -> tuple[InventoryImage, ...]:
        """The images as a lifecycle policy sees them."""
        return tuple(one.image for one in self.described)


def parse_inventory(text: str, *, where: str = "images") -> Inventory:
    """Read what ``aws ecr describe-images`` prints.

    Accepted are the output as it is, several pages one after the other, and the list alone (``--query
    imageDetails``). Dates may be texts or seconds since 1970, as the versions of the command line have them.

    ``describe-images`` does not say which images an index refers to, so that ``referenced_by`` is always
    empty here, and leaves archived images out unless it is asked for them (`ImageStatus.ARCHIVED`).

    Args:
        text: The output, of one repository.
        where: How to name it in errors.

    Raises:
        UnusableInputError: It is no such output, only a part of one, or of several repositories. The error
            names the image and the member.

    Practices: LIFE-6
    """
    details: list[object] = []
    token: object = None
    for page in _pages(text, where):
        token = None
        if isinstance(page, dict):
            token = page.get("nextToken") or page.get("NextToken")
            listed = page.get("imageDetails")
            if not isinstance(listed, list):
                raise _no_output(
                    "there is no list imageDetails"
                    if "imageDetails" not in page
                    else f"imageDetails is {kind_of_json(listed)}",
                    where,
                )
            details.extend(listed)
        elif isinstance(page, list):
            details.extend(page)
        else:
            raise _no_output(f"it is {kind_of_json(page)}", where)
    if token:
        raise UnusableInputError(
            f"is only a part of the images: after {len(details)} of them there is a nextToken",
            where=where,
            fix=f"describe all of them: {_EVERY_IMAGE}, without --max-items and --no-paginate",
        )
    names: set[str] = set()
    described: dict[str, DescribedImage] = {}
    for position, detail in enumerate(details):
        place = f"imageDetails[{position}]"
        reader = _Reader(detail=_as_detail(detail, place, where), place=place, where=where)
        one = reader.image()
        if described.setdefault(one.image.digest, one) is not one:
            raise UnusableInputError(
                f"the image {shown_text(one.image.digest)} occurs twice, the second time as {reader.place}",
                where=where,
                fix="give the images of one repository, each page once",
            )
        name = reader.text("repositoryName")
        if name is not None:
            names.add(name)
    if len(names) > 1:
        raise UnusableInputError(
            f"holds images of {len(names)} repositories: {', '.join(map(shown_text, sorted(names)[:3]))}",
            where=where,
            fix="give the images of one repository; a lifecycle policy is one repository's",
        )
    return Inventory(repository_name=next(iter(names), None), described=tuple(described.values()))


def _pages(text: str, where: str) -> Iterator[object]:
    """The JSON documents of a text, which may be one page after the other."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    position = _next_document(text, 0)
    if position == len(text):
        raise UnusableInputError("is empty", where=where, fix=f"give the output of {_EVERY_IMAGE}")
    while position < len(text):
        try:
            page, position = decoder.raw_decode(text, position)
        except RecursionError:
            raise _no_output("it is nested too deeply", where) from None
        except ValueError as malformed:
            raise _no_output(f"it is no JSON: {malformed}", where) from None
        yield page
        position = _next_document(text, position)


def _next_document(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _no_output(reason: str, where: str) -> UnusableInputError:
    return UnusableInputError(
        f"is no output of describe-images: {reason}",
        where=where,
        allowed='{"imageDetails": […]}',
        fix=f"give the JSON that {_EVERY_IMAGE} prints (--output json)",
    )


def _as_detail(detail: object, place: str, where: str) -> Mapping[str, object]:
    if isinstance(detail, dict):
        return detail
    raise _no_output(f"{place} is {kind_of_json(detail)}, not an object", where)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads one entry of ``imageDetails``."""

    detail: Mapping[str, object]
    place: str
    where: str

    def image(self) -> DescribedImage:
        digest = self.text("imageDigest")
        if not digest:
            raise self._refusal("imageDigest", "there is no imageDigest", "the digest of the image")
        pushed_at = self._moment("imagePushedAt")
        if pushed_at is None:
            raise self._refusal("imagePushedAt", "there is no imagePushedAt", _MOMENT)
        status = self._status()
        archived_at = self._moment("lastArchivedAt")
        if status is ImageStatus.ARCHIVED and archived_at is None:
            raise self._refusal("lastArchivedAt", "an archived image has no lastArchivedAt", _MOMENT)
        image = InventoryImage(
            digest=digest,
            pushed_at=pushed_at,
            tags=self._tags(),
            last_recorded_pull_time=self._moment("lastRecordedPullTime"),
            storage_class=StorageClass.ARCHIVE if status is ImageStatus.ARCHIVED else StorageClass.STANDARD,
            last_archived_at=archived_at,
            last_activated_at=self._moment("lastActivatedAt"),
        )
        return DescribedImage(
            image=image,
            size_in_bytes=self._size(),
            media_type=self.text("imageManifestMediaType"),
            subject=self.text("subjectManifestDigest"),
            is_being_restored=status is ImageStatus.ACTIVATING,
        )

    def text(self, name: str) -> str | None:
        value = self.detail.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self._refusal(name, f"{name} is {kind_of_json(value)}", "a text")

    def _status(self) -> ImageStatus:
        value = self.text("imageStatus")
        try:
            return ImageStatus.ACTIVE if value is None else ImageStatus(value)
        except ValueError:
            raise self._refusal(
                "imageStatus", f"there is no imageStatus {shown_text(value or '')}", ", ".join(ImageStatus)
            ) from None

    def _tags(self) -> tuple[str, ...]:
        value = self.detail.get("imageTags")
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
            return tuple(value)
        raise self._refusal("imageTags", f"imageTags is {kind_of_json(value)}", "a list of texts")

    def _size(self) -> int | None:
        value = self.detail.get("imageSizeInBytes")
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
        raise self._refusal(
            "imageSizeInBytes", f"imageSizeInBytes is {kind_of_json(value)}", "a whole number of bytes"
        )

    def _moment(self, name: str) -> datetime | None:
        value = self.detail.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                moment = datetime.fromisoformat(value)
                if moment.utcoffset() is None:
                    raise self._refusal(name, f"{name} {shown_text(value)} has no time zone", _MOMENT)
                return moment.astimezone(UTC)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            pass
        raise self._refusal(name, f"{name} is {kind_of_json(value)}, which is no moment", _MOMENT)

    def _refusal(self, name: str, what: str, allowed: str) -> UnusableInputError:
        return UnusableInputError(
            f"{self.place}: {what}",
            where=self.where,
            allowed=allowed,
            fix=f"give describe-images' own output, with {name} as it prints it",
        )
