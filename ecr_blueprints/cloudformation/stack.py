"""A template as it would be deployed: where to, under which construct path, with which nested stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecr_blueprints.cloudformation.template import Template

__all__ = ["Stack"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack.

    Attributes:
        template: What it is made of.
        account: The 12-digit account id; None if the deployment decides.
        region: The Region; None if the deployment decides.
        scope: What tells registries of unknown environment apart; see ``Registry.scope``.
        name: The stack's name, the value of ``AWS::StackName``; None if the deployment decides.
        construct_paths: Logical ID → CDK construct path, where resources carry none themselves.
        parameters: Parameter values that the assembly itself passes.
        nested: Logical ID of an ``AWS::CloudFormation::Stack`` → the stack that it creates.
    """

    template: Template
    account: str | None = None
    region: str | None = None
    scope: str = ""
    name: str | None = None
    construct_paths: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, Stack] = field(default_factory=dict)

    @classmethod
    def of(cls, template: Template) -> Stack:
        """The stack of a template that comes alone: nothing is known of where it goes.

        Args:
            template: Its name becomes the scope, so that each lone template is a registry of its own.
        """
        return cls(template=template, scope=template.name)
