"""Whether a repository has the tags that its registry asks for, once everybody has had a say."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import IValidation

from ecr_blueprints.domain.resource_tag import in_words

__all__ = ["RequiredTags"]


@jsii.implements(IValidation)
class RequiredTags:
    """CDK's hook at synthesis, when tags of stacks and apps have been applied.

    Args:
        resource: The repository.
        required: The keys that it has to have.
        name: How to call the repository.
    """

    def __init__(self, resource: ecr.CfnRepository, *, required: Sequence[str], name: str) -> None:
        self._resource = resource
        self._required = tuple(required)
        self._name = name

    def validate(self) -> list[str]:
        """What is missing, as an error of the synthesis."""
        present = cdk.Stack.of(self._resource).resolve(self._resource.tags.render_tags()) or []
        keys = {one.get("key", one.get("Key")) for one in present}
        missing = [key for key in self._required if key not in keys]
        if not missing:
            return []
        written = ", ".join(f"{key!r}: …" for key in missing)
        return [
            f"repository {self._name}: without {in_words(missing)}; allowed: repositories with the tags "
            f"{', '.join(self._required)}; fix: write tags={{{written}}}, or set it for the stack with "
            "cdk.Tags.of(stack).add(…)"
        ]
