"""Who pulls from the registry."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.network import NetworkParametersModel
from ecr_blueprints.config.values import (
    AccountId,
    AwsPolicyName,
    OrganizationalUnitPath,
    OrganizationPath,
    RoleName,
)

__all__ = ["ConsumerModel", "PullRoleModel", "PullRolesModel"]


class PullRoleModel(BlueprintModel):
    """A role that is made in each account of a consumer."""

    policies: tuple[AwsPolicyName, ...] = Field(
        default=(),
        strict=False,
        description="Managed policies of AWS that the role has besides, such as "
        "AmazonEKSWorkerNodeMinimalPolicy. Default: pulling is all that it can do.",
    )


class PullRolesModel(BlueprintModel):
    """The roles that are made in each account of a consumer, called ecr-pull-<consumer>-<key>."""

    nodes: PullRoleModel | None = Field(
        default=None, description="For the nodes of a cluster on EC2. Default: none is made."
    )
    tasks: PullRoleModel | None = Field(
        default=None, description="For the execution of ECS tasks on Fargate. Default: none is made."
    )
    pods: PullRoleModel | None = Field(
        default=None,
        description="For pods of EKS that pull by themselves, by Pod Identity. Default: none is made.",
    )

    @property
    def made(self) -> Mapping[str, PullRoleModel]:
        """What the roles are for → what is said of each."""
        found = {"nodes": self.nodes, "tasks": self.tasks, "pods": self.pods}
        return {workload: role for workload, role in found.items() if role is not None}


class ConsumerModel(BlueprintModel):
    """A group of accounts that pull the same repositories."""

    accounts: tuple[AccountId, ...] = Field(
        default=(), strict=False, description="Workload accounts; each gets a consumer stack."
    )
    units: tuple[OrganizationalUnitPath, ...] = Field(
        default=(),
        strict=False,
        description="Organizational units by their whole path; one stack set serves every account that is "
        "in them or below, or comes. Needs `organization`.",
    )
    org_paths: tuple[OrganizationPath, ...] = Field(
        default=(),
        strict=False,
        description="Paths of the organization whose accounts may pull, by policies of their own.",
    )
    pull: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Names of repositories, with * for any run of characters. Default: none, caches alone.",
    )
    caches: tuple[str, ...] = Field(
        default=(), strict=False, description="Pull-through caches that they pull through, by upstream."
    )
    roles: tuple[RoleName, ...] = Field(
        default=(),
        strict=False,
        description="Names of roles that exist in each account, to which the pull policy is attached.",
    )
    pull_roles: PullRolesModel = Field(
        default_factory=PullRolesModel, description="Roles that are made in each account. Default: none."
    )
    network: NetworkParametersModel | None = Field(
        default=None,
        description="Endpoints in a VPC of each account of the units. Default: none; those of `accounts` "
        "stand under `networks`.",
    )

    @property
    def admitted_paths(self) -> tuple[str, ...]:
        """The organization's paths whose accounts the registry admits: `org_paths`, and each unit's own."""
        return tuple(dict.fromkeys((*self.org_paths, *(f"{unit}/*" for unit in self.units))))

    @model_validator(mode="after")
    def _whole(self) -> ConsumerModel:
        if not self.accounts and not self.units and not self.org_paths:
            raise ValueError("nobody is named; fix: give `accounts`, `units` or `org_paths`")
        if not self.pull and not self.caches:
            raise ValueError("nothing is pulled; fix: give `pull` or `caches`")
        if (self.roles or self.pull_roles.made) and not self.accounts and not self.units:
            key = "roles" if self.roles else "pull_roles"
            raise ValueError(
                f"`{key}` needs accounts to be in, and `org_paths` deploys to none; fix: give `accounts` "
                f"or `units`, or leave `{key}` out"
            )
        if self.network is not None and not self.units:
            raise ValueError(
                "`network` is for the accounts of `units`, and there are none; fix: write the VPCs of "
                "`accounts` under `networks`, beside `consumers`"
            )
        return self
