"""One entry of a team's repositories."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.values import (
    STACK_KEY_PATTERN,
    ImageTag,
    RepositoryNameText,
    TagKey,
    TagValue,
    UpstreamImageText,
)
from ecr_blueprints.domain.tags import MAX_EXCLUSIONS

__all__ = ["RepositoryModel"]


class RepositoryModel(BlueprintModel):
    """A repository, or one for each of its stages."""

    stages: tuple[str, ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="The stages that have this repository. Default: every declared stage.",
    )
    name: RepositoryNameText | None = Field(
        default=None, description="The full name, instead of the one that the convention gives."
    )
    exception: str | None = Field(
        default=None, min_length=1, description="Why the name does not follow the convention."
    )
    stack: str | None = Field(
        default=None,
        pattern=STACK_KEY_PATTERN,
        max_length=60,
        description="The stack that holds it, for life. Default: the team's name.",
    )
    state: Literal["active", "frozen", "retired"] = Field(
        default="active",
        description="frozen: nobody pushes, pulls go on. retired: it leaves its stack and stays in the "
        "registry with its images, until it is deleted on purpose; nobody else gets its name.",
    )
    kind: Literal["application", "base-image"] = Field(
        default="application", description="What it holds; decides the default retention."
    )
    moving_tags: tuple[str, ...] = Field(
        default=(),
        strict=False,
        max_length=MAX_EXCLUSIONS,
        description="Tags that may be moved to another image, * for any run of characters. Default: none.",
    )
    copies: dict[ImageTag, UpstreamImageText] = Field(
        default_factory=dict,
        description="Frozen copies of other registries' images, tag → image by its digest, such as "
        "docker.io/library/nginx@sha256:… Synthesis writes the list to fill them from.",
    )
    retention: RetentionModel | None = Field(
        default=None, description="How long images are kept. Default: the blueprint's."
    )
    lifecycle: tuple[dict[str, Any], ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="The rules of a lifecycle policy in ECR's own grammar, instead of `retention`.",
    )
    unprotected: str | None = Field(
        default=None,
        min_length=1,
        description="Why images of production that the blueprint's `retention.keep` names may be deleted by "
        "this repository's own `retention` or `lifecycle`, or their tags moved by its `moving_tags`.",
    )
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, description="Tags beside the owner's.")

    @model_validator(mode="after")
    def _whole(self) -> RepositoryModel:
        if self.name is not None and self.stages is not None:
            raise ValueError(
                "`name` and `stages` exclude each other; fix: leave out `stages`, a name is one repository"
            )
        if self.exception is not None and self.name is None:
            raise ValueError(
                "`exception` explains a `name`, and there is none; fix: give the full name or leave it out"
            )
        if self.unprotected is not None and not (self.retention or self.lifecycle or self.moving_tags):
            raise ValueError(
                "`unprotected` explains a `retention`, a `lifecycle` or `moving_tags`, and there is none; "
                "fix: leave it out, the blueprint's `retention.keep` holds"
            )
        if self.retention is not None and self.lifecycle is not None:
            raise ValueError("`retention` and `lifecycle` exclude each other; fix: keep the one you mean")
        return self
