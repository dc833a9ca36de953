"""What the blueprints of all operating models have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal, Self

from pydantic import Field, PrivateAttr

from ecr_blueprints.config.alerts import AlertsModel
from ecr_blueprints.config.blueprint_places import BlueprintPlaces, placed_errors
from ecr_blueprints.config.encryption import EncryptionModel
from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.registry import ManageModel, ScanningModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.settings import SettingsModel
from ecr_blueprints.config.signing import SigningModel
from ecr_blueprints.config.stage import StageModel
from ecr_blueprints.config.team import TeamModel
from ecr_blueprints.config.values import STACK_KEY_PATTERN, Convention, RegionName, RoleArn, TagKey, TagValue

__all__ = ["Blueprint"]


class Blueprint(BlueprintModel):
    """Registries, who owns what in them, and who may pull: the file that a platform team keeps."""

    version: Literal[1] = Field(description="The version of this format.")
    model: Literal["centralized", "tenant-managed", "enterprise"] = Field(description="The operating model.")
    name: str = Field(
        default="ecr",
        pattern=STACK_KEY_PATTERN,
        max_length=20,
        description="What the names of stacks, pull roles and stack sets for pulling begin with, for life. A "
        "second blueprint with stacks in the same accounts needs another name.",
    )
    convention: Convention = Field(
        default="{stage}/{team}/{app}", description="How repositories are named, in named segments."
    )
    stages: dict[str, StageModel] = Field(min_length=1, description="The stages, in the order of delivery.")
    new_regions: tuple[RegionName, ...] = Field(
        default=(),
        strict=False,
        description="Regions that AWS has opened since this version of the library, which does not know them "
        "and takes them for misspelt. Default: none.",
    )
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
        default=None,
        min_length=1,
        description="Files of the teams, as a glob relative to this file, such as teams/*.yaml.",
    )
    teams: tuple[TeamModel, ...] = Field(
        default=(), strict=False, description="Teams that have no file of their own."
    )

    _places: BlueprintPlaces | None = PrivateAttr(default=None)

    @property
    def places(self) -> BlueprintPlaces | None:
        """Where everything stands; None for a blueprint that was not read from a file."""
        return self._places

    def read_from(self, places: BlueprintPlaces | None) -> Self:
        """Note where everything stands, and return the blueprint.

        Args:
            places: Where everything stands.
        """
        self._places = places
        return self

    def where(self, *key_path: str | int) -> str | None:
        """``file:line: key.path`` of a key; None where the blueprint was not read from a file.

        Args:
            key_path: The keys from the root.
        """
        return None if self._places is None else self._places.where(*key_path)

    def where_of_team(self, team: str, *key_path: str | int) -> str | None:
        """``file:line: key.path`` of a key of a team; None where the blueprint was not read from a file.

        Args:
            team: The team's name.
            key_path: The keys below it.
        """
        return None if self._places is None else self._places.of_team(team, *key_path)

    def at(self, *key_path: str | int) -> AbstractContextManager[None]:
        """Have what is refused inside be refused at a key of the file; see `placed_errors`.

        Args:
            key_path: The keys from the root.
        """
        return placed_errors(self.where(*key_path))
