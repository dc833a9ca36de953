"""What only the blueprint of the enterprise model can get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.config.enterprise import EnterpriseModel
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.marked_yaml import MarkedDocument, Place
from ecr_blueprints.domain.enterprise_registry import replicated_name
from ecr_blueprints.domain.repository_filter import CachePrefix, CreationTemplatePrefix
from ecr_blueprints.domain.token_subject import TokenSubject
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import BlueprintError, InvalidValueError

__all__ = ["check_enterprise"]


def check_enterprise(
    blueprint: EnterpriseBlueprint, document: MarkedDocument, team_places: Sequence[Place]
) -> Iterator[BlueprintError]:
    """The mistakes over several keys.

    Args:
        blueprint: The whole blueprint.
        document: The main file.
        team_places: Where each team stands.
    """
    model = blueprint.enterprise
    where = document.where(("enterprise", "prefix"))
    try:
        prefix = CreationTemplatePrefix(model.prefix)
    except InvalidValueError as error:
        yield BlueprintError(error.what, where=where, allowed=error.allowed, fix=error.fix)
        return
    if prefix.is_root or model.prefix.endswith("/"):
        yield BlueprintError(
            "the bridge would reach the whole registry"
            if prefix.is_root
            else f"{model.prefix!r} ends with /",
            where=where,
            allowed="the first part of names, such as prod",
            fix="give it a prefix of its own" if prefix.is_root else f"write {prefix.namespace}",
        )
        return
    yield from _identity(model, document)
    yield from _caches(blueprint, document, prefix)
    yield from _names(blueprint, document, prefix)
    if model.undeclared == "baseline":
        yield from _baseline(blueprint, document)


def _identity(model: EnterpriseModel, document: MarkedDocument) -> Iterator[BlueprintError]:
    oidc = model.identity.oidc
    if oidc is None:
        return
    try:
        TokenSubject(oidc.issuer, oidc.subject, audience=oidc.audience)
    except InvalidValueError as error:
        yield BlueprintError(
            error.what,
            where=document.where(("enterprise", "identity", "oidc")),
            allowed=error.allowed,
            fix=error.fix,
        )


def _caches(
    blueprint: EnterpriseBlueprint, document: MarkedDocument, prefix: CreationTemplatePrefix
) -> Iterator[BlueprintError]:
    """Caches that would hold what the bridge pushes, which ECR does not support (facts §4)."""
    for name, cache in blueprint.caches.items():
        try:
            held = CachePrefix(
                UpstreamRegistry.parse(name).default_prefix if cache.prefix is None else cache.prefix
            )
        except InvalidValueError:
            continue  # told of already
        if not held.is_root and f"{prefix.namespace}/".startswith(f"{held.namespace}/"):
            yield BlueprintError(
                f"the prefix {prefix.namespace!r} lies in that of the cache {name!r}, which takes no pushes",
                where=document.where(("enterprise", "prefix")),
                fix="give the bridge a prefix outside it",
            )


def _names(
    blueprint: EnterpriseBlueprint, document: MarkedDocument, prefix: CreationTemplatePrefix
) -> Iterator[BlueprintError]:
    model = blueprint.enterprise
    try:
        declared = [one.name for one in declared_repositories(blueprint)]
    except InvalidValueError:
        return  # told of already
    under = [name for name in declared if name.startswith(f"{prefix.namespace}/")]
    if not under and model.undeclared == "refuse":
        yield BlueprintError(
            f"no repository under {prefix.namespace!r} is declared, so that nothing can come over the bridge",
            where=document.where(("enterprise", "prefix")),
            allowed="a prefix under which repositories are declared",
            fix="declare them, or correct the prefix",
        )
        return
    for index, project in enumerate(model.projects):
        here = replicated_name(project, prefix.namespace)
        if project in model.projects[:index]:
            yield BlueprintError(
                f"the project {project!r} stands twice",
                where=document.where(("enterprise", "projects", index)),
                fix="remove it",
            )
        elif model.undeclared == "refuse" and not any(name.startswith(f"{here}/") for name in under):
            yield BlueprintError(
                f"no repository under {here}/ is declared, so nothing of the project {project!r} arrives",
                where=document.where(("enterprise", "projects", index)),
                fix=f"declare {here}/<repository>, or remove the project",
            )
    for name in under if model.product == "harbor" else ():
        if not any(name.startswith(f"{replicated_name(one, prefix.namespace)}/") for one in model.projects):
            yield BlueprintError(
                f"the repository {name!r} comes from no project that is named",
                where=document.where(("enterprise", "projects")),
                allowed=f"the part of the name behind {prefix.namespace}/ is the project",
                fix=f"add {name.removeprefix(f'{prefix.namespace}/').partition('/')[0]} to `projects`",
            )


def _baseline(blueprint: EnterpriseBlueprint, document: MarkedDocument) -> Iterator[BlueprintError]:
    where = document.where(("enterprise", "undeclared"))
    if blueprint.encryption.kms:
        yield BlueprintError(
            "Harbor creates repositories with AES-256, which nobody can change afterwards, and "
            "`encryption: {kms: true}` asks for a key",
            where=where,
            fix="write `undeclared: refuse` and declare the repositories, or leave the key out",
        )
    if not blueprint.alerts.operations:
        yield BlueprintError(
            "nobody would hear of a repository that did not get the defaults",
            where=where,
            fix="write `alerts: {operations: true}`, with addresses",
        )
