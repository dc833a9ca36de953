"""What is declared about production, and how a message says it."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.registry.registry import Registry

__all__ = ["HOW_TO_DECLARE", "Standing", "production_prefixes", "standing_of", "standing_under"]

HOW_TO_DECLARE = (
    "if it is not production, say so: give the review the registry contract that declares the stages "
    "(--registry registry.json)"
)
"""The instruction that goes with every failure of what nothing declares."""

_DEEPEST = 6
"""Parts of a name below a prefix that a naming convention is expected to have at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether something is production.

    Attributes:
        production: None if nothing declares it.
        reason: Half a sentence: from what that follows.
    """

    production: bool | None
    reason: str

    @property
    def words(self) -> str:
        """The standing as a message says it."""
        if self.production is None:
            return f"nothing declares whether it is production ({self.reason})"
        return f"it is {'production' if self.production else 'not production'} ({self.reason})"


def standing_of(registry: Registry, name: str | None) -> Standing:
    """The standing of a repository; one without a known name has that of the whole registry."""
    if name is None:
        whole = registry.production.whole_registry
        return Standing(
            production=whole, reason="its name is not known" if whole is None else "as the whole registry is"
        )
    production, reason = registry.production.judge(name)
    return Standing(production=production, reason=reason)


def standing_under(registry: Registry, prefix: str) -> Standing:
    """The standing of the repositories below a prefix; of ``ROOT`` that of the whole registry."""
    if prefix != ROOT:
        for depth in range(1, _DEEPEST + 1):
            standing = standing_of(registry, prefix + "/x" * depth)
            if standing.production is not None:
                return standing
    return standing_of(registry, None)


def production_prefixes(registry: Registry) -> tuple[str, ...] | None:
    """The prefixes that hold production; None if stages are not declared or are no prefixes of names."""
    convention, stages = registry.production.convention, registry.production.stages
    if convention is None or stages is None or not convention.template.startswith(f"{{{STAGE_SEGMENT}}}/"):
        return None
    return tuple(stage.name for stage in stages.stages if stage.production)
