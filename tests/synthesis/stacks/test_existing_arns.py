"""A key, a profile and a secret that exist are taken; where none is named, the registry makes its own."""

from __future__ import annotations

from typing import Any

import pytest
from synthesized import Assembly, read_assembly, synthesize

ACCOUNT, KNOWN, OTHER = "111122223333", "eu-west-1", "eu-central-1"
KEY = f"arn:aws:kms:{KNOWN}:{ACCOUNT}:key/0a1b2c3d"
PROFILE = f"arn:aws:signer:{KNOWN}:{ACCOUNT}:/signing-profiles/release"
COMMON = """\
version: 1
stages: {prod: {production: true}}
alerts: {findings: [], operations: false}
"""
TEAM = "push: {github: acme/payments}, repositories: {api: {}}"
CACHES = "caches: {docker-hub: {secret: ecr-pullthroughcache/hub, existing: secret}}"
CENTRALIZED = f"""{COMMON}model: centralized
registry: {{account: "{ACCOUNT}", regions: [{KNOWN}, {OTHER}]}}
encryption: {{kms: true, existing: none, kms_keys: {{{KNOWN}: "{KEY}"}}}}
signing: {{production: true, profiles: {{production: {{{KNOWN}: "{PROFILE}"}}}}}}
{CACHES}
teams: [{{team: payments, {TEAM}}}]
"""
TENANTS = f"""{COMMON}model: tenant-managed
organization: {{id: o-exampleorg, administrator: "999900001111"}}
regions: [{KNOWN}, {OTHER}]
baseline: {{units: [ou-ab12-11111111]}}
encryption: {{kms: true, existing: none}}
signing: {{production: true}}
teams:
  - team: payments
    account: "{ACCOUNT}"
    push: {{github: acme/payments}}
    repositories: {{api: {{}}}}
    kms_keys: {{{KNOWN}: "{KEY}"}}
    signing_profiles: {{production: {{{KNOWN}: "{PROFILE}"}}}}
    {CACHES}
"""


@pytest.fixture(scope="module", params=["centralized", "tenants"])
def assembly(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "blueprint.yaml").write_text(CENTRALIZED if request.param == "centralized" else TENANTS)
    result = synthesize(folder / "blueprint.yaml", folder / "cdk.out")
    assert result.returncode == 0, result.stderr
    return read_assembly(folder / "cdk.out")


def of_type(assembly: Assembly, resource_type: str, region: str) -> list[dict[str, Any]]:
    return [
        resource.get("Properties", {})
        for stack, template in assembly.templates.items()
        if assembly.environments[stack] == (ACCOUNT, region)
        for resource in template["Resources"].values()
        if resource["Type"] == resource_type
    ]


@pytest.mark.parametrize(("region", "makes"), [(KNOWN, 0), (OTHER, 1)])
def test_what_exists_is_not_made(assembly: Assembly, region: str, makes: int) -> None:
    for resource_type in ("AWS::KMS::Key", "AWS::KMS::Alias", "AWS::Signer::SigningProfile"):
        assert len(of_type(assembly, resource_type, region)) == makes, resource_type
    assert of_type(assembly, "AWS::SecretsManager::Secret", region) == []


def test_everything_is_encrypted_with_the_key(assembly: Assembly) -> None:
    encrypted = [
        *of_type(assembly, "AWS::ECR::Repository", KNOWN),
        *of_type(assembly, "AWS::ECR::RepositoryCreationTemplate", KNOWN),
    ]
    assert len(encrypted) >= 2
    expected = {"EncryptionType": "KMS", "KmsKey": KEY}
    assert all(one["EncryptionConfiguration"] == expected for one in encrypted)


def test_images_are_signed_with_the_profile_by_who_pushes(assembly: Assembly) -> None:
    (signing,) = of_type(assembly, "AWS::ECR::SigningConfiguration", KNOWN)
    assert [rule["SigningProfileArn"] for rule in signing["Rules"]] == [PROFILE]
    statements = [
        statement
        for policy in of_type(assembly, "AWS::IAM::Policy", KNOWN)
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    signed = [one["Resource"] for one in statements if one["Action"] == "signer:SignPayload"]
    assert signed == [PROFILE]


def test_the_template_is_there_before_the_cache(assembly: Assembly) -> None:
    for template in assembly.templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::ECR::PullThroughCacheRule":
                (waits_for,) = resource["DependsOn"]
                assert template["Resources"][waits_for]["Type"] == "AWS::ECR::RepositoryCreationTemplate"
                assert "DeletionPolicy" not in resource
