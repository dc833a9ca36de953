"""The chapters of docs/reference/constructs.md, and the public names in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docs_source import Definition, definitions_in

import ecr_blueprints

__all__ = ["CHAPTERS", "PublicName", "page_of", "public_names"]

_CONSTRUCTS = "ecr_blueprints.constructs"

CHAPTERS: dict[str, tuple[str, ...]] = {
    "Repositories": (
        f"{_CONSTRUCTS}.image_repository",
        f"{_CONSTRUCTS}.build_cache_repository",
        f"{_CONSTRUCTS}.helm_chart_repository",
        f"{_CONSTRUCTS}.public_repository",
        "ecr_blueprints.domain.public_repository",
        f"{_CONSTRUCTS}.image_reference:RegistryImage",
        "ecr_blueprints.domain.tags",
    ),
    "Retention": (
        "ecr_blueprints.lifecycle.retention",
        "ecr_blueprints.lifecycle.policy",
        "ecr_blueprints.lifecycle.rule",
    ),
    "The registry": (
        f"{_CONSTRUCTS}.private_registry",
        "ecr_blueprints.domain.naming_convention",
        "ecr_blueprints.domain.stages",
        f"{_CONSTRUCTS}.registry_scanning",
        "ecr_blueprints.domain.scanning",
        f"{_CONSTRUCTS}.registry_management",
        f"{_CONSTRUCTS}.repository_tagging",
        f"{_CONSTRUCTS}.registry_settings",
        "ecr_blueprints.domain.inspector_rescan",
        f"{_CONSTRUCTS}.pull_time_update_exclusion",
    ),
    "Creation templates": (
        f"{_CONSTRUCTS}.repository_creation_template",
        f"{_CONSTRUCTS}.creation_template_options",
        "ecr_blueprints.domain.creation_template",
        f"{_CONSTRUCTS}.create_on_push",
        f"{_CONSTRUCTS}.helm_chart_template",
    ),
    "Pull-through caches": (
        f"{_CONSTRUCTS}.pull_through_cache",
        f"{_CONSTRUCTS}.cache_credential_secret:CacheCredentialSecret",
        f"{_CONSTRUCTS}.cache_validation",
        "ecr_blueprints.domain.upstream_registry",
    ),
    "Replication": (
        f"{_CONSTRUCTS}.registry_replication",
        f"{_CONSTRUCTS}.replication_target",
        f"{_CONSTRUCTS}.accepted_replication",
    ),
    "Signing": (
        f"{_CONSTRUCTS}.managed_signing",
        f"{_CONSTRUCTS}.signing_profile",
        "ecr_blueprints.domain.signing",
    ),
    "Encryption": (
        f"{_CONSTRUCTS}.registry_encryption",
        f"{_CONSTRUCTS}.registry_encryption_key",
        "ecr_blueprints.registry.existing_repositories",
        "ecr_blueprints.domain.encryption",
    ),
    "Access": (
        f"{_CONSTRUCTS}.repository_grants",
        f"{_CONSTRUCTS}.consumer_policy",
        f"{_CONSTRUCTS}.image_puller_role",
        f"{_CONSTRUCTS}.image_pusher_role",
        f"{_CONSTRUCTS}.federated_role",
        f"{_CONSTRUCTS}.pipeline_identity_provider",
        f"{_CONSTRUCTS}.trusted_accounts",
        f"{_CONSTRUCTS}.push_grants",
        "ecr_blueprints.domain.pipeline_identity",
    ),
    "The bridge from an enterprise registry": (
        f"{_CONSTRUCTS}.bridge_role",
        f"{_CONSTRUCTS}.bridge_access",
        f"{_CONSTRUCTS}.created_repository_baseline",
        "ecr_blueprints.domain.enterprise_registry",
        "ecr_blueprints.domain.token_subject",
    ),
    "Endpoints": (
        f"{_CONSTRUCTS}.registry_endpoints",
        f"{_CONSTRUCTS}.cluster_endpoints",
        f"{_CONSTRUCTS}.endpoint_registries",
        "ecr_blueprints.domain.vpc_endpoint",
    ),
    "Alerts": (
        f"{_CONSTRUCTS}.alert_topics",
        f"{_CONSTRUCTS}.scan_finding_alerts",
        f"{_CONSTRUCTS}.operational_alerts",
        "ecr_blueprints.domain.finding_severity",
    ),
    "Many accounts": (
        f"{_CONSTRUCTS}.organization_stack_set",
        "ecr_blueprints.domain.stack_set",
    ),
    "What exists": (
        f"{_CONSTRUCTS}.repository_baseline",
        f"{_CONSTRUCTS}.repository_defaults",
        f"{_CONSTRUCTS}.baseline_report",
        f"{_CONSTRUCTS}.asset_repository",
        f"{_CONSTRUCTS}.image_asset_synthesizer",
    ),
    "A registry of another app": (
        f"{_CONSTRUCTS}.imported_registry:ImportedRegistry",
        f"{_CONSTRUCTS}.imported_registry:ImportedPullThroughCache",
    ),
    "Without the CDK": (
        "ecr_blueprints.lifecycle.preview:preview",
        "ecr_blueprints.lifecycle.inventory:parse_inventory",
        "ecr_blueprints.domain.pricing:StoragePrices",
        "ecr_blueprints.domain.severity_gate:SeverityGate",
        "ecr_blueprints.domain.severity_gate:GateJudgement",
    ),
    "Reference stacks": (
        "ecr_blueprints.config.loader:load_blueprint",
        "ecr_blueprints.stacks.build:build_stacks",
        "ecr_blueprints.stacks.centralized.centralized:build_centralized",
        "ecr_blueprints.stacks.tenant_managed.tenant_managed:build_tenant_managed",
        "ecr_blueprints.stacks.tenant_managed.baseline:BaselineStack",
        "ecr_blueprints.stacks.tenant_managed.guardrails_stack:GuardrailsStack",
        "ecr_blueprints.stacks.tenant_managed.findings_stack:FindingsStack",
        "ecr_blueprints.stacks.tenant_managed.inspector_stack:InspectorStack",
        "ecr_blueprints.stacks.enterprise.enterprise:build_enterprise",
        "ecr_blueprints.stacks.registry_stack:RegistryStack",
        "ecr_blueprints.stacks.repositories_stack:RepositoriesStack",
        "ecr_blueprints.stacks.consumer_stack:ConsumerStack",
        "ecr_blueprints.stacks.endpoints_stack:EndpointsStack",
        "ecr_blueprints.stacks.units_stack:UnitsStack",
        "ecr_blueprints.stacks.enterprise.bridge_stack:BridgeStack",
    ),
}
"""Chapter → its modules, in the order of the page: a module stands for what ``ecr_blueprints`` exports of it,
and ``module:Name`` for a name that is imported from its own module."""

_CDK_BASES = ("Construct", "Resource", "Repository")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """A name that has a page.

    Attributes:
        chapter: Its chapter.
        definition: What the source says of it.
        is_exported: Whether ``ecr_blueprints`` itself exports it.
        is_construct: Whether it is a construct, thus needs an example and says what it creates.
    """

    chapter: str
    definition: Definition
    is_exported: bool
    is_construct: bool

    @property
    def name(self) -> str:
        """The name itself."""
        return self.definition.name

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return self.definition.doc.partition("\n")[0]


@cache
def public_names() -> tuple[PublicName, ...]:
    """Every name that has a page, in the order of the chapters."""
    return tuple(_find())


def _find() -> Iterator[PublicName]:
    exported = ecr_blueprints._MODULES
    for chapter, entries in CHAPTERS.items():
        for entry in entries:
            module, _, single = entry.partition(":")
            for definition in definitions_in(module):
                is_exported = exported.get(definition.name) == module
                if (single or definition.name) == definition.name and (is_exported or single):
                    yield PublicName(
                        chapter=chapter,
                        definition=definition,
                        is_exported=is_exported,
                        is_construct=_is_construct(definition),
                    )


def _is_construct(definition: Definition) -> bool:
    """Whether a class derives from a construct of the CDK; a stack is told of in the blueprint's pages."""
    if not isinstance(definition.node, ast.ClassDef):
        return False
    for base in definition.node.bases:
        name = ast.unparse(base).rpartition(".")[2]
        if name in _CDK_BASES or name.startswith("Cfn"):
            return True
        module = ecr_blueprints._MODULES.get(name)
        if module is not None and any(
            _is_construct(one) for one in definitions_in(module) if one.name == name
        ):
            return True
    return False


def page_of(name: str) -> str:
    """The file of a name's page: ``ImageRepository`` is told of in ``image-repository.md``."""
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return f"{words.replace('_', '-').strip('-')}.md"
