"""Texts of pictures: in words, how wide one is at most, and how it is broken into lines that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["enumerated", "plural", "text_width", "wrapped"]

# Advances in thousandths of an em from space to tilde, of DejaVu Sans: the widest of the fonts that a
# browser takes for ``system-ui`` or ``sans-serif``, so that what fits in it fits in each of them.
_PLAIN = (
    "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 "
    "636 636 636 636 636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 "
    "752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 685 611 685 390 "
    "337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 "
    "635 635 411 521 392 634 592 818 592 592 525 636 337 636 838"
)
_BOLD = (
    "348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 "
    "696 696 696 696 696 696 400 400 838 838 838 580 1000 774 762 734 830 683 683 821 "
    "837 372 372 775 637 995 837 850 733 850 770 720 682 812 774 1103 771 724 725 457 "
    "365 457 838 500 500 675 716 593 716 678 435 716 712 343 343 665 343 1042 712 687 "
    "716 716 493 595 478 712 652 924 645 652 582 712 365 712 838"
)
_ADVANCES = {bold: [int(one) for one in text.split()] for bold, text in ((False, _PLAIN), (True, _BOLD))}
_OTHER = 1000
_MARGIN = 1.02


def plural(number: int, one: str, several: str = "") -> str:
    """A number and what is counted.

    Args:
        number: How many.
        one: What one is called.
        several: What several are called, where that is not ``one`` with an s.
    """
    return f"{number} {one if number == 1 else several or one + 's'}"


def enumerated(names: Sequence[str], most: int = 6) -> str:
    """Names in a row, the last ones as a number where they are many.

    Args:
        names: What is named.
        most: The most that are shown.
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """An upper estimate of a text's width.

    Args:
        text: One line.
        size: The font's size; the width is in the same unit.
        bold: Whether it is set bold.
    """
    advances = _ADVANCES[bold]
    thousandths = sum(
        advances[ord(character) - 32] if " " <= character <= "~" else _OTHER for character in text
    )
    return thousandths * size / 1000 * _MARGIN


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines of a text, none wider than a width; a word that is wider is broken.

    Args:
        text: What is set.
        width: The most that a line may take.
        size: The font's size.
        bold: Whether it is set bold.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, width, size, bold):
            longer = f"{line} {piece}" if line else piece
            if line and text_width(longer, size, bold=bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line] if line else lines


def _pieces(word: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """A word, or its parts where it is too wide; broken after a separator if there is one."""
    while text_width(word, size, bold=bold) > width:
        most = max(
            (end for end in range(1, len(word)) if text_width(word[:end], size, bold=bold) <= width),
            default=1,
        )
        after = max((word.rfind(mark, 0, most) for mark in "/:-.,"), default=-1) + 1
        end = after if after > most // 2 else most
        yield word[:end]
        word = word[end:]
    yield word
