"""What the blueprints of all operating models have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ecr_blueprints.config.alerts import AlertsModel
from ecr_blueprints.config.encryption import EncryptionModel
from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.registry import ManageModel, ScanningModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.settings import SettingsModel
from ecr_blueprints.config.signing import SigningModel
from ecr_blueprints.config.stage import StageModel
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.values import STACK_KEY_PATTERN, Convention, RoleArn, TagKey, TagValue

__all__ = ["Blueprint"]


class Blueprint(BlueprintModel):
    """Registries, who owns what in them, and who may pull: the file that a platform team keeps."""

    version: Literal[1] = Field(description="The version of this format.")
    model: Literal["centralized", "tenant-managed", "enterprise"] = Field(description="The operating model.")
    name: str = Field(
        default="ecr",
        pattern=STACK_KEY_PATTERN,
        max_length=20,
        description="What the names of stacks, pull roles and stack sets begin with, for life. A second "
        "blueprint with stacks in the same account and Region needs another name.",
    )
    convention: Convention = Field(
        default="{stage}/{team}/{app}", description="How repositories are named, in named segments."
    )
    stages: dict[str, StageModel] = Field(min_length=1, description="The stages, in the order of delivery.")
    manage: ManageModel = Field(
        default_factory=ManageModel, description="Which registry-level settings this blueprint owns."
    )
    settings: SettingsModel = Field(
        default_factory=SettingsModel, description="Settings of each registry that are on or off."
    )
    scanning: ScanningModel = Field(default_factory=ScanningModel, description="How images are scanned.")
    encryption: EncryptionModel = Field(
        default_factory=EncryptionModel, description="How images are encrypted."
    )
    signing: SigningModel = Field(default_factory=SigningModel, description="Which images are signed.")
    alerts: AlertsModel = Field(default_factory=AlertsModel, description="Who hears of what.")
    pull_time_exclusions: tuple[RoleArn, ...] = Field(
        default=(),
        strict=False,
        description="ARNs of roles whose pulls do not count as use, such as scanners and builds.",
    )
    retention: RetentionModel = Field(
        default_factory=RetentionModel,
        description="How long images are kept, unless a repository says otherwise.",
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
