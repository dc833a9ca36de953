"""Turns ministack into the emulator: ECR's API, its resource types, and the mends."""

from __future__ import annotations

import importlib

from ecr_emulator import (
    cloudformation_mends,
    endpoint,
    event_bus_mends,
    event_loop,
    inspector_configuration,
    inspector_organization,
    ministack_internals,
    neighbour_mends,
    operations,
    organization_ids,
    registry_protocol,
    role_assumption,
    settled_answers,
    state,
)
from ecr_emulator.model_validation import EcrModel
from ecr_emulator.resource_types import oidc_provider
from ecr_emulator.resource_types.event_bus_policy import EventBusPolicy
from ecr_emulator.resource_types.organizations_policy import OrganizationsPolicy
from ecr_emulator.resource_types.public_repository import PublicRepository
from ecr_emulator.resource_types.pull_through_cache_rule import PullThroughCacheRule
from ecr_emulator.resource_types.pull_time_update_exclusion import PullTimeUpdateExclusion
from ecr_emulator.resource_types.registry_policy import RegistryPolicy
from ecr_emulator.resource_types.registry_scanning_configuration import RegistryScanningConfiguration
from ecr_emulator.resource_types.replication_configuration import ReplicationConfiguration
from ecr_emulator.resource_types.repository import Repository
from ecr_emulator.resource_types.repository_creation_template import RepositoryCreationTemplate
from ecr_emulator.resource_types.resource_type import ResourceType
from ecr_emulator.resource_types.signing_configuration import SigningConfiguration
from ecr_emulator.resource_types.stack_set import StackSet
from ecr_emulator.stack_sets import answers, automatic_deployment

RESOURCE_TYPES: tuple[type[ResourceType], ...] = (
    EventBusPolicy,
    OrganizationsPolicy,
    PublicRepository,
    PullThroughCacheRule,
    PullTimeUpdateExclusion,
    RegistryPolicy,
    RegistryScanningConfiguration,
    ReplicationConfiguration,
    Repository,
    RepositoryCreationTemplate,
    SigningConfiguration,
    StackSet,
)
_OPERATION_MODULES = (
    "creation_templates",
    "image_signing",
    "images",
    "pull_through_cache",
    "registry_protocol",
    "registry_scanning",
    "registry_settings",
    "repositories",
)


def install(model: EcrModel) -> None:
    """Install everything; raises `MinistackChanged` when ministack is not the expected one."""
    ministack_internals.assert_present()
    operations.use_model(model)
    for name in _OPERATION_MODULES:
        importlib.import_module(f"ecr_emulator.{name}")
    endpoint.take_over()
    inspector_configuration.take_over()
    inspector_organization.take_over()
    registry_protocol.enforce_immutable_tags()
    registry_protocol.accept_tokens()
    for resource_type in RESOURCE_TYPES:
        resource_type().register()
    oidc_provider.register()
    cloudformation_mends.apply()
    settled_answers.hold_back()
    organization_ids.apply()
    automatic_deployment.follow_organization()
    answers.answer()
    event_loop.run_on_threads(StackSet.type_name)
    neighbour_mends.apply()
    event_bus_mends.apply()
    role_assumption.ask_trust()
    _reset_with_ministack()


def _reset_with_ministack() -> None:
    ecr = ministack_internals.ecr()
    reset = ecr.reset

    def reset_everything() -> None:
        reset()
        state.clear()

    ecr.reset = reset_everything
