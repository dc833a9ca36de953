"""The argument POLICY: a lifecycle policy, or the templates that declare the repository which has it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecr_blueprints.cli.input_text import STANDARD_STREAM, name_of, read_text
from ecr_blueprints.errors import LifecyclePolicyError, UnusableInputError

if TYPE_CHECKING:
    from ecr_blueprints.lifecycle.policy import LifecyclePolicy
    from ecr_blueprints.registry.registry import Registry
    from ecr_blueprints.registry.repository import Repository

__all__ = ["read_policy"]

_SHOWN_NAMES = 8


def read_policy(path: str, repository: str | None) -> LifecyclePolicy:
    """The policy that an argument names.

    Args:
        path: A lifecycle policy, what ``aws ecr get-lifecycle-policy`` prints, a template, a folder of
            templates or a cloud assembly; ``-`` for standard input.
        repository: The repository whose policy is meant: its name, construct path or logical ID. None for
            the only one there is.

    Raises:
        UnusableInputError: It cannot be read, or does not say which policy is meant.
        LifecyclePolicyError: ECR would refuse the policy.
    """
    if path != STANDARD_STREAM and os.path.isdir(path):
        from ecr_blueprints.cloudformation.registry_reader import read_inputs

        return _declared_policy(read_inputs([path]).registries, path, repository)
    text, where = read_text(path, argument="POLICY"), name_of(path)
    if _is_template(text, path):
        from ecr_blueprints.cloudformation.registry_reader import read_registries
        from ecr_blueprints.cloudformation.template import Template

        return _declared_policy(read_registries([Template.parse(text, name=where)]), where, repository)
    if repository is not None:
        raise UnusableInputError(
            "is a lifecycle policy, which says of no repository that it is its",
            where=where,
            fix="leave --repository out, or give a template or a cdk.out",
        )
    return _parse(text, where)


def _is_template(text: str, path: str) -> bool:
    """Whether a text declares resources: YAML, or a JSON object that has them."""
    import json

    if not text.lstrip().startswith("{"):
        return path.endswith((".yaml", ".yml", ".template")) or "\nResources:" in f"\n{text}"
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return '"Resources"' in text
    return isinstance(document, dict) and "rules" not in document and "Resources" in document


def _parse(text: str, where: str) -> LifecyclePolicy:
    from ecr_blueprints.lifecycle.document import parse_lifecycle_policy

    if '"imageDetails"' in text:
        raise UnusableInputError(
            "holds images, not a lifecycle policy", where=where, fix="give the policy first, then the images"
        )
    try:
        return parse_lifecycle_policy(_policy_text(text))
    except LifecyclePolicyError as error:
        raise LifecyclePolicyError(error.what, where=where, fix=error.fix) from error


def _policy_text(text: str) -> str:
    """The policy itself, also from what ``aws ecr get-lifecycle-policy`` prints."""
    import json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(document, dict) and isinstance(document.get("lifecyclePolicyText"), str):
        return str(document["lifecyclePolicyText"])
    return text


def _declared_policy(registries: tuple[Registry, ...], where: str, name: str | None) -> LifecyclePolicy:
    """The policy of the one repository that is meant."""
    from ecr_blueprints.registry.unresolved import Malformed, Unresolved

    declared = [repository for registry in registries for repository in registry.repositories]
    chosen = _chosen(declared, where, name)
    texts = {one.lifecycle_policy for one in chosen}
    place = f"{where}: repository {chosen[0].label}"
    if len(texts) > 1:
        places = ", ".join(str(one.source) for one in chosen)
        raise UnusableInputError(
            f"is declared {len(chosen)} times with different lifecycle policies: {places}",
            where=place,
            fix="give the template of one of them",
        )
    policy = chosen[0].lifecycle_policy
    if policy is None:
        raise UnusableInputError(
            "has no lifecycle policy: nothing is ever deleted", where=place, fix="give it one"
        )
    if isinstance(policy, Unresolved):
        raise UnusableInputError(
            f"has a lifecycle policy that only deployment determines: {policy}",
            where=place,
            fix="give the policy's own JSON: aws ecr get-lifecycle-policy",
        )
    if isinstance(policy, Malformed):
        raise UnusableInputError(
            f"has no usable lifecycle policy: {policy.reason}", where=place, fix="review the template"
        )
    return _parse(policy, place)


def _chosen(declared: list[Repository], where: str, name: str | None) -> list[Repository]:
    """The repositories of that name, construct path or logical ID; without a name the only one."""
    if not declared:
        raise UnusableInputError(
            "declares no repository", where=where, fix="give the template or the cdk.out that does"
        )
    names = sorted({one.label for one in declared})
    listed = ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
    if name is None:
        if len(declared) == 1:
            return declared
        raise UnusableInputError(
            f"declares {len(declared)} repositories",
            where=where,
            allowed=listed,
            fix=f"choose one, for instance --repository {names[0]}",
        )
    chosen = [one for one in declared if name in (one.known_name, one.source.name, one.source.logical_id)]
    if chosen:
        return chosen
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    raise UnusableInputError(
        f"declares no repository {name!r}",
        where=where,
        allowed=listed,
        fix=f"did you mean --repository {near[0]}?" if near else "give --repository one of them",
    )
