"""The repositories that a role reaches: under prefixes, by name, or as constructs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk.interfaces.aws_ecr import IRepositoryRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXTS, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.push_permission import names_pushed_to
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.domain.repository_name import ROOT, RepositoryName
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.effective import cache_for

__all__ = [
    "RepositoryScope",
    "check_name_pattern",
    "check_no_cache",
    "check_registry_account",
    "check_repositories",
    "read_prefixes",
    "read_scope",
]

_REPOSITORIES: Final = Accepted(types=(Sequence,), words="a list of repositories or names")
_IS_RESOURCE: Final = "it is part of the resources of a policy"
_NAME_PATTERN: Final = re.compile(r"[a-z0-9*](?:[a-z0-9._/*-]*[a-z0-9*])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryScope:
    """What a role reaches, said twice.

    Attributes:
        arns: The resources of a policy; one that ends with ``/*`` is every repository under a prefix.
        patterns: The names, with ``*``; ``*`` alone where a name is known only at deployment.
    """

    arns: tuple[str, ...]
    patterns: tuple[str, ...]


def read_prefixes(prefixes: Sequence[str], *, where: str) -> tuple[str, ...]:
    """The prefixes without the slash at their ends.

    Args:
        prefixes: As given: ``team-a`` is every repository under ``team-a/``.
        where: The construct, for the error.

    Raises:
        InvalidValueError: They are no list, or one is no prefix, a pattern, or the whole registry.
    """
    check_arguments({"prefixes": prefixes}, {"prefixes": TEXTS}, where=where, required=("prefixes",))
    found = []
    for value in prefixes:
        prefix = check_literal_text(value, argument="a prefix", where=where, because=_IS_RESOURCE)
        if prefix in ("*", ROOT, "/", ""):
            raise InvalidValueError(
                f"the prefix {prefix!r} would be the whole registry",
                where=where,
                allowed="prefixes such as 'team-a', and repositories",
                fix="name the prefixes that belong to whoever assumes the role",
            )
        try:
            found.append(CreationTemplatePrefix(prefix.removesuffix("/*")).namespace)
        except InvalidValueError as error:
            raise InvalidValueError(
                f"{prefix!r} is no prefix of repositories",
                where=where,
                allowed="the first parts of names, such as 'team-a' or 'prod/payments'",
                fix=error.fix,
            ) from None
    return tuple(dict.fromkeys(found))


def check_repositories(repositories: Sequence[Any], *, where: str) -> None:
    """Refuse what names no repository.

    Args:
        repositories: As given.
        where: The construct, for the error.

    Raises:
        InvalidValueError: They are no list, or one is neither a name nor a repository of CDK.
    """
    check_arguments(
        {"repositories": repositories},
        {"repositories": _REPOSITORIES},
        where=where,
        required=("repositories",),
    )
    for one in repositories:
        if isinstance(one, str):
            if not is_token(one):
                RepositoryName(one)
        elif not hasattr(one, "repository_ref") and not hasattr(one, "repository_arn"):
            raise InvalidValueError(
                f"a repository is of the type {type(one).__name__}",
                where=where,
                allowed="a name, an ImageRepository, or another repository of aws_cdk.aws_ecr",
                fix="write for example repositories=['prod/payments/api']",
            )


def check_registry_account(registry: object, scope: Construct, *, where: str) -> None:
    """Refuse a role of another account than the registry's: its policy alone would open nothing.

    Args:
        registry: As given.
        scope: The role's scope.
        where: The role, for the error.

    Raises:
        InvalidValueError: It is no registry, or that of another account.
    """
    if not isinstance(registry, RegistryReference):
        raise InvalidValueError(
            f"the registry is {registry!r}",
            where=where,
            allowed="a PrivateRegistry, or PrivateRegistry.from_contract(…)",
            fix='write registry=PrivateRegistry(stack, "Registry")',
        )
    own = cdk.Stack.of(scope).account
    if registry.account is not None and not is_token(own) and own != registry.account:
        raise InvalidValueError(
            f"its stack is in the account {own} and its registry in {registry.account}",
            where=where,
            fix=f"declare it in a stack of the account {registry.account}; for a role of {own}, "
            "use ConsumerPolicy there and a grant to the role on the repositories",
        )


def read_scope(
    registry: RegistryReference,
    scope: Construct,
    *,
    prefixes: Sequence[str],
    repositories: Sequence[ecr.IRepository | IRepositoryRef | str],
) -> RepositoryScope:
    """What is reached, as resources of a policy and as names.

    Args:
        registry: The registry in which the prefixes and names lie.
        scope: The role.
        prefixes: As `read_prefixes` gave them.
        repositories: Checked by `check_repositories`.
    """
    environment = RegistryEnvironment.of_registry(registry.ledger, cdk.Stack.of(scope))
    arns = [environment.arn("ecr", f"repository/{prefix}/*") for prefix in prefixes]
    patterns = [f"{prefix}/*" for prefix in prefixes]
    for one in repositories:
        if isinstance(one, str):
            arns.append(environment.arn("ecr", f"repository/{one}"))
            patterns.append(names_pushed_to(one))
        else:
            arns.append(_arn_of(one))
            patterns.append(names_pushed_to(_name_of(one)))
    return RepositoryScope(arns=tuple(dict.fromkeys(arns)), patterns=tuple(dict.fromkeys(patterns)))


def check_no_cache(registry: RegistryReference, patterns: Sequence[str], *, where: str) -> None:
    """Refuse to push where a pull-through cache keeps its repositories; ECR does not support it (facts §4).

    Args:
        registry: The registry.
        patterns: Prefixes with ``/*``, or names.
        where: The role, for the error.

    Raises:
        InvalidValueError: One lies under the prefix of a cache.
    """
    for pattern in patterns:
        rule = cache_for(registry.ledger, pattern)
        if rule is not None and rule.known_prefix != ROOT:
            raise InvalidValueError(
                f"{pattern!r} lies under the pull-through cache {rule.known_prefix!r}, which takes no pushes",
                where=where,
                allowed="repositories outside the prefixes of caches",
                fix="push under a prefix of your own",
            )


def check_name_pattern(pattern: str, *, where: str) -> str:
    """The pattern if it can be the name part of a repository's ARN, with ``*``.

    Raises:
        InvalidValueError: It cannot.
    """
    if not is_token(pattern) and not _NAME_PATTERN.fullmatch(pattern):
        raise InvalidValueError(
            f"{pattern!r} is no name of repositories",
            where=where,
            allowed="a name, with * for any run of characters: 'prod/*'",
        )
    return pattern


def _arn_of(repository: Any) -> str:
    if hasattr(repository, "repository_arn"):
        return str(repository.repository_arn)
    return str(repository.repository_ref.repository_arn)


def _name_of(repository: Any) -> str | None:
    # What an ImageRepository is called is known even where CDK hands out a token for it.
    literal = getattr(repository, "_literal_name", None)
    if literal is not None:
        return str(literal)
    if hasattr(repository, "repository_name"):
        return str(repository.repository_name)
    return str(repository.repository_ref.repository_name)
