"""Retention for people: say what is kept, and get a lifecycle policy that really does it.

Why the defaults are what they are: ``docs/adr/0005-default-retention.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.grammar import CountType, StorageClass
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.reach import tags_reaching
from ecr_blueprints.lifecycle.rule import MINIMUM_ARCHIVED_DAYS, LifecycleRule
from ecr_blueprints.lifecycle.rule_groups import (
    any_of,
    archive_then_expire,
    check_number,
    checked_archive_clock,
    checked_patterns,
    keep_while_pulled,
    protect,
)
from ecr_blueprints.lifecycle.tag_language import UndecidedError

__all__ = [
    "RECOMMENDED_ARCHIVE_AFTER_DAYS",
    "RECOMMENDED_BUILDS_DAYS",
    "RECOMMENDED_ROLLBACK_IMAGES",
    "REPOSITORY_KIND_METADATA",
    "RepositoryKind",
    "Retention",
    "any_of",
    "archive_then_expire",
    "keep_while_pulled",
    "protect",
]

RECOMMENDED_ROLLBACK_IMAGES: Final = 30
"""Tagged images that best-practice pages recommend to keep for a rollback."""

RECOMMENDED_BUILDS_DAYS: Final = 90
"""Days after which best-practice pages recommend to delete old tagged images."""

RECOMMENDED_ARCHIVE_AFTER_DAYS: Final = 180
"""Days after which best-practice pages recommend to archive stale tagged images."""

REPOSITORY_KIND_METADATA: Final = "ecr-blueprints:kind"
"""The key of a resource's ``Metadata`` that says its `RepositoryKind`, of those that hold no images."""


