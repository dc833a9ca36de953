"""The custom resources, deployed: settings put, changed and put back; a credential checked; failures told.

The template has no asset, so that after its first deployment CloudFormation alone is asked, without the CDK
CLI's start each time.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import aws_cdk as cdk
import pytest
from deployment import MAIN_REGION, Deployment

from ecr_blueprints.constructs.cache_validation import CacheValidation, OnInvalid
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_time_update_exclusion import PullTimeUpdateExclusion
from ecr_blueprints.constructs.registry_settings import InspectorRescan, RegistrySettings
from ecr_blueprints.constructs.secret_ready import SecretReady
from ecr_blueprints.domain.inspector_rescan import RescanWindow

STACK = "registry-settings"
HUB = "ecr-pullthroughcache/docker-hub"


def _assembly(
    deployment: Deployment,
    name: str,
    *,
    blob_mounting: bool | None = True,
    rescan: InspectorRescan | None = None,
    on_invalid: OnInvalid = OnInvalid.WARN,
    revision: str = "1",
    settings_id: str = "Settings",
) -> Path:
    folder = deployment.folder / name
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    environment = cdk.Environment(account=deployment.account, region=MAIN_REGION)
    stack = cdk.Stack(app, STACK, env=environment, synthesizer=cdk.BootstraplessSynthesizer())
    registry = PrivateRegistry(stack, "Registry")
    RegistrySettings(
        stack, settings_id, registry=registry, blob_mounting=blob_mounting, inspector_rescan=rescan
    )
    PullTimeUpdateExclusion(
        stack,
        "Scanner",
        registry=registry,
        principal=f"arn:aws:iam::{deployment.account}:role/scanner",
    )
    hub = registry.add_pull_through_cache("docker-hub")
    assert hub.secret is not None
    ready = SecretReady(stack, "HubSecretReady", secret_arn=hub.secret.secret_arn)
    hub.resource.node.add_dependency(ready)
    CacheValidation(
        stack,
        "HubCheck",
        rule=hub.resource,
        prefix=hub.prefix,
        on_invalid=on_invalid,
        revision=revision,
        patience_seconds=0,
    )
    app.synth()
    return folder


class _State:
    """What the services say."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @property
    def blob_mounting(self) -> str:
        return str(self._deployment.client("ecr").get_account_setting(name="BLOB_MOUNTING")["value"])

    @property
    def rescan(self) -> tuple[str, str, str]:
        configuration = self._deployment.client("inspector2").get_configuration()
        found = configuration["ecrConfiguration"]["rescanDurationState"]
        return found["rescanDuration"], found["pullDateRescanDuration"], found["pullDateRescanMode"]

    @property
    def exclusions(self) -> list[str]:
        return list(
            self._deployment.client("ecr").list_pull_time_update_exclusions()["pullTimeUpdateExclusions"]
        )

    def update(self, assembly: Path) -> str:
        """Updates the stack; gives everything that its events say of failures."""
        client = self._deployment.client("cloudformation")
        body = (assembly / f"{STACK}.template.json").read_text()
        client.update_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        self._settle()
        events = client.describe_stack_events(StackName=STACK)["StackEvents"]
        return "\n".join(
            event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
        )

    def delete(self) -> str:
        """Deletes the stack; gives its status."""
        client = self._deployment.client("cloudformation")
        stack_id = client.describe_stacks(StackName=STACK)["Stacks"][0]["StackId"]
        client.delete_stack(StackName=STACK)
        return self._settle(stack_id)

    def _settle(self, stack: str = STACK) -> str:
        client = self._deployment.client("cloudformation")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            status = str(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
            if not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(0.05)
        raise TimeoutError(f"{stack} is still {status}")


@pytest.fixture
def state(deployment: Deployment) -> _State:
    return _State(deployment)


def test_a_life_of_the_settings(deployment: Deployment, state: _State) -> None:
    assert (state.blob_mounting, state.rescan) == ("DISABLED", ("DAYS_14", "DAYS_14", "LAST_IN_USE_AT"))

    # The secret holds a placeholder, which a warning lets pass.
    deployment.deploy(_assembly(deployment, "create", rescan=InspectorRescan()))
    assert (state.blob_mounting, state.rescan) == ("ENABLED", ("DAYS_90", "DAYS_90", "LAST_PULL_DATE"))
    assert state.exclusions == [f"arn:aws:iam::{deployment.account}:role/scanner"]

    # A failing check rolls the settings back with it, and says why.
    longer = InspectorRescan(since_push=RescanWindow.LIFETIME)
    reasons = state.update(
        _assembly(deployment, "fail", rescan=longer, on_invalid=OnInvalid.FAIL, revision="2")
    )
    assert "the pull-through cache 'docker-hub' cannot log in to its upstream: Authentication" in reasons
    assert state.rescan == ("DAYS_90", "DAYS_90", "LAST_PULL_DATE")

    # With the real credential it passes; a setting changes, the construct moves, and one setting is let go.
    deployment.client("secretsmanager").put_secret_value(
        SecretId=HUB, SecretString=json.dumps({"username": "someone", "accessToken": "token"})
    )
    state.update(
        _assembly(
            deployment,
            "update",
            blob_mounting=None,
            rescan=longer,
            on_invalid=OnInvalid.FAIL,
            revision="2",
            settings_id="Moved",
        )
    )
    assert (state.blob_mounting, state.rescan) == ("DISABLED", ("LIFETIME", "DAYS_90", "LAST_PULL_DATE"))

    # What is deleted puts back what was there before anything was deployed.
    assert state.delete() == "DELETE_COMPLETE"
    assert (state.blob_mounting, state.rescan) == ("DISABLED", ("DAYS_14", "DAYS_14", "LAST_IN_USE_AT"))
    assert state.exclusions == []
