"""The baseline is deployed into two teams' accounts, the teams' own stacks beside it, and the platform's.

The endpoint deploys no stack set into accounts: its inner template goes into both by itself. It drops the
policy that stands in an event bus, which the synthesis tests read.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from deployment import MAIN_REGION, Deployment
from local_cloud import LocalCloud

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
PATIENCE_SECONDS = 120


def body_of(assembly: Path) -> str:
    resources = json.loads((assembly / "ecr-platform-baseline.template.json").read_text())["Resources"]
    (found,) = (one for one in resources.values() if one["Type"] == "AWS::CloudFormation::StackSet")
    return str(found["Properties"]["TemplateBody"])


def deploy_instance(cloud: LocalCloud, account: str, body: str) -> None:
    """What the stack set would do in one account."""
    client = cloud.client("cloudformation", account=account, region=MAIN_REGION)
    name = "StackSet-ecr-baseline-0a1b2c"
    client.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    end = time.monotonic() + PATIENCE_SECONDS
    while (status := client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("PROGRESS"):
        assert time.monotonic() < end
        time.sleep(0.2)
    assert status == "CREATE_COMPLETE"


@pytest.fixture(scope="module")
def deployed(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tenants")
    deployment = Deployment(cloud, folder, account=MANAGEMENT, consumer=SECURITY)
    accounts = dict.fromkeys((MANAGEMENT, SECURITY, CLAIMS, PORTAL), (MAIN_REGION,))
    cloud.install_toolkit(accounts, trusted=MANAGEMENT)
    assembly = deployment.synth_text(BLUEPRINT)
    for account in (CLAIMS, PORTAL):
        deploy_instance(cloud, account, body_of(assembly))
    deployment.deploy(assembly)
    return assembly


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
