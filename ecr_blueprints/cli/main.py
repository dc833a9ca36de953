"""The program ``ecr-blueprints``: its arguments, its exit codes and what happens when it fails.

Nothing is imported here that ``--version`` does not need; each command imports what it works with
when it runs.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ecr_blueprints._version import __version__
from ecr_blueprints.cli import adopt, init, preview, review, rules, seed
from ecr_blueprints.cli.exit_code import FAILED, INTERRUPTED
from ecr_blueprints.cli.output import print_error, write_standard_output
from ecr_blueprints.errors import EcrBlueprintsError

__all__ = ["PROGRAM", "main", "run"]

PROGRAM = "ecr-blueprints"
"""The program's name, also when it runs as ``python -m ecr_blueprints``."""

DEBUG_VARIABLE = "ECR_BLUEPRINTS_DEBUG"
"""Set to ``1``, an unexpected error shows its traceback."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        print_error(f"{message}; see '{self.prog} --help'")
        raise SystemExit(FAILED)


def run() -> int:
    """Runs the program on the process's arguments and returns its exit code."""
    # The process ends with the command; looking for cycles in a large template's objects would cost
    # a fifth of its time and free nothing.
    gc.disable()
    try:
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


def main(arguments: Sequence[str]) -> int:
    """Runs one command.

    Args:
        arguments: The arguments after the program's name.

    Returns:
        The exit code: 0 nothing to complain of, 1 findings, 2 unusable input or usage.
    """
    try:
        try:
            parsed = _parser().parse_args(arguments)
        except SystemExit as exited:
            write_standard_output(lambda _: None)  # --help and --version may meet a closed pipe, too.
            return int(exited.code or 0)
        code: int = parsed.run(parsed)
    except EcrBlueprintsError as error:
        print_error(str(error))
        return FAILED
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE) == "1":
            _print_traceback(error)
            return FAILED
        print_error(
            f"unexpected {type(error).__name__}: {error}; this is a defect of {PROGRAM} {__version__}: "
            f"please report it with the input and what {DEBUG_VARIABLE}=1 shows"
        )
        return FAILED
    return code


def _print_traceback(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Starts a project, reviews what templates declare of Amazon ECR and previews lifecycle "
        "policies, without an account; makes a blueprint of a registry that exists.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands: argparse._SubParsersAction[argparse.ArgumentParser] = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=_Parser
    )
    init.add_to(commands)
    review.add_to(commands)
    preview.add_to(commands)
    rules.add_to(commands)
    adopt.add_to(commands)
    seed.add_to(commands)
    return parser
