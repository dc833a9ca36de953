"""A recommended operating model for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.domain.operating_model import Consideration, OperatingModel, Recommendation
from ecr_blueprints.reporters.terminal_text import printable, wrap

__all__ = ["recommendation_lines"]


def recommendation_lines(recommendation: Recommendation, encoding: str | None = None) -> Iterator[str]:
    """The recommendation with its reasons, in lines of at most 80 columns.

    Args:
        recommendation: What is recommended.
        encoding: The encoding of the stream. Default: one that takes every character.
    """

    def item(text: str) -> Iterator[str]:
        return wrap(printable(text, encoding), first="  - ", rest="    ")

    yield f"Recommended: {recommendation.model}"
    yield from wrap(printable(recommendation.model.in_words, encoding), first="  ", rest="  ")
    yield from ("", "Because")
    for reason in recommendation.reasons:
        yield from item(_reason(reason))
    yield from ("", f"Next best: {recommendation.runner_up}")
    yield from wrap(printable(recommendation.runner_up_because, encoding), first="  ", rest="  ")
    if recommendation.notes:
        yield from ("", "Mind")
        for note in recommendation.notes:
            yield from item(note)
    if recommendation.changes:
        yield from ("", "It would be")
        for model in OperatingModel:
            whats = [change.what for change in recommendation.changes if change.model is model]
            if whats:
                yield from item(f"{model}, if {', or '.join(whats)}")


def _reason(reason: Consideration) -> str:
    return f"{reason.situation[0].lower()}{reason.situation[1:]}: {reason.because}"
