"""``ecr-blueprints review``: what templates get right, wrong and leave open."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import FINDINGS, NOTHING_FOUND
from ecr_blueprints.cli.output import print_error, standard_output_encoding, write_file, write_standard_output
from ecr_blueprints.errors import ContractError, EcrBlueprintsError, UnusableInputError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from ecr_blueprints.registry.contract import Contract
    from ecr_blueprints.registry.registry import Registry
    from ecr_blueprints.reporters.reporter import Reporter
    from ecr_blueprints.review.report import Report

__all__ = ["add_to"]

_STANDARD_STREAM = "-"
_ENTRY_SEPARATOR = "#"
_EXIT_CODES = """\
exit codes:
  0  nothing at or above the level of --fail-on
  1  findings at or above it
  2  unusable input or usage; the reason is on standard error
"""


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "review",
        help="review templates and cloud assemblies",
        description="Reviews what templates declare of Amazon ECR. Needs no account and no Node.js.",
        epilog=_EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a cloud assembly (cdk.out), a folder, a template, or - for a template on standard input",
    )
    parser.add_argument(
        "--registry",
        metavar="FILE",
        help="the registry.json of the registry that the repositories live in; "
        "FILE#ACCOUNT/REGION chooses one of several registries",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        default="error",
        help="the least severity that makes the exit code 1 (default: error)",
    )
    parser.add_argument("--output", metavar="FILE", help="write the report to a file")
    parser.add_argument("--show-open", action="store_true", help="list the checks that could not be decided")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from ecr_blueprints.cloudformation.registry_reader import read_inputs
    from ecr_blueprints.review.reviewer import Reviewer
    from ecr_blueprints.review.verdict import Severity

    if "" in arguments.paths:
        raise UnusableInputError(
            "one of the paths is empty",
            where="PATH",
            fix="check the variable that should hold it; . is this folder",
        )
    output: str | None = None if arguments.output == _STANDARD_STREAM else arguments.output
    if output is not None:
        _refuse_to_overwrite(output, arguments)
    contract = None if arguments.registry is None else _read_contract(arguments.registry)
    inputs = read_inputs(arguments.paths, sys.stdin)
    registries = inputs.registries
    if contract is not None:
        registries = tuple(_complete(registry, contract, arguments.registry) for registry in registries)
    report = Reviewer().review(registries, sources=inputs.sources)
    if contract is not None:
        report = _without_context(report, arguments.registry)
    reporter = _reporter(arguments.format, show_open=arguments.show_open)
    if output is None:
        write_standard_output(lambda stream: reporter.write(report, stream))
    else:
        write_file(output, lambda stream: reporter.write(report, stream))
        _tell(report, output)
    level = None if arguments.fail_on == "never" else Severity(arguments.fail_on)
    return FINDINGS if report.fails_at(level) else NOTHING_FOUND


def _reporter(name: str, *, show_open: bool) -> Reporter:
    if name == "json":
        from ecr_blueprints.reporters.json_report import JsonReporter

        return JsonReporter(show_open=show_open)
    from ecr_blueprints.reporters.text import TextReporter

    return TextReporter(show_open=show_open)


def _tell(report: Report, output: str) -> None:
    from ecr_blueprints.reporters.terminal_text import printable, wrap
    from ecr_blueprints.reporters.text import counts

    line = printable(f"{counts(report)}; written to {output}", standard_output_encoding())
    write_standard_output(lambda stream: stream.writelines(f"{part}\n" for part in wrap(line)))


def _refuse_to_overwrite(output: str, arguments: Namespace) -> None:
    inputs = [
        *arguments.paths,
        *([] if arguments.registry is None else [_contract_file(arguments.registry)[0]]),
    ]
    for path in inputs:
        if os.path.isfile(path) and os.path.exists(output) and os.path.samefile(path, output):
            raise EcrBlueprintsError(
                "the report would overwrite what is reviewed", where=output, fix="give --output another file"
            )


def _read_contract(argument: str) -> Contract:
    from ecr_blueprints.registry.completion import select_entry
    from ecr_blueprints.registry.contract import parse_contract

    file, label = _contract_file(argument)
    try:
        with open(file, encoding="utf-8-sig") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ContractError(
            f"cannot be read: {reason.lower()}",
            where=file,
            fix="give --registry the registry.json that synthesizing a registry writes",
        ) from error
    contract = parse_contract(text, where=file)
    return contract if label is None else select_entry(contract, label, where=file)


def _contract_file(argument: str) -> tuple[str, str | None]:
    """The file and the chosen entry's label; a file of exactly that name has no label."""
    file, separator, label = argument.rpartition(_ENTRY_SEPARATOR)
    if not separator or os.path.exists(argument):
        return argument, None
    return file, label


def _complete(registry: Registry, contract: Contract, argument: str) -> Registry:
    from ecr_blueprints.registry.completion import complete_registry, entry_for

    file = _contract_file(argument)[0]
    try:
        entry = entry_for(registry, contract)
    except ContractError as error:
        choice = f"{file}{_ENTRY_SEPARATOR}{(error.allowed or '').partition(', ')[0]}"
        raise ContractError(
            error.what,
            where=file,
            allowed=error.allowed,
            fix=f"choose one, for instance --registry {choice}, or give the stacks their account and Region",
        ) from error
    if entry is None:
        print_error(f"note: {file} says nothing of {registry.label}, which is reviewed without it")
        return registry
    return complete_registry(registry, entry)


def _without_context(report: Report, argument: str) -> Report:
    """The report without what is said of the contract itself: that is its owner's review."""
    from dataclasses import replace

    file = _contract_file(argument)[0]
    return replace(
        report, findings=tuple(finding for finding in report.findings if finding.resource.template != file)
    )
