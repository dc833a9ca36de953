"""What a lifecycle policy will do to the images that are there: which image, which rule, which day.

`evaluate` decides; this adds the days, the bytes and what cannot be known from ``describe-images``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ecr_blueprints.domain.pricing import StorageUse
from ecr_blueprints.lifecycle.evaluator import ImageOutcome, evaluate, outcome_of_one
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.inventory import DescribedImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import ActionType, CountType, LifecycleRule, StorageClass

__all__ = ["Preview", "PreviewState", "PreviewedImage", "preview"]


class PreviewState(StrEnum):
    """What is in store for an image."""

    DUE = "due"
    """A rule acts on it now: within 24 hours."""

    HELD = "held"
    """A rule would, and an image index that refers to it keeps ECR from it."""

    LATER = "later"
    """A rule acts on it once enough time has passed."""

    KEPT = "kept"
    """Nothing happens to it unless images come, go or are pulled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedImage:
    """What a policy has in store for one image.

    Attributes:
        described: The image.
        outcome: What the evaluator says of it now.
        due_at: The moment after which the rule that matches it acts, as far as time alone decides: in the
            past for one that is due. None where a number of images decides, and where no rule matches.
        may_be_held: Whether it is due and may belong to an image index, which would hold it.
        deleted_at: For one that is archived: the moment after which a rule deletes it from the archive, if it
            is archived at once. None if no rule does.
    """

    described: DescribedImage
    outcome: ImageOutcome
    due_at: datetime | None = None
    may_be_held: bool = False
    deleted_at: datetime | None = None

    @property
    def image(self) -> InventoryImage:
        """The image as the policy sees it."""
        return self.described.image

    @property
    def state(self) -> PreviewState:
        """What is in store for it."""
        if self.outcome.marked_by is not None:
            return PreviewState.HELD if self.outcome.held_by else PreviewState.DUE
        return PreviewState.KEPT if self.due_at is None else PreviewState.LATER

    @property
    def rule(self) -> LifecycleRule | None:
        """The rule that it belongs to: the one that acts on it if any does."""
        return self.outcome.matched_by

    @property
    def action(self) -> ActionType | None:
        """What happens to it, now or later; None for an image that is held or kept."""
        if self.rule is None or self.state not in (PreviewState.DUE, PreviewState.LATER):
            return None
        return self.rule.action


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a policy has in store for every image of a repository.

    Attributes:
        policy: The policy.
        now: The moment that was judged.
        images: The images, in the order of the inventory.
    """

    policy: LifecyclePolicy
    now: datetime
    images: tuple[PreviewedImage, ...]

    @property
    def deleted(self) -> tuple[PreviewedImage, ...]:
        """Those that are deleted now, the oldest first."""
        return self._due(ActionType.EXPIRE)

    @property
    def archived(self) -> tuple[PreviewedImage, ...]:
        """Those that are archived now, the oldest first."""
        return self._due(ActionType.TRANSITION)

    @property
    def later(self) -> tuple[PreviewedImage, ...]:
        """Those on which time alone will have a rule act, the next first."""
        waiting = [one for one in self.images if one.state is PreviewState.LATER]
        return tuple(sorted(waiting, key=lambda one: one.due_at or self.now))

    @property
    def held(self) -> tuple[PreviewedImage, ...]:
        """Those that an index is known to keep."""
        return self._of(PreviewState.HELD)

    @property
    def kept(self) -> tuple[PreviewedImage, ...]:
        """Those to which nothing happens."""
        return self._of(PreviewState.KEPT)

    @property
    def followers(self) -> tuple[PreviewedImage, ...]:
        """Artifacts that stay by the policy, and that ECR deletes or archives after their subject."""
        gone = {one.image.digest for one in (*self.deleted, *self.archived)}
        return tuple(
            one for one in self.images if one.described.subject in gone and one.image.digest not in gone
        )

    @property
    def storage_before(self) -> StorageUse:
        """The bytes of all images by storage class.

        Images share layers, which are stored once and counted here with every image: it is an upper bound.
        """
        return _use((one, one.image.storage_class) for one in self.images)

    @property
    def storage_after(self) -> StorageUse:
        """The same once everything that is due has happened."""
        after = (
            (one, StorageClass.ARCHIVE if one.action is ActionType.TRANSITION else one.image.storage_class)
            if one.state is PreviewState.DUE
            else (one, one.image.storage_class)
            for one in self.images
            if one.state is not PreviewState.DUE or one.action is not ActionType.EXPIRE
        )
        return _use(after)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of this preview, one sentence each."""
        return tuple(_notes(self))

    def _due(self, action: ActionType) -> tuple[PreviewedImage, ...]:
        due = [one for one in self.images if one.state is PreviewState.DUE and one.action is action]
        return tuple(sorted(due, key=lambda one: one.image.age_from))

    def _of(self, state: PreviewState) -> tuple[PreviewedImage, ...]:
        return tuple(one for one in self.images if one.state is state)


