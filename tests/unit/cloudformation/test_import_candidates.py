"""What of an assembly may exist already, with what an import needs of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.import_candidates import read_import_candidates
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT, REGION = "111122223333", "eu-west-1"


def read(folder: Path, resources: dict[str, Any], region: str = REGION) -> dict[str, ImportCandidate]:
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": f"aws://{ACCOUNT}/{region}",
        "properties": {"templateFile": "s.template.json"},
        "displayName": "payments",
    }
    (folder / "manifest.json").write_text(
        json.dumps({"version": "55.0.0", "artifacts": {"payments": artifact}})
    )
    template = {"Parameters": {"Given": {"Type": "String"}}, "Resources": resources}
    (folder / "s.template.json").write_text(json.dumps(template))
    found = read_import_candidates(CloudAssembly.read(folder), account=ACCOUNT, region=REGION)
    return {one.logical_id: one for one in found}


def test_identifier_references_and_deletion_policy(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Api": {
                "Type": "AWS::ECR::Repository",
                "Properties": {
                    "RepositoryName": {"Fn::Sub": "prod/${AWS::Region}"},
                    "Tags": [{"Key": "by", "Value": {"Fn::GetAtt": ["Role", "Arn"]}}],
                },
                "DependsOn": "Policy",
                "DeletionPolicy": "Retain",
            },
            "Policy": {"Type": "AWS::ECR::RegistryPolicy", "Properties": {"PolicyText": {}}},
            "Generated": {"Type": "AWS::ECR::Repository"},
            "Open": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Given"}}},
        },
    )

    assert set(found) == {"Api", "Policy", "Generated", "Open"}
    api = found["Api"]
    assert (api.stack, api.identifier) == ("payments", f"prod/{REGION}")
    assert api.properties == {"RepositoryName", "Tags"}
    assert api.refers_to == {"Role", "Policy"}
    assert api.has_deletion_policy
    assert found["Policy"].identifier == ACCOUNT
    assert not found["Policy"].has_deletion_policy
    assert found["Generated"].identifier is None
    assert isinstance(found["Open"].identifier, Unresolved)


def test_stacks_of_other_places_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, {"Api": {"Type": "AWS::ECR::Repository"}}, region="eu-central-1") == {}
