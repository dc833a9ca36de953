"""From a blueprint to the stacks of its operating model, and to the cloud assembly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aws_cdk import App

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.blueprint_places import placed_errors
from ecr_blueprints.config.centralized_blueprint import CentralizedBlueprint
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.constructs.synthesis_failure import failed_validations
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.stacks.centralized.centralized import build_centralized
from ecr_blueprints.stacks.construct_places import in_the_blueprint, place_of
from ecr_blueprints.stacks.enterprise.enterprise import build_enterprise
from ecr_blueprints.stacks.seeding_list import write_seeding_list
from ecr_blueprints.stacks.stack_limits import (
    check_template_sizes,
    refuse_too_many_resources,
    tell_large_templates,
    watch_stacks,
)
from ecr_blueprints.stacks.tenant_managed.tenant_managed import TENANT_CONTEXT_KEY, build_tenant_managed

__all__ = ["build_stacks", "synthesize"]


def build_stacks(app: App, blueprint: Blueprint) -> None:
    """Adds the stacks of a blueprint to an app.

    Args:
        app: The app. Its context decides whether repositories may be deleted; see
            :class:`~ecr_blueprints.constructs.image_repository.ImageRepository`.
        blueprint: As :func:`~ecr_blueprints.config.loader.load_blueprint` returns it.

    Raises:
        BlueprintError: What only the whole shows to be wrong, at its place in the file; for a blueprint that
            was not read from a file, a `RegistryConflictError` or an `InvalidValueError` without a place.
        InvalidValueError: The context names no team.
    """
    tenant = app.node.try_get_context(TENANT_CONTEXT_KEY)
    if tenant is not None and not isinstance(blueprint, TenantManagedBlueprint):
        raise InvalidValueError(
            f"{tenant!r} is chosen, and the blueprint has one registry account, and no tenants",
            where=f"context {TENANT_CONTEXT_KEY}",
            fix=f"leave out -c {TENANT_CONTEXT_KEY}={tenant}",
        )
    if isinstance(blueprint, CentralizedBlueprint):
        with blueprint.at():
            build_centralized(app, blueprint)
    elif isinstance(blueprint, TenantManagedBlueprint):
        build_tenant_managed(app, blueprint)
    elif isinstance(blueprint, EnterpriseBlueprint):
        with blueprint.at():
            build_enterprise(app, blueprint)
    else:
        raise InvalidValueError(
            f"the blueprint is of the type {type(blueprint).__name__}",
            where="build_stacks(…)",
            allowed="what load_blueprint returns",
        )
    if isinstance(blueprint, RegistryBlueprint):
        with blueprint.at("caches"):
            write_seeding_list(app, blueprint)
    watch_stacks(app)


def synthesize(app: App) -> None:
    """Synthesizes an app whose constructs may still refuse it, such as for a policy that is too long.

    Args:
        app: As :func:`build_stacks` leaves it.

    Raises:
        InvalidValueError: A construct's validation failed, or a stack is too large; the text names the
            place in the file, or the stack, and the fix.
        RuntimeError: Anything else that the CDK raises, untouched.
    """
    try:
        assembly = app.synth()
    except RuntimeError as error:
        with _placed_stack(app):
            refuse_too_many_resources(str(error))
        found = failed_validations(error)
        if not found:
            raise
        listed = in_the_blueprint(app, found)
        if len(listed) == 1:
            raise InvalidValueError(listed[0]) from None
        raise InvalidValueError("\n  ".join(["the stacks cannot be synthesized:", *listed])) from None
    folder = Path(assembly.directory)
    with _placed_stack(app):
        check_template_sizes(folder)
    tell_large_templates(folder)


@contextmanager
def _placed_stack(app: App) -> Iterator[None]:
    """Have what is refused of a stack be refused where in the blueprint the stack comes from."""
    try:
        yield
    except InvalidValueError as error:
        with placed_errors(place_of(app, error.where or "")):
            raise
