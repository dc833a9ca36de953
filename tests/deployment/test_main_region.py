"""The main Region is lost, another one takes its place, and it comes back.

Done as docs/how-to/recover-in-another-region.md says it.

A Region is lost here to who deploys: its bootstrap is gone, so that the CDK refuses every stack in it. The
endpoint copies nothing: copies are pushed.

Practices: REPL-1, REPL-2, OPS-1
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deployment import MAIN_REGION as OLD
from deployment import OTHER_REGION as NEW
from deployment import Deployment

from ecr_blueprints.registry.registry import Registry

THIRD = "eu-north-1"
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
ROLE = "ecr-pull-production-nodes"
BLUEPRINT = """\
version: 1
model: centralized
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "{account}", regions: [{regions}]{iam}}}
alerts: {{findings: [], operations: false}}
caches: {{k8s: {{}}}}
consumers:
  production:
    accounts: ["{consumer}"]
    pull: ["prod/*"]
    caches: [k8s]
    pull_roles: {{nodes: {{}}}}
teams: [{{team: payments, push: {{github: acme/payments}}, repositories: {{api: {{}}{more}}}}}]
{replication}"""


class Company:
    """One blueprint whose main Region changes."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        places = {deployment.account: (THIRD,), deployment.consumer: (NEW,)}
        deployment.cloud.install_toolkit(places, trusted=deployment.account)

    def synth(
        self, *regions: str, to: tuple[str, ...] = (), iam: str | None = None, app: str = "api"
    ) -> Path:
        return self.deployment.synth_text(
            BLUEPRINT.format(
                account=self.deployment.account,
                consumer=self.deployment.consumer,
                regions=", ".join(regions),
                iam="" if iam is None else f", iam_region: {iam}",
                more="" if app == "api" else f", {app}: {{}}",
                replication=f"replication: {{to: [{', '.join(to)}]}}\n" if to else "",
            )
        )

    def role(self) -> dict[str, Any]:
        """The consumer's role, as IAM tells it."""
        iam = self.deployment.cloud.client("iam", account=self.deployment.consumer, region=OLD)
        found: dict[str, Any] = iam.get_role(RoleName=ROLE)["Role"]  # type: ignore[attr-defined]
        return found

    def pulled_regions(self) -> set[str]:
        """The Regions whose repositories the consumer's role may pull."""
        iam: Any = self.deployment.cloud.client("iam", account=self.deployment.consumer, region=OLD)
        (policy,) = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]
        text = str(document["Document"])
        return {region for region in (OLD, NEW, THIRD) if f":{region}:" in text}

    @contextmanager
    def lost(self, region: str) -> Iterator[None]:
        """Nothing can be deployed to a Region."""
        deployment = self.deployment
        clients: list[Any] = [
            deployment.cloud.client("ssm", account=account, region=region)
            for account in (deployment.account, deployment.consumer)
        ]
        (version,) = {one.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"] for one in clients}
        for one in clients:
            one.delete_parameter(Name=BOOTSTRAP)
        try:
            yield
        finally:
            for one in clients:
                one.put_parameter(Name=BOOTSTRAP, Value=version, Type="String")


@pytest.fixture(scope="module")
def company(deployment: Deployment) -> Company:
    return Company(deployment)


def destinations(registry: Registry) -> list[str]:
    return sorted(
        str(one.region)  # type: ignore[union-attr]
        for configuration in registry.replication
        for rule in configuration.rules  # type: ignore[union-attr]
        for one in rule.destinations  # type: ignore[union-attr]
    )


def test_another_region_takes_over_while_the_main_one_is_lost_and_gives_back(company: Company) -> None:
    deployment = company.deployment
    deployment.deploy(company.synth(OLD, NEW, to=(NEW,)))
    pushed = {region: {deployment.push("prod/payments/api", "v1.0.0", region)} for region in (OLD, NEW)}
    role = company.role()

    with company.lost(OLD):
        taken_over = company.synth(NEW, OLD, to=(THIRD,), iam=OLD)
        code, output = deployment.deploy(taken_over, f"ecr-*-{OLD}", check=False)
        assert code != 0
        assert BOOTSTRAP in output

        deployment.deploy(taken_over, f"ecr-*-{NEW}")
        assert destinations(deployment.live(NEW)) == [THIRD]
        assert company.role() == role
        assert company.pulled_regions() == {OLD, NEW}
        pushed[NEW].add(deployment.push("prod/payments/api", "v1.0.1", NEW))
        assert deployment.digests("prod/payments/api", NEW) == pushed[NEW]

    # It is back, and takes copies: everything can be deployed, and what stood in it stands there still.
    back = company.synth(NEW, OLD, to=(OLD, THIRD), iam=OLD)
    deployment.deploy(back)
    assert destinations(deployment.live(NEW)) == sorted([OLD, THIRD])
    assert destinations(deployment.live(OLD)) == []
    assert company.role()["Arn"] == role["Arn"]
    assert company.pulled_regions() == {OLD, NEW, THIRD}
    assert deployment.digests("prod/payments/api", OLD) == pushed[OLD]

    # And the main one again.
    deployment.deploy(company.synth(OLD, NEW, to=(NEW,)))
    assert destinations(deployment.live(OLD)) == [NEW]
    assert destinations(deployment.live(NEW)) == []
    assert company.role()["Arn"] == role["Arn"]
    assert deployment.digests("prod/payments/api", NEW) == pushed[NEW]


def test_the_main_region_is_deployed_while_one_that_it_copies_to_is_lost(company: Company) -> None:
    deployment = company.deployment
    deployment.deploy(company.synth(OLD, NEW, to=(NEW,)))
    changed = company.synth(OLD, NEW, to=(NEW,), app="web")
    with company.lost(NEW):
        code, output = deployment.deploy(changed, f"ecr-*-{OLD}", check=False)
        assert code != 0
        assert BOOTSTRAP in output

        deployment.deploy(changed, f"ecr-*-{OLD}", "--exclusively")
    assert "prod/payments/web" in {one.known_name for one in deployment.live(OLD).repositories}


def test_without_the_key_the_roles_would_go_along_and_are_refused(company: Company) -> None:
    deployment = company.deployment
    moved = company.synth(NEW, OLD, to=(THIRD,))
    code, output = deployment.deploy(moved, f"ecr-consumer-production-{deployment.consumer}", check=False)
    assert code != 0
    assert "already exists" in output
