"""What CloudFormation takes in one stack, and what to do where a stack of repositories comes near it."""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import App, CfnResource, Stack, Validations
from constructs import IValidation

from ecr_blueprints.config.stack_key import following_stack_key
from ecr_blueprints.domain.quotas import NEARLY_FULL
from ecr_blueprints.domain.stack_resources import MAX_STACK_RESOURCES, MAX_TEMPLATE_BYTES
from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "check_template_sizes",
    "refuse_too_many_resources",
    "tell_large_templates",
    "warn_where_nearly_full",
    "watch_stacks",
]

_WARNING: Final = "ecr-blueprints:stack-nears-its-limit"
"""The id of the warning that a stack's next repositories belong elsewhere."""

_REPOSITORIES: Final = re.compile(r".+?-repositories-(.+?)-[a-z]{2,}(?:-[a-z]+)+-[0-9]+")
_TOO_MANY: Final = re.compile(r"Number of resources in stack '([^']+)': ([0-9]+) is greater")
_SUFFIX: Final = ".template.json"


def warn_where_nearly_full(
    stack: Stack, key: str, *, resources: int, template_bytes: int, taken: Iterable[str] = ()
) -> None:
    """Warn from 80 % of what a stack takes, and name the sub-key that new repositories should have.

    Args:
        stack: The stack of repositories.
        key: Its ``stack`` key.
        resources: How many it has.
        template_bytes: About how large its template will be.
        taken: The keys of the other stacks.

    Practices: REG-5
    """
    found = []
    if resources >= NEARLY_FULL * MAX_STACK_RESOURCES:
        found.append(f"{resources} of {MAX_STACK_RESOURCES} resources")
    if template_bytes >= NEARLY_FULL * MAX_TEMPLATE_BYTES:
        found.append(f"about {template_bytes // 1000} of {MAX_TEMPLATE_BYTES // 1000} kB of template")
    if found:
        Validations.of(stack).add_warning(
            _WARNING,
            f"the stack {key!r} has {' and '.join(found)}; {_advice(key, set(taken))}",
        )


def watch_stacks(app: App) -> None:
    """Have synthesis warn of every other stack that has 80 % of the resources that a stack takes.

    Stacks of repositories count for themselves, and know a sub-key; see `warn_where_nearly_full`.

    Args:
        app: The app, with its stacks in it.

    Practices: REG-5
    """
    app.node.add_validation(_Stacks(app))


@jsii.implements(IValidation)
class _Stacks:
    """CDK's hook at synthesis, when everything has been constructed."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._done = False

    def validate(self) -> list[str]:
        """Warn, once, however often it is asked; what is too much is refused by the CDK itself."""
        if not self._done:
            self._done = True
            for stack in self._app.node.children:
                if isinstance(stack, Stack) and not _REPOSITORIES.fullmatch(stack.node.id):
                    self._look_at(stack)
        return []

    @staticmethod
    def _look_at(stack: Stack) -> None:
        resources = sum(isinstance(one, CfnResource) for one in stack.node.find_all())
        if resources >= NEARLY_FULL * MAX_STACK_RESOURCES:
            Validations.of(stack).add_warning(
                _WARNING,
                f"the stack {stack.node.id!r} has {resources} of {MAX_STACK_RESOURCES} resources; "
                f"{_advice_for(stack.node.id)}",
            )


def refuse_too_many_resources(message: str) -> None:
    """Refuse, with the way out, what the CDK refuses for a stack's number of resources.

    Args:
        message: What the CDK says; nothing happens where it is about something else.

    Raises:
        InvalidValueError: A stack has more resources than CloudFormation takes.
    """
    match = _TOO_MANY.search(message)
    if match is None:
        return
    name, resources = match.group(1), match.group(2)
    raise InvalidValueError(
        f"the stack {name!r} has {resources} resources",
        where=name,
        allowed=f"at most {MAX_STACK_RESOURCES}",
        fix=_advice_for(name),
    )


def check_template_sizes(assembly: Path) -> None:
    """Refuse templates that CloudFormation does not take; an assembly that holds one cannot be deployed.

    Args:
        assembly: The folder of the cloud assembly. Where it is refused, its manifest is removed, so that
            nobody deploys what was written.

    Raises:
        InvalidValueError: A template is larger than CloudFormation takes.
    """
    too_large = [(name, size) for name, size in _template_sizes(assembly) if size > MAX_TEMPLATE_BYTES]
    if not too_large:
        return
    (assembly / "manifest.json").unlink(missing_ok=True)
    name, size = too_large[0]
    raise InvalidValueError(
        f"the template of {name!r} has {size:,} bytes",
        where=name,
        allowed=f"at most {MAX_TEMPLATE_BYTES:,}",
        fix=_advice_for(name),
    )


def tell_large_templates(assembly: Path) -> None:
    """Say on standard error which templates have 80 % of the bytes that CloudFormation takes.

    Only what is written shows it, when it is too late for a warning of the CDK. Stacks of repositories have
    warned already, by an estimate.

    Args:
        assembly: The folder of the cloud assembly.

    Practices: REG-5
    """
    for name, size in _template_sizes(assembly):
        if size >= NEARLY_FULL * MAX_TEMPLATE_BYTES and not _REPOSITORIES.fullmatch(name):
            sys.stderr.write(
                f"warning: {name}: the template has {size:,} of {MAX_TEMPLATE_BYTES:,} bytes; "
                f"{_advice_for(name)}\n"
            )


def _template_sizes(assembly: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(assembly.rglob(f"*{_SUFFIX}")):
        yield path.name.removesuffix(_SUFFIX), path.stat().st_size


def _advice_for(stack_name: str) -> str:
    match = _REPOSITORIES.fullmatch(stack_name)
    if match is None:
        return "declare less in one stack: fewer caches, consumers, rules or VPCs"
    return _advice(match.group(1), ())


def _advice(key: str, taken: Container[str]) -> str:
    return (
        f"write `stack: {following_stack_key(key, taken)}` at the repositories that are new, and leave those "
        f"that are deployed in {key!r}: a repository keeps its stack for life"
    )
