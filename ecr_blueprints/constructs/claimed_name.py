"""Names that an account and Region has once, and which construct of the app has taken them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from constructs import Construct, IConstruct

from ecr_blueprints.constructs.app_registries import app_anchor
from ecr_blueprints.errors import RegistryConflictError

__all__ = ["check_unclaimed", "claim"]

_BY_APP: WeakKeyDictionary[IConstruct, dict[tuple[object, ...], str]] = WeakKeyDictionary()


def check_unclaimed(scope: Construct, key: tuple[object, ...], *, what: str, path: str, fix: str) -> None:
    """Refuse a name that another construct of the app has taken.

    Args:
        scope: A construct of the app.
        key: What is taken: its kind, its account and Region as far as they are known, its name.
        what: The same for people, such as ``the signing profile 'release'``.
        path: The construct path of the one that wants it.
        fix: What to do instead.

    Raises:
        RegistryConflictError: It is taken; the error names both.
    """
    owner = _BY_APP.get(app_anchor(scope), {}).get(key)
    if owner is not None:
        raise RegistryConflictError(f"{owner} and {path} would both make {what}", where=path, fix=fix)


def claim(scope: Construct, key: tuple[object, ...], path: str) -> None:
    """Enter a name that `check_unclaimed` let pass."""
    _BY_APP.setdefault(app_anchor(scope), {})[key] = path
