"""One live endpoint for all deployment tests; each test has accounts of its own on it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployment import Deployment
from loaded_cli import loaded_cli
from local_cloud import LocalCloud

_accounts = itertools.count(700000000000, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.deployment)
        item.add_marker(pytest.mark.node)


@pytest.fixture(scope="session", autouse=True)
def _cli_stays_loaded() -> Iterator[None]:
    with loaded_cli():
        yield


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    log = tmp_path_factory.mktemp("emulator") / "emulator.log"
    with LocalCloud(log=log) as running:
        yield running


@pytest.fixture(scope="module")
def deployment(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A registry account in two Regions and a workload account, bootstrapped."""
    os.environ.setdefault("CDK_VALIDATION", "false")
    account = next(_accounts)
    deployment = Deployment(
        cloud, tmp_path_factory.mktemp("deployment"), account=str(account), consumer=str(account + 1)
    )
    deployment.bootstrap()
    return deployment


@pytest.fixture(scope="module")
def example() -> Path:
    return Path(__file__).resolve().parents[2] / "examples/centralized/blueprint.yaml"
