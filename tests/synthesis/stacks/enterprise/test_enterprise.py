"""The enterprise model on its two companies: what the bridge may do, and what its other side takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from synthesized import ROOT, Assembly, example_assembly, synthesize

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.domain import actions
from ecr_blueprints.registry.completion import complete_registry, entry_for
from ecr_blueprints.registry.contract import parse_contract
from ecr_blueprints.review.reviewer import Reviewer

Load = Callable[[str], Assembly]

HARBOR, ARTIFACTORY = "enterprise-harbor", "enterprise-artifactory"
HARBOR_REGIONS = ("eu-west-1", "eu-north-1")
COPY_REGIONS = ("eu-north-1", "eu-central-1")
ROLE = "arn:aws:iam::555566667777:role/ecr-enterprise-bridge"


@pytest.fixture(scope="module")
def load() -> Load:
    """An example, synthesized once."""
    return example_assembly


def resources(assembly: Assembly, stack: str, kind: str) -> list[dict[str, Any]]:
    found = assembly.templates[stack]["Resources"].values()
    return [one["Properties"] for one in found if one["Type"] == kind]


def statements(assembly: Assembly, region: str) -> list[dict[str, Any]]:
    (policy,) = resources(assembly, f"ecr-bridge-{region}", "AWS::IAM::Policy")
    return list(policy["PolicyDocument"]["Statement"])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_region_has_a_registry_a_bridge_and_its_teams(load: Load) -> None:
    teams = ("billing", "booking", "tracking", "warehouse")
    assert set(load(HARBOR).templates) == {
        *(f"ecr-{kind}-{region}" for kind in ("registry", "bridge") for region in HARBOR_REGIONS),
        *(f"ecr-repositories-{team}-{region}" for team in teams for region in HARBOR_REGIONS),
        "ecr-consumer-operations-666677778888",
        "ecr-consumer-operations-777788889999",
        "ecr-consumer-customers-888899990000",
        "ecr-endpoints-666677778888-eu-west-1",
        "ecr-endpoints-777788889999-eu-north-1",
    }


@pytest.mark.parametrize(
    ("example", "regions", "under"),
    [
        (HARBOR, HARBOR_REGIONS, "555566667777:repository/prod/*"),
        (ARTIFACTORY, COPY_REGIONS, "121212343434:repository/edge/*"),
    ],
)
def test_the_bridge_reaches_its_prefix_and_deletes_nothing(
    load: Load, example: str, regions: tuple[str, ...], under: str
) -> None:
    never = {*actions.DELETE, *actions.ADMIN, *actions.REGISTRY_ADMIN, "ecr:ReplicateImage"}
    for region in regions:
        found = statements(load(example), region)
        allowed = {action for one in found for action in as_list(one["Action"])}
        assert all(one["Effect"] == "Allow" for one in found)
        assert not allowed & never
        assert not any("*" in action for action in allowed)
        assert set(actions.PUSH) <= allowed
        for one in found:
            if one["Action"] == "ecr:GetAuthorizationToken":
                assert one["Resource"] == "*"
            elif one["Action"] == "signer:SignPayload":
                assert f"arn:aws:signer:{region}:" in json.dumps(one["Resource"])
            else:
                assert one["Resource"] == f"arn:aws:ecr:{region}:{under}"
        # The edge is signed in both examples, with the identity of whoever pushes.
        assert "signer:SignPayload" in allowed


def test_harbor_may_create_and_the_job_may_not(load: Load) -> None:
    def creates(example: str, region: str) -> bool:
        return any(
            "ecr:CreateRepository" in as_list(one["Action"]) for one in statements(load(example), region)
        )

    assert all(creates(HARBOR, region) for region in HARBOR_REGIONS)
    assert not any(creates(ARTIFACTORY, region) for region in COPY_REGIONS)


def test_one_role_for_every_region_and_no_key_for_anybody(load: Load) -> None:
    for example, regions in ((HARBOR, HARBOR_REGIONS), (ARTIFACTORY, COPY_REGIONS)):
        assembly = load(example)
        main, other = (f"ecr-bridge-{region}" for region in regions)
        named = [one for one in resources(assembly, main, "AWS::IAM::Role") if "RoleName" in one]
        assert [one["RoleName"] for one in named] == ["ecr-enterprise-bridge"]
        assert resources(assembly, other, "AWS::IAM::Policy")[0]["Roles"] == ["ecr-enterprise-bridge"]
        assert not [one for one in resources(assembly, other, "AWS::IAM::Role") if "RoleName" in one]
        manifest = json.loads((assembly.path / "manifest.json").read_text())["artifacts"]
        assert main in manifest[other]["dependencies"]
        for template in assembly.templates.values():
            kinds = {one["Type"] for one in template["Resources"].values()}
            assert not kinds & {"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group"}


def test_the_trust_is_one_subject(load: Load) -> None:
    (provider,) = resources(load(HARBOR), "ecr-bridge-eu-west-1", "AWS::IAM::OIDCProvider")
    issuer = provider["Url"].removeprefix("https://")
    roles = resources(load(HARBOR), "ecr-bridge-eu-west-1", "AWS::IAM::Role")
    (role,) = (one for one in roles if "RoleName" in one)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": "system:serviceaccount:harbor:harbor-replication",
        }
    }
    # The account of the other example trusts GitHub already.
    assert not resources(load(ARTIFACTORY), "ecr-bridge-eu-north-1", "AWS::IAM::OIDCProvider")


@pytest.mark.parametrize("region", HARBOR_REGIONS)
def test_what_harbor_creates_gets_the_defaults_of_the_blueprint(load: Load, region: str) -> None:
    assembly = load(HARBOR)
    stack = f"ecr-bridge-{region}"
    (template,) = resources(assembly, stack, "AWS::ECR::RepositoryCreationTemplate")
    assert (template["Prefix"], template["ImageTagMutability"]) == ("prod", "IMMUTABLE")
    declared = resources(assembly, f"ecr-repositories-billing-{region}", "AWS::ECR::Repository")[0]
    assert json.loads(template["LifecyclePolicy"]) == json.loads(
        declared["LifecyclePolicy"]["LifecyclePolicyText"]
    )
    policy = json.dumps(json.loads(template["RepositoryPolicy"]))
    assert all(account in policy for account in ("666677778888", "777788889999"))
    assert "888899990000" not in policy, "customers pull what is named, which nobody has named yet"
    (rule,) = resources(assembly, stack, "AWS::Events::Rule")
    detail = rule["EventPattern"]["detail"]
    assert detail["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == [ROLE]
    assert detail["requestParameters"]["repositoryName"] == [{"prefix": "prod/"}]


def test_harbor_s_settings_are_outputs_and_a_file(load: Load) -> None:
    assembly = load(HARBOR)
    settings = json.loads((assembly.path / "bridge.json").read_text())
    assert (settings["product"], settings["roleArn"]) == ("harbor", ROLE)
    assert settings["url"] == "https://harbor.northwind.example"
    assert tuple(settings["regions"]) == HARBOR_REGIONS
    for region, found in settings["regions"].items():
        assert found["registry"] == {
            "name": f"ecr-{region}",
            "description": f"Amazon ECR in {region}",
            "type": "aws-ecr",
            "url": f"https://555566667777.dkr.ecr.{region}.amazonaws.com",
            "insecure": False,
            "credential": {"type": "basic", "access_key": "", "access_secret": ""},
        }
        policy = found["policy"]
        assert policy["dest_namespace"] == "prod"
        assert policy["dest_namespace_replace_count"] == 0
        assert policy["trigger"] == {"type": "scheduled", "trigger_settings": {"cron": "0 */10 * * * *"}}
        assert policy["filters"] == [
            {"type": "name", "value": "{booking,tracking,warehouse,billing}/**"},
            {"type": "tag", "value": "v*"},
        ]
        assert policy["replicate_deletion"] is False
        outputs = assembly.templates[f"ecr-bridge-{region}"]["Outputs"]
        assert json.loads(outputs["HarborRegistry"]["Value"]) == found["registry"]
        assert json.loads(outputs["HarborPolicy"]["Value"]) == policy
        assert outputs["HarborEndpointUrl"]["Value"] == found["registry"]["url"]
        assert outputs["BridgeRoleArn"]["Value"] == ROLE


def test_the_job_s_settings_name_every_declared_repository(load: Load) -> None:
    assembly = load(ARTIFACTORY)
    settings = json.loads((assembly.path / "bridge.json").read_text())
    assert settings["product"] == "artifactory"
    for region, found in settings["regions"].items():
        host = f"121212343434.dkr.ecr.{region}.amazonaws.com"
        assert found["tags"] == "release-*"
        assert len(found["copies"]) == 10
        assert {
            "source": "lindqvist.jfrog.io/docker-prod-local/claims/intake",
            "repository": "edge/claims/intake",
            "destination": f"{host}/edge/claims/intake",
        } in found["copies"]
        outputs = assembly.templates[f"ecr-bridge-{region}"]["Outputs"]
        assert outputs["CopyDestination"]["Value"] == f"{host}/edge"


@pytest.mark.parametrize("example", [HARBOR, ARTIFACTORY])
def test_the_review_finds_nothing(load: Load, example: str) -> None:
    assembly = load(example)
    contract = parse_contract((assembly.path / "registry.json").read_text())
    registries = []
    for registry in read_inputs([str(assembly.path)]).registries:
        entry = entry_for(registry, contract)
        registries.append(registry if entry is None else complete_registry(registry, entry))
    report = Reviewer().review(registries)
    assert [(one.granular_id, str(one.resource), one.message) for one in report.failures] == []


@pytest.mark.parametrize(("example", "regions"), [(HARBOR, HARBOR_REGIONS), (ARTIFACTORY, COPY_REGIONS)])
def test_cfn_lint_accepts_the_bridges(
    load: Load, lint: Callable[..., list[str]], example: str, regions: tuple[str, ...]
) -> None:
    templates = load(example).templates
    assert [lint(templates[f"ecr-bridge-{region}"], region) for region in regions] == [[], []]


def test_a_wrong_bridge_ends_with_its_line(tmp_path: Path) -> None:
    text = (ROOT / "examples" / HARBOR / "blueprint.yaml").read_text().replace("teams/*.yaml", "team.yaml")
    (tmp_path / "team.yaml").write_text("team: booking\nrepositories: {web: {}, api: {}}\n")
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(text.replace("product: harbor", "product: nexus"))
    result = synthesize(blueprint, tmp_path / "out")
    assert result.returncode == 1
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "product: harbor" in one)
    assert f"{blueprint}:{line}: enterprise.product" in result.stderr
    assert "Traceback" not in result.stderr
