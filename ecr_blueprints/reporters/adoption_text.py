"""The plan of an import and an audit, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ecr_blueprints.registry.audit import Audit, AuditedDrift
from ecr_blueprints.registry.difference import Difference, Drift, Impact, resource_label
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import ImportPlan, StackImport
from ecr_blueprints.reporters.aws_command import command_lines
from ecr_blueprints.reporters.terminal_text import printable, wrap

__all__ = ["audit_lines", "import_lines"]

_MARKS: Final = {
    Impact.LOSES: "LOSES",
    Impact.CANNOT: "CANNOT CHANGE",
    Impact.CHANGES: "changes",
    Impact.OPEN: "open",
}
_MIGRATION: Final = "docs/how-to/encrypt-a-registry.md"


def import_lines(plan: ImportPlan, *, encoding: str | None = None) -> Iterator[str]:
    """The plan, at most 80 columns wide.

    Args:
        plan: The plan.
        encoding: The encoding of the stream.
    """

    def line(text: str, first: str = "", rest: str = "") -> Iterator[str]:
        yield from wrap(printable(text, encoding), first=first, rest=rest)

    yield from line(f"registry {plan.registry}")
    for stack in plan.stacks:
        yield ""
        yield from line(f"stack {stack.stack}: {_counts(stack)}")
        for one in stack.owned:
            yield from line(_named(one), first="  there   ", rest=" " * 10)
        for one in stack.imported:
            yield from line(_named(one), first="  import  ", rest=" " * 10)
        for blocked in stack.blocked:
            yield from line(
                f"{_named(blocked.candidate)}: {blocked.reason}", first="  CANNOT  ", rest=" " * 10
            )
        for one in stack.new:
            yield from line(_named(one), first="  new     ", rest=" " * 10)
    if plan.undeclared or plan.cached:
        yield ""
        yield "in no template, and left as it is:"
    for words in plan.undeclared:
        yield from line(words, first="  ", rest="    ")
    if plan.cached:
        yield f"  {_number(plan.cached, 'cached repository', 'cached repositories')}"
    yield ""
    if not plan.drifts:
        yield "no difference: what is imported is as its template says"
        return
    yield "differences, of which the import may make each at once:"
    for labels, differences in _alike(plan.drifts):
        yield ""
        yield from line(", ".join(labels), rest="  ")
        for difference in differences:
            mark = _MARKS[difference.impact]
            text = f"{difference.property}: {difference.message}"
            yield from line(text, first=f"  {mark}  ", rest="    ")
    yield ""
    yield from line(_summary(plan))


def audit_lines(audit: Audit, *, profile: str | None = None, encoding: str | None = None) -> Iterator[str]:
    """The audit as a shell script that is not run: comments of at most 80 columns, and commands.

    Args:
        audit: What was found.
        profile: The profile that the commands name.
        encoding: The encoding of the stream.
    """

    def comment(text: str, first: str = "# ", rest: str = "#   ") -> Iterator[str]:
        yield from wrap(printable(text, encoding), first=first, rest=rest)

    yield from comment(f"registry {audit.registry}: {_audited(audit)}")
    if audit.found:
        yield from comment("Nothing was changed. Read each command before you run it.")
    for found in audit.found:
        yield ""
        yield from comment(_title(found.drift))
        for difference in found.drift.differences:
            yield from comment(
                f"{difference.property}: {difference.message}",
                first=f"#   {_MARKS[difference.impact]}  ",
                rest="#     ",
            )
        for text in _advice(found):
            yield from comment(text, first="#   ", rest="#   ")
        for _, call in found.calls:
            yield from command_lines(call, region=audit.region, profile=profile)
    if audit.missing:
        yield ""
        yield "# declared, and not there: deploy the stack"
        for what, stack in audit.missing:
            yield from comment(f"{what} ({stack})", first="#   ", rest="#     ")
    if audit.undeclared:
        yield ""
        yield "# there, and in no template:"
        for words in audit.undeclared:
            yield from comment(words, first="#   ", rest="#     ")


def _alike(
    drifts: Iterable[Drift],
) -> Iterator[tuple[tuple[str, ...], tuple[Difference, ...]]]:
    """What differs in the same way together: the names, and the differences."""
    groups: dict[tuple[Difference, ...], list[str]] = {}
    for drift in drifts:
        groups.setdefault(drift.differences, []).append(drift.label)
    for differences, labels in groups.items():
        yield tuple(labels), differences


def _advice(found: AuditedDrift) -> Iterator[str]:
    """What a person should know before the commands."""
    properties = {name for name, _ in found.calls}
    if "LifecyclePolicy" in properties and found.drift.resource_type == "AWS::ECR::Repository":
        yield f"which image goes when: ecr-blueprints preview ... --repository {found.drift.identifier}"
    for difference in found.without_call:
        yield f"no command: {_why(difference)}"


def _why(difference: Difference) -> str:
    if difference.impact is Impact.CANNOT:
        return f"{difference.property} is fixed at creation; see {_MIGRATION}"
    if difference.impact is Impact.OPEN:
        return f"{difference.property} is known at deployment only; deploy the stack"
    return f"{difference.property} is declared nowhere, and nothing here deletes"


def _title(drift: Drift) -> str:
    return f"{drift.label}{' (undeclared; by its creation template)' if drift.by_template else ''}"


def _audited(audit: Audit) -> str:
    if audit.is_clean:
        return "everything is as it is declared"
    calls = sum(len(one.calls) for one in audit.found)
    return (
        f"{_number(len(audit.found), 'thing differs', 'things differ')}, "
        f"{_number(calls, 'command')}, {len(audit.missing)} missing"
    )


def _summary(plan: ImportPlan) -> str:
    losing = sum(one.loses for one in plan.drifts)
    blocked = sum(len(one.blocked) for one in plan.stacks)
    text = f"{_number(len(plan.drifts), 'thing differs', 'things differ')}; {losing} would lose something"
    return f"{text}; {blocked} cannot be imported" if blocked else text


def _counts(stack: StackImport) -> str:
    text = f"{len(stack.imported)} to import, {len(stack.new)} new"
    if stack.owned:
        text += f", {len(stack.owned)} there already"
    return f"{text}, {len(stack.blocked)} that cannot be imported" if stack.blocked else text


def _named(candidate: ImportCandidate) -> str:
    return resource_label(candidate.resource_type, candidate.identifier or "with a generated name")


def _number(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"
