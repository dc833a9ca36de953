"""What of the repository policies that exist a blueprint can say: who pulls, and which roles push."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ecr_blueprints.domain.actions import CREATE, IMPORT_UPSTREAM, PULL, PUSH
from ecr_blueprints.registry.access_policy import AccessPolicy, Effect, Statement
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["AdoptedAccess", "adopt_access", "adopt_cache_access"]

_PULL: Final = frozenset(action.lower() for action in PULL)
_MAY_PULL: Final = _PULL | {"ecr:batchchecklayeravailability"}
_PUSH: Final = frozenset(action.lower() for action in PUSH)
_MAY_PUSH: Final = _PUSH | {"ecr:batchgetimage"}
_IMPORT: Final = frozenset(action.lower() for action in IMPORT_UPSTREAM)
_MAY_IMPORT: Final = _IMPORT | {action.lower() for action in CREATE}
_ACCOUNT: Final = re.compile(r"(?:arn:aws(?:-[a-z]+)*:iam::)?([0-9]{12})(?::root)?")
_ROLE: Final = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedAccess:
    """The access to some repositories, as a blueprint says it.

    Attributes:
        pullers: Account id → the names of the repositories that it pulls.
        pushers: Repository → the roles that push to it.
        unsaid: Repository → the statements that no key of a blueprint makes.
    """

    pullers: Mapping[str, tuple[str, ...]]
    pushers: Mapping[str, tuple[str, ...]]
    unsaid: Mapping[str, tuple[str, ...]]


def adopt_access(repositories: Iterable[Repository]) -> AdoptedAccess:
    """Takes the policies of repositories apart.

    Args:
        repositories: Repositories that exist.
    """
    pullers: defaultdict[str, list[str]] = defaultdict(list)
    pushers: defaultdict[str, list[str]] = defaultdict(list)
    unsaid: defaultdict[str, list[str]] = defaultdict(list)
    for repository in repositories:
        name, policy = str(repository.name), repository.policy
        if policy is None:
            continue
        if not isinstance(policy, AccessPolicy):
            unsaid[name].append("a policy that cannot be read")
            continue
        for index, statement in enumerate(policy.statements):
            if isinstance(statement, Unresolved):
                continue
            accounts, roles = _accounts(statement), _roles(statement)
            if accounts is not None:
                for account in accounts:
                    pullers[account].append(name)
            elif roles is not None:
                pushers[name] += roles
            else:
                unsaid[name].append(statement.sid or f"statement {index + 1}")
    return AdoptedAccess(
        pullers={account: tuple(dict.fromkeys(pullers[account])) for account in sorted(pullers)},
        pushers={name: tuple(sorted(set(roles))) for name, roles in pushers.items()},
        unsaid={name: tuple(found) for name, found in unsaid.items()},
    )


def adopt_cache_access(policy: object, prefixes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The accounts that a registry policy lets pull through caches: account id → upstreams.

    Args:
        policy: The registry policy, or what takes its place where it cannot be read.
        prefixes: Prefix of a cache → its upstream, as the blueprint's key.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for statement in policy.statements if isinstance(policy, AccessPolicy) else ():
        if isinstance(statement, Unresolved) or isinstance(statement.resources, Unresolved):
            continue
        accounts = _only(statement, _ACCOUNT, _IMPORT, _MAY_IMPORT)
        places = [str(resource).rpartition(":repository/")[2] for resource in statement.resources]
        upstreams = [prefixes.get(place.removesuffix("/*")) for place in places if place.endswith("/*")]
        if accounts is None or len(upstreams) != len(places):
            continue
        for account in accounts:
            found[account] += [upstream for upstream in upstreams if upstream is not None]
    return {account: tuple(dict.fromkeys(upstreams)) for account, upstreams in found.items() if upstreams}


def _accounts(statement: Statement) -> tuple[str, ...] | None:
    """The accounts that a statement lets pull, if it does that and nothing else."""
    return _only(statement, _ACCOUNT, _PULL, _MAY_PULL)


def _roles(statement: Statement) -> tuple[str, ...] | None:
    """The roles that a statement lets push, if it does that and nothing else."""
    return _only(statement, _ROLE, _PUSH, _MAY_PUSH)


def _only(
    statement: Statement, pattern: re.Pattern[str], needed: frozenset[str], allowed: frozenset[str]
) -> tuple[str, ...] | None:
    principals, actions = statement.principals, statement.actions
    if (
        statement.effect is not Effect.ALLOW
        or statement.conditions
        or statement.not_actions
        or statement.not_principals
        or isinstance(principals, Unresolved)
        or isinstance(actions, Unresolved)
        or not principals
    ):
        return None
    names = {str(action).lower() for action in actions}
    if not needed <= names <= allowed:
        return None
    found = []
    for principal in principals:
        match = pattern.fullmatch(str(principal.value)) if principal.kind == "AWS" else None
        if match is None:
            return None
        found.append(match[1] if match.groups() else match[0])
    return tuple(found)
