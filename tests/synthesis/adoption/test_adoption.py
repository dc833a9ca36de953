"""Swapping ``ecr.Repository`` for `ImageRepository` in apps of other teams replaces no repository.

Each file in ``foreign_apps`` is an app as another team would write it. It is synthesized as it is, and once
more with one line changed: the import.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cfnlint.schema  # type: ignore[import-untyped]
import pytest

pytestmark = pytest.mark.node

ROOT = Path(__file__).parents[3]
APPS = sorted(Path(__file__).with_name("foreign_apps").glob("*.py"))
THEIR_IMPORT = "from aws_cdk.aws_ecr import Repository\n"
OUR_IMPORT = "from ecr_blueprints.constructs.image_repository import ImageRepository as Repository\n"
BOTH_KEYS = {"ecr-blueprints:allow-repository-deletion": True}
REPOSITORY = "AWS::ECR::Repository"
CREATE_ONLY = ("RepositoryName", "EncryptionConfiguration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One app, before and after: the templates by file name, and where they are."""

    name: str
    before: Path
    after: Path

    def templates(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        for path in sorted(self.before.rglob("*.template.json")):
            relative = path.relative_to(self.before)
            yield str(relative), json.loads(path.read_text()), json.loads((self.after / relative).read_text())

    def repositories(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        for file, before, after in self.templates():
            for logical_id, resource in before["Resources"].items():
                if resource["Type"] == REPOSITORY:
                    yield f"{file}: {logical_id}", resource, after["Resources"][logical_id]


def synthesize(path: Path, output: Path, *, swapped: bool, context: dict[str, Any]) -> Path:
    source = path.read_text()
    assert source.count(THEIR_IMPORT) == 1
    if swapped:
        source = source.replace(THEIR_IMPORT, OUR_IMPORT)
    namespace: dict[str, Any] = {"__name__": f"foreign_app_{path.stem}"}
    exec(compile(source, str(path), "exec"), namespace)
    app = cdk.App(outdir=str(output), context=context)
    namespace["build"](app)
    app.synth()
    return output


def swap_of(path: Path, directory: Path, **context: Any) -> Swap:
    return Swap(
        name=path.stem,
        before=synthesize(path, directory / "before", swapped=False, context=context),
        after=synthesize(path, directory / "after", swapped=True, context=context),
    )


@pytest.fixture(scope="module", params=APPS, ids=lambda path: path.stem)
def swap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Swap:
    return swap_of(request.param, tmp_path_factory.mktemp(request.param.stem), **BOTH_KEYS)


@pytest.fixture(scope="module")
def cdk_cli() -> list[str]:
    command = ROOT / "node_modules" / ".bin" / "cdk"
    if not command.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the CDK CLI is not installed; `make setup` installs it")
        pytest.skip("the CDK CLI is not installed; `make setup` installs it")
    node = os.environ.get("JSII_NODE") or shutil.which("node")
    assert node is not None, "Node.js is needed: set JSII_NODE, or put node on the PATH"
    return [node, str(command.resolve())]


def diff(cdk_cli: list[str], assembly: Path, stack: str, old: Path, home: Path) -> str:
    """What the real ``cdk diff`` says of a stack against an old template."""
    finished = subprocess.run(
        [
            *cdk_cli,
            "diff",
            "--app",
            str(assembly),
            stack,
            "--template",
            str(old),
            "--no-color",
            "--no-notices",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=home,
        env={**os.environ, "HOME": str(home), "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"},
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout + finished.stderr


def stacks_in(assembly: Path) -> Iterator[tuple[str, str]]:
    """Each stack of an assembly and of its stages: how the CLI calls it, and its template's path."""
    manifest = json.loads((assembly / "manifest.json").read_text())
    for artifact_id, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            name = artifact.get("displayName", artifact_id)
            yield name, str(assembly / artifact["properties"]["templateFile"])
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from stacks_in(assembly / artifact["properties"]["directoryName"])


def test_there_are_enough_apps() -> None:
    assert len(APPS) >= 7


def test_the_create_only_properties_are_those_of_cloudformation() -> None:
    schema = cfnlint.schema.PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", REPOSITORY).schema
    create_only = {path.split("/")[2] for path in schema["createOnlyProperties"]}
    assert create_only == set(CREATE_ONLY)


def test_every_repository_keeps_its_logical_id(swap: Swap) -> None:
    pairs = list(swap.repositories())
    assert pairs
    assert all(after["Type"] == REPOSITORY for _, _, after in pairs)


def test_no_repository_appears(swap: Swap) -> None:
    for _, before, after in swap.templates():
        ids = [
            {name for name, resource in template["Resources"].items() if resource["Type"] == REPOSITORY}
            for template in (before, after)
        ]
        assert ids[0] == ids[1]


@pytest.mark.parametrize("member", CREATE_ONLY)
def test_what_is_fixed_at_creation_stays(swap: Swap, member: str) -> None:
    for place, before, after in swap.repositories():
        assert after["Properties"].get(member) == before.get("Properties", {}).get(member), place


def test_everything_but_the_repositories_stays(swap: Swap) -> None:
    for file, before, after in swap.templates():
        for template in (before, after):
            for name, resource in list(template["Resources"].items()):
                if resource["Type"] == REPOSITORY:
                    del template["Resources"][name]
                elif resource["Type"] == "AWS::CloudFormation::Stack":
                    # A nested stack's template is an asset, whose hash names what has changed within.
                    del resource["Properties"]["TemplateURL"]
                    resource.get("Metadata", {}).pop("aws:asset:path", None)
        assert after == before, file


def test_what_they_said_of_their_repositories_stays(swap: Swap) -> None:
    kept = ("ImageScanningConfiguration", "ImageTagMutability", "EmptyOnDelete", "Tags")
    for place, before, after in swap.repositories():
        for member in kept:
            if member in before.get("Properties", {}):
                assert after["Properties"][member] == before["Properties"][member], (place, member)


def test_their_lifecycle_rules_stay(swap: Swap) -> None:
    for place, before, after in swap.repositories():
        text = before.get("Properties", {}).get("LifecyclePolicy", {}).get("LifecyclePolicyText")
        rules = [] if text is None else json.loads(text)["rules"]
        ours = json.loads(after["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
        assert ours[: len(rules)] == rules, place
        assert len(ours) - len(rules) in (0, 1), place


def test_cdk_diff_replaces_nothing(
    swap: Swap, cdk_cli: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    old = dict(stacks_in(swap.before))
    changed = 0
    for stack, template in stacks_in(swap.after):
        if "AWS::ECR::Repository" not in Path(template).read_text():
            continue
        said = diff(cdk_cli, swap.after, stack, Path(old[stack]), home)
        assert "[~] AWS::ECR::Repository" in said, said
        assert "replace" not in said, said
        assert "[-] AWS::ECR::Repository" not in said, said
        assert "[+] AWS::ECR::Repository" not in said, said
        changed += 1
    assert changed


def test_cdk_diff_would_have_said_so(cdk_cli: list[str], tmp_path: Path) -> None:
    """The control: a name that changes is called a replacement in the words that the test above looks for."""
    path = next(path for path in APPS if path.stem == "plain")
    before = synthesize(path, tmp_path / "before", swapped=False, context={})
    template = before / "Registry.template.json"
    template.write_text(template.read_text().replace('"shop/worker"', '"shop/other"'))
    after = synthesize(path, tmp_path / "after", swapped=True, context={})
    assert "replace" in diff(cdk_cli, after, "Registry", template, tmp_path)


class TestWithoutTheSecondKey:
    """Repositories that went with their stack are kept from now on, and nothing is replaced either."""

    @pytest.fixture(scope="class")
    @classmethod
    def swap(cls, tmp_path_factory: pytest.TempPathFactory) -> Swap:
        path = next(path for path in APPS if path.stem == "disposable")
        return swap_of(path, tmp_path_factory.mktemp("kept"))

    def test_they_are_kept(self, swap: Swap) -> None:
        policies = {after["DeletionPolicy"] for _, _, after in swap.repositories()}
        assert policies == {"RetainExceptOnCreate"}
        assert "Delete" in {before["DeletionPolicy"] for _, before, _ in swap.repositories()}

    def test_what_deletes_their_images_goes(self, swap: Swap) -> None:
        gone = set()
        for _, before, after in swap.templates():
            gone |= {
                before["Resources"][name]["Type"]
                for name in set(before["Resources"]) - set(after["Resources"])
            }
        assert gone == {"Custom::ECRAutoDeleteImages", "AWS::IAM::Role", "AWS::Lambda::Function"}

    @pytest.mark.parametrize("member", CREATE_ONLY)
    def test_what_is_fixed_at_creation_stays(self, swap: Swap, member: str) -> None:
        for place, before, after in swap.repositories():
            assert after["Properties"].get(member) == before.get("Properties", {}).get(member), place
