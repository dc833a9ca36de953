"""The stacks of the tenant-managed operating model."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from aws_cdk import App, Environment, Tags

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.declared_repository import DeclaredRepository, declared_repositories
from ecr_blueprints.config.tenant import TenantModel
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.config.tenant_registry import tenant_registry
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.stacks.construct_places import come_from
from ecr_blueprints.stacks.registry_stack import RegistryStack
from ecr_blueprints.stacks.repositories_stack import RepositoriesStack
from ecr_blueprints.stacks.tenant_managed.baseline import BaselineStack
from ecr_blueprints.stacks.tenant_managed.findings_stack import FindingsStack
from ecr_blueprints.stacks.tenant_managed.guardrails_stack import GuardrailsStack
from ecr_blueprints.stacks.tenant_managed.inspector_stack import InspectorStack

__all__ = ["TENANT_CONTEXT_KEY", "build_tenant_managed"]

TENANT_CONTEXT_KEY: Final = "tenant"
"""The context value by which a team synthesizes its own stacks alone: ``-c tenant=payments``."""


def build_tenant_managed(app: App, blueprint: TenantManagedBlueprint) -> None:
    """Adds the stacks of the platform and of every team; of one team alone where the context names it.

    The platform's:

    * ``<name>-platform-inspector-<region>``, in the management account: Inspector's delegated administrator.
    * ``<name>-platform-findings-<region>``, in the security account: the bus, and alerts.
    * ``<name>-platform-guardrails``, in the management account: policies of the organization.
    * ``<name>-platform-baseline``, in the administrator's account: the stack set of the baseline.

    A team's, in its account, which it deploys by ``cdk deploy --all -c tenant=<team>``:

    * ``<name>-registry-<team>-<region>``: its caches, signing, key, registry policy and alerts.
    * ``<name>-repositories-<stack key>-<region>``: its repositories.

    Args:
        app: The app.
        blueprint: The blueprint.

    Raises:
        InvalidValueError: The context names a team that there is not.

    Practices: OPS-2
    """
    chosen = app.node.try_get_context(TENANT_CONTEXT_KEY)
    teams = {team.team: team for team in blueprint.teams}
    if chosen is not None and chosen not in teams:
        raise InvalidValueError(
            f"there is no team {chosen!r}",
            where=f"context {TENANT_CONTEXT_KEY}",
            allowed=", ".join(teams) or "none: the blueprint declares no team",
        )
    with blueprint.at():
        if chosen is None:
            _build_platform(app, blueprint)
        for name, team in teams.items():
            if chosen in (None, name):
                _build_tenant(app, blueprint, team)
    for key, value in blueprint.tags.items():
        Tags.of(app).add(key, value, priority=50)


def _build_platform(app: App, blueprint: TenantManagedBlueprint) -> None:
    names = BlueprintNames.of(blueprint)
    main = blueprint.regions[0]
    administrator = Environment(account=blueprint.organization.administrator, region=main)
    come_from(app, names.platform("baseline"), blueprint.where("baseline"))
    with blueprint.at("baseline"):
        baseline = BaselineStack(app, names.platform("baseline"), blueprint=blueprint, env=administrator)
    security = blueprint.security
    for region in blueprint.regions if security is not None else ():
        assert security is not None
        come_from(app, names.platform("findings", region), blueprint.where("security"))
        with blueprint.at("security"):
            findings = FindingsStack(
                app,
                names.platform("findings", region),
                blueprint=blueprint,
                security=security,
                env=Environment(account=security.account, region=region),
            )
        baseline.add_stack_dependency(findings, "its rules send to the bus")
        if security.inspector:
            with blueprint.at("security", "inspector"):
                inspector = InspectorStack(
                    app,
                    names.platform("inspector", region),
                    security_account=security.account,
                    env=Environment(account=blueprint.management_account, region=region),
                )
            findings.add_stack_dependency(inspector, "it administers Inspector from then on")
    if blueprint.guardrails.chosen:
        come_from(app, names.platform("guardrails"), blueprint.where("guardrails"))
        with blueprint.at("guardrails"):
            guardrails = GuardrailsStack(
                app,
                names.platform("guardrails"),
                blueprint=blueprint,
                env=Environment(account=blueprint.management_account, region=main),
            )
        guardrails.add_stack_dependency(baseline, "they keep what is there")


def _build_tenant(app: App, blueprint: TenantManagedBlueprint, team: TenantModel) -> None:
    names = BlueprintNames.of(blueprint)
    own = tenant_registry(blueprint, team)
    by_stack: defaultdict[str, list[DeclaredRepository]] = defaultdict(list)
    for repository in declared_repositories(own):
        by_stack[repository.stack].append(repository)
    for region in own.registry.regions:
        environment = Environment(account=team.account, region=region)
        registry_stack = RegistryStack(
            app,
            names.registry(region, team=team.team),
            blueprint=own,
            env=environment,
            partners=blueprint.guardrails.partners,
            scanning_follows=bool(blueprint.manage.scanning),
        )
        for key, repositories in by_stack.items():
            RepositoriesStack(
                app,
                names.repositories(key, region),
                registry=registry_stack.registry,
                blueprint=own,
                repositories=repositories,
                env=environment,
            )
