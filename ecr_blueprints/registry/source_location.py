"""Where something in the read model was declared."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecr_blueprints.registry.presence import ALWAYS, Presence

__all__ = ["SourceLocation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """The place of one declaration: a template's resource, a construct, or a live resource.

    Attributes:
        template: The template's path as it was given or found. None for constructs and live reads.
        logical_id: The CloudFormation logical ID. None for constructs and live reads.
        construct_path: The CDK construct path (``Stack/Api/Resource``), where there is one.
        resource_type: The CloudFormation type, such as ``AWS::ECR::Repository``.
        arn: The ARN of a live resource. None otherwise.
        property_path: The property inside the resource, such as ``LifecyclePolicy.LifecyclePolicyText``.
        presence: When a deployment has it; it does not tell two places apart. Default: always.
    """

    template: str | None = None
    logical_id: str | None = None
    construct_path: str | None = None
    resource_type: str | None = None
    arn: str | None = None
    property_path: str | None = None
    presence: Presence = field(default=ALWAYS, compare=False, repr=False)

    def at(self, property_path: str) -> SourceLocation:
        """The place of one of the declaration's properties."""
        return SourceLocation(
            template=self.template,
            logical_id=self.logical_id,
            construct_path=self.construct_path,
            resource_type=self.resource_type,
            arn=self.arn,
            property_path=property_path,
            presence=self.presence,
        )

    @property
    def name(self) -> str:
        """The place as a person names it in its template: construct path, logical ID, ARN or file."""
        if self.construct_path is not None:
            return self.construct_path.removesuffix("/Resource")
        return self.logical_id or self.arn or self.template or "unknown place"

    def __str__(self) -> str:
        """The place as a person names it among several templates."""
        if self.construct_path is None and self.logical_id is not None and self.template:
            return f"{self.name} in {self.template}"
        return self.name
