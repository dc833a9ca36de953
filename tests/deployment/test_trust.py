"""An account that was bootstrapped without trust in the deploying one is not deployed into."""

from __future__ import annotations

from pathlib import Path

import pytest
from deployment import MAIN_REGION, Deployment
from local_cloud import LocalCloud

REGISTRY, CONSUMER = "730000000001", "730000000002"
STACK = f"ecr-consumer-production-{CONSUMER}"


@pytest.fixture(scope="module")
def untrusted(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    deployment = Deployment(cloud, tmp_path_factory.mktemp("trust"), account=REGISTRY, consumer=CONSUMER)
    cloud.install_toolkit({REGISTRY: (MAIN_REGION,), CONSUMER: (MAIN_REGION,)}, trusted=None)
    return deployment


def test_a_deployment_into_it_is_refused_with_the_way_out(untrusted: Deployment) -> None:
    code, output = deploy(untrusted, untrusted.synth())
    assert code != 0
    assert f"role/cdk-hnb659fds-deploy-role-{CONSUMER}-{MAIN_REGION}" in output
    assert "is not authorized to perform: sts:AssumeRole" in output
    assert "(re)-bootstrap the environment with the right '--trust'" in output
    iam = untrusted.cloud.client("iam", account=CONSUMER, region=MAIN_REGION)
    assert "ecr-pull-production" not in str(iam.list_roles())  # type: ignore[attr-defined]


def test_it_is_deployed_into_once_it_is_bootstrapped_with_trust(untrusted: Deployment) -> None:
    untrusted.cloud.bootstrap({CONSUMER: (MAIN_REGION,)}, trusted=REGISTRY)
    code, output = deploy(untrusted, untrusted.synth())
    assert code == 0, output
    cloudformation = untrusted.cloud.client("cloudformation", account=CONSUMER, region=MAIN_REGION)
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]  # type: ignore[attr-defined]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def deploy(deployment: Deployment, assembly: Path) -> tuple[int, str]:
    return deployment.deploy(assembly, "--exclusively", STACK, check=False)
