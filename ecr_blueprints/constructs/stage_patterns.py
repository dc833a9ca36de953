"""The names of a stage's repositories, as wildcard filters."""

from __future__ import annotations

import re

from ecr_blueprints.domain.stages import STAGE_SEGMENT, ProductionScope
from ecr_blueprints.domain.wildcard import WILDCARD

__all__ = ["expressible", "stage_patterns", "tells_stages"]

_SEPARATORS = re.compile(r"[._/-]{2,}")
_SEGMENT = re.compile(r"\{[^{}]*\}")
_WILDCARD_RUN = re.compile(r"\*(?:/?\*)+")


def tells_stages(scope: ProductionScope) -> bool:
    """Whether a name tells its stage: the convention has a segment for it, and the stages are declared."""
    return (
        scope.convention is not None
        and scope.stages is not None
        and STAGE_SEGMENT in scope.convention.segments
    )


def stage_patterns(scope: ProductionScope, *, production: bool) -> list[str]:
    """The filters of the names of all stages that are, or are not, production; empty if no name tells.

    The same texts are scanning filters and signing filters: both grammars take them, and both anchor a text
    with a wildcard at both ends (facts §17).

    Args:
        scope: How production is declared.
        production: Which stages.
    """
    if scope.convention is None or scope.stages is None or not tells_stages(scope):
        return []
    template = scope.convention.template
    return [
        expressible(_SEGMENT.sub(WILDCARD, template.replace(f"{{{STAGE_SEGMENT}}}", stage.name)))
        for stage in scope.stages.stages
        if stage.production is production
    ]


def expressible(text: str) -> str:
    """The text as a filter: the grammars have no two separators in a row, names do."""
    return _WILDCARD_RUN.sub(WILDCARD, _SEPARATORS.sub(WILDCARD, text))
