"""An image as a lifecycle policy sees it.

The fields are those of ``describe-images``
(https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html); the clocks are those of
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html (facts §1.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.rule import CountType, StorageClass

__all__ = ["InventoryImage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryImage:
    """One image, image index or artifact of a repository at one moment.

    Args:
        digest: ``imageDigest``: what identifies the image in its repository.
        pushed_at: ``imagePushedAt``, with a time zone.
        tags: ``imageTags``; a list is stored as a tuple. Default: untagged.
        last_recorded_pull_time: ``lastRecordedPullTime``. Default: never pulled.
        storage_class: Default: standard.
        last_archived_at: ``lastArchivedAt``; needed where ``storage_class`` is archive. Default: never.
        last_activated_at: ``lastActivatedAt``: when the image was last restored. Default: never.
        referenced_by: Digests of the image indexes (manifest lists) that refer to the image; a list is
            stored as a tuple. Default: none.

    Raises:
        InvalidValueError: a time without a time zone, or an archived image without ``last_archived_at``.
    """

    digest: str
    pushed_at: datetime
    tags: tuple[str, ...] = ()
    last_recorded_pull_time: datetime | None = None
    storage_class: StorageClass = StorageClass.STANDARD
    last_archived_at: datetime | None = None
    last_activated_at: datetime | None = None
    referenced_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the times and store lists as tuples."""
        object.__setattr__(self, "tags", tuple(self.tags))
        object.__setattr__(self, "referenced_by", tuple(self.referenced_by))
        for name in ("pushed_at", "last_recorded_pull_time", "last_archived_at", "last_activated_at"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                raise InvalidValueError(
                    f"{name} {moment.isoformat()} has no time zone",
                    where=f"image {self.digest}",
                    allowed="a datetime with a time zone",
                    fix="add tzinfo, for example datetime.UTC",
                )
        if self.storage_class is StorageClass.ARCHIVE and self.last_archived_at is None:
            raise InvalidValueError(
                "an archived image has no last_archived_at",
                where=f"image {self.digest}",
                fix="give lastArchivedAt from describe-images",
            )

    @property
    def age_from(self) -> datetime:
        """Where ``imageCountMoreThan`` and ``sinceImagePushed`` count from: the push, or the last restore."""
        return self.pushed_at if self.last_activated_at is None else self.last_activated_at

    @property
    def pulled_from(self) -> datetime:
        """Where ``sinceImagePulled`` counts from.

        The last recorded pull; the push for an image that was never pulled; the last restore for one that
        was not pulled since.
        """
        pulled = self.last_recorded_pull_time
        if self.last_activated_at is not None and (pulled is None or pulled < self.last_activated_at):
            return self.last_activated_at
        return self.pushed_at if pulled is None else pulled

    def counted_from(self, count_type: CountType) -> datetime | None:
        """Where a count type counts from; ``None`` if it does not apply, to an image never archived."""
        if count_type is CountType.SINCE_IMAGE_PULLED:
            return self.pulled_from
        if count_type is CountType.SINCE_IMAGE_TRANSITIONED:
            return self.last_archived_at
        return self.age_from
