"""What a repository of production can take from the blueprint's `retention.keep` without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.declared_lifecycle import declared_lifecycle
from ecr_blueprints.config.declared_repository import DeclaredRepository, repositories_of
from ecr_blueprints.config.marked_yaml import KeyPath, MarkedDocument, Place
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import STAGE_SEGMENT
from ecr_blueprints.errors import BlueprintError, InvalidValueError
from ecr_blueprints.lifecycle.expired_tag import expired_tag
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.lifecycle.rule import StorageClass
from ecr_blueprints.lifecycle.rule_in_words import moment_in_words
from ecr_blueprints.lifecycle.tag_language import EVERY_TAG, TagEntry, UndecidedError, covers, tag_within

__all__ = ["check_kept"]

_ELSE = "or say why under `unprotected`"


def check_kept(blueprint: Blueprint, team_places: Sequence[Place]) -> Iterator[BlueprintError]:
    """The repositories of production whose kept images go, or whose tags move, and that do not say why.

    Args:
        blueprint: The whole blueprint.
        team_places: Where each team stands.
    """
    for team, (document, root) in zip(blueprint.teams, team_places, strict=True):
        for app, model in team.repositories.items():
            if model.unprotected is not None:
                continue
            try:
                declared = list(repositories_of(blueprint, team, app, model))
            except InvalidValueError:
                continue  # It is told at the place of the repository.
            # The stages of one entry are alike.
            repository = next((one for one in declared if _is_production(blueprint, one)), None)
            if repository is not None:
                path = (*root, "repositories", app)
                yield from _expired(blueprint, repository, document, path)
                yield from _moved(blueprint, repository, document, path)


def _is_production(blueprint: Blueprint, repository: DeclaredRepository) -> bool:
    """Whether it is declared to be; a name that tells no stage is not."""
    convention = NamingConvention(blueprint.convention)
    if STAGE_SEGMENT not in convention.segments:
        return all(stage.production for stage in blueprint.stages.values())
    stage = repository.stage
    if stage is None:
        stage = (convention.match(repository.name) or {}).get(STAGE_SEGMENT, "")
    return stage in blueprint.stages and blueprint.stages[stage].production


def _expired(
    blueprint: Blueprint, repository: DeclaredRepository, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    model, keep = repository.model, blueprint.retention.keep
    if model.lifecycle is None and model.retention is None:
        return
    try:
        policy = declared_lifecycle(repository)
    except InvalidValueError:
        return  # It is told at its own place.
    for pattern in keep:
        expired = expired_tag(policy, pattern)
        if expired is None:
            continue
        tag, rule = expired.tag, expired.rule
        if model.lifecycle is None:
            where = document.where((*path, "retention", "builds"))
            by, fix = "`retention`", f"add {pattern!r} to its `keep`, {_ELSE}"
        else:
            where = document.where((*path, "lifecycle", policy.rules.index(rule)))
            by = f"rule {rule.priority} of its `lifecycle`"
            archived = rule.effective_storage_class is StorageClass.ARCHIVE
            of_class = " of the archive" if archived else ""
            fix = f"put a rule{of_class} before it that takes {pattern!r} and waits for 36500 days, {_ELSE}"
        yield BlueprintError(
            f"an image of {repository.name!r} tagged {tag} is deleted {moment_in_words(rule)} by {by}, and "
            f"the blueprint's `retention.keep` has {pattern!r}",
            where=where,
            allowed=f"what deletes no image that is tagged {' or '.join(keep)}, in production",
            fix=fix,
        )
        return


def _moved(
    blueprint: Blueprint, repository: DeclaredRepository, document: MarkedDocument, path: KeyPath
) -> Iterator[BlueprintError]:
    if RepositoryKind(repository.model.kind) is RepositoryKind.BASE_IMAGE:
        return
    for index, moving in enumerate(repository.model.moving_tags):
        taken = _taken(moving, blueprint.retention.keep)
        if taken is not None:
            yield BlueprintError(
                f"{taken} of {repository.name!r} can be moved to another image, and what runs in production "
                "is no longer what was tested",
                where=document.where((*path, "moving_tags", index)),
                allowed="tags that are there to move, such as latest",
                fix=f"name those that move, {_ELSE}",
            )


def _taken(moving: str, keep: Sequence[str]) -> str | None:
    """The tags that nobody means to move, in words: all, or all of a pattern that is kept."""
    wider = TagEntry.pattern(moving)
    try:
        if covers(wider, EVERY_TAG):
            return "every tag"
        for pattern in keep:
            narrower = TagEntry.pattern(pattern)
            if covers(wider, narrower) and tag_within((narrower,)) is not None:
                return f"every tag of {pattern!r}, which the blueprint's `retention.keep` has,"
    except UndecidedError:
        return None
    return None
