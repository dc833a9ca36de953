"""Commands of the AWS CLI, run without it: taken apart by a shell, and made as calls of boto3.

The CLI names operations and parameters after the service model, in lower case with hyphens; a structure or a
list is JSON. Only what `ecr-blueprints adopt --audit` writes is understood.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name

__all__ = ["AwsCommand", "parse_commands"]

_GLOBAL = ("region", "profile")


@dataclass(frozen=True)
class AwsCommand:
    """One command.

    Attributes:
        operation: The operation, in the API's spelling.
        parameters: The parameters, in the API's spelling.
        options: The CLI's own options.
    """

    operation: str
    parameters: dict[str, Any]
    options: dict[str, str]

    def run(self, client: Any) -> None:
        """Makes the call."""
        getattr(client, xform_name(self.operation))(**self.parameters)


_FAKE = """#!/bin/sh
printf '%s\\0' "$@" >> "$AWS_COMMANDS"
printf '\\0' >> "$AWS_COMMANDS"
"""
"""A program called aws that notes its arguments, each ended by NUL, and an empty one after the last."""


def parse_commands(script: str) -> list[AwsCommand]:
    """The commands that a shell runs of a script, each with the arguments that it gets."""
    with tempfile.TemporaryDirectory() as folder:
        program, noted = Path(folder, "aws"), Path(folder, "noted")
        program.write_text(_FAKE)
        program.chmod(0o755)
        noted.write_bytes(b"")
        subprocess.run(
            ["/bin/sh", "-eu"],
            input=script,
            text=True,
            check=True,
            env={"PATH": f"{folder}:/usr/bin:/bin", "AWS_COMMANDS": str(noted)},
        )
        calls = noted.read_bytes().decode().split("\0\0")
    return [_command(call.split("\0")) for call in calls if call]


def _command(words: list[str]) -> AwsCommand:
    service, operation, *rest = words
    assert service == "ecr", words
    model = botocore.session.get_session().get_service_model("ecr")
    name = next(one for one in model.operation_names if xform_name(one, "-") == operation)
    members = {xform_name(member, "-"): member for member in model.operation_model(name).input_shape.members}
    shapes = model.operation_model(name).input_shape.members
    parameters: dict[str, Any] = {}
    options: dict[str, str] = {}
    assert len(rest) % 2 == 0, words
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        assert option.startswith("--"), words
        key = option.removeprefix("--")
        if key in _GLOBAL:
            options[key] = value
            continue
        member = members[key]
        structured = shapes[member].type_name in ("list", "structure", "map")
        parameters[member] = json.loads(value) if structured else value
    return AwsCommand(name, parameters, options)
