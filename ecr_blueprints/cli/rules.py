"""``ecr-blueprints rules``: the rules, or the page of one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import NOTHING_FOUND
from ecr_blueprints.cli.output import standard_output_encoding, write_standard_output
from ecr_blueprints.errors import UnusableInputError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from ecr_blueprints.review.rule import Rule

__all__ = ["add_to"]


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "rules",
        help="list the rules, or print the page of one",
        description="Lists the rules of the review, or prints the page of one.",
        allow_abbrev=False,
    )
    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's id or name, such as ECR301")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from ecr_blueprints.review.ruleset import RULES

    wanted: str | None = arguments.rule
    lines = list(_list(RULES)) if wanted is None else list(_page(_find(wanted, RULES)))
    write_standard_output(lambda stream: stream.writelines(f"{line}\n" for line in lines))
    return NOTHING_FOUND


def _find(wanted: str, rules: tuple[type[Rule], ...]) -> type[Rule]:
    asked = wanted.partition("[")[0].casefold()
    for rule in rules:
        if asked in (rule.id.casefold(), rule.name.casefold()):
            return rule
    from difflib import get_close_matches

    names = {name.casefold(): name for rule in rules for name in (rule.id, rule.name)}
    near = [names[match] for match in get_close_matches(asked, names, n=3, cutoff=0.5)]
    raise UnusableInputError(
        f"there is no rule {wanted!r}",
        fix=f"did you mean {' or '.join(near)}?" if near else "see the list: ecr-blueprints rules",
    )


def _list(rules: tuple[type[Rule], ...]) -> Iterator[str]:
    from ecr_blueprints.reporters.terminal_text import printable, wrap

    width = max(len("warning"), *(len(_severities(rule)) for rule in rules))
    for rule in rules:
        yield f"{rule.id}  {_severities(rule):{width}}  {rule.name}"
        summary = printable(_documentation(rule).partition("\n\n")[0], standard_output_encoding())
        yield from wrap(summary, first=" " * 8, rest=" " * 8)


def _severities(rule: type[Rule]) -> str:
    """Everything that a finding of the rule may count as, the usual first."""
    return ", ".join((rule.severity, *rule.other_severities))


def _page(rule: type[Rule]) -> Iterator[str]:
    """The rule's docstring, which is Markdown, as it reads best in a terminal."""
    from ecr_blueprints.reporters.terminal_text import printable, wrap

    encoding = standard_output_encoding()
    yield f"{rule.id}  {_severities(rule)}  {rule.name}"
    if rule.practices:
        yield from wrap(", ".join(rule.practices), first="practices: ", rest=" " * 11)
    if rule.crosswalk:
        yield from wrap(", ".join(rule.crosswalk), first="same as:   ", rest=" " * 11)
    yield ""
    prose: list[str] = []

    def paragraph() -> Iterator[str]:
        text = printable(" ".join(prose), encoding)
        prose.clear()
        is_link = text.startswith("- ") and "://" in text and len(text.split()) == 2
        yield from [text] if is_link else wrap(text, rest="  " if text.startswith("- ") else "")

    in_code = False
    for line in _documentation(rule).splitlines():
        if line.startswith("```"):
            yield from paragraph()
            in_code = not in_code
        elif in_code:
            yield f"  {line}".rstrip().encode(encoding, "backslashreplace").decode(encoding)
        elif line.startswith("#") or not line:
            yield from paragraph()
            yield printable(line.lstrip("# "), encoding).upper()
        else:
            if line.startswith("- "):
                yield from paragraph()
            prose.append(line)
    yield from paragraph()


def _documentation(rule: type[Rule]) -> str:
    from inspect import cleandoc

    return cleandoc(rule.__doc__ or "This rule has no page: Python runs without docstrings (-OO).")
