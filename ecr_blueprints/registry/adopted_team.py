"""The repositories that exist as entries of teams: by the convention, or each by its full name."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.registry.adopted_access import AdoptedAccess
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["BASE_PREFIX", "MAX_PER_STACK", "AdoptedEntry", "AdoptedTeam", "adopt_teams"]

MAX_PER_STACK: Final = 400
"""Repositories under one ``stack`` key, of the 500 resources of a stack: the team's next ones fit in, too."""

BASE_PREFIX: Final = "base"
"""Under it lie base images; the default of ``PrivateRegistry(base_prefixes=…)``."""

_OUTSIDE: Final = "outside-the-convention"
_WITHOUT_TEAM: Final = "registry"
_OWNER: Final = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedEntry:
    """One entry of a team's repositories.

    Attributes:
        key: The application's name.
        names: The full names of what it declares.
        stages: Its stages; empty where the name is given, or where the convention has none.
        name: The full name, instead of the one that the convention gives.
        exception: Why the name does not follow the convention.
        kind: What it holds.
        moving_tags: The tags that may be moved.
        lifecycle: The rules of its lifecycle policy, in ECR's own grammar; None where it has none.
        tags: Its tags, without the owner's.
        stack: The stack's key; None for the team's name.
        notes: What the entry cannot say, as sentences.
    """

    key: str
    names: tuple[str, ...]
    stages: tuple[str, ...] = ()
    name: str | None = None
    exception: str | None = None
    kind: str = "application"
    moving_tags: tuple[str, ...] = ()
    lifecycle: tuple[Mapping[str, Any], ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    stack: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedTeam:
    """One team.

    Attributes:
        team: Its name.
        roles: The roles that push to each of its repositories.
        entries: Its repositories.
        notes: What its file cannot say.
    """

    team: str
    entries: tuple[AdoptedEntry, ...]
    roles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def adopt_teams(
    repositories: Iterable[Repository],
    *,
    convention: NamingConvention,
    stages: Collection[str],
    access: AdoptedAccess,
) -> tuple[AdoptedTeam, ...]:
    """Sorts repositories into teams and entries, in the order of their names.

    A name that does not follow the convention, or whose stage is not declared, stands with its full name in a
    file of its own. Repositories of one application that are set up alike are one entry.

    Args:
        repositories: What is adopted.
        convention: How repositories are named.
        stages: The stages that are declared.
        access: Who pushes to them.
    """
    by_team: defaultdict[str, list[tuple[Repository, Mapping[str, str]]]] = defaultdict(list)
    outside: list[Repository] = []
    for repository in repositories:
        segments = convention.match(str(repository.name))
        if segments is None or segments.get(STAGE_SEGMENT, next(iter(stages), "")) not in {*stages, ""}:
            outside.append(repository)
        else:
            by_team[segments.get("team", _WITHOUT_TEAM)].append((repository, segments))
    teams = [
        _team(team, tuple(_entries(members, tuple(stages))), access)
        for team, members in sorted(by_team.items())
    ]
    if outside:
        name = _free(_OUTSIDE, by_team)
        entries = tuple(_outside(outside))
        teams.append(_team(name, entries, access))
    return tuple(_in_stacks(teams))


def _team(team: str, entries: tuple[AdoptedEntry, ...], access: AdoptedAccess) -> AdoptedTeam:
    names = [name for entry in entries for name in entry.names]
    common = set.intersection(*(set(access.pushers.get(name, ())) for name in names))
    return AdoptedTeam(
        team=team,
        roles=tuple(sorted(common)),
        entries=tuple(_with_access(entry, access, common) for entry in entries),
    )


def _with_access(entry: AdoptedEntry, access: AdoptedAccess, common: Collection[str]) -> AdoptedEntry:
    notes = []
    for name in entry.names:
        of = "" if len(entry.names) == 1 else f" of {name}"
        others = [role for role in access.pushers.get(name, ()) if role not in common]
        if others:
            notes.append(f"pushed to by {', '.join(others)}{of}, and not by them alone: not said here")
        if name in access.unsaid:
            statements = ", ".join(access.unsaid[name])
            notes.append(f"policy{of}: {statements} is not said here, and would go")
    return replace(entry, notes=(*entry.notes, *notes))


def _entries(
    members: list[tuple[Repository, Mapping[str, str]]], stages: tuple[str, ...]
) -> Iterator[AdoptedEntry]:
    """The entries of one team: the stages of an application that are alike are one."""
    by_app: defaultdict[str, list[tuple[Repository, str | None]]] = defaultdict(list)
    for repository, segments in members:
        by_app[segments.get("app", str(repository.name).rpartition("/")[2])].append(
            (repository, segments.get(STAGE_SEGMENT))
        )
    taken = set(by_app)
    for app, found in sorted(by_app.items()):
        alike: list[list[tuple[Repository, str | None]]] = []
        for one in found:
            group = next((group for group in alike if _settings(group[0][0]) == _settings(one[0])), None)
            if group is None:
                alike.append([one])
            else:
                group.append(one)
        alike.sort(key=len, reverse=True)
        for index, group in enumerate(alike):
            first = group[0][0]
            names = tuple(str(repository.name) for repository, _ in group)
            if index == 0:
                own = {stage for _, stage in group if stage is not None}
                yield replace(
                    _entry(app, first),
                    names=names,
                    stages=tuple(stage for stage in stages if stage in own),
                )
                continue
            for repository, stage in group:
                key = _free(f"{app}-{stage}", taken)
                taken.add(key)
                yield replace(_entry(key, repository), name=str(repository.name))


def _outside(repositories: Iterable[Repository]) -> Iterator[AdoptedEntry]:
    taken: set[str] = set()
    for repository in repositories:
        name = str(repository.name)
        key = _free(re.sub("[^a-z0-9]+", "-", name), taken)
        taken.add(key)
        is_base = name.startswith(f"{BASE_PREFIX}/")
        yield replace(
            _entry(key, repository),
            name=name,
            exception="a base image belongs to no stage" if is_base else "older than the convention",
            kind="base-image" if is_base else "application",
        )


def _entry(key: str, repository: Repository) -> AdoptedEntry:
    lifecycle, of_lifecycle = _lifecycle(repository)
    moving, of_mutability = _moving_tags(repository)
    return AdoptedEntry(
        key=key,
        names=(str(repository.name),),
        moving_tags=moving,
        lifecycle=lifecycle,
        tags=_tags(repository),
        notes=tuple(
            note for note in (_of_stack(repository), of_mutability, of_lifecycle) if note is not None
        ),
    )


def _of_stack(repository: Repository) -> str | None:
    if repository.stack is None:
        return None
    return f"the stack {repository.stack} owns it: release it there before the import"


def _settings(repository: Repository) -> tuple[object, ...]:
    """What makes two repositories alike."""
    lifecycle, _ = _lifecycle(repository)
    return (
        repository.stack,
        repository.tag_mutability,
        json.dumps(lifecycle, sort_keys=True),
        tuple(sorted(_tags(repository).items())),
    )


def _tags(repository: Repository) -> Mapping[str, str]:
    if isinstance(repository.tags, Unresolved):
        return {}
    return {key: str(value) for key, value in sorted(repository.tags.items())}


def _lifecycle(repository: Repository) -> tuple[tuple[Mapping[str, Any], ...] | None, str | None]:
    text = repository.lifecycle_policy
    if text is None:
        return None, "has no lifecycle policy: here it gets the blueprint's retention"
    try:
        parse_lifecycle_policy(str(text))
    except LifecyclePolicyError as error:
        return None, f"its lifecycle policy cannot be said: {error.what}"
    return tuple(json.loads(str(text))["rules"]), None


def _moving_tags(repository: Repository) -> tuple[tuple[str, ...], str | None]:
    mutability = repository.tag_mutability
    if not isinstance(mutability, TagMutability) or mutability.mode is MutabilityMode.IMMUTABLE:
        return (), None
    if mutability.mode is MutabilityMode.IMMUTABLE_WITH_EXCLUSION:
        return tuple(one.pattern for one in mutability.exclusions), None
    return (), f"is {mutability.mode}: here its tags are immutable; name those that move under moving_tags"


def _in_stacks(teams: Iterable[AdoptedTeam]) -> Iterator[AdoptedTeam]:
    """Gives ``stack`` keys where a team's name cannot be one, or its stack would hold too much."""
    room: defaultdict[str, int] = defaultdict(int)
    for team in teams:
        base = _stack_key(team.team)
        count = sum(len(entry.names) for entry in team.entries)
        if room[base] + count <= MAX_PER_STACK:
            room[base] += count
            key = None if base == team.team else base
            yield replace(team, entries=tuple(replace(entry, stack=key) for entry in team.entries))
            continue
        number, entries = 1, []
        for entry in team.entries:
            while room[f"{base}-{number}"] + len(entry.names) > MAX_PER_STACK:
                number += 1
            room[f"{base}-{number}"] += len(entry.names)
            entries.append(replace(entry, stack=f"{base}-{number}"))
        yield replace(team, entries=tuple(entries))


def _stack_key(team: str) -> str:
    key = "-".join(re.findall("[a-z0-9]+", team))
    return key if key[:1].isalpha() else f"team-{key}"


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
