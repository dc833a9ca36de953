"""Swapping ``ecr.Repository`` for `ImageRepository` in apps of other teams replaces no repository.

Each file in ``foreign_apps`` is an app as another team would write it. It is synthesized as it is, and once
more with one line changed: the import. What CloudFormation would replace is asked of its own schemas, for
every app, and of ``cdk diff`` for a few.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from adoption import APPS, BOTH_KEYS, REPOSITORY, ROOT, Adoption, create_only, synthesize

pytestmark = pytest.mark.node

CREATE_ONLY = ("RepositoryName", "EncryptionConfiguration")
DIFFED = [path for path in APPS if path.stem in ("disposable", "encrypted", "golden_path")]
"""Nested stacks, keys, stages: the tool takes more than a second for each."""


def swap_of(path: Path, directory: Path, **context: Any) -> Adoption:
    return Adoption(
        name=path.stem,
        before=synthesize(path, directory / "before", context=context),
        after=synthesize(path, directory / "after", swapped=True, context=context),
    )


@pytest.fixture(scope="module", params=APPS, ids=lambda path: path.stem)
def swap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Adoption:
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
    assert len(APPS) >= 10


def test_the_create_only_properties_are_those_of_cloudformation() -> None:
    assert {member[0] for member in create_only(REPOSITORY)} == set(CREATE_ONLY)


def test_cloudformation_replaces_nothing(swap: Adoption) -> None:
    assert swap.replaced() == []


def test_cloudformation_would_have_replaced_something(tmp_path: Path) -> None:
    """The control: names and encryption that change are found by the same schemas."""
    path = next(path for path in APPS if path.stem == "encrypted")
    swap = swap_of(path, tmp_path)
    template = swap.after / "Vault.template.json"
    template.write_text(
        template.read_text().replace('"bank/ledger"', '"bank/other"').replace('"KMS"', '"AES256"')
    )
    assert sum(place.endswith(".RepositoryName") for place in swap.replaced()) == 1
    assert sum(place.endswith(".EncryptionConfiguration") for place in swap.replaced()) == 4


def test_every_repository_keeps_its_logical_id(swap: Adoption) -> None:
    pairs = list(swap.repositories())
    assert pairs
    assert all(after["Type"] == REPOSITORY for _, _, after in pairs)


def test_no_repository_appears(swap: Adoption) -> None:
    for _, before, after in swap.templates():
        ids = [
            {name for name, resource in template["Resources"].items() if resource["Type"] == REPOSITORY}
            for template in (before, after)
        ]
        assert ids[0] == ids[1]


@pytest.mark.parametrize("member", CREATE_ONLY)
def test_what_is_fixed_at_creation_stays(swap: Adoption, member: str) -> None:
    for place, before, after in swap.properties():
        assert after.get(member) == before.get(member), place


def test_everything_but_the_repositories_stays(swap: Adoption) -> None:
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


def test_what_they_said_of_their_repositories_stays(swap: Adoption) -> None:
    kept = ("ImageScanningConfiguration", "ImageTagMutability", "EmptyOnDelete", "Tags")
    for place, before, after in swap.properties():
        for member in kept:
            if member in before:
                assert after[member] == before[member], (place, member)


def test_their_lifecycle_rules_stay(swap: Adoption) -> None:
    for place, before, after in swap.properties():
        if after == before:
            continue  # Made by its properties, without the class that was swapped.
        text = before.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
        rules = [] if text is None else json.loads(text)["rules"]
        ours = json.loads(after["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
        assert ours[: len(rules)] == rules, place
        assert len(ours) - len(rules) in (0, 1), place


@pytest.mark.parametrize("swap", DIFFED, ids=lambda path: path.stem, indirect=True)
def test_cdk_diff_replaces_nothing(
    swap: Adoption, cdk_cli: list[str], tmp_path_factory: pytest.TempPathFactory
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
    before = synthesize(path, tmp_path / "before")
    template = before / "Registry.template.json"
    template.write_text(template.read_text().replace('"shop/worker"', '"shop/other"'))
    after = synthesize(path, tmp_path / "after", swapped=True)
    assert "replace" in diff(cdk_cli, after, "Registry", template, tmp_path)


class TestWithoutTheSecondKey:
    """Repositories that went with their stack are kept from now on, and nothing is replaced either."""

    @pytest.fixture(scope="class")
    @classmethod
    def swap(cls, tmp_path_factory: pytest.TempPathFactory) -> Adoption:
        path = next(path for path in APPS if path.stem == "disposable")
        return swap_of(path, tmp_path_factory.mktemp("kept"))

    def test_they_are_kept(self, swap: Adoption) -> None:
        policies = {after["DeletionPolicy"] for _, _, after in swap.repositories()}
        assert policies == {"RetainExceptOnCreate"}
        assert "Delete" in {before["DeletionPolicy"] for _, before, _ in swap.repositories()}

    def test_what_deletes_their_images_goes(self, swap: Adoption) -> None:
        gone = set()
        for _, before, after in swap.templates():
            gone |= {
                before["Resources"][name]["Type"]
                for name in set(before["Resources"]) - set(after["Resources"])
            }
        assert gone == {"Custom::ECRAutoDeleteImages", "AWS::IAM::Role", "AWS::Lambda::Function"}

    @pytest.mark.parametrize("member", CREATE_ONLY)
    def test_what_is_fixed_at_creation_stays(self, swap: Adoption, member: str) -> None:
        for place, before, after in swap.properties():
            assert after.get(member) == before.get(member), place
