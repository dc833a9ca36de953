from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.reporters.terminal_text import display_width, printable, wrap

ARN = (
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-company-wide-AbCdEf"
)


class TestPrintable:
    def test_plain_text_is_left_alone(self) -> None:
        assert printable("repository 'prod/api'", "ascii") == "repository 'prod/api'"

    def test_white_space_is_joined(self) -> None:
        assert printable("a\n\tb   c ", "utf-8") == "a b c"

    def test_a_terminal_s_control_sequences_are_shown_and_not_sent(self) -> None:
        assert printable("\x1b[2Jgone", "utf-8") == "\\x1b[2Jgone"

    def test_bidirectional_overrides_are_shown(self) -> None:
        assert printable("a\u202eb", "utf-8") == "a\\u202eb"

    def test_what_the_encoding_holds_stays(self) -> None:
        assert printable("größer …", "utf-8") == "größer …"

    def test_typography_has_an_ascii_spelling(self) -> None:
        assert (
            printable("\N{LEFT SINGLE QUOTATION MARK}a\N{RIGHT SINGLE QUOTATION MARK} → b…", "ascii")
            == "'a' -> b..."
        )

    def test_other_letters_become_escapes(self) -> None:
        assert printable("größe", "ascii") == "gr\\xf6\\xdfe"

    def test_an_unknown_encoding_is_taken_for_ascii(self) -> None:
        assert printable("ö", "no-such-encoding") == "\\xf6"

    def test_without_an_encoding_everything_stays(self) -> None:
        assert printable("größe", None) == "größe"

    @given(st.text(), st.sampled_from(["ascii", "latin-1", "cp1252", "utf-8"]))
    def test_the_result_can_always_be_encoded_and_is_printable(self, text: str, encoding: str) -> None:
        shown = printable(text, encoding)

        shown.encode(encoding)
        assert shown.isprintable()


class TestDisplayWidth:
    @pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("größe", 5), ("容器", 4), ("e\u0301", 1)])
    def test_columns(self, text: str, columns: int) -> None:
        assert display_width(text) == columns


class TestWrap:
    def test_a_short_text_is_one_line(self) -> None:
        assert list(wrap("fix: add a rule", first="  ")) == ["  fix: add a rule"]

    def test_breaks_between_words(self) -> None:
        assert list(wrap("aaa bbb ccc", rest="  ", width=7)) == ["aaa bbb", "  ccc"]

    def test_a_word_that_fits_a_line_of_its_own_is_not_broken(self) -> None:
        assert list(wrap("aa bb/cc/dd", width=9)) == ["aa", "bb/cc/dd"]

    def test_a_long_word_is_broken_after_punctuation(self) -> None:
        lines = list(wrap(f"the secret {ARN}", first="    ", rest="      ", width=60))

        assert "".join(line.strip() for line in lines) == f"the secret {ARN}"
        assert all(line[-1] in "/:,;.-_" for line in lines[:-1])

    def test_a_digest_is_broken_anywhere(self) -> None:
        digest = "sha256:" + "0123456789abcdef" * 4

        lines = list(wrap(digest, width=40))

        assert lines[0] == "sha256:"
        assert "".join(lines) == digest

    def test_an_empty_text_with_a_label_keeps_the_label(self) -> None:
        assert list(wrap("", first="  at: ")) == ["  at:"]

    def test_nothing_is_no_line(self) -> None:
        assert list(wrap("")) == []

    @given(
        st.text(st.characters(exclude_categories=["Cc", "Cs"])),
        st.integers(0, 10),
        st.integers(0, 10),
        st.integers(12, 80),
    )
    def test_no_line_is_wider_and_no_letter_is_lost(
        self, text: str, first: int, rest: int, width: int
    ) -> None:
        lines = list(wrap(text, first=" " * first, rest=" " * rest, width=width))

        assert all(display_width(line) <= width for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())
