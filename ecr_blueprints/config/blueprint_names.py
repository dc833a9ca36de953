"""The names of what a blueprint makes: its stacks, and the roles and stack sets of those who pull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.domain.workload import Workload

__all__ = ["BASELINE", "KINDS", "MAX_STACK_NAME_LENGTH", "BlueprintNames"]

BASELINE: Final = "ecr-baseline"
"""The name of the tenants' stack set, whatever the blueprint's, and what all that it makes begins with.

An account has one baseline, and guardrails go by this name.
"""

KINDS: Final = (
    "bridge",
    "consumer",
    "endpoints",
    "platform",
    "pull",
    "registry",
    "repositories",
    "units",
)
"""What tells in a name what it is for."""

MAX_STACK_NAME_LENGTH: Final = 128
"""Characters of a stack's name.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""


@dataclass(frozen=True)
class BlueprintNames:
    """What each name is made of: the blueprint's own ``name``, what it is for, and where.

    Nothing that changes from day to day is in a name, such as how many repositories a stack holds or who owns
    them. Two blueprints of different names have no stack, pull role or stack set for pulling in common, so
    that what both declare is refused as taken, and nothing is taken over. The parts of the tenants' platform
    that an organization or an account has once, such as the baseline, have the same name in every blueprint,
    and so has a bridge's role unless the blueprint names it.

    Args:
        prefix: The ``name`` of the blueprint.

    Practices: OPS-1
    """

    prefix: str

    @classmethod
    def of(cls, blueprint: Blueprint) -> BlueprintNames:
        """The names of a blueprint."""
        return cls(blueprint.name)

    def registry(self, region: str, *, team: str | None = None) -> str:
        """The stack of a registry's settings; a tenant's bears the team's name."""
        return self._join("registry", team, region)

    def repositories(self, stack_key: str, region: str) -> str:
        """The stack of the repositories that have a ``stack`` key."""
        return self._join("repositories", stack_key, region)

    def bridge(self, region: str) -> str:
        """The stack of the bridge from an enterprise registry."""
        return self._join("bridge", region)

    def consumer(self, consumer: str, account: str) -> str:
        """The stack of a consumer in one of its accounts."""
        return self._join("consumer", consumer, account)

    def endpoints(self, account: str, region: str) -> str:
        """The stack of the VPC endpoints of an account."""
        return self._join("endpoints", account, region)

    def units(self, consumer: str) -> str:
        """The stack of a consumer's stack sets."""
        return self._join("units", consumer)

    def platform(self, part: str, region: str | None = None) -> str:
        """A stack of the tenants' platform, such as ``findings`` in a Region."""
        return self._join("platform", part, region)

    def pull(self, consumer: str) -> str:
        """The stack set that lets a consumer's accounts pull, and the policy in each of them."""
        return self._join("pull", consumer)

    def pull_role(self, consumer: str, workload: Workload) -> str:
        """A role that is made for a consumer; the same in each of its accounts."""
        return self._join("pull", consumer, str(workload))

    def unit_endpoints(self, consumer: str) -> str:
        """The stack set of the VPC endpoints of a consumer's accounts."""
        return self._join("endpoints", consumer)

    def _join(self, kind: str, *parts: str | None) -> str:
        return "-".join([self.prefix, kind, *(part for part in parts if part is not None)])
