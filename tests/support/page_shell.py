"""The ``sh`` blocks of a page, run by bash; the programs that reach out are answered by this process.

A shell does what a reader's does: pipes, quotes, variables, comments. Each program in `Programs` is a stub on
the path that hands its arguments, its input and its folder over a socket, and prints what comes back. What is
not there is not found, so that no page can run anything else.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Answer", "Call", "PageShell", "Programs", "commands_of"]

REFUSED = "# refused"
"""What ends a line that has to fail."""
_STUB = """\
import json, os, socket, sys
given = sys.stdin.buffer.read()
call = {{"program": {program!r}, "arguments": sys.argv[1:], "folder": os.getcwd(), "given": given.decode(),
         "variables": {{key: os.environ[key] for key in ("UPDATE_SNAPSHOT",) if key in os.environ}}}}
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(os.environ["PAGE_SOCKET"])
    connection.sendall(json.dumps(call).encode())
    connection.shutdown(socket.SHUT_WR)
    answer = json.loads(b"".join(iter(lambda: connection.recv(65536), b"")))
sys.stdout.write(answer["output"])
sys.stderr.write(answer["errors"])
sys.exit(answer["code"])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a program was started with."""

    program: str
    arguments: tuple[str, ...]
    folder: Path
    given: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join((self.program, *self.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it prints, and its exit code."""

    output: str = ""
    errors: str = ""
    code: int = 0


Programs = Mapping[str, Callable[[Call], Answer]]
"""Name → what answers for it."""


def commands_of(text: str) -> Iterator[str]:
    """The commands of a block, one a line, those that go on in the next line put together."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


class PageShell:
    """A reader's terminal.

    Args:
        folder: Where it is opened. Each block begins where the last one has ended.
        scratch: A folder for its own things.
        python: The interpreter of the stubs.
        programs: What is on its path.
        variables: What a reader has set.
    """

    def __init__(
        self,
        folder: Path,
        scratch: Path,
        *,
        python: str,
        programs: Programs,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.ran: list[str] = []
        self._scratch = scratch
        self._programs = programs
        self._variables = dict(variables or {})
        self._failure: str | None = None
        self._bin = scratch / "bin"
        self._bin.mkdir(parents=True)
        for name in programs:
            stub = self._bin / name
            stub.write_text(f"#!{python} -SE\n{_STUB.format(program=name)}")
            stub.chmod(0o755)

    def run(self, text: str) -> str:
        """Runs a block, and gives what it has printed.

        Raises:
            AssertionError: A command failed that should not, or did not that has to.
        """
        commands = list(commands_of(text))
        noted, place = self._scratch / "codes", self._scratch / "place"
        noted.write_text("")
        script = ["set -uo pipefail"]
        for command in commands:
            fails = command.endswith(REFUSED)
            script += [command, f'code=$?; echo "$code" >> "{noted}"']
            script.append(f'[ "$code" {"-ne" if fails else "-eq"} 0 ] || exit 1')
        script.append(f'pwd > "{place}"')
        code, output = self._bash("\n".join(script))
        done = noted.read_text().split()
        self.ran += commands[: len(done)]
        if self._failure is not None:
            raise AssertionError(f"{commands[len(done) - 1] if done else commands[0]}\n{self._failure}")
        at = commands[len(done) - 1] if done else "the first command"
        assert code == 0, f"{at}: exit code {done[-1] if done else code}\n{output}"
        self.folder = Path(place.read_text().strip())
        return output

    def _bash(self, script: str) -> tuple[int, str]:
        printed = self._scratch / "printed"
        with (
            # In a folder of its own, since the path of a socket has little more than 100 characters.
            tempfile.TemporaryDirectory() as place,
            socket.socket(socket.AF_UNIX) as server,
            printed.open("w") as stream,
        ):
            server.bind(f"{place}/socket")
            server.listen()
            process = subprocess.Popen(
                ["/bin/bash", "--noprofile", "--norc", "-c", script],
                cwd=self.folder,
                env={
                    "PATH": str(self._bin),
                    "HOME": str(self._scratch),
                    "PAGE_SOCKET": f"{place}/socket",
                    **self._variables,
                },
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
            with selectors.DefaultSelector() as selector:
                selector.register(server, selectors.EVENT_READ)
                while process.poll() is None:
                    if selector.select(timeout=0.02):
                        self._serve(server)
        return process.returncode, printed.read_text()

    def _serve(self, server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            call = json.loads(b"".join(iter(lambda: connection.recv(65536), b"")))
            call |= {"arguments": tuple(call["arguments"]), "folder": Path(call["folder"])}
            try:
                answer = self._programs[call["program"]](Call(**call))
            except Exception:
                self._failure = traceback.format_exc()
                answer = Answer(code=99)
            connection.sendall(
                json.dumps({"output": answer.output, "errors": answer.errors, "code": answer.code}).encode()
            )