def preview(
    policy: LifecyclePolicy, images: Iterable[DescribedImage | InventoryImage], *, now: datetime
) -> Preview:
    """Tell what a policy will do to the images of a repository, and when.

    The days are those on which time alone makes a rule act, on the images that are there. A push, a pull, a
    restore and a deletion by hand change them; where a rule counts images, only a push makes it act on more.

    ``describe-images`` does not say which images an index refers to. Where the inventory holds an index, an
    image that is due and may belong to it is said to be due, with `PreviewedImage.may_be_held`.

    An image that is being restored counts as restored now.

    Args:
        policy: The rules.
        images: The images of one repository: `Inventory.described`, or `InventoryImage` without sizes.
        now: The moment to judge, with a time zone.

    Raises:
        InvalidValueError: as `evaluate`.

    Practices: LIFE-6
    """
    described = tuple(_as_described(one, now) for one in images)
    evaluation = evaluate(policy, (one.image for one in described), now=now)
    has_index = any(one.is_index and one.image.storage_class is StorageClass.STANDARD for one in described)
    return Preview(
        policy=policy,
        now=now,
        images=tuple(
            _previewed(policy, one, outcome, now, has_index=has_index)
            for one, outcome in zip(described, evaluation.outcomes, strict=True)
        ),
    )


def _as_described(one: DescribedImage | InventoryImage, now: datetime) -> DescribedImage:
    described = DescribedImage(image=one) if isinstance(one, InventoryImage) else one
    if not described.is_being_restored:
        return described
    return replace(described, image=replace(described.image, last_activated_at=now))


def _previewed(
    policy: LifecyclePolicy, one: DescribedImage, outcome: ImageOutcome, now: datetime, *, has_index: bool
) -> PreviewedImage:
    due_at = _due_at(one.image, outcome.matched_by)
    previewed = PreviewedImage(
        described=one,
        outcome=outcome,
        due_at=due_at,
        may_be_held=(
            has_index
            and outcome.rule is not None
            and one.image.storage_class is StorageClass.STANDARD
            and not one.is_index
            and one.subject is None
            and not one.image.referenced_by
        ),
    )
    if previewed.action is not ActionType.TRANSITION:
        return previewed
    archived_at = now if due_at is None or previewed.state is PreviewState.DUE else due_at
    archived = replace(one.image, storage_class=StorageClass.ARCHIVE, last_archived_at=archived_at)
    # No rule of the archive counts images.
    matched = outcome_of_one(policy, archived, newer=lambda _: 0, now=archived_at).matched_by
    return replace(previewed, deleted_at=_due_at(archived, matched))


def _due_at(image: InventoryImage, rule: LifecycleRule | None) -> datetime | None:
    if rule is None or rule.count_type is CountType.IMAGE_COUNT_MORE_THAN:
        return None
    counted_from = image.counted_from(rule.count_type)
    if counted_from is None:
        return None
    try:
        return counted_from + timedelta(days=rule.count_number)
    except OverflowError:
        return None


def _use(images: Iterable[tuple[PreviewedImage, StorageClass]]) -> StorageUse:
    totals = dict.fromkeys(StorageClass, 0)
    for one, storage_class in images:
        totals[storage_class] += one.described.stored_bytes
    return StorageUse(
        standard_bytes=totals[StorageClass.STANDARD], archive_bytes=totals[StorageClass.ARCHIVE]
    )


def _notes(of: Preview) -> Iterable[str]:
    held = sum(one.may_be_held for one in of.images)
    if held:
        yield (
            f"{_number(held, 'image')} marked * may belong to an image index: describe-images does not say, "
            "and ECR keeps what an index refers to until the index itself is deleted or archived"
        )
    followers = len(of.followers)
    if followers:
        yield (
            f"{_number(followers, 'signature or other artifact', 'signatures or other artifacts')} of images "
            "that go: ECR deletes or archives them within 24 hours after those"
        )
    restored = sum(one.described.is_being_restored for one in of.images)
    if restored:
        yield f"{_number(restored, 'image')} being restored, and judged as restored now"
    judges_archive = any(rule.effective_storage_class is StorageClass.ARCHIVE for rule in of.policy.rules)
    if judges_archive and not any(one.image.storage_class is StorageClass.ARCHIVE for one in of.images):
        yield (
            "the policy has a rule for archived images and there is none here: describe-images lists them "
            "only with --filter imageStatus=ANY"
        )
    unknown = sum(one.described.size_in_bytes is None for one in of.images)
    if unknown:
        yield f"{_number(unknown, 'image')} of unknown size, counted as nothing"
    ahead = sum(one.image.pushed_at > of.now for one in of.images)
    if ahead:
        yield f"{_number(ahead, 'image')} pushed after the moment that was judged, and taken as there"


def _number(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
