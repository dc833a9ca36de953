"""The baseline is deployed into two teams' accounts, the teams' own stacks beside it, and the platform's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deployment import MAIN_REGION, Deployment
from local_cloud import LocalCloud
from local_organization import LocalOrganization

CLAIMS, PORTAL, SECURITY, MANAGEMENT = "710000000001", "710000000002", "710000000003", "710000000004"
BLUEPRINT = f"""\
version: 1
model: tenant-managed
stages: {{dev: {{}}, prod: {{production: true}}}}
organization: {{id: o-exampleorg, administrator: "{MANAGEMENT}"}}
regions: [{MAIN_REGION}]
baseline: {{units: [ou-ab12-11111111]}}
security: {{account: "{SECURITY}"}}
encryption: {{kms: true, existing: none}}
teams:
  - team: claims
    account: "{CLAIMS}"
    push: {{github: acme/claims}}
    caches: {{ecr-public: {{}}}}
    repositories: {{intake: {{}}}}
  - {{team: portal, account: "{PORTAL}", push: {{github: acme/portal}}, repositories: {{web: {{}}}}}}
"""
UNIT = "ou-ab12-11111111"
JOINING = "710000000005"
PATIENCE_SECONDS = 120


def body_of(assembly: Path) -> str:
    resources = json.loads((assembly / "ecr-platform-baseline.template.json").read_text())["Resources"]
    (found,) = (one for one in resources.values() if one["Type"] == "AWS::CloudFormation::StackSet")
    return str(found["Properties"]["TemplateBody"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The blueprint, deployed into an organization that has the teams' accounts in the unit."""

    assembly: Path
    organization: LocalOrganization


@pytest.fixture(scope="module")
def platform(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    folder = tmp_path_factory.mktemp("tenants")
    deployment = Deployment(cloud, folder, account=MANAGEMENT, consumer=SECURITY)
    accounts = dict.fromkeys((MANAGEMENT, SECURITY, CLAIMS, PORTAL), (MAIN_REGION,))
    cloud.install_toolkit(accounts, trusted=MANAGEMENT)
    assembly = deployment.synth_text(BLUEPRINT)
    organization = LocalOrganization(cloud, assembly)
    organization.create({UNIT: [CLAIMS, PORTAL]})
    deployment.deploy(assembly)
    return Platform(assembly=assembly, organization=organization)


@pytest.fixture(scope="module")
def deployed(platform: Platform) -> Path:
    return platform.assembly


def client(cloud: LocalCloud, service: str, account: str) -> Any:
    return cloud.client(service, account=account, region=MAIN_REGION)


@pytest.mark.parametrize(("account", "repository"), [(CLAIMS, "claims/intake"), (PORTAL, "portal/web")])
def test_a_team_s_registry_has_the_baseline_s_settings_and_its_own(
    cloud: LocalCloud, deployed: Path, account: str, repository: str
) -> None:
    ecr = client(cloud, "ecr", account)
    scanning = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert scanning["scanType"] == "ENHANCED"
    continuous = scanning["rules"][0]["repositoryFilters"]
    assert {one["filter"] for one in continuous} == {"prod/*", "base/*", "ecr-public/*"}
    assert ecr.get_account_setting(name="REGISTRY_POLICY_SCOPE")["value"] == "V2"
    templates = ecr.describe_repository_creation_templates()["repositoryCreationTemplates"]
    assert "ROOT" in {one["prefix"] for one in templates}
    names = {one["repositoryName"] for one in ecr.describe_repositories()["repositories"]}
    assert {f"dev/{repository}", f"prod/{repository}"} <= names
    assert "o-exampleorg" in ecr.get_registry_policy()["policyText"]
    owner = client(cloud, "ssm", account).get_parameter(Name="/ecr-blueprints/registry/owner")
    assert owner["Parameter"]["Value"] == "ecr-baseline ecr-baseline/Registry"


def test_findings_lead_to_the_bus_of_the_security_account(cloud: LocalCloud, deployed: Path) -> None:
    bus = client(cloud, "events", SECURITY).describe_event_bus(Name="ecr-findings")
    rules = client(cloud, "events", CLAIMS).list_targets_by_rule(Rule="ecr-baseline-finding")
    assert [one["Arn"] for one in rules["Targets"]] == [bus["Arn"]]
    (statement,) = json.loads(bus["Policy"])["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == "o-exampleorg"


def test_the_security_account_administers_inspector(cloud: LocalCloud, deployed: Path) -> None:
    [found] = client(cloud, "inspector2", MANAGEMENT).list_delegated_admin_accounts()[
        "delegatedAdminAccounts"
    ]
    assert found["accountId"] == SECURITY
    inspector = client(cloud, "inspector2", SECURITY)
    assert inspector.describe_organization_configuration()["autoEnable"]["ecr"] is True
    assert {one["accountId"] for one in inspector.list_members()["members"]} == {CLAIMS, PORTAL}


def test_the_stack_set_and_the_guardrails_are_as_declared(cloud: LocalCloud, deployed: Path) -> None:
    stack_set = client(cloud, "cloudformation", MANAGEMENT).describe_stack_set(StackSetName="ecr-baseline")
    assert stack_set["StackSet"]["TemplateBody"] == body_of(deployed)
    assert stack_set["StackSet"]["OrganizationalUnitIds"] == ["ou-ab12-11111111"]
    organizations = client(cloud, "organizations", MANAGEMENT)
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        [policy] = [
            one
            for one in organizations.list_policies(Filter=kind)["Policies"]
            if one["Name"].startswith("ecr-guardrails-")
        ]
        targets = organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]
        assert [one["TargetId"] for one in targets] == ["ou-ab12-11111111"]


def eventually(check: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not check():
        assert time.monotonic() < end
        time.sleep(0.2)


def baselines(cloud: LocalCloud, account: str) -> dict[str, str]:
    """The stacks in an account that a stack set has made, and the status that the set tells of each."""
    answer = client(cloud, "cloudformation", MANAGEMENT).list_stack_instances(StackSetName="ecr-baseline")
    return {one["StackId"]: one["Status"] for one in answer["Summaries"] if one["Account"] == account}


def scan_type(cloud: LocalCloud, account: str) -> str:
    answer = client(cloud, "ecr", account).get_registry_scanning_configuration()
    return str(answer["scanningConfiguration"]["scanType"])


def test_an_account_that_joins_the_unit_gets_the_baseline_by_itself_and_keeps_it_when_it_leaves(
    cloud: LocalCloud, platform: Platform
) -> None:
    organization = platform.organization
    organization.join(JOINING)
    assert scan_type(cloud, JOINING) == "BASIC"
    organization.move(JOINING, UNIT)
    eventually(lambda: list(baselines(cloud, JOINING).values()) == ["CURRENT"])
    assert scan_type(cloud, JOINING) == "ENHANCED"
    ecr = client(cloud, "ecr", JOINING)
    assert ecr.get_account_setting(name="REGISTRY_POLICY_SCOPE")["value"] == "V2"
    (stack,) = baselines(cloud, JOINING)

    organization.move(JOINING, organization.root)
    eventually(lambda: baselines(cloud, JOINING) == {})
    assert scan_type(cloud, JOINING) == "ENHANCED"
    (kept,) = client(cloud, "cloudformation", JOINING).describe_stacks(StackName=stack)["Stacks"]
    assert kept["StackStatus"] == "CREATE_COMPLETE"
    assert list(baselines(cloud, CLAIMS).values()) == ["CURRENT"]
