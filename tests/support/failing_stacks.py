"""What stands in a stack's way, and change sets that run into it as the CDK CLI's do."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from example_deployment import ExampleDeployment, Place
from synthesized import Assembly

__all__ = ["InTheWay", "change", "status_of", "taken_names"]

_NAMES: Final = {
    "AWS::CloudFormation::StackSet": "StackSetName",
    "AWS::ECR::PullThroughCacheRule": "EcrRepositoryPrefix",
    "AWS::ECR::RegistryPolicy": "PolicyText",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Organizations::Policy": "Name",
    "AWS::SSM::Parameter": "Name",
}
"""Type → the property by which one is known, of which there is one in an account and Region."""

_runs = itertools.count()
_CAPABILITIES: Final = ["CAPABILITY_NAMED_IAM"]


def taken_names(template: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The last resource that fails where something else has its name already: logical ID → resource.

    Args:
        template: A stack's template.
        before: The template that is deployed: what it has is no obstacle. Default: nothing is.

    Returns:
        One member; none where a stack has nothing with a name of its own.
    """
    held = {} if before is None else before["Resources"]
    found = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if isinstance(resource.get("Properties", {}).get(_NAMES.get(resource["Type"], "")), str | dict)
        and not _has_functions(resource["Properties"][_NAMES[resource["Type"]]])
        and not _is_held(logical_id, resource, held)
    }
    return dict(list(found.items())[-1:])


def _is_held(logical_id: str, resource: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    if logical_id not in held:
        return False
    name = _NAMES[resource["Type"]]
    return bool(
        resource["Type"] == "AWS::ECR::RegistryPolicy"
        or held[logical_id]["Properties"].get(name) == resource["Properties"][name]
    )


def _has_functions(value: Any) -> bool:
    if isinstance(value, dict):
        return any(
            key == "Ref" or key.startswith("Fn::") or _has_functions(one) for key, one in value.items()
        )
    return isinstance(value, list) and any(map(_has_functions, value))


class InTheWay:
    """Something of somebody else's that has a name already.

    Args:
        deployment: Where.
        place: Its account and Region.
        resource: The resource whose name it has.
    """

    def __init__(self, deployment: ExampleDeployment, place: Place, resource: Mapping[str, Any]) -> None:
        self._client = deployment.client("cloudformation", place)
        self._stack = f"in-the-way-{next(_runs)}"
        properties = {
            key: value for key, value in resource["Properties"].items() if not _has_functions(value)
        }
        if resource["Type"] == "AWS::IAM::Role":
            properties = {
                "RoleName": properties["RoleName"],
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": "ec2.amazonaws.com"},
                        }
                    ],
                },
            }
        template = {"Resources": {"Other": {"Type": resource["Type"], "Properties": properties}}}
        self._client.create_stack(
            StackName=self._stack, TemplateBody=json.dumps(template), Capabilities=_CAPABILITIES
        )
        assert _settled(self._client, self._stack) == "CREATE_COMPLETE"

    def remove(self) -> None:
        """Take it away."""
        self._client.delete_stack(StackName=self._stack)
        assert _settled(self._client, self._stack) in (None, "DELETE_COMPLETE")


def change(
    deployment: ExampleDeployment, assembly: Assembly, stack: str, kind: str, *, execute: bool = True
) -> str | None:
    """Creates or updates a stack by a change set, as the CLI does; gives the status in which it ends.

    Args:
        deployment: Where.
        assembly: Whose template is taken.
        stack: The stack's name.
        kind: ``CREATE`` or ``UPDATE``.
        execute: Whether it is executed. Where not, it stays behind, as of a CLI that was killed then.
    """
    client = deployment.client("cloudformation", assembly.environments[stack])
    name = f"by-hand-{next(_runs)}"
    # A template that stands in the request has less room than one in a bucket.
    storage = deployment.client("s3", assembly.environments[stack])
    region = assembly.environments[stack][1]
    storage.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    storage.put_object(Bucket=name, Key="template", Body=json.dumps(assembly.templates[stack]))
    client.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateURL=f"{deployment.cloud.url}/{name}/template",
        Capabilities=_CAPABILITIES,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status = client.describe_change_set(StackName=stack, ChangeSetName=name)["Status"]
        if status not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
        time.sleep(0.1)
    assert status == "CREATE_COMPLETE", status
    if execute:
        client.execute_change_set(StackName=stack, ChangeSetName=name)
    return _settled(client, stack)


def status_of(deployment: ExampleDeployment, assembly: Assembly, stack: str) -> str | None:
    """The status in which a stack ends; None where there is none.

    Args:
        deployment: Where.
        assembly: Which says the stack's account and Region.
        stack: Its name.
    """
    return _settled(deployment.client("cloudformation", assembly.environments[stack]), stack)


def _settled(client: Any, stack: str) -> str | None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            (found,) = client.describe_stacks(StackName=stack)["Stacks"]
        except client.exceptions.ClientError:
            return None
        status = str(found["StackStatus"])
        if status == "REVIEW_IN_PROGRESS" or not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(0.1)
    raise TimeoutError(f"{stack} has not settled")
