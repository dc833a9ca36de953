"""The registries of one app: one owner each, and one contract for all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import Construct, IConstruct, IValidation

from ecr_blueprints.constructs.registry_contract import write_contract
from ecr_blueprints.errors import EcrBlueprintsError, RegistryConflictError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["AppRegistries", "app_anchor"]

_BY_APP: WeakKeyDictionary[IConstruct, AppRegistries] = WeakKeyDictionary()


class AppRegistries:
    """Every `PrivateRegistry` of one app, in the order of construction."""

    def __init__(self, anchor: Construct) -> None:
        self._anchor = anchor
        self._by_environment: dict[tuple[str | None, str | None, str], PrivateRegistry] = {}

    @classmethod
    def of(cls, scope: Construct) -> AppRegistries:
        """The registries of the app to which a construct belongs."""
        anchor = app_anchor(scope)
        registries = _BY_APP.get(anchor)
        if registries is None:
            registries = _BY_APP[anchor] = cls(anchor)
        return registries

    @property
    def registries(self) -> tuple[PrivateRegistry, ...]:
        """All of them."""
        return tuple(self._by_environment.values())

    def check_unowned(self, environment: tuple[str | None, str | None, str], path: str) -> None:
        """Refuse a second owner of one account and Region.

        Args:
            environment: Account and Region as far as they are known, and the stage's path where one is not.
            path: The construct path of the one that wants to own it.

        Raises:
            RegistryConflictError: Another construct owns it; the error names both.
        """
        owner = self._by_environment.get(environment)
        if owner is not None:
            raise RegistryConflictError(
                f"an account and Region has one registry; {path!r} would own {owner.ledger.label} and "
                f"{owner.node.path!r} owns it already",
                where=path,
                fix="pass the existing PrivateRegistry to what needs it, and let it contribute",
            )

    def add(self, environment: tuple[str | None, str | None, str], registry: PrivateRegistry) -> None:
        """Enter the owner of an environment; the first one has the contract written at synthesis."""
        if not self._by_environment:
            self._anchor.node.add_validation(_ContractAtSynthesis(self))
        self._by_environment[environment] = registry

    @property
    def directory(self) -> str:
        """The root directory of the app's cloud assembly."""
        anchor = self._anchor
        stage = anchor if isinstance(anchor, cdk.Stage) else cdk.Stage.of(anchor)
        if stage is None:
            raise EcrBlueprintsError("a registry lies in no app", where=self._anchor.node.path)
        return stage.outdir


@jsii.implements(IValidation)
class _ContractAtSynthesis:
    """CDK's hook at synthesis: everything is constructed, and nothing is written yet."""

    def __init__(self, registries: AppRegistries) -> None:
        self._registries = registries

    def validate(self) -> list[str]:
        """Write the contract; what prevents it is an error of the app's synthesis."""
        try:
            write_contract(self._registries.directory, self._registries.registries)
        except EcrBlueprintsError as error:
            return [str(error)]
        except OSError as error:
            return [f"registry.json cannot be written: {error}"]
        return []


def app_anchor(scope: Construct) -> Construct:
    """The app; the stack where the app was made by CDK and is another Python object at each look."""
    root = scope.node.root
    if isinstance(root, Construct) and scope.node.root is root:
        return root
    return cdk.Stack.of(scope)
