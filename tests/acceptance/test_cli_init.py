"""``ecr-blueprints init`` as a person meets it: a terminal, a pipe, an interrupt, a folder that is in use.

Practices: OPS-4
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecr_blueprints.cli.main import main
from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.scaffold.package_source import installed_source
from ecr_blueprints.scaffold.project import FILES, ProjectOptions, render_project

COMMAND = [sys.executable, "-m", "ecr_blueprints", "init"]
PROMPT = "  > "
ORGANIZATION = ["12", "8"]
"""The first two answers: accounts and teams."""


class Terminal:
    """The command at a terminal of 24 lines and 80 columns."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._leader = leader
        self.shown = ""
        self._read = 0
        self._process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            preexec_fn=self._become_a_terminals,
        )
        os.close(follower)

    @staticmethod
    def _become_a_terminals() -> None:
        """In the child: the terminal controls it, and interrupts reach it whoever started the tests."""
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def answer(self, *answers: str) -> None:
        """Waits for each question, and answers it."""
        for one in answers:
            self._until_asked()
            os.write(self._leader, f"{one}\n".encode())

    def press(self, key: bytes) -> None:
        """Waits for a question, and presses a key."""
        self._until_asked()
        os.write(self._leader, key)

    def end(self) -> int:
        """Reads the rest, and gives the exit code."""
        while self._more():
            pass
        code = self._process.wait(timeout=60)
        os.close(self._leader)
        return code

    def _until_asked(self) -> None:
        while not self.shown[self._read :].endswith(PROMPT):
            assert self._more(), self.shown
        self._read = len(self.shown)

    def _more(self) -> bool:
        if not select.select([self._leader], [], [], 60)[0]:
            self._process.kill()
            pytest.fail(f"nothing more within a minute after:\n{self.shown}")
        try:
            data = os.read(self._leader, 4096)
        except OSError:  # The other end is closed.
            return False
        self.shown += data.decode().replace("\r\n", "\n")
        return bool(data)


@pytest.fixture
def free(tmp_path: Path) -> Iterator[Path]:
    """An empty folder; nothing that begins with a dot may be left in it."""
    yield tmp_path
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command without a terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestQuestions:
    def test_six_questions_a_recommendation_and_a_project(self, free: Path) -> None:
        terminal = Terminal(free, "registry")
        terminal.answer(*ORGANIZATION, "", "no", "N", "", "", "", "")

        assert terminal.end() == 0
        assert "\nRecommended: centralized\n" in terminal.shown
        assert "\n  - more than one account: a shared-services account" in terminal.shown
        assert "\nNext best: tenant-managed\n" in terminal.shown
        assert "\n  - enterprise, if images were governed in Harbor or Artifactory" in terminal.shown
        options = ProjectOptions(model=OperatingModel.CENTRALIZED, name="registry", source=installed_source())
        assert files_of(free / "registry") == render_project(options)

    def test_every_line_fits_80_columns(self, free: Path) -> None:
        terminal = Terminal(free)
        terminal.answer(
            "about 1,200", "lots", "150", "x" * 60, "no", "maybe", "y", "", "y", "tenants", "cent"
        )
        terminal.answer("12", "", "Ireland", "")

        assert terminal.end() == 0
        assert max(map(len, terminal.shown.splitlines())) <= 80
        assert terminal.shown.count("allowed: ") == 6
        assert (free / "ecr-registry" / "app.py").is_file()

    def test_what_is_answered_goes_into_the_project(self, free: Path) -> None:
        terminal = Terminal(free, "registry")
        terminal.answer(*ORGANIZATION, "", "", "", "", "Centralized", "444455556666", "us-east-2")

        assert terminal.end() == 0
        options = ProjectOptions(
            model=OperatingModel.CENTRALIZED,
            name="registry",
            account="444455556666",
            region="us-east-2",
            source=installed_source(),
        )
        assert files_of(free / "registry") == render_project(options)

    def test_another_answer_is_another_model(self, free: Path) -> None:
        terminal = Terminal(free, "registry")
        terminal.answer(*ORGANIZATION, "", "", "yes", "", "", "", "")

        assert terminal.end() == 0
        assert "\nRecommended: enterprise\n" in terminal.shown
        assert "\nmodel: enterprise\n" in (free / "registry" / "blueprint.yaml").read_text()

    def test_tenants_are_of_an_organization(self, free: Path) -> None:
        terminal = Terminal(free, "registry")
        terminal.answer(*ORGANIZATION, "y", "", "", "", "", "444455556666", "us-east-2", "o-meridian123")

        assert terminal.end() == 0
        assert "Which account is the platform's" in terminal.shown
        assert max(map(len, terminal.shown.splitlines())) <= 80
        options = ProjectOptions(
            model=OperatingModel.TENANT_MANAGED,
            name="registry",
            account="444455556666",
            region="us-east-2",
            organization="o-meridian123",
            source=installed_source(),
        )
        assert files_of(free / "registry") == render_project(options)

    def test_what_an_option_says_is_not_asked(self, free: Path) -> None:
        terminal = Terminal(free, "registry", "--account", "444455556666", "--region", "us-east-2")
        terminal.answer(*ORGANIZATION, "", "", "", "", "")

        assert terminal.end() == 0
        assert "Which account" not in terminal.shown
        assert "444455556666" in (free / "registry" / "blueprint.yaml").read_text()

    @pytest.mark.parametrize("answered", [0, 3, 7])
    @pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x04", 2)], ids=["interrupt", "end"])
    def test_an_interrupt_or_the_end_leaves_nothing(
        self, key: bytes, code: int, answered: int, free: Path
    ) -> None:
        terminal = Terminal(free, "registry")
        terminal.answer(*[*ORGANIZATION, "", "", "", "", ""][:answered])
        terminal.press(key)

        assert terminal.end() == code
        assert terminal.shown.endswith(
            "\necr-blueprints: ended before the last answer; nothing was written\n"
        )
        assert "Traceback" not in terminal.shown
        assert os.listdir(free) == []

    def test_nobody_is_asked_before_the_folder_is_known_to_be_free(self, free: Path) -> None:
        (free / "registry").mkdir()
        (free / "registry" / "README.md").write_text("mine\n")
        terminal = Terminal(free, "registry")

        assert terminal.end() == 2
        assert PROMPT not in terminal.shown
        assert "registry: it holds 'README.md', and nothing is" in " ".join(terminal.shown.split())


