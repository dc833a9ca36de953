"""What a baseline has changed of a repository, and what it has left."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BaselineChange", "BaselineRemainder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineChange:
    """One thing that a `RepositoryBaseline` has changed.

    Attributes:
        construct_path: The path of the ``CfnRepository``.
        member: What was changed: a property or attribute, as CloudFormation calls it.
        before: What it was.
        after: What it is.
    """

    construct_path: str
    member: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.construct_path}: {self.member} from {self.before} to {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRemainder:
    """One thing that a `RepositoryBaseline` has left as it is.

    Attributes:
        construct_path: The path of the ``CfnRepository``.
        member: What was left, as CloudFormation calls it.
        reason: Why.
    """

    construct_path: str
    member: str
    reason: str

    def __str__(self) -> str:
        return f"{self.construct_path}: {self.member} left: {self.reason}"
