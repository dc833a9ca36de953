"""`AWS::CloudFormation::StackSet`, whose instances are stacks of the accounts that it targets.

What is refused beyond the schema:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from ecr_emulator import event_loop, ministack_internals, state
from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Flag, Number, Sequence, Structure, Text
from ecr_emulator.stack_sets import lifecycle
from ecr_emulator.stack_sets import targets as reach
from ecr_emulator.stack_sets.records import StackSetRecord

_SERVICE_MANAGED = "SERVICE_MANAGED"
_REGION = Text(pattern=r"[a-zA-Z0-9-]{1,128}")
_PARAMETERS = Sequence(
    item=Structure(
        members={"ParameterKey": Text(), "ParameterValue": Text()},
        required=("ParameterKey", "ParameterValue"),
    ),
    unique=True,
)


class StackSet(ResourceType):
    """A stack set, whose name is taken once per account and Region; `DescribeStackSet` reads it back."""

    type_name: ClassVar[str] = "AWS::CloudFormation::StackSet"
    service: ClassVar[str] = "CloudFormation"
    identifier: ClassVar[str] = "StackSetId"
    create_only: ClassVar[tuple[str, ...]] = ("PermissionModel", "StackSetName")
    tag_property: ClassVar[str | None] = "Tags"
    schema: ClassVar[Structure] = Structure(
        members={
            "StackSetName": Text(pattern=r"[a-zA-Z][a-zA-Z0-9\-]{0,127}"),
            "PermissionModel": Text(values=(_SERVICE_MANAGED, "SELF_MANAGED")),
            "TemplateBody": Text(minimum=1, maximum=51_200),
            "TemplateURL": Text(minimum=1, maximum=5120),
            "Description": Text(minimum=1, maximum=1024),
            "AdministrationRoleARN": Text(minimum=20, maximum=2048),
            "ExecutionRoleName": Text(minimum=1, maximum=64, pattern=r"[a-zA-Z_0-9+=,.@/-]+"),
            "CallAs": Text(values=("SELF", "DELEGATED_ADMIN")),
            "Capabilities": Sequence(
                item=Text(values=("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")),
                unique=True,
            ),
            "AutoDeployment": Structure(
                members={
                    "Enabled": Flag(),
                    "RetainStacksOnAccountRemoval": Flag(),
                    "DependsOn": Sequence(item=Text(), unique=True),
                }
            ),
            "ManagedExecution": Structure(members={"Active": Flag()}),
            "OperationPreferences": Structure(
                members={
                    "ConcurrencyMode": Text(values=("STRICT_FAILURE_TOLERANCE", "SOFT_FAILURE_TOLERANCE")),
                    "FailureToleranceCount": Number(),
                    "FailureTolerancePercentage": Number(maximum=100),
                    "MaxConcurrentCount": Number(minimum=1),
                    "MaxConcurrentPercentage": Number(maximum=100),
                    "RegionConcurrencyType": Text(values=("SEQUENTIAL", "PARALLEL")),
                    "RegionOrder": Sequence(item=_REGION),
                }
            ),
            "Parameters": _PARAMETERS,
            "StackInstancesGroup": Sequence(
                item=Structure(
                    members={
                        "DeploymentTargets": Structure(
                            members={
                                "AccountFilterType": Text(
                                    values=("NONE", "UNION", "INTERSECTION", "DIFFERENCE")
                                ),
                                "Accounts": Sequence(item=Text(pattern=r"[0-9]{12}"), minimum=1, unique=True),
                                "AccountsUrl": Text(minimum=1, maximum=5120),
                                "OrganizationalUnitIds": Sequence(
                                    item=Text(pattern=r"(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})"),
                                    minimum=1,
                                    unique=True,
                                ),
                            }
                        ),
                        "ParameterOverrides": _PARAMETERS,
                        "Regions": Sequence(item=_REGION, minimum=1, unique=True),
                    },
                    required=("DeploymentTargets", "Regions"),
                ),
                unique=True,
            ),
            "Tags": fragments.tags(key_maximum=128, value_minimum=1, value_maximum=256),
        },
        required=("StackSetName", "PermissionModel"),
        read_only=("StackSetId",),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The name and an id, as `CreateStackSet` answers."""
        return f"{properties['StackSetName']}:{uuid.uuid4()}"

    def exists(self, identifier: str) -> bool:
        """Whether the name is taken."""
        name = identifier.partition(":")[0]
        return any(one.partition(":")[0] == name for one in state.stack_sets)

    def attributes(self, identifier: str) -> Attributes | None:
        """`StackSetId`."""
        return {"StackSetId": identifier} if identifier in state.stack_sets else None

    def create(self, identifier: str, desired: Properties) -> None:
        """Keep the stack set and create its instances; without them it is not there either."""
        _check(desired)
        record = StackSetRecord(
            identifier=identifier, account=account_id(), region=region(), declared=desired
        )
        state.stack_sets[identifier] = record
        try:
            event_loop.wait_for(lifecycle.create(record))
        except EcrError:
            state.stack_sets.pop(identifier)
            raise

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Keep the stack set as it is declared now, and bring its instances to it."""
        _check(desired)
        event_loop.wait_for(lifecycle.update(state.stack_sets[identifier], previous, desired))

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the instances, then forget the stack set."""
        event_loop.wait_for(lifecycle.delete(state.stack_sets[identifier]))
        state.stack_sets.pop(identifier)