class RepositoryKind(StrEnum):
    """What a repository is for, as far as its retention depends on it.

    Only what an untagged image means differs. Where tags are immutable, an image without a tag is one that
    nobody could have deployed by tag: a failed or abandoned push. Where tags move, the image that lost its
    tag may still run, pinned by its digest.
    """

    APPLICATION = "application"
    """Images of an application; tags are immutable."""
    BASE_IMAGE = "base-image"
    """Images that others build on; tags such as ``8`` or ``latest`` move."""
    CACHE = "cache"
    """What a pull-through cache fills; tags move with their upstream."""
    CHART = "chart"
    """Helm charts; a version is a tag and does not move."""
    BUILD_CACHE = "build-cache"
    """Layers that builds reuse; tags move, and nothing in it is ever run."""

    @property
    def has_immutable_tags(self) -> bool:
        """Whether tags of such a repository stay where they are, unless it is said otherwise."""
        return self in (RepositoryKind.APPLICATION, RepositoryKind.CHART)

    @property
    def untagged_days(self) -> int:
        """Days after its push at which an untagged image is deleted, with tags as is usual for the kind."""
        return self.untagged_days_with(immutable_tags=self.has_immutable_tags)

    def untagged_days_with(self, *, immutable_tags: bool) -> int:
        """Days after its push at which an untagged image is deleted by default: 1 or 14.

        Args:
            immutable_tags: Whether the repository's tags are immutable.
        """
        return 1 if immutable_tags or self is RepositoryKind.BUILD_CACHE else 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What to keep in a repository, and what to delete when.

    Says nothing: only what nobody can run is deleted, untagged images after 1 day, or after 14 where tags
    move, as in base image and cache repositories. Tagged images are deleted or archived only where a class
    of tags is declared here. Classes are patterns with ``*``; several patterns mean *or*. An image that has
    tags of several classes belongs to the first of: ``keep``, ``rollback``, ``archive``, ``builds``.

    ``keep`` protects absolutely, in the archive too. Running images are not protected by ECR (facts §1.5):
    tag what is deployed, and keep the tag.

    Args:
        keep: Patterns of tags whose images are never touched, for example ``deployed-*``. Default: none.
        rollback: Patterns of releases of which the newest ``rollback_images`` stay, for each pattern.
            Default: none.
        rollback_images: At least 1. Default: 30.
        builds: Patterns of tags whose images are deleted ``builds_days`` days after their push.
            Default: none.
        builds_days: At least 1; given exactly where ``builds`` is. Default: not given.
        archive: Patterns of tags whose images are archived ``archive_after_days`` days after their push or
            last pull, and are not needed at once any more. Default: none.
        archive_after_days: At least 1. Default: 180.
        archive_since: ``sinceImagePushed`` or ``sinceImagePulled``. Default: since the push.
        archive_expire_days: Days in the archive after which an archived image is deleted, at least 90.
            Default: never.
        untagged_days: Days after their push at which untagged images are deleted, at least 1. Default: 1, or
            14 where tags move and the images are run (`RepositoryKind.untagged_days_with`).

    Raises:
        InvalidValueError: a value that cannot be, a class that lies within a class before it and so would do
            nothing, or an archive of what ``keep`` or ``rollback`` needs at once.

    Practices: LIFE-1, LIFE-2, LIFE-4, LIFE-5, ARCH-1, ARCH-2
    """

    keep: Sequence[str] = ()
    rollback: Sequence[str] = ()
    rollback_images: int = RECOMMENDED_ROLLBACK_IMAGES
    builds: Sequence[str] | None = ()
    builds_days: int | None = None
    archive: Sequence[str] = ()
    archive_after_days: int = RECOMMENDED_ARCHIVE_AFTER_DAYS
    archive_since: CountType = CountType.SINCE_IMAGE_PUSHED
    archive_expire_days: int | None = None
    untagged_days: int | None = None

    def __post_init__(self) -> None:
        """Bring the patterns to tuples and refuse what cannot be."""
        for name in ("keep", "rollback", "builds", "archive"):
            given = getattr(self, name)
            none = given is None or (isinstance(given, Collection) and given != "" and not given)
            patterns = () if none else checked_patterns(given, f"Retention({name}=…)")
            object.__setattr__(self, name, patterns)
        check_number(self.rollback_images, "Retention(rollback_images=…)", unit="images")
        check_number(self.archive_after_days, "Retention(archive_after_days=…)")
        clock = checked_archive_clock(self.archive_since, "Retention(archive_since=…)")
        object.__setattr__(self, "archive_since", clock)
        if self.untagged_days is not None:
            check_number(self.untagged_days, "Retention(untagged_days=…)")
        if self.builds_days is not None:
            check_number(self.builds_days, "Retention(builds_days=…)")
        if self.archive_expire_days is not None:
            check_number(
                self.archive_expire_days, "Retention(archive_expire_days=…)", at_least=MINIMUM_ARCHIVED_DAYS
            )
        if bool(self.builds) is not (self.builds_days is not None):
            given, missing = ("builds", "builds_days") if self.builds else ("builds_days", "builds")
            raise InvalidValueError(
                f"{given} is given without {missing}",
                where=f"Retention({missing}=…)",
                allowed="both or none",
                fix='write for example builds="sha-*", builds_days=90',
            )
        if self.archive_expire_days is not None and not self.archive:
            raise InvalidValueError(
                "archive_expire_days is given without archive",
                where="Retention(archive=…)",
                fix='write for example archive="release-*"',
            )
        self._refuse_idle_classes()

    @classmethod
    def recommended_numbers(
        cls,
        *,
        rollback: str | Sequence[str] = (),
        builds: str | Sequence[str] = (),
        archive: str | Sequence[str] = (),
        keep: str | Sequence[str] = (),
    ) -> Retention:
        """The numbers that best-practice pages recommend, each for the class of images that it suits.

        The usual list is: untagged images after 1 day, the newest 30 tagged images kept, tagged images
        deleted after 90 days, tagged images archived after 180 days. As **one** policy for all tagged images
        ECR cannot hold it: *tagged* needs a pattern, a pattern may be listed once in a storage class, an
        image that one rule matches is out of reach of the rules after it, and what is deleted after 90 days
        is not there to be archived after 180 (facts §1.4, §1.7). So each number applies to the patterns that
        you give for it, and to nothing else:

        * untagged images are deleted after 1 day, whatever the kind of repository;
        * of each pattern in ``rollback`` the newest 30 images stay and older ones are deleted;
        * images of ``builds`` are deleted 90 days after their push;
        * images of ``archive`` are archived 180 days after their push, and stay in the archive;
        * images of ``keep`` are not touched; neither is any other tagged image.

        Not expressible, and not done: *keep 30 and also delete after 90 days* for the same tags.

        Args:
            rollback: Tag patterns, one or several. Default: none.
            builds: Tag patterns, one or several. Default: none.
            archive: Tag patterns, one or several. Default: none.
            keep: Tag patterns, one or several. Default: none.

        Raises:
            InvalidValueError: as the constructor.
        """
        return cls(
            keep=keep,
            rollback=rollback,
            builds=builds,
            builds_days=RECOMMENDED_BUILDS_DAYS if builds else None,
            archive=archive,
            untagged_days=1,
        )

    def policy(
        self, kind: RepositoryKind = RepositoryKind.APPLICATION, *, immutable_tags: bool | None = None
    ) -> LifecyclePolicy:
        """The lifecycle policy for a repository of a kind.

        Args:
            kind: Decides after how many days untagged images go. Default: an application.
            immutable_tags: Whether the repository's tags are immutable, which decides it too. Default: as is
                usual for the kind.

        Raises:
            LifecyclePolicyError: more patterns than 50 rules can hold.
        """
        untagged_days = self.untagged_days
        if untagged_days is None:
            immutable = kind.has_immutable_tags if immutable_tags is None else immutable_tags
            untagged_days = kind.untagged_days_with(immutable_tags=immutable)
        return _policy_of(self, untagged_days)

    def _policy(self, untagged_days: int) -> LifecyclePolicy:
        untagged = LifecycleRule.expire_untagged(
            after_days=untagged_days,
            description=f"Delete untagged images after {_in_days(untagged_days)}",
        )
        return LifecyclePolicy.in_order(*self._tagged_rules(), untagged, *self._archive_rules())

    @property
    def _builds(self) -> Sequence[str]:
        return () if self.builds is None else self.builds

    def _tagged_rules(self) -> tuple[LifecycleRule, ...]:
        """The rules of the standard storage class for tagged images, in order."""
        kept, rollback, builds, archive = map(tuple, (self.keep, self.rollback, self._builds, self.archive))
        since = "last pull" if self.archive_since is CountType.SINCE_IMAGE_PULLED else "push"
        rules = [LifecycleRule.shield(one, description=f"Keep {one}") for one in kept]
        rules += [
            LifecycleRule.keep_newest(
                one,
                images=self.rollback_images,
                description=f"Keep the newest {self.rollback_images} of {one}",
            )
            for one in rollback
        ]
        rules += [
            LifecycleRule.archive(
                one,
                after_days=self.archive_after_days,
                since=self.archive_since,
                description=f"Archive {one} {_in_days(self.archive_after_days)} after its {since}",
            )
            for one in archive
        ]
        if self.builds_days is not None:
            rules += [
                LifecycleRule.expire_pushed(
                    one,
                    after_days=self.builds_days,
                    description=f"Delete {one} after {_in_days(self.builds_days)}",
                )
                for one in builds
            ]
        return tuple(rules)

    def _archive_rules(self) -> tuple[LifecycleRule, ...]:
        """The rules of the archive storage class; its own shields, since priority works per class."""
        if self.archive_expire_days is None:
            return ()
        shields = [
            LifecycleRule.shield(
                one, storage_class=StorageClass.ARCHIVE, description=f"Keep {one} in the archive too"
            )
            for one in (*self.keep, *self.rollback)
        ]
        expire = [
            LifecycleRule.expire_archived(
                one,
                after_days=self.archive_expire_days,
                description=f"Delete {one} after {self.archive_expire_days} days in the archive",
            )
            for one in self.archive
        ]
        return (*shields, *expire)

    def _refuse_idle_classes(self) -> None:
        before: list[LifecycleRule] = []
        names = (
            *("keep" for _ in self.keep),
            *("rollback" for _ in self.rollback),
            *("archive" for _ in self.archive),
            *("builds" for _ in self._builds),
        )
        for name, rule in zip(names, self._tagged_rules(), strict=True):
            try:
                reachable = name == "keep" or tags_reaching(rule, before) is not None
            except UndecidedError:
                reachable = True
            if not reachable:
                pattern = rule.tag_patterns[0]
                taken = sorted({other for other, _ in zip(names, before, strict=False)})
                if name == "archive":
                    what = f"every image of {pattern!r} is needed at once, by {' or '.join(taken)}"
                    fix = "do not archive what a rollback needs: a restore takes up to 20 minutes"
                else:
                    what = f"every image of {pattern!r} belongs to {' or '.join(taken)} already"
                    fix = f"leave {pattern!r} out, or narrow the patterns before it"
                raise InvalidValueError(what, where=f"Retention({name}=…)", fix=fix)
            before.append(rule)


def _in_days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


@lru_cache(maxsize=256)
def _policy_of(retention: Retention, untagged_days: int) -> LifecyclePolicy:
    """Most repositories of a registry have the same retention."""
    return retention._policy(untagged_days)
