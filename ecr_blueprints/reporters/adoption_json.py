"""The plan of an import and an audit, for programs."""

from __future__ import annotations

from typing import Any, Final

from ecr_blueprints.registry.audit import Audit
from ecr_blueprints.registry.difference import Drift
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import ImportPlan
from ecr_blueprints.reporters.aws_command import command_lines

__all__ = ["ADOPTION_SCHEMA_VERSION", "audit_document", "import_document"]

ADOPTION_SCHEMA_VERSION: Final = "1.0"


def import_document(plan: ImportPlan) -> dict[str, Any]:
    """The plan as plain values.

    Args:
        plan: The plan.
    """
    return {
        "schemaVersion": ADOPTION_SCHEMA_VERSION,
        "registry": plan.registry,
        "stacks": [
            {
                "stack": stack.stack,
                "mapping": {logical_id: dict(one) for logical_id, one in stack.mapping.items()},
                "blocked": [{**_candidate(one.candidate), "reason": one.reason} for one in stack.blocked],
                "owned": [_candidate(one) for one in stack.owned],
                "new": [_candidate(one) for one in stack.new],
            }
            for stack in plan.stacks
        ],
        "differences": [_drift(one) for one in plan.drifts],
        "undeclared": list(plan.undeclared),
        "cachedRepositories": plan.cached,
    }


def audit_document(audit: Audit, *, profile: str | None = None) -> dict[str, Any]:
    """The audit as plain values, with each command as text.

    Args:
        audit: What was found.
        profile: The profile that the commands name.
    """
    return {
        "schemaVersion": ADOPTION_SCHEMA_VERSION,
        "registry": audit.registry,
        "found": [
            {
                **_drift(one.drift),
                "commands": [
                    "\n".join(command_lines(call, region=audit.region, profile=profile))
                    for _, call in one.calls
                ],
            }
            for one in audit.found
        ],
        "missing": [{"resource": what, "stack": stack} for what, stack in audit.missing],
        "undeclared": list(audit.undeclared),
    }


def _candidate(candidate: ImportCandidate) -> dict[str, Any]:
    identifier = candidate.identifier
    return {
        "logicalId": candidate.logical_id,
        "type": candidate.resource_type,
        "identifier": None if identifier is None else str(identifier),
    }


def _drift(drift: Drift) -> dict[str, Any]:
    return {
        "type": drift.resource_type,
        "identifier": drift.identifier,
        "byCreationTemplate": drift.by_template,
        "differences": [
            {"property": one.property, "impact": one.impact.value, "message": one.message}
            for one in drift.differences
        ],
    }
