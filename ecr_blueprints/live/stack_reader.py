"""Asks CloudFormation which stack owns what exists.

CloudFormation's own tag, ``aws:cloudformation:stack-name``, does not say that. Whether a resource loses it
when its stack releases it is not documented, and was reported to differ by type:
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1049. And what is declared at the
registry level has no tags. So the tag is a hint at whom to ask.

Each stack is asked once what it holds: a call for some hundred resources. To ask for each repository, by
``DescribeStackResources(PhysicalResourceId=…)``, would be a call for each, and say less: it shows the first
100 resources of a stack, which may hold 500, and a repository's name may be another resource's physical id.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html

A stack that no tag names and no template declares is not asked. What it owns is taken to be free, and
CloudFormation refuses that import:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html. It is rare, as an import
sets the tags of a repository anew: AWS does not document it, and
https://github.com/timdodgson/appliance-clinic/blob/937d8155356b5b3e59e7ba153bbb8573732f14a1/docs/migration/phase-5-import-semantics.md
measured it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, Protocol

from ecr_blueprints.registry.stack_owner import StackOwner

__all__ = ["NOT_HELD", "CloudFormationClient", "read_owners"]

NOT_HELD: Final = frozenset(
    {
        "CREATE_FAILED",
        "DELETE_COMPLETE",
        "DELETE_SKIPPED",
        "EXPORT_COMPLETE",
        "IMPORT_FAILED",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
"""What a stack does not hold: never had, has deleted, has retained, or has given to another stack.

Which of them a stack still lists is documented nowhere.

Source: ``ResourceStatus`` of
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceSummary.html
"""


class CloudFormationClient(Protocol):
    """What the reader needs of ``boto3.client("cloudformation")``: one operation, which reads."""

    def get_paginator(self, operation_name: str) -> Any:
        """A paginator, as botocore makes it."""


def read_owners(
    client: CloudFormationClient, stacks: Iterable[str], *, concurrency: int = 1
) -> dict[tuple[str, str], StackOwner]:
    """Type and physical id → owner, of all that the stacks hold.

    The physical id of what ECR's types declare is the identifier by which it is imported.

    Args:
        client: A boto3 CloudFormation client of the registry's account and Region.
        stacks: Their names. One that does not exist holds nothing.
        concurrency: The number of stacks that are asked about at the same time. Default: one.

    Raises:
        botocore.exceptions.ClientError: It refuses; ``cloudformation:ListStackResources`` is needed.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
    """
    owners: dict[tuple[str, str], StackOwner] = {}
    with ThreadPoolExecutor(max_workers=concurrency) as workers:
        for held in workers.map(partial(_held, client), sorted(set(stacks))):
            owners.update(held)
    return owners


def _held(client: CloudFormationClient, stack: str) -> dict[tuple[str, str], StackOwner]:
    return {
        (str(one["ResourceType"]), str(one["PhysicalResourceId"])): StackOwner(
            stack=stack, logical_id=str(one["LogicalResourceId"])
        )
        for one in _resources(client, stack)
        if one.get("PhysicalResourceId") and one["ResourceStatus"] not in NOT_HELD
    }


def _resources(client: CloudFormationClient, stack: str) -> Iterator[Any]:
    from botocore.exceptions import ClientError

    try:
        for page in client.get_paginator("list_stack_resources").paginate(StackName=stack):
            yield from page["StackResourceSummaries"]
    except ClientError as error:
        # A deleted stack is found by its id only, and its name may be another's by now.
        said = error.response["Error"]
        if said["Code"] != "ValidationError" or "does not exist" not in said.get("Message", ""):
            raise
