"""What the platform puts into every account of the organization's units."""

from __future__ import annotations

from typing import Final

from aws_cdk import Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from ecr_blueprints.config.blueprint_names import BASELINE
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.constructs.event_forwarding import EventForwarding
from ecr_blueprints.constructs.organization_stack_set import OrganizationStackSet
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
from ecr_blueprints.constructs.registry_settings import RegistrySettings
from ecr_blueprints.domain.finding_severity import FindingSeverity
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.repository_name import ROOT
from ecr_blueprints.domain.stack_set import CallAs
from ecr_blueprints.domain.stages import Stages
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.stacks.blueprint_registry import add_settings, whole_registry

__all__ = ["BASELINE_PARAMETERS", "BUS_NAME", "BaselineStack", "fill_baseline"]

BASELINE_PARAMETERS: Final = "/ecr-blueprints/registry/"
"""The path of the parameter that marks the registry's owner; a guardrail goes by it, too."""

BUS_NAME: Final = "ecr-findings"
"""The event bus of the security account, one in each Region."""


class BaselineStack(Stack):
    """The stack set that puts the baseline into every account of some organizational units.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-platform-baseline``.
        blueprint: The blueprint.
        env: The administrator's account, and the Region from which the stack set is deployed.

    Attributes:
        stack_set: The stack set.

    Practices: OPS-2
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, blueprint: TenantManagedBlueprint, env: Environment
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="The baseline of every registry, in every account of some organizational units.",
        )
        self.stack_set = OrganizationStackSet(
            self,
            "Baseline",
            stack_set_name=BASELINE,
            description="The baseline of Amazon ECR: scanning, ROOT template, settings, findings",
            build=lambda stack: fill_baseline(stack, blueprint),
            units=list(blueprint.baseline.units),
            regions=list(blueprint.regions),
            call_as=CallAs.DELEGATED_ADMIN if blueprint.organization.delegated else CallAs.SELF,
        )


def fill_baseline(stack: Stack, blueprint: TenantManagedBlueprint) -> None:
    """Fills the template of the stack set.

    Creates: the registry's scanning configuration, its ``ROOT`` template, the parameter that marks the owner,
    its settings by one function, and, where there is a security account, the rules that pass events on.

    Args:
        stack: The stack of any account and Region.
        blueprint: The blueprint.
    """
    manage = blueprint.manage
    registry = PrivateRegistry(
        stack,
        "Registry",
        convention=blueprint.convention,
        stages=Stages.of({name: stage.production for name, stage in blueprint.stages.items()}),
        production=whole_registry(blueprint),
        scanning=RegistryScanning(development=DevelopmentScanning(blueprint.scanning.development)),
        # What is cached is scanned as base images are, and the caches are the teams'.
        base_prefixes=["base", *_cache_prefixes(blueprint)],
        manage=RegistryManagement(
            scanning=Ownership.MANAGED if manage.scanning else Ownership.UNMANAGED,
            registry_policy=Ownership.UNMANAGED,
            root_template=Ownership.MANAGED if manage.root_template else Ownership.UNMANAGED,
            replication=Ownership.UNMANAGED,
            signing=Ownership.UNMANAGED,
            settings=manage.settings,
        ),
    )
    if manage.settings:
        _name(add_settings(stack, registry, blueprint.settings), stack)
    if blueprint.security is not None:
        account = blueprint.security.account
        partition = partition_of(blueprint.regions[0]).name
        EventForwarding(
            stack,
            "Forward",
            bus_arn=f"arn:{partition}:events:{stack.region}:{account}:event-bus/{BUS_NAME}",
            severities=[FindingSeverity(word) for word in blueprint.security.findings],
            name_prefix=BASELINE,
        )


def _cache_prefixes(blueprint: TenantManagedBlueprint) -> list[str]:
    """The prefixes of all teams' caches; not ``ROOT``, under which everything else is."""
    found = {
        cache.prefix or UpstreamRegistry.parse(name).default_prefix
        for team in blueprint.teams
        for name, cache in team.caches.items()
    }
    return sorted({prefix.removesuffix("/") for prefix in found} - {ROOT})


def _name(settings: RegistrySettings, stack: Stack) -> None:
    """Names for the function and its role, by which guardrails know them."""
    function = settings.function.function.node.default_child
    role = settings.function.role.node.default_child
    assert isinstance(function, lambda_.CfnFunction)
    assert isinstance(role, iam.CfnRole)
    function.function_name = f"{BASELINE}-settings"
    role.role_name = f"{BASELINE}-settings-{stack.region}"
