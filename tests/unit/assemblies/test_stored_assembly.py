"""What is kept of an assembly: everything of the stacks, and nothing that moves without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stored_assembly import stored_files

INNER = {"Resources": {"Api": {"Type": "AWS::ECR::Repository"}}}


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    template: dict[str, Any] = {
        "Description": "Images.",
        "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>"}},
        "Rules": {"CheckBootstrapVersion": {}},
        "Resources": {
            "Baseline": {
                "Type": "AWS::CloudFormation::StackSet",
                "Properties": {"TemplateBody": json.dumps(INNER)},
                "Metadata": {"aws:cdk:path": "a/b"},
            },
            "CDKMetadata": {"Type": "AWS::CDK::Metadata"},
            "Code": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": f"{'0a' * 32}.zip"}}},
        },
    }
    manifest = {
        "version": "55.0.0",
        "artifacts": {
            "Tree": {"type": "cdk:tree"},
            "images.assets": {"type": "cdk:asset-manifest"},
            "images": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "properties": {
                    "templateFile": "images.template.json",
                    "tags": {"owner": "platform"},
                    "stackTemplateAssetObjectUrl": f"s3://assets/{'0b' * 32}.json",
                },
                "dependencies": ["registry", "images.assets"],
                "metadata": {"/images": []},
                "displayName": "images",
            },
            "registry": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "properties": {"templateFile": "registry.template.json"},
            },
        },
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "images.template.json").write_text(json.dumps(template))
    (tmp_path / "registry.template.json").write_text('{"Resources": {}}')
    return tmp_path


def test_the_manifest_names_account_region_dependencies_and_tags(assembly: Path) -> None:
    manifest = json.loads(stored_files(assembly)["manifest.json"])
    assert manifest == {
        "version": "55.0.0",
        "artifacts": {
            "images": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "properties": {"templateFile": "images.template.json", "tags": {"owner": "platform"}},
                "dependencies": ["registry"],
                "displayName": "images",
            },
            "registry": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "properties": {"templateFile": "registry.template.json"},
                "dependencies": [],
                "displayName": "registry",
            },
        },
    }


def test_what_moves_is_left_out(assembly: Path) -> None:
    template = json.loads(stored_files(assembly)["images.template.json"])
    assert list(template) == ["Description", "Resources"]
    assert set(template["Resources"]) == {"Baseline", "Code"}
    assert "Metadata" not in template["Resources"]["Baseline"]
    assert template["Resources"]["Code"]["Properties"]["Code"] == {"S3Key": "<hash of an asset>.zip"}


def test_the_template_in_a_stack_set_has_a_file(assembly: Path) -> None:
    files = stored_files(assembly)
    assert json.loads(files["images.Baseline.stack-set.json"]) == INNER
    assert "registry.json" not in files
