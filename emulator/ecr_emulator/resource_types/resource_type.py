"""A CloudFormation resource type, and how it is plugged into the emulated CloudFormation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ecr_emulator import ministack_internals
from ecr_emulator.errors import EcrError, PropertiesInvalid, already_exists, handler_failure
from ecr_emulator.resource_types.schema import Structure
from ecr_emulator.tags import is_of_cloudformation

Properties = dict[str, Any]
Attributes = dict[str, str]


class ResourceType(ABC):
    """One type: its schema, and what its handlers do with properties in the API's names.

    A handler either does everything or nothing: it checks before it changes,
    since the engine rolls back only what was reported as done.
    """

    type_name: ClassVar[str]
    # The service behind it, as its handlers' failures name it.
    service: ClassVar[str] = "Ecr"
    # The primary identifier: what `Ref` answers and an import names.
    identifier: ClassVar[str]
    create_only: ClassVar[tuple[str, ...]] = ()
    tag_property: ClassVar[str | None] = None
    schema: ClassVar[Structure]

    @abstractmethod
    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The identifier that a create with these properties takes."""

    @abstractmethod
    def attributes(self, identifier: str) -> Attributes | None:
        """The `Fn::GetAtt` attributes of an existing resource; None when there is none."""

    @abstractmethod
    def create(self, identifier: str, desired: Properties) -> None:
        """Create the resource; raises `EcrError`."""

    @abstractmethod
    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Change the resource in place; create-only properties are the same in both."""

    @abstractmethod
    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the resource; one that is gone already is no error."""

    def exists(self, identifier: str) -> bool:
        """Whether a create must fail because the resource is there."""
        return self.attributes(identifier) is not None

    def register(self) -> None:
        """Make the emulated CloudFormation know the type."""
        ministack_internals.register_type(
            self.type_name,
            {
                "create": self._create,
                "update": self._update,
                "update_with_logical_id": True,
                "delete": self._delete,
                "import": self._import,
            },
            self.create_only,
            self.identifier,
            self._import_problem,
            self.tag_property,
        )

    def _create(self, logical_id: str, properties: Properties, stack_name: str) -> tuple[str, Attributes]:
        desired = self._checked(logical_id, properties)
        identifier = self.name_of(properties, stack_name, logical_id)
        if self.exists(identifier):
            raise already_exists(self.type_name, identifier)
        try:
            self.create(identifier, desired)
        except EcrError as refusal:
            raise handler_failure(refusal, self.type_name, identifier, service=self.service) from refusal
        return identifier, self._read(identifier)

    def _update(
        self,
        identifier: str,
        previous: Properties,
        properties: Properties,
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, Attributes]:
        desired = self._checked(logical_id or identifier, properties)
        try:
            if self.attributes(identifier) is None:
                raise EcrError("NotFound", f"{self.type_name} '{identifier}' was not found")
            self.update(identifier, self.schema.to_api(previous), desired)
        except EcrError as refusal:
            raise handler_failure(refusal, self.type_name, identifier, service=self.service) from refusal
        return identifier, self._read(identifier)

    def _delete(self, identifier: str, properties: Properties) -> None:
        if self.attributes(identifier) is None:
            return
        try:
            self.delete(identifier, self.schema.to_api(properties))
        except EcrError as refusal:
            raise handler_failure(refusal, self.type_name, identifier, service=self.service) from refusal

    def _import(self, identifier: dict[str, str]) -> tuple[str, Attributes]:
        name = identifier[self.identifier]
        return name, self._read(name)

    def _import_problem(self, name: str) -> str | None:
        if self.attributes(name) is not None:
            return None
        template: str = ministack_internals.cloudformation("changesets")._IMPORT_NOT_FOUND
        return template.format(type=self.type_name, value=name)

    def _checked(self, logical_id: str, properties: Properties) -> Properties:
        problems = list(self.schema.problems(self._without_system_tags(properties), "#"))
        if problems:
            raise PropertiesInvalid(logical_id, problems)
        desired: Properties = self.schema.to_api(properties)
        return desired

    def _without_system_tags(self, properties: Properties) -> Properties:
        """The properties without the tags that CloudFormation itself adds."""
        if self.tag_property is None or not isinstance(properties.get(self.tag_property), list):
            return properties
        kept = [
            tag
            for tag in properties[self.tag_property]
            if not (isinstance(tag, dict) and is_of_cloudformation(tag))
        ]
        return {**properties, self.tag_property: kept}

    def _read(self, identifier: str) -> Attributes:
        return self.attributes(identifier) or {}
