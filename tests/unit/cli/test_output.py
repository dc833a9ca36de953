from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path
from typing import NoReturn, TextIO

import pytest

from ecr_blueprints.cli.output import print_error, write_file, write_folder, write_standard_output
from ecr_blueprints.errors import EcrBlueprintsError


def hello(stream: TextIO) -> None:
    stream.write("größe\n")


def breaks(stream: TextIO) -> NoReturn:
    stream.write("half of it")
    raise KeyboardInterrupt


class TestWriteFile:
    def test_writes_utf_8(self, tmp_path: Path) -> None:
        target = tmp_path / "report.json"

        write_file(str(target), hello)

        assert target.read_bytes() == "größe\n".encode()
        assert os.listdir(tmp_path) == ["report.json"]

    def test_takes_the_usual_permissions(self, tmp_path: Path) -> None:
        (tmp_path / "other").write_text("")
        target = tmp_path / "report.json"

        write_file(str(target), hello)

        assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)

    def test_keeps_the_permissions_of_a_file_that_exists(self, tmp_path: Path) -> None:
        target = tmp_path / "report.json"
        target.write_text("old")
        target.chmod(0o640)

        write_file(str(target), hello)

        assert target.read_text(encoding="utf-8") == "größe\n"
        assert stat.S_IMODE(target.stat().st_mode) == 0o640

    def test_an_interrupted_write_leaves_what_was_there(self, tmp_path: Path) -> None:
        target = tmp_path / "report.json"
        target.write_text("old")

        with pytest.raises(KeyboardInterrupt):
            write_file(str(target), breaks)

        assert target.read_text() == "old"
        assert os.listdir(tmp_path) == ["report.json"]

    def test_a_symbolic_link_stays_one(self, tmp_path: Path) -> None:
        target = tmp_path / "target.json"
        link = tmp_path / "link.json"
        link.symlink_to(target)

        write_file(str(link), hello)

        assert link.is_symlink()
        assert target.read_text(encoding="utf-8") == "größe\n"

    def test_a_device_is_written_to_and_stays_a_device(self) -> None:
        write_file(os.devnull, hello)

        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)

    @pytest.mark.parametrize(
        ("name", "reason"), [("missing/report.json", "no such file or directory"), (".", "it is a folder")]
    )
    def test_an_unwritable_path_is_refused(self, name: str, reason: str, tmp_path: Path) -> None:
        with pytest.raises(EcrBlueprintsError, match="cannot be written") as caught:
            write_file(f"{tmp_path}/{name}", hello)

        assert reason in caught.value.what
        assert caught.value.where == f"{tmp_path}/{name}"
        assert os.listdir(tmp_path) == []

    def test_a_read_only_file_is_not_replaced(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target = tmp_path / "report.json"
        target.write_text("old")
        monkeypatch.setattr(os, "access", lambda *_: False)

        with pytest.raises(EcrBlueprintsError, match="read-only"):
            write_file(str(target), hello)

        assert target.read_text() == "old"


class TestStandardOutput:
    def test_a_full_device_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if not os.path.exists("/dev/full"):
            pytest.skip("there is no /dev/full")
        with open("/dev/full", "w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stdout", full)

            with pytest.raises(EcrBlueprintsError, match="no space left on device"):
                write_standard_output(hello)

    def test_a_reader_that_has_gone_is_no_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        with os.fdopen(write_end, "w", encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stdout", stream)

            write_standard_output(hello)


class TestPrintError:
    def test_is_one_printable_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_error("a\nb\x1b[2J")

        assert capsys.readouterr().err == "ecr-blueprints: a b\\x1b[2J\n"

    def test_in_ascii_where_that_is_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))

        print_error("größe …")

        assert raw.getvalue() == b"ecr-blueprints: gr\\xf6\\xdfe ...\n"


class TestFolder:
    def test_it_is_there_with_all_its_files(self, tmp_path: Path) -> None:
        write_folder(str(tmp_path / "new"), {"a.yaml": "é\n", "teams/b.yaml": "b\n"})

        assert (tmp_path / "new/a.yaml").read_text(encoding="utf-8") == "é\n"
        assert (tmp_path / "new/teams/b.yaml").read_text() == "b\n"
        assert [path.name for path in tmp_path.iterdir()] == ["new"]

    def test_one_that_exists_is_left_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "old").mkdir()
        (tmp_path / "old/mine").write_text("mine")

        with pytest.raises(EcrBlueprintsError, match="cannot be written"):
            write_folder(str(tmp_path / "old"), {"a": "b"})

        assert [path.name for path in (tmp_path / "old").iterdir()] == ["mine"]
        assert [path.name for path in tmp_path.iterdir()] == ["old"]
