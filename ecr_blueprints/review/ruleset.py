"""The library's rules, in the order in which they are reported."""

from __future__ import annotations

from typing import Final

from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.access.policy_document import PolicyDocumentRule
from ecr_blueprints.review.rules.access.public_access import PublicAccessRule
from ecr_blueprints.review.rules.access.registry_conflict import RegistryConflictRule
from ecr_blueprints.review.rules.cache.cache_credential import CacheCredentialRule
from ecr_blueprints.review.rules.cache.cache_template import CacheTemplateRule
from ecr_blueprints.review.rules.lifecycle.lifecycle_grammar import LifecycleGrammarRule
from ecr_blueprints.review.rules.lifecycle.lifecycle_missing import LifecycleMissingRule
from ecr_blueprints.review.rules.lifecycle.lifecycle_trap import LifecycleTrapRule
from ecr_blueprints.review.rules.repository.dangling_reference import DanglingReferenceRule
from ecr_blueprints.review.rules.repository.repository_deletion import RepositoryDeletionRule
from ecr_blueprints.review.rules.repository.repository_name import RepositoryNameRule
from ecr_blueprints.review.rules.repository.resource_property import ResourcePropertyRule
from ecr_blueprints.review.rules.repository.tag_mutability import TagMutabilityRule
from ecr_blueprints.review.rules.scanning.registry_scanning_configuration import (
    RegistryScanningConfigurationRule,
)
from ecr_blueprints.review.rules.scanning.registry_scanning_coverage import RegistryScanningCoverageRule
from ecr_blueprints.review.rules.template.template_prefix import TemplatePrefixRule
from ecr_blueprints.review.rules.template.template_role import TemplateRoleRule

__all__ = ["RULES"]

RULES: Final[tuple[type[Rule], ...]] = (
    RepositoryNameRule,
    TagMutabilityRule,
    RepositoryDeletionRule,
    DanglingReferenceRule,
    ResourcePropertyRule,
    RegistryScanningCoverageRule,
    RegistryScanningConfigurationRule,
    LifecycleGrammarRule,
    LifecycleMissingRule,
    LifecycleTrapRule,
    CacheTemplateRule,
    CacheCredentialRule,
    TemplateRoleRule,
    TemplatePrefixRule,
    PublicAccessRule,
    PolicyDocumentRule,
    RegistryConflictRule,
)
"""Every rule once, by id; a test holds the tuple against the files."""