class TestWithoutATerminal:
    def test_nobody_to_ask_ends_at_once_and_says_what_to_give(self, free: Path) -> None:
        done = run(free, "registry")

        assert (done.returncode, done.stdout) == (2, "")
        assert "give --model with one of centralized, tenant-managed, enterprise" in done.stderr
        assert os.listdir(free) == []

    def test_a_model_is_all_it_takes(self, free: Path) -> None:
        done = run(free, "registry", "--model", "centralized")

        assert (done.returncode, done.stderr) == (0, "")
        assert max(map(len, done.stdout.splitlines())) <= 80
        for path, purpose in FILES.items():
            if (free / "registry" / path).is_file():
                assert f"  {path} " in done.stdout
                assert purpose in done.stdout
        assert "\n  cd registry && python3 -m venv .venv && . .venv/bin/activate\n" in done.stdout

    @pytest.mark.parametrize("model", OperatingModel)
    def test_every_model_has_a_project(self, model: OperatingModel, free: Path) -> None:
        assert main(["init", str(free / "registry"), "--model", model]) == 0

        options = ProjectOptions(model=model, name="registry", source=installed_source())
        assert files_of(free / "registry") == render_project(options)

    def test_a_folder_with_a_space_is_quoted(self, free: Path) -> None:
        done = run(free, "my registry", "--model", "centralized")

        assert "\n  cd 'my registry' && " in done.stdout
        assert "# my-registry\n" in (free / "my registry" / "README.md").read_text()

    def test_a_second_time_nothing_changes(self, free: Path) -> None:
        run(free, "registry", "--model", "centralized")
        (free / "registry" / "blueprint.yaml").write_text("mine\n")
        before = files_of(free)

        done = run(free, "registry", "--model", "centralized")

        assert (done.returncode, done.stdout) == (2, "")
        assert "registry: it holds '.github', '.gitignore', 'README.md', 'app.py'" in " ".join(
            done.stderr.split()
        )
        assert files_of(free) == before

    def test_a_new_repository_may_be_it(self, free: Path) -> None:
        for name in ("registry/.git/HEAD", "registry/LICENSE"):
            (free / name).parent.mkdir(parents=True, exist_ok=True)
            (free / name).write_text("theirs\n")

        done = run(free, "registry", "--model", "centralized")

        assert done.returncode == 0, done.stderr
        options = ProjectOptions(model=OperatingModel.CENTRALIZED, name="registry", source=installed_source())
        project = render_project(options)
        theirs = {".git/HEAD": "theirs\n", "LICENSE": "theirs\n"}
        assert files_of(free / "registry") == {**project, **theirs}

    def test_the_folder_in_which_it_runs_may_be_it(self, free: Path) -> None:
        done = run(free, ".", "--model", "centralized", "--name", "images")

        assert done.returncode == 0, done.stderr
        assert "# images\n" in (free / "README.md").read_text()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--model", "federated"], "invalid choice: 'federated'"),
            (["--model", "centralized", "--account", "12"], "--account: '12' is not an AWS account id"),
            (["--model", "centralized", "--region", "x"], "--region: 'x' is not the name of an AWS Region"),
            (["--model", "centralized", "--organization", "x"], "--organization: 'x' is not an organization"),
            (["--model", "centralized", "--name", "A b"], "fix: write 'a-b'"),
            (["", "--model", "centralized"], "DIR: the path is empty"),
            (["a/b", "--model", "centralized"], "there is no folder 'a' to put it in"),
            (["a\0b", "--model", "centralized"], "cannot be written: "),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(
        self,
        arguments: list[str],
        message: str,
        free: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(free)

        assert main(["init", *arguments]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert message in captured.err
        assert captured.err.count("\n") == 1
        assert os.listdir(free) == []

    def test_closed_output_leaves_a_whole_project(self, free: Path) -> None:
        process = subprocess.Popen(
            [*COMMAND, "registry", "--model", "centralized"],
            cwd=free,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.close()

        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
        process.stderr.close()
        assert files_of(free / "registry")


def test_help_fits_80_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert main(["init", "--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
