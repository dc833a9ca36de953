"""What an output format is."""

from __future__ import annotations

from typing import Protocol, TextIO

from ecr_blueprints.review.report import Report

__all__ = ["Reporter"]


class Reporter(Protocol):
    """Writes the report of a review in one format."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Writes the whole report.

        Args:
            report: What the review found.
            stream: An open text stream; it stays open.
        """
