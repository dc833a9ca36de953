"""Who pulls from the registry."""

from __future__ import annotations

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import AccountId, OrganizationPath

__all__ = ["ConsumerModel"]


class ConsumerModel(BlueprintModel):
    """A group of accounts that pull the same repositories."""

    accounts: tuple[AccountId, ...] = Field(
        default=(), strict=False, description="Workload accounts; each gets a consumer stack."
    )
    org_paths: tuple[OrganizationPath, ...] = Field(
        default=(), strict=False, description="Paths of the organization whose accounts may pull."
    )
    pull: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Names of repositories, with * for any run of characters. Default: none, caches alone.",
    )
    caches: tuple[str, ...] = Field(
        default=(), strict=False, description="Pull-through caches that they pull through, by upstream."
    )

    @model_validator(mode="after")
    def _whole(self) -> ConsumerModel:
        if not self.accounts and not self.org_paths:
            raise ValueError("nobody is named; fix: give `accounts` or `org_paths`")
        if not self.pull and not self.caches:
            raise ValueError("nothing is pulled; fix: give `pull` or `caches`")
        return self
