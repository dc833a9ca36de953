"""The AWS CLI as the pages use it, over botocore: operations and parameters by the names that it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import jmespath
from aws_callers import AwsCallers
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from page_shell import Answer, Call

__all__ = ["AwsCli"]

_PATIENCE = {"Delay": 0.1, "MaxAttempts": 600}
_FLAGS = {"boolean"}
_TRUST = {"activate-organizations-access", "register-delegated-administrator"}
"""Operations that switch trust between services and accounts, of which the emulator knows nothing."""


class AwsCli:
    """The program ``aws``.

    Args:
        callers: Who calls.
    """

    def __init__(self, callers: AwsCallers) -> None:
        self._callers = callers
        self.passwords: dict[str, tuple[str, str]] = {}
        """Password of a registry → the profile that asked for it, and the Region."""

    def __call__(self, call: Call) -> Answer:
        service, operation, *rest = call.arguments
        if (service, operation) == ("configure", "set"):
            key, value, *rest = rest
            self._callers.configure(_options(rest)["profile"], key, value)
            return Answer()
        waiter = rest.pop(0) if operation == "wait" else None
        options = _options(rest)
        assert "profile" in options, f"whose credentials? {call}"
        profile = options.pop("profile")
        region = options.pop("region", None)
        assert region is not None or service in ("iam", "organizations"), f"in which Region? {call}"
        query, output = options.pop("query", None), options.pop("output", "json")
        region = region or "us-east-1"
        if (service, operation) == ("ecr", "get-login-password"):
            return self._password(profile, region)
        client = self._callers.client(self._callers.of(profile), service, region)
        if (service, operation) == ("cloudformation", "deploy"):
            return self._deploy(client, options, call)
        if waiter is not None:
            client.get_waiter(waiter.replace("-", "_")).wait(
                StackName=options.pop("stack-name"), WaiterConfig=_PATIENCE
            )
            return Answer()
        return self._operation(client, operation, options, profile, (query, output), call)

    def _password(self, profile: str, region: str) -> Answer:
        decision = self._callers.decide(self._callers.of(profile), "ecr:GetAuthorizationToken")
        if not decision:
            return _denied("GetAuthorizationToken", decision.reason)
        password = f"password-{len(self.passwords)}"
        self.passwords[password] = (profile, region)
        return Answer(output=f"{password}\n")

    def _deploy(self, client: Any, options: dict[str, Any], call: Call) -> Answer:
        """``aws cloudformation deploy``, of a stack that is new."""
        overrides = options.pop("parameter-overrides", [])
        overrides = [overrides] if isinstance(overrides, str) else overrides
        name, file = options.pop("stack-name"), options.pop("template-file")
        assert options.pop("capabilities") == "CAPABILITY_NAMED_IAM"
        assert not options, f"{call}: {options}"
        client.create_stack(
            StackName=name,
            TemplateBody=(call.folder / file).read_text(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, _, value in (one.partition("=") for one in overrides)
            ],
        )
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=_PATIENCE)
        return Answer()

    def _operation(
        self,
        client: Any,
        operation: str,
        options: dict[str, Any],
        profile: str,
        shown: tuple[str | None, str],
        call: Call,
    ) -> Answer:
        model = client.meta.service_model
        names = {xform_name(one, "-"): one for one in model.operation_names}
        name = names[operation]
        shape = model.operation_model(name).input_shape
        members = {} if shape is None else shape.members
        known = {xform_name(one, "-"): one for one in members}
        parameters = {known[key]: _value(members[known[key]], value, call) for key, value in options.items()}
        service = model.signing_name
        decision = self._callers.decide(self._callers.of(profile), f"{service}:{name}")
        if not decision:
            return _denied(name, decision.reason)
        if operation in _TRUST:
            ParamValidator().validate(parameters, shape)
            return Answer()
        try:
            answer = getattr(client, xform_name(name))(**parameters)
        except ClientError as error:
            return Answer(errors=f"{error}\n", code=254)
        answer.pop("ResponseMetadata", None)
        query, output = shown
        return Answer(output=_rendered(answer if query is None else jmespath.search(query, answer), output))


def _options(words: Sequence[str]) -> dict[str, Any]:
    """Option → its value; True where none follows, and a list where several do."""
    found: dict[str, Any] = {}
    last = ""
    for word in words:
        if word.startswith("--"):
            last = word.removeprefix("--")
            found[last] = True
        else:
            assert last, f"{word} belongs to no option"
            held = found[last]
            found[last] = word if held is True else [*([held] if isinstance(held, str) else held), word]
    return found


def _value(shape: Any, value: Any, call: Call) -> Any:
    if shape.type_name in _FLAGS:
        assert value is True, f"{call}: {value}"
        return True
    if isinstance(value, str) and value.startswith("file://"):
        value = (call.folder / value.removeprefix("file://")).read_text()
    if shape.type_name in ("list", "structure", "map"):
        return json.loads(value) if str(value).startswith(("[", "{")) else [value]
    return value


def _rendered(value: Any, output: str) -> str:
    if output == "json":
        return f"{json.dumps(value, indent=4, default=str)}\n"
    assert output == "text", output
    if not isinstance(value, list):
        return f"{value}\n"
    rows = value if value and isinstance(value[0], list) else [value]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _denied(operation: str, reason: str) -> Answer:
    return Answer(
        errors=f"An error occurred (AccessDeniedException) when calling {operation}: {reason}\n", code=254
    )
