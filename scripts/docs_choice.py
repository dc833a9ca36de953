"""The block of README.md that shows which operating model is for whom: the data of the recommendation."""

from __future__ import annotations

from docs_markdown import table_cell

from ecr_blueprints.domain.operating_model import CONSIDERATIONS, OperatingModel

__all__ = ["BEGIN", "END", "render_choice"]

BEGIN = "<!-- choice:begin -->"
END = "<!-- choice:end -->"


def render_choice(text: str) -> str:
    """A page's text with its block written anew.

    Raises:
        ValueError: The page has no such block.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no block between {BEGIN} and {END}")
    return "\n".join([f"{before}{begin}", *_lines(), f"{end}{after}"])


def _lines() -> list[str]:
    models = [f"* **{model}**: {model.in_words}." for model in OperatingModel]
    rows = [
        f"| {table_cell(one.situation)} | **{one.model}** | {table_cell(one.because)} |"
        for one in CONSIDERATIONS
    ]
    return [*models, "", "| The first that holds decides | Model | Because |", "|---|---|---|", *rows]
