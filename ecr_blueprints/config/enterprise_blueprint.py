"""The blueprint of the enterprise operating model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.enterprise import EnterpriseModel
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint

__all__ = ["EnterpriseBlueprint"]


class EnterpriseBlueprint(RegistryBlueprint):
    """Images are built, promoted and governed in Harbor or Artifactory; ECR is the clusters' edge."""

    model: Literal["enterprise"] = Field(description="The operating model.")
    enterprise: EnterpriseModel = Field(description="The enterprise registry, and the bridge from it.")
