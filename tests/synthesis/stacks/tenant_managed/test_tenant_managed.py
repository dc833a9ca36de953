"""The stacks of the tenant-managed example: what is its own; tests/synthesis/examples has the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from synthesized import ROOT, Assembly

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.stacks import build_stacks

EXAMPLE = ROOT / "examples" / "tenant-managed" / "blueprint.yaml"
REGIONS = ("eu-central-1", "eu-west-1")


def stacks_for(tmp_path: Path, **context: str) -> list[str]:
    app = cdk.App(outdir=str(tmp_path), context=context, analytics_reporting=False)
    build_stacks(app, load_blueprint(EXAMPLE))
    return [child.node.id for child in app.node.children]


def test_every_account_has_what_is_its(assembly: Assembly) -> None:
    teams = {"claims": "222233334444", "pricing": "333344445555", "portal": "444455556666"}
    of_teams = {
        f"ecr-{what}-{team}-{region}": f"{account}/{region}"
        for team, account in teams.items()
        for region in REGIONS
        for what in ("registry", "repositories")
    }
    environments = {name: "/".join(place) for name, place in assembly.environments.items()}
    assert environments == {
        **of_teams,
        "ecr-registry-data-eu-central-1": "555566667777/eu-central-1",
        "ecr-repositories-data-eu-central-1": "555566667777/eu-central-1",
        "ecr-platform-baseline": "111111111111/eu-central-1",
        "ecr-platform-guardrails": "100000000000/eu-central-1",
        **{f"ecr-platform-inspector-{region}": f"100000000000/{region}" for region in REGIONS},
        **{f"ecr-platform-findings-{region}": f"122222222222/{region}" for region in REGIONS},
    }


def test_a_team_synthesizes_its_own_stacks_alone(tmp_path: Path) -> None:
    assert stacks_for(tmp_path, tenant="data") == [
        "ecr-registry-data-eu-central-1",
        "ecr-repositories-data-eu-central-1",
    ]


def test_alone_they_are_what_they_are_among_all(tmp_path: Path, assembly: Assembly) -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(tmp_path), context={**context, "tenant": "data"})
    build_stacks(app, load_blueprint(EXAMPLE))
    for path in Path(app.synth().directory).glob("*.template.json"):
        name = path.name.removesuffix(".template.json")
        assert json.loads(path.read_text())["Resources"] == assembly.templates[name]["Resources"]


def test_a_team_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError) as caught:
        stacks_for(tmp_path, tenant="finance")
    assert str(caught.value) == (
        "context tenant: there is no team 'finance'; allowed: claims, data, portal, pricing"
    )


def test_a_tenant_is_chosen_in_the_tenant_managed_model_alone(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), context={"tenant": "payments"})
    with pytest.raises(InvalidValueError, match="one registry account, and no tenants"):
        build_stacks(app, load_blueprint(ROOT / "examples" / "centralized" / "blueprint.yaml"))


def test_each_setting_has_one_owner(assembly: Assembly) -> None:
    baseline = json.loads(body_of(assembly))["Resources"].values()
    of_baseline = {one["Type"] for one in baseline}
    of_teams = {
        resource["Type"]
        for name, template in assembly.templates.items()
        if name.startswith(("ecr-registry-", "ecr-repositories-"))
        for resource in template["Resources"].values()
    }
    singletons = {
        "AWS::ECR::RegistryScanningConfiguration",
        "AWS::SSM::Parameter",
        "Custom::EcrRegistrySetting",
        "AWS::ECR::RegistryPolicy",
        "AWS::ECR::SigningConfiguration",
    }
    assert of_baseline & singletons == {
        "AWS::ECR::RegistryScanningConfiguration",
        "AWS::SSM::Parameter",
        "Custom::EcrRegistrySetting",
    }
    assert of_teams & singletons == {"AWS::ECR::RegistryPolicy", "AWS::ECR::SigningConfiguration"}


def body_of(assembly: Assembly) -> str:
    (stack_set,) = (
        one
        for one in assembly.templates["ecr-platform-baseline"]["Resources"].values()
        if one["Type"] == "AWS::CloudFormation::StackSet"
    )
    return str(stack_set["Properties"]["TemplateBody"])


def resources_of(assembly: Assembly, resource_type: str) -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for one in json.loads(body_of(assembly))["Resources"].values()
        if one["Type"] == resource_type
    ]


def test_the_baseline_fits_a_stack_set_with_room(assembly: Assembly, lint: Any) -> None:
    assert len(body_of(assembly)) < 51_200 / 3
    assert lint(json.loads(body_of(assembly)), *REGIONS) == []


def test_the_baseline_scans_production_and_every_team_s_caches_continuously(assembly: Assembly) -> None:
    (scanning,) = resources_of(assembly, "AWS::ECR::RegistryScanningConfiguration")
    continuous = scanning["Rules"][0]
    assert continuous["ScanFrequency"] == "CONTINUOUS_SCAN"
    assert {one["Filter"] for one in continuous["RepositoryFilters"]} == {
        "prod/*",
        "base/*",
        "docker-hub/*",
        "ecr-public/*",
        "quay/*",
    }


def test_what_the_baseline_makes_has_names_that_the_guardrails_know(assembly: Assembly) -> None:
    named = {
        "AWS::Events::Rule": "Name",
        "AWS::IAM::Role": "RoleName",
        "AWS::Lambda::Function": "FunctionName",
    }
    for resource_type, member in named.items():
        for properties in resources_of(assembly, resource_type):
            assert (
                json.dumps(properties[member]).replace('{"Fn::Join": ["", [', "").startswith('"ecr-baseline-')
            )
    (parameter,) = resources_of(assembly, "AWS::SSM::Parameter")
    guardrails = json.dumps(assembly.templates["ecr-platform-guardrails"])
    assert parameter["Name"].startswith("/ecr-blueprints/registry/")
    assert "parameter/ecr-blueprints/registry/*" in guardrails


def test_findings_go_to_the_bus_of_their_region_which_admits_the_baseline_alone(assembly: Assembly) -> None:
    for rule in resources_of(assembly, "AWS::Events::Rule"):
        (target,) = rule["Targets"]
        arn = "".join(one if isinstance(one, str) else "*" for one in target["Arn"]["Fn::Join"][1])
        assert arn == "arn:aws:events:*:122222222222:event-bus/ecr-findings"
    for region in REGIONS:
        resources = assembly.templates[f"ecr-platform-findings-{region}"]["Resources"].values()
        (bus,) = (one["Properties"] for one in resources if one["Type"] == "AWS::Events::EventBus")
        assert bus["Name"] == "ecr-findings"
        (statement,) = bus["Policy"]["Statement"]
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"},
            "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:role/ecr-baseline-forward-*"},
        }


def test_alerts_are_of_every_account_and_on_the_bus(assembly: Assembly) -> None:
    resources = assembly.templates["ecr-platform-findings-eu-west-1"]["Resources"].values()
    rules = [one["Properties"] for one in resources if one["Type"] == "AWS::Events::Rule"]
    on_the_bus = [rule for rule in rules if "EventBusName" in rule]
    assert {rule["EventBusName"] for rule in on_the_bus} == {"ecr-findings"}
    assert len(on_the_bus) == 5
    assert "awsAccountId" not in json.dumps(on_the_bus)


def test_the_platform_deploys_in_an_order_that_works(assembly: Assembly) -> None:
    artifacts = json.loads((assembly.path / "manifest.json").read_text())["artifacts"]
    needs = {name: set(artifacts[name].get("dependencies", ())) for name in assembly.templates}
    assert {f"ecr-platform-findings-{region}" for region in REGIONS} <= needs["ecr-platform-baseline"]
    assert "ecr-platform-baseline" in needs["ecr-platform-guardrails"]
    assert not [
        name
        for name, needed in needs.items()
        if name.startswith(("ecr-registry-", "ecr-repositories-"))
        and any(one.startswith("ecr-platform-") for one in needed)
    ], "a team deploys by itself"
