"""Functions of the same app, in other accounts, whose images lie in one of its repositories.

CDK's ``DockerImageCode.from_ecr`` grants to Lambda's principal and does not say for which function, so that
the statement is pinned to the repository's own account. Which accounts it takes is known at synthesis.

Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-xaccount-permissions
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import IValidation

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.function_image import images_of_functions, place_of_host, resolved_text

__all__ = ["watch_functions_elsewhere"]

_ATTRIBUTE: Final = "_ecr_blueprints_functions_elsewhere"
_END_OF_NAME: Final = re.compile("[:@]")


def watch_functions_elsewhere(repository: ecr.IRepository, allow: Callable[[str], None]) -> None:
    """Have the accounts let in, at synthesis, whose functions of this app or stage use a repository.

    Nothing happens where the repository's account is a token: then no other account can refer to it.

    Args:
        repository: The repository, to which Lambda was granted something.
        allow: Called with an account's id, as often as it has functions.
    """
    if is_token(repository.env.account) or is_token(repository.env.region):
        return
    stage = cdk.Stage.of(repository)
    if stage is None:
        return
    held: _FunctionsElsewhere | None = vars(stage).get(_ATTRIBUTE)
    if held is None:
        held = vars(stage)[_ATTRIBUTE] = _FunctionsElsewhere(stage)
        stage.node.add_validation(held)
    held.repositories[repository.node.path] = (repository, allow)


@jsii.implements(IValidation)
class _FunctionsElsewhere:
    """CDK asks this once for a stage, before it renders a template: statements can still be added."""

    def __init__(self, stage: cdk.Stage) -> None:
        self.repositories: dict[str, tuple[ecr.IRepository, Callable[[str], None]]] = {}
        self._stage = stage

    def validate(self) -> list[str]:
        """No errors: what is missing is granted."""
        named: dict[str | None, list[tuple[ecr.IRepository, Callable[[str], None]]]] = {}
        for repository, allow in self.repositories.values():
            named.setdefault(_name_of(repository), []).append((repository, allow))
        for function, image in images_of_functions(self._stage):
            host, _, path = image.partition("/")
            stack = cdk.Stack.of(function)
            for repository, allow in named.get(_END_OF_NAME.split(path, maxsplit=1)[0], ()):
                # Lambda pulls from its own Region only.
                if is_token(stack.account) or stack.region != repository.env.region:
                    continue
                if stack.account != repository.env.account and _is_host_of(repository, host, stack):
                    allow(stack.account)
        return []


def _is_host_of(repository: ecr.IRepository, host: str, stack: cdk.Stack) -> bool:
    """Whether the host of an image, as a stack has it, is the repository's registry."""
    if place_of_host(host) == (repository.env.account, "dkr", "ecr", repository.env.region):
        return True
    try:
        own = resolved_text(stack.resolve(repository.repository_uri))
    except RuntimeError:  # CDK cannot refer to it from there, so that the host is another one's.
        return False
    return own.partition("/")[0] == host


def _name_of(repository: ecr.IRepository) -> str | None:
    """The name as it is rendered; None where CloudFormation generates it."""
    resource = repository.node.default_child
    if not isinstance(resource, ecr.CfnRepository):
        return None
    name = cdk.Stack.of(resource).resolve(resource.repository_name)
    return name if isinstance(name, str) else None
