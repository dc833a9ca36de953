from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved

ASSEMBLIES = Path(__file__).parents[2] / "fixtures" / "assemblies"
BOTH = pytest.mark.parametrize("name", ["under-the-cli", "without-the-cli"])


def registries_of(directory: Path) -> dict[str, Registry]:
    return {registry.label: registry for registry in read_registries([CloudAssembly.read(directory)])}


@BOTH
def test_stages_accounts_and_nested_stacks_make_one_registry_each(name: str) -> None:
    found = registries_of(ASSEMBLIES / name)

    assert {label: [one.label for one in registry.repositories] for label, registry in found.items()} == {
        "111122223333/eu-west-1": ["dev/payments/api", "payments/worker", "payments/encrypted"],
        "222233334444/eu-west-1": ["prod/payments/api", "payments/worker", "payments/encrypted"],
        str(ASSEMBLIES / name): [
            "shared/tools",
            "Shared/Generated",
            "Shared/Parameterized",
            "payments/worker",
            "payments/encrypted",
        ],
    }
    assert [registry.is_governed for registry in found.values()] == [True, True, False]


@BOTH
def test_construct_paths_are_known_with_and_without_the_clis_metadata(name: str) -> None:
    prod = registries_of(ASSEMBLIES / name)["222233334444/eu-west-1"]

    assert [one.source.construct_path for one in prod.repositories] == [
        "Prod/Registry/Api/Resource",
        "Prod/Registry/Payments/Worker/Resource",
        "Prod/Registry/Payments/Encrypted",
    ]
    assert [one.source.construct_path for one in prod.creation_templates] == ["Prod/Registry/HubTemplate"]


@BOTH
def test_templates_are_named_by_the_path_as_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ASSEMBLIES)

    sources = {
        one.source.template
        for registry in registries_of(Path(name)).values()
        for one in registry.repositories
    }

    assert f"{name}/Shared.template.json" in sources
    assert f"{name}/assembly-Prod/ProdRegistryB82DC0F6.template.json" in sources
    assert f"{name}/assembly-Prod/ProdRegistryPayments3DA4FECE.nested.template.json" in sources


@BOTH
def test_the_environment_and_the_parents_values_reach_a_nested_stack(name: str) -> None:
    found = registries_of(ASSEMBLIES / name)
    prod = found["222233334444/eu-west-1"]
    github = prod.cache_rules[1]
    shared = found[str(ASSEMBLIES / name)]

    encryption = prod.repositories[2].encryption
    assert not isinstance(encryption, Unresolved)
    assert encryption.kms_key == "arn:aws:kms:eu-west-1:222233334444:key/11111111-2222-3333-4444-555555555555"  # type: ignore[union-attr]
    assert github.label == "github"
    assert github.credential is not None
    assert github.credential.name == "ecr-pullthroughcache/github"
    assert github.credential.source.construct_path == "Prod/Registry/GitHubToken"
    key = shared.repositories[4].encryption.kms_key  # type: ignore[union-attr]
    assert isinstance(key, Unresolved)
    assert key.expression == "Fn::GetAtt: Key961B73FD.Arn"


def minimal(directory: Path, manifest: Any = None, **files: Any) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": {"templateFile": "S.template.json", "parameters": {"Name": "team/app"}},
    }
    document = {"version": "55.0.0", "artifacts": {"S": stack}} if manifest is None else manifest
    (directory / "manifest.json").write_text(json.dumps(document))
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "R": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": {"Ref": "Name"}}}
        },
    }
    for name, content in {"S.template.json": template, **files}.items():
        (directory / name).write_text(json.dumps(content))
    return directory


def test_parameters_that_the_assembly_passes_are_known(tmp_path: Path) -> None:
    (registry,) = registries_of(minimal(tmp_path)).values()

    assert registry.repositories[0].name == "team/app"


def test_an_empty_stack_is_no_error(tmp_path: Path) -> None:
    directory = minimal(tmp_path, **{"S.template.json": {"Parameters": {}}})

    assert len(CloudAssembly.read(directory).stacks) == 1
    assert registries_of(directory) == {}


@pytest.mark.parametrize(
    ("environment", "label"),
    [
        ("aws://111122223333/unknown-region", "111122223333/any Region"),
        ("aws://unknown-account/eu-west-1", "any account/eu-west-1"),
    ],
)
def test_half_an_environment_is_kept(tmp_path: Path, environment: str, label: str) -> None:
    directory = minimal(tmp_path)
    manifest = json.loads((directory / "manifest.json").read_text())
    manifest["artifacts"]["S"]["environment"] = environment

    (registry,) = registries_of(minimal(tmp_path, manifest)).values()

    assert registry.label == label
    assert registry.scope == str(tmp_path)


