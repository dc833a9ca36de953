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
        strict=False, min_length=1, description="Names of repositories, with * for any run of characters."
    )
    caches: tuple[str, ...] = Field(
        default=(), strict=False, description="Pull-through caches that they pull through, by upstream."
    )

    @model_validator(mode="after")
    def _somebody(self) -> ConsumerModel:
        if not self.accounts and not self.org_paths:
            raise ValueError("nobody is named; fix: give `accounts` or `org_paths`")
        return self
