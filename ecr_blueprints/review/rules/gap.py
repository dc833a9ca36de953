"""What would have to be known, in the same words wherever the same thing is missing.

Open findings are summed up by these words, so that one gap is one line of the report.
"""

from __future__ import annotations

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["generated_name_of", "scanning_configuration_of", "value_of"]

_NAMED = ("parameter ", "resource ", "output ", "export ", "condition ", "AWS::", "{{resolve:")
"""How ``Unresolved.depends_on`` begins where it names a thing; otherwise it describes one."""


def value_of(unresolved: Unresolved) -> str:
    """A value that deployment determines, or that is needed and not well formed."""
    missing = unresolved.depends_on
    if not missing:
        return f"the value of {unresolved.expression}"
    return f"the value of {missing}" if missing.startswith(_NAMED) else missing


def generated_name_of(source: SourceLocation) -> str:
    """A name that CloudFormation makes up."""
    return f"the name that CloudFormation gives to {source}"


def scanning_configuration_of(registry: Registry) -> str:
    """The scanning configuration that another app may own."""
    return f"the registry scanning configuration of {registry.label}"
