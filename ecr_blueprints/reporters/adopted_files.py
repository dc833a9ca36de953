"""An adopted blueprint as the files that a platform team goes on with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ecr_blueprints.domain.wildcard import WILDCARD, covers
from ecr_blueprints.registry.adopted_team import AdoptedEntry, AdoptedTeam
from ecr_blueprints.registry.adoption import AdoptedBlueprint
from ecr_blueprints.reporters.terminal_text import WIDTH, printable, wrap

__all__ = ["BLUEPRINT_FILE", "RECORD_FILE", "adopted_files"]

BLUEPRINT_FILE: Final = "blueprint.yaml"
RECORD_FILE: Final = "existing-repositories.json"

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What YAML 1.1 does not read as text."""


def adopted_files(blueprint: AdoptedBlueprint) -> dict[str, str]:
    """File name → content: the blueprint, a file for each team, and the record of what exists.

    Args:
        blueprint: What was adopted.
    """
    files = {BLUEPRINT_FILE: _text(_head(blueprint))}
    for team in blueprint.teams:
        files[f"teams/{team.team}.yaml"] = _text(_team(team))
    files[RECORD_FILE] = json.dumps(blueprint.existing, indent=2) + "\n"
    return files


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _head(blueprint: AdoptedBlueprint) -> Iterator[str]:
    yield from _comment(
        f"The registry {blueprint.account}/{blueprint.region} as it was found. Settings that exist come in "
        "with `cdk import`; alerts and other settings are off until they are wanted."
    )
    if blueprint.notes:
        yield "#"
        yield from _comment("What this file does not say:")
    for note in blueprint.notes:
        yield from _comment(note, bullet=True)
    yield "version: 1"
    yield "model: centralized"
    yield f"convention: {json.dumps(blueprint.convention)}"
    yield "stages:"
    for stage, production in blueprint.stages.items():
        yield f"  {_scalar(stage)}: {'{production: true}' if production else '{}'}"
    yield f"registry: {{account: {json.dumps(blueprint.account)}, regions: [{blueprint.region}]}}"
    yield "manage:"
    for name, value in blueprint.manage.items():
        yield f"  {name}: {value}"
    yield from _encryption(blueprint)
    yield from _comment("As they are. Switch on what you want of them: docs/reference/blueprint.md.")
    yield "settings:"
    yield f"  blob_mounting: {'true' if blueprint.blob_mounting else 'false'}"
    yield "  policy_scope_v2: false"
    yield "  native_basic_scanning: false"
    yield "alerts: {findings: [], operations: false}"
    if blueprint.exclusions:
        yield "pull_time_exclusions:"
        yield from (f"  - {_scalar(role)}" for role in blueprint.exclusions)
    if blueprint.caches:
        yield "caches:"
    for cache in blueprint.caches:
        members = ["existing: true"]
        if cache.prefix is not None:
            members.append(f"prefix: {_scalar(cache.prefix)}")
        if cache.secret is not None:
            members.append(f"secret: {_scalar(cache.secret)}")
        yield from _mapping(f"  {_scalar(cache.upstream)}:", members)
    if blueprint.consumers:
        yield from _comment("From the repository policies: the accounts that pull.")
        yield "consumers:"
    for account, names in blueprint.consumers.items():
        yield f"  account-{account}:"
        yield f"    accounts: [{json.dumps(account)}]"
        if names:
            yield from _list("    pull:", names)
        if blueprint.cache_consumers.get(account):
            yield from _list("    caches:", blueprint.cache_consumers[account])
    if blueprint.teams:
        yield "include: teams/*.yaml"


def _encryption(blueprint: AdoptedBlueprint) -> Iterator[str]:
    if blueprint.images_key is None:
        yield from _comment(
            "kms: true encrypts what is new with a key of the registry's own; with "
            f"existing: {RECORD_FILE} beside it, what exists keeps what it has."
        )
        yield "encryption: {kms: false}"
        return
    yield from _comment("The key that every repository has; what is new gets it, too.")
    yield "encryption:"
    yield "  kms: true"
    yield f"  existing: {RECORD_FILE}"
    yield "  kms_keys:"
    yield f"    {blueprint.region}: {_scalar(blueprint.images_key)}"


def _team(team: AdoptedTeam) -> Iterator[str]:
    for note in team.notes:
        yield from _comment(note)
    yield f"team: {_scalar(team.team)}"
    if team.roles:
        yield "push:"
        yield "  roles:"
        yield from (f"    - {_scalar(role)}" for role in team.roles)
    yield "repositories:"
    for entry in team.entries:
        yield from _entry(entry)


def _entry(entry: AdoptedEntry) -> Iterator[str]:
    for note in entry.notes:
        yield from _comment(note, indent="  ")
    yield f"  {_scalar(entry.key)}:"
    if entry.name is not None:
        yield f"    name: {_scalar(entry.name)}"
    if entry.exception is not None:
        yield f"    exception: {_scalar(entry.exception)}"
    if entry.stages:
        yield from _list("    stages:", entry.stages)
    if entry.stack is not None:
        yield f"    stack: {_scalar(entry.stack)}"
    yield f"    kind: {entry.kind}"
    if entry.moving_tags:
        yield from _list("    moving_tags:", entry.moving_tags)
        if any(covers(one, WILDCARD) for one in entry.moving_tags):
            yield "    unprotected: every tag could be moved before it was adopted"
    if entry.tags:
        yield "    tags:"
        yield from (f"      {_scalar(key)}: {_scalar(value)}" for key, value in entry.tags.items())
    if entry.lifecycle is not None:
        yield "    lifecycle:"
    for rule in entry.lifecycle or ():
        yield from _rule(rule)


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    """One lifecycle rule: a key a line, the inner mappings in one line each where they fit."""
    lead = "      - "
    for key, value in rule.items():
        if isinstance(value, Mapping):
            members = [f"{_scalar(name)}: {_flow(inner)}" for name, inner in value.items()]
            first, *rest = _mapping(f"{lead}{_scalar(key)}:", members, indent="          ")
            yield first
            yield from rest
        else:
            yield f"{lead}{_scalar(key)}: {_flow(value)}"
        lead = "        "


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _mapping(lead: str, members: list[str], *, indent: str = "    ") -> Iterator[str]:
    """A mapping in one line, or a member a line where that is too wide."""
    line = f"{lead} {{{', '.join(members)}}}"
    if len(line) <= WIDTH:
        yield line
        return
    yield lead
    yield from (f"{indent}{member}" for member in members)


def _list(lead: str, values: Iterable[str]) -> Iterator[str]:
    """A list in one line, or an entry a line where that is too wide."""
    shown = [_scalar(value) for value in values]
    line = f"{lead} [{', '.join(shown)}]"
    if len(line) <= WIDTH:
        yield line
        return
    indent = " " * (len(lead) - len(lead.lstrip()) + 2)
    yield lead
    yield from (f"{indent}- {value}" for value in shown)


def _scalar(text: str) -> str:
    """A text as YAML: plain where nothing can be read into it, else in quotes, which JSON writes alike."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=True)


def _comment(text: str, *, indent: str = "", bullet: bool = False) -> Iterator[str]:
    """A comment; of names that others chose, nothing ends the line."""
    first = f"{indent}# {'- ' if bullet else ''}"
    yield from wrap(printable(text, None), first=first, rest=f"{indent}# {'  ' if bullet else ''}")
