"""Each tutorial of an operating model works from nothing to an image that is pulled, and down again.

The commands and files are the page's own, typed in its order; see `tutorial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from aws_callers import Caller
from local_cloud import ROOT, LocalCloud
from stored_assembly import STORED
from tutorial import Tutorial

PAGES = ROOT / "docs" / "tutorials"
HOST = "dkr.ecr.eu-west-1.amazonaws.com"
BUSYBOX = "public.ecr.aws/docker/library/busybox:stable"
Open = Callable[..., Tutorial]


@pytest.fixture
def open_page(tmp_path: Path) -> Iterator[Open]:
    """Opens a page with an emulator of its own: the pages name the same accounts."""
    with LocalCloud(log=tmp_path / "emulator.log") as cloud:

        def make(name: str, **more: Any) -> Tutorial:
            reader = tmp_path / "reader"
            reader.mkdir()
            return Tutorial(PAGES / name, cloud, reader, tmp_path / "run", **more)

        yield make


def stacks_left(page: Tutorial) -> set[str]:
    """The stacks of all accounts, but for what the CDK's bootstrap has made."""
    left = {
        stack["StackName"]
        for profile in page.accounts
        for stack in page.client(profile, "cloudformation").describe_stacks()["Stacks"]
    }
    return left - {"CDKToolkit"}


def repositories_of(page: Tutorial, profile: str) -> set[str]:
    found = page.client(profile, "ecr").describe_repositories()["repositories"]
    return {one["repositoryName"] for one in found if not one["repositoryName"].startswith("cdk-")}


def pulled(page: Tutorial, account: str, image: str) -> str:
    """The manifest that a pull has brought."""
    return page.docker.pulled[f"{account}.{HOST}/{image}"]


def test_centralized(open_page: Open) -> None:
    page = open_page("centralized.md")
    page.run()

    assert set(page.bootstrapped) == page.environments
    assert page.deployed == page.destroyed
    assert {name.partition("-")[2].partition("-")[0] for name in page.deployed} == {
        *("registry", "repositories", "consumer")
    }
    assert pulled(page, "111122223333", "dev/payments/api:sha-1a2b3c4") == page.docker.images[BUSYBOX]
    assert pulled(page, "111122223333", "ecr-public/docker/library/busybox:stable")
    assert stacks_left(page) == set()
    # All that was there stays, but for the one that the page deletes.
    assert repositories_of(page, "registry") == {
        *("dev/platform/gateway", "prod/platform/gateway", "base/python", "prod/payments/api"),
        *("prod/payments/ledger", "dev/search/indexer", "prod/search/indexer", "prod/search/query"),
        "ecr-public/docker/library/busybox",
    }


def test_enterprise(open_page: Open) -> None:
    page = open_page("enterprise.md", harbor=Caller(account="111122223333", role="ecr-enterprise-bridge"))
    page.run()

    assert set(page.bootstrapped) == page.environments
    assert page.deployed == page.destroyed
    assert pulled(page, "111122223333", "prod/payments/api:v1.0.0") == page.docker.images[BUSYBOX]
    assert stacks_left(page) == set()
    assert repositories_of(page, "registry") == {
        *("prod/payments/ledger", "prod/platform/agent", "prod/platform/gateway")
    }


def test_tenant_managed(open_page: Open) -> None:
    page = open_page("tenant-managed.md", organization=("o-exampleorg", "management"), in_units=["search"])
    page.run()

    assert set(page.bootstrapped) == {
        f"aws://{page.accounts[one]}/eu-west-1" for one in ("management", "security", "platform", "search")
    }
    assert page.deployed == page.destroyed
    assert {name for name in page.deployed if name.startswith("ecr-platform-")} == {
        f"ecr-platform-{one}"
        for one in ("inspector-eu-west-1", "findings-eu-west-1", "baseline", "guardrails")
    }
    assert pulled(page, "888899990000", "prod/search/query:v1.0.0") == page.docker.images[BUSYBOX]
    assert stacks_left(page) == set()
    assert repositories_of(page, "search") == {"dev/search/indexer", "prod/search/indexer"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("docker pull a/b:c\nfalse\n", "false: exit code 1"),
        ("true  # refused\n", "true  # refused: exit code 0"),
        ("wget https://example.com\n", "exit code 127"),
        ("npm install\n", "npm install"),
        ("npx cdk deploy --all --profile registry\n", "nothing was synthesized"),
        ("npx cdk bootstrap aws://222233334444/eu-west-1 --profile registry\n", "with credentials of 1111"),
        ("aws ecr describe-repositories --region eu-west-1\n", "whose credentials"),
        ("aws ecr describe-repositories --region eu-west-1 --profile nobody\n", "no profile nobody"),
        ("docker pull 111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:b\n", "nobody has logged in"),
    ],
)
def test_what_would_not_work_for_a_reader_fails(
    text: str, reason: str, cloud: LocalCloud, tmp_path: Path
) -> None:
    page = Tutorial(PAGES / "centralized.md", cloud, tmp_path, tmp_path / "run")
    with pytest.raises(AssertionError, match=reason):
        page.shell.run(text)


@pytest.mark.parametrize(("trusted", "lets"), [("222233334444", False), ("111122223333", True)])
def test_an_account_is_deployed_to_only_if_its_bootstrap_trusts_whoever_deploys(
    trusted: str, lets: bool, cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Tutorial(PAGES / "centralized.md", cloud, tmp_path, tmp_path / "run")
    page.assembly = STORED / "centralized"
    page.bootstrapped = {"aws://222233334444/eu-west-1": {"222233334444", trusted}}
    monkeypatch.setattr("tutorial.run_cdk", lambda *_, **__: CompletedProcess([], 0, "", ""))
    deploy = "npx cdk deploy --exclusively ecr-consumer-staging-222233334444 --profile registry\n"
    if lets:
        page.shell.run(deploy)
        assert page.deployed == {"ecr-consumer-staging-222233334444"}
    else:
        with pytest.raises(AssertionError, match="222233334444/eu-west-1 does not let 111122223333 deploy"):
            page.shell.run(deploy)
