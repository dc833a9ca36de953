"""The CDK CLI run again and again where it is loaded, in the place of a program for each command.

Loading it, and warming up, is most of what a command costs. It is the same CLI, called as its own program
calls it. The demo runs the program, and `test_demo.py` the demo.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from local_cloud import ROOT, OnLine, cli_run_by, end_with_parent, node_binary, tool_environment

__all__ = ["loaded_cli"]

_HOST = Path(__file__).with_suffix(".cjs")
_CLI = ROOT / "node_modules" / "aws-cdk" / "lib" / "index.js"


class _LoadedCli:
    """One process of Node.js; started when it is needed, ended by whatever interrupts a command."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __call__(
        self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, on_line: OnLine
    ) -> tuple[int, str]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"args": list(arguments), "env": dict(env), "cwd": str(cwd)}
        print(json.dumps(request), file=process.stdin, flush=True)
        output, pending = "", ""
        try:
            for answer in process.stdout:
                told = json.loads(answer)
                if "code" in told:
                    if pending:
                        on_line(pending)
                    return int(told["code"]), output
                output += told["text"]
                *lines, pending = (pending + told["text"]).split("\n")
                for line in lines:
                    on_line(line)
        except BaseException:
            self.end()
            raise
        self.end()
        raise AssertionError(f"the CDK CLI ended while it ran {arguments}:\n{output}")

    def end(self) -> None:
        """Ends the process, with what it is at."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [str(node_binary()), str(_HOST), str(_CLI)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=tool_environment(),
                preexec_fn=end_with_parent(),
            )
        return self._process


@contextlib.contextmanager
def loaded_cli() -> Iterator[None]:
    """Has every command of the CDK CLI be run where it is loaded."""
    cli = _LoadedCli()
    try:
        with cli_run_by(cli):
            yield
    finally:
        cli.end()
