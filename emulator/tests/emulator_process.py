"""Starts the emulator as its users do, and talks to it with boto3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

READY = "ecr-emulator ready on "


class Emulator:
    """A running emulator process."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ecr_emulator", "--port", str(port), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=os.path.dirname(os.path.dirname(__file__)),
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        self.seconds_to_ready = time.monotonic() - self.started
        if not line.startswith(READY):
            _, errors = self.process.communicate(timeout=10)
            raise RuntimeError(f"the emulator said {line!r} and {errors!r}")
        self.endpoint = line.removeprefix(READY)

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.communicate(timeout=10)


class Account:
    """Clients of one account and Region; the access key id is the account."""

    def __init__(self, endpoint: str, account_id: str, region: str) -> None:
        self.endpoint, self.id, self.region = endpoint, account_id, region

    def elsewhere(self, region: str) -> Account:
        return Account(self.endpoint, self.id, region)

    def client(self, service: str) -> Any:
        # Parameters are not checked by the client: that is the emulator's task.
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.id,
            aws_secret_access_key="test",
            config=Config(parameter_validation=False, retries={"max_attempts": 0}),
        )

    @cached_property
    def ecr(self) -> Any:
        return self.client("ecr")

    @cached_property
    def cloudformation(self) -> Any:
        return self.client("cloudformation")

    def deploy(self, stack: str, resources: dict[str, Any], **sections: Any) -> Stack:
        """Create or update a stack and wait until it has settled."""
        body = json.dumps({"Resources": resources, **sections})
        exists = self.status(stack) not in (None, "DELETE_COMPLETE", "ROLLBACK_COMPLETE")
        call = self.cloudformation.update_stack if exists else self.cloudformation.create_stack
        call(StackName=stack, TemplateBody=body)
        return self.settled(stack)

    def delete_stack(self, stack: str) -> str | None:
        stack_id = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        return self.settled(stack_id).status

    def status(self, stack: str) -> str | None:
        try:
            found = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError:
            return None
        return str(found["StackStatus"])

    def settled(self, stack: str) -> Stack:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            if not found["StackStatus"].endswith("_IN_PROGRESS"):
                return Stack(self, found)
            time.sleep(0.02)
        raise TimeoutError(f"{stack} is still {self.status(stack)}")

    def secret(self, name: str, value: str | None = '{"username":"u","accessToken":"t"}', **more: Any) -> str:
        return str(self.client("secretsmanager").create_secret(Name=name, SecretString=value, **more)["ARN"])

    def role(self, name: str, path: str = "/") -> str:
        answer = self.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument="{}")
        return str(answer["Role"]["Arn"])

    def push(self, repository: str, tag: str | None = None, content: int = 0) -> Any:
        manifest = json.dumps({"schemaVersion": 2, "annotations": {"content": str(content)}})
        tagged = {} if tag is None else {"imageTag": tag}
        return self.ecr.put_image(repositoryName=repository, imageManifest=manifest, **tagged)


class Stack:
    """A stack that has settled."""

    def __init__(self, account: Account, description: dict[str, Any]) -> None:
        self.account, self.id, self.status = account, description["StackId"], description["StackStatus"]
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in description.get("Outputs", [])}

    def reasons(self) -> str:
        """Everything that the stack's events say about failures."""
        events = self.account.cloudformation.describe_stack_events(StackName=self.id)["StackEvents"]
        return "\n".join(
            event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
        )

    def physical_ids(self) -> dict[str, str]:
        resources = self.account.cloudformation.describe_stack_resources(StackName=self.id)
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources["StackResources"]}


def error_of(call: Any, **parameters: Any) -> tuple[str, str]:
    """The code and message of the error that a call must answer with."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("the call succeeded")


def resource(kind: str, properties: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    """A template resource of an ECR type."""
    return {"Type": f"AWS::ECR::{kind}", "Properties": properties or {}, **attributes}
