"""Works off a seeding list: each image by its digest, once, and verified where it arrived."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ecr_blueprints.registry.seeding_list import Filling, Seed
from ecr_blueprints.seeding.skopeo import RegistryRefusal, Skopeo

__all__ = ["Outcome", "SeedResult", "Seeder"]


class Outcome(StrEnum):
    """What became of one seed."""

    FILLED = "filled"
    """It was not there, and is now."""

    PRESENT = "present"
    """It was there."""

    MISSING = "missing"
    """It is not there, and nothing was to be filled."""

    FAILED = "failed"
    """It is not there, or something else is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedResult:
    """One seed, and what became of it.

    Attributes:
        seed: The seed.
        outcome: What became of it.
        reason: Why it failed, and what to do; empty otherwise.
        manifests: How many manifests were verified: one, or an index and its images.
    """

    seed: Seed
    outcome: Outcome
    reason: str = ""
    manifests: int = 0


class _Failure(Exception):
    """Why a seed cannot be filled; the text is for a person."""


class Seeder:
    """Fills repositories, and tells what it found.

    A tag that is there is compared and never written again, so that a second run changes nothing, and
    immutable tags are no obstacle. A cache is only asked for a tag once its upstream was seen to have the
    expected digest under it, because asking is filling.

    Args:
        skopeo: The tool.
        check_only: Whether nothing is filled, and what is missing is told. Default: no.
    """

    def __init__(self, skopeo: Skopeo, *, check_only: bool = False) -> None:
        self._skopeo = skopeo
        self._check_only = check_only

    def work_off(self, seeds: Iterable[Seed]) -> Iterator[SeedResult]:
        """Each seed's result as soon as it is known; one that fails does not stop the others.

        Args:
            seeds: The list.
        """
        for seed in seeds:
            try:
                yield self._one(seed)
            except _Failure as failure:
                yield SeedResult(seed=seed, outcome=Outcome.FAILED, reason=str(failure))
            except RegistryRefusal as refusal:
                yield SeedResult(seed=seed, outcome=Outcome.FAILED, reason=str(refusal))

    def _one(self, seed: Seed) -> SeedResult:
        if seed.tag in self._skopeo.tags(seed.target):
            return SeedResult(seed=seed, outcome=Outcome.PRESENT, manifests=self._verify(seed))
        if self._check_only:
            return SeedResult(seed=seed, outcome=Outcome.MISSING)
        if seed.filling is Filling.COPY:
            self._skopeo.copy(f"{seed.source}@{seed.digest}", f"{seed.target}:{seed.tag}")
        else:
            self._pull_through(seed)
        return SeedResult(seed=seed, outcome=Outcome.FILLED, manifests=self._verify(seed))

    def _pull_through(self, seed: Seed) -> None:
        upstream = self._skopeo.digest(f"{seed.source}:{seed.tag}")
        if upstream != seed.digest:
            raise _Failure(
                f"the upstream has moved {seed.source}:{seed.tag} to {upstream}, and a cache takes what the "
                "tag means now; nothing was pulled; fix: seed that digest, or declare a frozen copy of "
                f"{seed.digest}"
            )
        with tempfile.TemporaryDirectory(prefix="ecr-blueprints-seed-") as folder:
            self._skopeo.fetch(f"{seed.target}:{seed.tag}", Path(folder))

    def _verify(self, seed: Seed) -> int:
        """How many manifests are there as they have to be.

        Raises:
            _Failure: The tag means another image, or a part of the index is missing.
        """
        tagged = f"{seed.target}:{seed.tag}"
        held = self._skopeo.digest(tagged)
        if held != seed.digest:
            raise _Failure(
                f"{tagged} is {held} and has to be {seed.digest}; fix: if nothing runs it, delete the tag "
                "(aws ecr batch-delete-image) and seed again; otherwise seed the new image by another tag"
            )
        children = self._skopeo.children(tagged)
        for child in children:
            try:
                found = self._skopeo.digest(f"{seed.target}@{child}")
            except RegistryRefusal as refusal:
                found = refusal.what
            if found != child:
                raise _Failure(
                    f"{tagged} is an index of {len(children)} images, and {child} of them cannot be read: "
                    f"{found}; fix: delete the tag (aws ecr batch-delete-image) and seed again"
                )
        return 1 + len(children)