def _check(desired: Properties) -> None:
    for problem in _problems(desired):
        raise EcrError("ValidationError", problem)


def _problems(desired: Properties) -> Iterator[str]:
    """What CloudFormation refuses beyond the schema."""
    if "templateURL" in desired:
        yield "ecr-emulator: a stack set is read from TemplateBody only"
    if "templateBody" not in desired:
        yield "Either TemplateBody or TemplateURL must be specified"
        return
    is_service_managed = desired["permissionModel"] == _SERVICE_MANAGED
    if "autoDeployment" in desired and not is_service_managed:
        yield "AutoDeployment is for SERVICE_MANAGED permissions"
    automatic = desired.get("autoDeployment", {})
    if "retainStacksOnAccountRemoval" in automatic and not automatic.get("enabled"):
        yield "RetainStacksOnAccountRemoval is for AutoDeployment that is enabled"
    if is_service_managed and desired.keys() & {"administrationRoleARN", "executionRoleName"}:
        yield "AdministrationRoleARN and ExecutionRoleName are for SELF_MANAGED permissions"
    for group in desired.get("stackInstancesGroup", ()):
        targets = group["deploymentTargets"]
        if is_service_managed != ("organizationalUnitIds" in targets):
            yield "OrganizationalUnitIds are required with SERVICE_MANAGED permissions, Accounts with others"
    yield from reach.problems(desired)
    size = len(desired["templateBody"].encode())
    if size > 51_200:
        yield f"TemplateBody has {size} bytes, more than 51200"
    yield from _template_problems(desired)


def _template_problems(desired: Properties) -> Iterator[str]:
    try:
        template = ministack_internals.cloudformation("engine")._parse_template(desired["templateBody"])
    except Exception as error:  # of JSON and of YAML, which have no class in common
        yield f"Template format error: {error}"
        return
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        yield "Template format error: At least one Resources member must be defined."
        return
    for logical_id, resource in resources.items():
        if not isinstance(resource, dict) or "Type" not in resource:
            yield f"Template format error: Every Resources object must contain a Type member: {logical_id}"
            return
    yield from _parameter_problems(desired, template.get("Parameters", {}))
    needed, _ = ministack_internals.cloudformation("handlers")._required_capabilities(template, strict=True)
    given = set(desired.get("capabilities", ()))
    if "CAPABILITY_NAMED_IAM" in given:
        given.add("CAPABILITY_IAM")
    if set(needed) - given:
        yield f"Requires capabilities : [{', '.join(sorted(set(needed) - given))}]"


def _parameter_problems(desired: Properties, declared: dict[str, Any]) -> Iterator[str]:
    given = {one["parameterKey"] for one in desired.get("parameters", ())}
    overridden = {
        one["parameterKey"]
        for group in desired.get("stackInstancesGroup", ())
        for one in group.get("parameterOverrides", ())
    }
    missing = {name for name, one in declared.items() if "Default" not in one} - given
    if missing:
        yield f"Parameters: [{', '.join(sorted(missing))}] must have values"
    unknown = (given | overridden) - declared.keys()
    if unknown:
        yield f"Parameters: [{', '.join(sorted(unknown))}] do not exist in the template"
