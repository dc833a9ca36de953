"""A preview of a lifecycle policy for people: 80 columns, what goes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TextIO

from ecr_blueprints.domain.pricing import (
    ARCHIVE_MINIMUM_DAYS,
    PRICE_PAGE,
    CostEstimate,
    Price,
    StorageUse,
)
from ecr_blueprints.lifecycle.preview import Preview, PreviewedImage
from ecr_blueprints.lifecycle.rule import ActionType, LifecycleRule
from ecr_blueprints.lifecycle.rule_in_words import fate_in_words, moment_in_words, selection_in_words
from ecr_blueprints.reporters.terminal_text import WIDTH, display_width, printable, wrap

__all__ = ["SHOWN_IMAGES", "PreviewTextReporter"]

SHOWN_IMAGES: Final = 20
"""The images that are listed of one rule; a program reads all of them from the JSON."""

_SHOWN_DIGITS: Final = 12
_CENT: Final = Decimal("0.01")


class PreviewTextReporter:
    """Writes a preview and its cost as text.

    Args:
        title: What was previewed: the repository's name.
    """

    def __init__(self, *, title: str) -> None:
        self._title = title

    def write(self, of: Preview, cost: CostEstimate, stream: TextIO) -> None:
        """Writes the whole preview.

        Args:
            of: The preview.
            cost: What its storage costs before and after.
            stream: An open text stream; it stays open.
        """
        page = _Page(encoding=getattr(stream, "encoding", None))
        page.line(f"{self._title} on {of.now:%Y-%m-%d %H:%M} UTC: {_sum_of(of.images)}", rest="  ")
        page.due("deleted now", of.deleted)
        page.due("archived now", of.archived)
        page.later(of.later)
        page.by_rule("held by an image index that refers to them", of.held)
        page.by_rule("kept", of.kept)
        page.cost(of.storage_before, of.storage_after, cost)
        if of.notes:
            page.blank()
        for note in of.notes:
            page.line(note, first="note: ", rest="  ")
        stream.write(page.text)


class _Page:
    """The lines, in characters that the stream can show."""

    def __init__(self, *, encoding: str | None) -> None:
        self._encoding = encoding
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def blank(self) -> None:
        self._lines.append("")

    def line(self, text: str, *, first: str = "", rest: str = "") -> None:
        self._lines.extend(wrap(printable(text, self._encoding), first=first, rest=rest))

    def due(self, heading: str, images: Sequence[PreviewedImage]) -> None:
        if not images:
            return
        self.blank()
        self.line(f"{heading}: {_sum_of(images)}")
        groups: dict[tuple[LifecycleRule | None, str], list[PreviewedImage]] = {}
        for one in images:
            then = "" if one.deleted_at is None else f"; they are deleted after {one.deleted_at:%Y-%m-%d}"
            groups.setdefault((one.rule, then), []).append(one)
        for (rule, then), group in groups.items():
            self.line(f"{_rule_in_words(rule, group)}{then}", first="  ", rest="    ")
            self._row("pushed", "size", "digest", "tags")
            for one in group[:SHOWN_IMAGES]:
                self._row(f"{one.image.pushed_at:%Y-%m-%d}", _size_of(one), _digest(one), _tags(one))
            self._more(len(group) - SHOWN_IMAGES)

    def later(self, images: Sequence[PreviewedImage]) -> None:
        if not images:
            return
        self.blank()
        self.line(f"later, if nothing else happens: {_sum_of(images)}")
        self._row("after", "size", "digest", "")
        for one in images[:SHOWN_IMAGES]:
            if one.rule is not None:
                what = f"{fate_in_words(one.rule)}, rule {one.rule.priority}: {_tags(one)}"
                self._row(f"{one.due_at:%Y-%m-%d}", _size_of(one), _digest(one), what)
        self._more(len(images) - SHOWN_IMAGES)

    def by_rule(self, heading: str, images: Sequence[PreviewedImage]) -> None:
        if not images:
            return
        self.blank()
        self.line(f"{heading}: {_sum_of(images)}")
        groups: dict[LifecycleRule | None, list[PreviewedImage]] = {}
        for one in images:
            groups.setdefault(one.rule, []).append(one)
        for rule, group in sorted(groups.items(), key=lambda item: (item[0] is None, _priority(item[0]))):
            self.line(_rule_in_words(rule, group), first="  ", rest="    ")

    def cost(self, before: StorageUse, after: StorageUse, cost: CostEstimate) -> None:
        self.blank()
        self.line("storage, with an estimate in US dollars a month")
        self._amounts("", "now", "", "after", "")
        uses_archive = bool(before.archive_bytes or after.archive_bytes)
        now, then = cost.before, cost.after
        rows = [("standard", before.standard_bytes, now.standard, after.standard_bytes, then.standard)]
        if uses_archive:
            rows.append(("archive", before.archive_bytes, now.archive, after.archive_bytes, then.archive))
            rows.append(("both", before.total_bytes, now.total, after.total_bytes, then.total))
        for name, stored, costs, stored_after, costs_after in rows:
            self._amounts(name, _size(stored), _dollars(costs), _size(stored_after), _dollars(costs_after))
        if cost.archive_minimum or cost.restore:
            self.line(
                f"What is archived now costs {_dollars(cost.archive_minimum)} at least, since "
                f"{ARCHIVE_MINIMUM_DAYS} days in the archive are always paid, and {_dollars(cost.restore)} "
                "each time that all of it is restored.",
                first="  ",
                rest="  ",
            )
        self.line(
            "Sizes count a layer with every image that has it, and ECR stores it once: storage costs less, "
            "and deleting saves less.",
            first="  ",
            rest="  ",
        )
        prices = [("of standard storage", cost.prices.standard)]
        if uses_archive:
            prices.append(("of the archive up to 150 TB", cost.prices.archive))
            prices.append(("of the archive above", cost.prices.archive_above))
            prices.append(("restored", cost.prices.restore))
        self._prices(prices)

    def _prices(self, prices: Sequence[tuple[str, Price]]) -> None:
        """The numbers, those from one source together."""
        by_source: dict[str, list[str]] = {}
        for name, price in prices:
            told = [price.source, *price.regions, *([] if price.read_on is None else [price.read_on])]
            amount = f"{price.usd:f} per {price.unit} {name}"
            by_source.setdefault(", ".join(told), []).append(amount)
        for source, amounts in by_source.items():
            self.line(f"{', '.join(amounts)} ({source})", first="  price: ", rest="    ")
        if not all(price.verified for _, price in prices):
            self.line(
                f"Others report these prices; they are not verified with AWS. Compare {PRICE_PAGE} and give "
                "yours: --standard-price, --archive-price.",
                first="  ",
                rest="  ",
            )

    def _amounts(self, name: str, now: str, costs: str, after: str, costs_after: str) -> None:
        self._lines.append(f"  {name:8}  {now:>9}  {costs:>9}  {after:>9}  {costs_after:>9}".rstrip())

    def _row(self, day: str, size: str, digest: str, rest: str) -> None:
        line = f"    {day:10}  {size:>9}  {printable(digest, self._encoding)[:13]:13}  "
        self._lines.append((line + self._cut(rest, WIDTH - len(line))).rstrip())

    def _cut(self, text: str, room: int) -> str:
        """What fits, in characters that the stream can show."""
        shown = printable(text, self._encoding)
        if display_width(shown) <= room:
            return shown
        more = printable("…", self._encoding)
        while shown and display_width(shown) + len(more) > room:
            shown = shown[: -max(1, (display_width(shown) + len(more) - room) // 2)]
        return shown + more

    def _more(self, number: int) -> None:
        if number > 0:
            self.line(f"and {number:,} more: --format json lists them", first="    ", rest="    ")


def _priority(rule: LifecycleRule | None) -> int:
    return 0 if rule is None else rule.priority


def _rule_in_words(rule: LifecycleRule | None, images: Sequence[PreviewedImage]) -> str:
    """A rule with those of its images that are meant."""
    if rule is None:
        return f"no rule ({_sum_of(images)})"
    does = "deletes" if rule.action is ActionType.EXPIRE else "archives"
    told = f"{does} {selection_in_words(rule)} {moment_in_words(rule)}"
    return f"rule {rule.priority} ({_sum_of(images)}) {told}"


def _tags(one: PreviewedImage) -> str:
    return ", ".join(one.image.tags) or "untagged"


def _digest(one: PreviewedImage) -> str:
    return one.image.digest.rpartition(":")[2][:_SHOWN_DIGITS] + ("*" if one.may_be_held else "")


def _size_of(one: PreviewedImage) -> str:
    if one.described.is_index:
        return "index"
    return "?" if one.described.size_in_bytes is None else _size(one.described.size_in_bytes)


def _sum_of(images: Sequence[PreviewedImage]) -> str:
    count = len(images)
    return f"{count:,} {'image' if count == 1 else 'images'}, {_size(_bytes_of(images))}"


def _bytes_of(images: Iterable[PreviewedImage]) -> int:
    return sum(one.described.stored_bytes for one in images)


def _size(number: int) -> str:
    """Bytes as a person reads them: ``412.0 MB``."""
    if number < 1_000:
        return f"{number} B"
    for power, unit in enumerate(("kB", "MB", "GB"), start=1):
        if number < 1_000 ** (power + 1) * 0.99995:
            return f"{number / 1_000**power:.1f} {unit}"
    return f"{number / 10**12:,.1f} TB"


def _dollars(amount: Decimal) -> str:
    if not amount:
        return "0.00"
    return "under 0.01" if amount < _CENT else f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"
