"""A registry as facts that templates and ECR's API tell alike."""

from __future__ import annotations

import json
from typing import Any

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["comparable", "own_repositories"]


def own_repositories(registry: Registry) -> list[Repository]:
    """The registry's repositories without the bootstrap's, sorted by name."""
    found = [one for one in registry.repositories if not one.is_cdk_asset_repository]
    return sorted(found, key=lambda one: one.label)


def comparable(registry: Registry) -> dict[str, Any]:
    """Everything that is declared, without where it was declared and what CloudFormation alone knows.

    Of what only the deployment makes, such as the ARN of a key or a role, it says whether there is one.
    """
    return {
        "repositories": [
            {
                "name": one.name,
                "mutability": one.tag_mutability,
                "lifecycle": _document(one.lifecycle_policy),
                "policy": one.policy,
                "encryption": _encryption(one.encryption),
                "tags": dict(one.tags) if isinstance(one.tags, dict) else one.tags,
            }
            for one in own_repositories(registry)
        ],
        "templates": {
            one.label: (
                sorted(map(str, one.applied_for)),  # type: ignore[arg-type]
                one.tag_mutability,
                _document(one.lifecycle_policy),
                one.policy,
                _encryption(one.encryption),
                one.custom_role_arn is not None,
            )
            for one in registry.creation_templates
        },
        "caches": sorted(
            (str(one.known_prefix), str(one.upstream_registry_url), one.credential_arn is not None)
            for one in registry.cache_rules
        ),
        "scanning": [
            (one.scan_type, sorted((rule.frequency, rule.filters) for rule in one.rules))  # type: ignore[union-attr]
            for one in registry.scanning
        ],
        "policies": [one.policy for one in registry.policies],
        "replication": [
            sorted((str(rule.destinations), str(rule.filters)) for rule in one.rules)  # type: ignore[union-attr]
            for one in registry.replication
        ],
        "signing": [sorted(str(rule.filters) for rule in one.rules) for one in registry.signing],  # type: ignore[union-attr]
        "exclusions": sorted(str(one.principal_arn) for one in registry.pull_time_exclusions),
    }


def _document(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text


def _encryption(encryption: Any) -> Any:
    if encryption is None or isinstance(encryption, Unresolved):
        return encryption
    return encryption.type, encryption.kms_key is not None
