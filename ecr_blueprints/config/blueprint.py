"""The whole blueprint."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.cache import CacheModel
from ecr_blueprints.config.consumer import ConsumerModel
from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.registry import ManageModel, RegistryModel, ScanningModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.stage import StageModel
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.values import Convention, TagKey, TagValue

__all__ = ["Blueprint"]


class Blueprint(BlueprintModel):
    """A registry, who owns what in it, and who may pull: the file that a platform team keeps."""

    version: Literal[1] = Field(description="The version of this format.")
    model: Literal["centralized"] = Field(description="The operating model.")
    convention: Convention = Field(
        default="{stage}/{team}/{app}", description="How repositories are named, in named segments."
    )
    stages: dict[str, StageModel] = Field(min_length=1, description="The stages, in the order of delivery.")
    registry: RegistryModel = Field(description="Where the registry is.")
    manage: ManageModel = Field(
        default_factory=ManageModel, description="Which registry-level settings this blueprint owns."
    )
    scanning: ScanningModel = Field(default_factory=ScanningModel, description="How images are scanned.")
    retention: RetentionModel = Field(
        default_factory=RetentionModel,
        description="How long images are kept, unless a repository says otherwise.",
    )
    caches: dict[str, CacheModel] = Field(
        default_factory=dict, description="Pull-through caches by upstream registry, such as docker-hub."
    )
    consumers: dict[str, ConsumerModel] = Field(
        default_factory=dict, description="Who pulls, by a name of yours."
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict, description="Tags on everything that can have some."
    )
    include: str | None = Field(
        default=None, description="Files of the teams, as a glob relative to this file, such as teams/*.yaml."
    )
    teams: tuple[TeamModel, ...] = Field(
        default=(), strict=False, description="Teams that have no file of their own."
    )
