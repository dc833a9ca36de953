"""Every exception that the library raises on purpose.

::

    EcrBlueprintsError
    ├── InvalidValueError (also ValueError)   a value that ECR, IAM or the library does not allow
    │   ├── LifecyclePolicyError              a lifecycle policy that breaks ECR's grammar or constraints
    │   └── BlueprintError                    a blueprint file, with file, line and key path
    ├── RegistryConflictError                 two contributions that one registry cannot hold together
    ├── ContractError                         a registry contract (`registry.json`) that cannot be used
    ├── UnusableInputError                    something given to the review that cannot be read
    ├── LiveRegistryError                     a registry that exists and cannot be read
    └── MissingDependencyError (also ImportError)   an optional extra that is not installed

An error says *what* is wrong, *where*, what was *allowed* and how to *fix* it; each is an
attribute, and ``str(error)`` puts them together. Bad input is reported with one of these before
anything is created or written.
"""

from __future__ import annotations

__all__ = [
    "BlueprintError",
    "ContractError",
    "EcrBlueprintsError",
    "InvalidValueError",
    "LifecyclePolicyError",
    "LiveRegistryError",
    "MissingDependencyError",
    "RegistryConflictError",
    "UnusableInputError",
]


class EcrBlueprintsError(Exception):
    """The root of the tree.

    Args:
        what: What is wrong, with the offending value, lower case, without a full stop.
        where: The place: an argument, a construct path, ``file:line: key.path``. Default: not said.
        allowed: What would have been accepted. Default: not said.
        fix: What to do now, as an instruction. Default: not said.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.fix = fix
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.fix:
            text += f"; fix: {self.fix}"
        return text


class InvalidValueError(EcrBlueprintsError, ValueError):
    """A value that ECR, IAM or the library does not allow."""


class LifecyclePolicyError(InvalidValueError):
    """A lifecycle policy that breaks ECR's grammar (facts §1.1) or constraints (facts §1.4)."""


class BlueprintError(InvalidValueError):
    """A blueprint file that cannot be used; ``where`` holds file, line and key path."""


class RegistryConflictError(EcrBlueprintsError):
    """Two contributions that one registry cannot hold together; the text names both parties."""


class ContractError(EcrBlueprintsError):
    """A registry contract (``registry.json``) that cannot be read or does not fit."""


class UnusableInputError(EcrBlueprintsError):
    """Something given to the review that cannot be read as a template or cloud assembly."""


class LiveRegistryError(EcrBlueprintsError):
    """A registry that exists and cannot be read: no credential, no permission, no answer."""


class MissingDependencyError(EcrBlueprintsError, ImportError):
    """An optional extra is needed and not installed; ``fix`` is the command that installs it."""