def test_stacks_without_an_environment_are_one_registry_a_stage(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-A", "displayName": "A"}}
    inner = {
        "type": "cdk:cloud-assembly",
        "properties": {"directoryName": "assembly-A-B", "displayName": "A/B"},
    }
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}
    minimal(tmp_path / "out", {"version": "55.0.0", "artifacts": {"a": stage, "s": stack, "s2": stack}})
    minimal(tmp_path / "out" / "assembly-A", {"version": "55.0.0", "artifacts": {"b": inner, "s": stack}})
    minimal(
        tmp_path / "out" / "assembly-A" / "assembly-A-B", {"version": "55.0.0", "artifacts": {"s": stack}}
    )

    found = registries_of(tmp_path / "out")

    root = str(tmp_path / "out")
    assert set(found) == {root, f"{root}/A", f"{root}/A/B"}
    assert len(found[root].repositories) == 2


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ([], "holds no mapping"),
        ({"artifacts": {}}, "has no version"),
        ({"version": 3}, "has no version"),
        ({"version": "55.0.0", "artifacts": []}, "artifacts is no mapping"),
        ({"version": "1.0.0", "artifacts": {"s": {"type": "aws:cloudformation:stack"}}}, "no templateFile"),
        ({"version": "1.0.0", "artifacts": {"s": {"type": "cdk:cloud-assembly"}}}, "no directoryName"),
        (
            {
                "version": "1.0.0",
                "artifacts": {
                    "s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "X.json"}}
                },
            },
            "template X.json is missing",
        ),
        (
            {
                "version": "1.0.0",
                "artifacts": {"s": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}},
            },
            "contains itself",
        ),
        (
            {
                "version": "1.0.0",
                "artifacts": {"s": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "X"}}},
            },
            "no manifest.json",
        ),
    ],
)
def test_a_damaged_assembly_is_refused_with_the_way_out(tmp_path: Path, manifest: Any, problem: str) -> None:
    with pytest.raises(UnusableInputError) as caught:
        CloudAssembly.read(minimal(tmp_path, manifest))

    assert problem in caught.value.what
    assert "cdk synth" in str(caught.value.fix)
    assert str(tmp_path) in str(caught.value.where)


def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"version": ')

    with pytest.raises(UnusableInputError, match="damaged"):
        CloudAssembly.read(tmp_path)


def test_a_nested_template_that_is_missing_is_refused(tmp_path: Path) -> None:
    shutil.copytree(ASSEMBLIES / "under-the-cli", tmp_path / "out")
    (tmp_path / "out" / "SharedNested6A44F484.nested.template.json").unlink()

    with pytest.raises(UnusableInputError, match=r"SharedNested6A44F484.nested.template.json is missing"):
        CloudAssembly.read(tmp_path / "out")


def test_a_nested_stack_that_is_no_asset_is_left_out(tmp_path: Path) -> None:
    resources = {
        "N": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "https://example.com/t.json"},
        },
        "R": {"Type": "AWS::ECR::Repository"},
    }

    (stack,) = CloudAssembly.read(minimal(tmp_path, **{"S.template.json": {"Resources": resources}})).stacks

    assert stack.nested == {}


def nested(resources: dict[str, Any], parameters: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources, "Parameters": parameters, "Outputs": outputs}


def test_defaults_and_outputs_of_nested_stacks_are_known(tmp_path: Path) -> None:
    child = nested(
        {
            "R": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": {"Fn::Sub": "${Team}/${App}"}},
            }
        },
        {"Team": {"Type": "String", "Default": "payments"}, "App": {"Type": "String"}},
        {"Name": {"Value": {"Ref": "R"}}, "Back": {"Value": {"Ref": "App"}}},
    )
    parent = {
        "Resources": {
            "N": {
                "Type": "AWS::CloudFormation::Stack",
                "Metadata": {"aws:asset:path": "N.json"},
                "Properties": {"Parameters": {"App": "api"}},
            },
            "Copy": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": {"Fn::Sub": "copy/${N.Outputs.Name}"}},
            },
            "Loop": {
                "Type": "AWS::CloudFormation::Stack",
                "Metadata": {"aws:asset:path": "N.json"},
                "Properties": {"Parameters": {"App": {"Fn::GetAtt": ["Loop", "Outputs.Back"]}}},
            },
        }
    }

    (registry,) = registries_of(minimal(tmp_path, **{"S.template.json": parent, "N.json": child})).values()

    assert [one.name for one in registry.repositories][:2] == ["payments/api", "copy/payments/api"]
    assert isinstance(registry.repositories[2].name, Unresolved)


def test_a_template_that_nests_itself_ends(tmp_path: Path) -> None:
    resources = {
        "N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "S.template.json"}},
        "R": {"Type": "AWS::ECR::Repository"},
    }

    (stack,) = CloudAssembly.read(minimal(tmp_path, **{"S.template.json": {"Resources": resources}})).stacks

    assert isinstance(stack, Stack)
    assert stack.nested == {}


@pytest.mark.parametrize(
    ("content", "marker", "expected"),
    [
        ('{"version": "1", "artifacts": {}}', False, True),
        ('{"name": "a web app", "icons": []}', False, False),
        ("{", False, True),
        ('{"name": "x"}', True, True),
    ],
)
def test_a_web_manifest_is_no_assembly(tmp_path: Path, content: str, marker: bool, expected: bool) -> None:
    (tmp_path / "manifest.json").write_text(content)
    if marker:
        (tmp_path / "cdk.out").write_text("{}")

    assert CloudAssembly.is_in(tmp_path) is expected
