"""What has to be set in Harbor, or in the job that copies from Artifactory, as each takes it."""

from __future__ import annotations

import json
from typing import Any, Final

from ecr_blueprints.config.declared_repository import declared_repositories
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.domain.enterprise_registry import (
    HARBOR_ECR_TYPE,
    HARBOR_SCHEDULED,
    harbor_ecr_url,
    harbor_names_filter,
    url_host,
)
from ecr_blueprints.domain.principals import partition_of, registry_uri

__all__ = [
    "BRIDGE_FILE_NAME",
    "bridge_role_arn",
    "bridge_settings",
    "copies_of",
    "harbor_endpoint",
    "harbor_policy",
]

BRIDGE_FILE_NAME: Final = "bridge.json"
"""Beside ``registry.json`` in the cloud assembly."""

_SETTINGS_VERSION: Final = 1
_UNLIMITED: Final = -1


def bridge_settings(blueprint: EnterpriseBlueprint) -> str:
    """The text of ``bridge.json``; it holds no secret, and nothing that is one.

    Args:
        blueprint: The blueprint.
    """
    model = blueprint.enterprise
    regions: dict[str, Any] = {}
    for region in blueprint.registry.regions:
        if model.product == "harbor":
            regions[region] = {
                "registry": harbor_endpoint(blueprint, region),
                "policy": harbor_policy(blueprint, region),
            }
        else:
            regions[region] = {"tags": model.tags, "copies": copies_of(blueprint, region)}
    document = {
        "settingsVersion": _SETTINGS_VERSION,
        "product": model.product,
        "url": model.url.removesuffix("/"),
        "roleArn": bridge_role_arn(blueprint),
        "regions": regions,
    }
    return json.dumps(document, indent=2) + "\n"


def bridge_role_arn(blueprint: EnterpriseBlueprint) -> str:
    """The ARN of the bridge's role.

    Args:
        blueprint: The blueprint.
    """
    partition = partition_of(blueprint.registry.regions[0]).name
    return f"arn:{partition}:iam::{blueprint.registry.account}:role/{blueprint.enterprise.role_name}"


def harbor_endpoint(blueprint: EnterpriseBlueprint, region: str) -> dict[str, Any]:
    """The body of Harbor's ``POST /api/v2.0/registries``: an endpoint whose credential is Harbor's own role.

    With an empty access key, Harbor's adapter takes the credential of its instance or service account. That
    its form sends this where both fields are left empty is **unverified**.

    Args:
        blueprint: The blueprint.
        region: The Region.

    Source: https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
    """
    return {
        "name": _endpoint_name(region),
        "description": f"Amazon ECR in {region}",
        "type": HARBOR_ECR_TYPE,
        "url": harbor_ecr_url(blueprint.registry.account, region),
        "insecure": False,
        "credential": {"type": "basic", "access_key": "", "access_secret": ""},
    }


def harbor_policy(blueprint: EnterpriseBlueprint, region: str) -> dict[str, Any]:
    """The body of Harbor's ``POST /api/v2.0/replication/policies``, but for the endpoint's id.

    Harbor numbers endpoints when they are made: ``dest_registry`` gets that number. ``override`` is true, so
    that a tag which ECR holds with another image fails there, where one sees it, and is not passed over.

    Args:
        blueprint: The blueprint.
        region: The Region.

    Source: as `harbor_endpoint`.
    """
    model = blueprint.enterprise
    return {
        "name": _endpoint_name(region),
        "description": f"{', '.join(model.projects)} to Amazon ECR in {region}",
        "dest_registry": {"id": None},
        "dest_namespace": model.prefix,
        "dest_namespace_replace_count": 0,
        "trigger": {"type": HARBOR_SCHEDULED, "trigger_settings": {"cron": model.schedule}},
        "filters": [
            {"type": "name", "value": harbor_names_filter(model.projects)},
            {"type": "tag", "value": model.tags},
        ],
        "replicate_deletion": False,
        "override": True,
        "enabled": True,
        "speed": _UNLIMITED,
    }


def copies_of(blueprint: EnterpriseBlueprint, region: str) -> list[dict[str, str]]:
    """What the job copies from Artifactory: the source and the destination of each declared repository.

    Args:
        blueprint: The blueprint.
        region: The Region.

    Source: https://jfrog.com/help/r/jfrog-artifactory-documentation/docker-registry (the repository path
    method: the host, Artifactory's repository, then the image)
    """
    model = blueprint.enterprise
    host = registry_uri(blueprint.registry.account, region)
    start = f"{model.prefix}/"
    return [
        {
            "source": f"{url_host(model.url)}/{model.repository}/{one.name.removeprefix(start)}",
            "repository": one.name,
            "destination": f"{host}/{one.name}",
        }
        for one in declared_repositories(blueprint)
        if one.name.startswith(start) and one.model.state == "active"
    ]


def _endpoint_name(region: str) -> str:
    return f"ecr-{region}"
