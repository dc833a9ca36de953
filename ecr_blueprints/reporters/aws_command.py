"""A call of ECR's API as the command of the AWS CLI that makes it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecr_blueprints.registry.api_call import ApiCall

__all__ = ["command_lines"]

_INDENT: Final = "    "
_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_TEXTS: Final = ("lifecyclePolicyText", "policyText", "lifecyclePolicy", "repositoryPolicy")
"""Parameters that hold a document as text; the CLI takes it as it stands."""

_PLAIN_LIMIT: Final = 9_000
"""A policy as long as that is written without white space, which counts in ECR's 10,240 characters."""


def command_lines(call: ApiCall, *, region: str, profile: str | None = None) -> Iterator[str]:
    """The command, an option a line, as a shell of POSIX takes it.

    Every value stands in quotes where the shell would read something into it.

    Args:
        call: The call.
        region: The Region.
        profile: The profile of the AWS configuration. Default: none is named.

    Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-types.html
    """
    head = f"aws ecr {_kebab(call.operation)} --region {shlex.quote(region)}"
    if profile is not None:
        head += f" --profile {shlex.quote(profile)}"
    options = [f"--{_kebab(name)} {_value(name, value)}" for name, value in call.parameters.items()]
    yield " \\\n".join([head, *(f"{_INDENT}{option}" for option in options)])


def _kebab(name: str) -> str:
    return _WORD.sub("-", name).lower()


def _value(name: str, value: Any) -> str:
    if name in _TEXTS or isinstance(value, Mapping | list):
        text = _document(value)
        return shlex.quote(text)
    return shlex.quote(str(value))


def _document(value: Any) -> str:
    """JSON, on several lines where one would be too wide and ECR's limits leave room for them."""
    compact = json.dumps(value)
    if len(compact) <= 60 or len(compact) > _PLAIN_LIMIT:
        return compact if len(compact) <= 60 else json.dumps(value, separators=(",", ":"))
    return json.dumps(value, indent=1)
