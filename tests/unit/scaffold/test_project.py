from __future__ import annotations

import json
import re
from pathlib import Path
from string import ascii_letters
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints._version import __version__
from ecr_blueprints.config import load_blueprint
from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.scaffold.project import (
    DEFAULT_NAME,
    FILES,
    PLACEHOLDER,
    ProjectOptions,
    name_from_folder,
    render_project,
)
from ecr_blueprints.scaffold.project_folder import write_project

ROOT = Path(__file__).resolve().parents[3]
MODELS = list(OperatingModel)
GIVEN: dict[str, Any] = {
    "name": "meridian-images",
    "account": "222233334444",
    "region": "us-east-2",
    "organization": "o-meridian123",
}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> OperatingModel:
    found: OperatingModel = request.param
    return found


@pytest.fixture
def files(model: OperatingModel) -> dict[str, str]:
    return render_project(ProjectOptions(model=model))


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==(.+)$", text, re.MULTILINE))


def test_every_file_is_there_and_has_a_purpose(files: dict[str, str]) -> None:
    assert set(files) <= set(FILES)
    assert {"app.py", "blueprint.yaml", "cdk.json", "requirements.txt", "README.md"} <= set(files)
    assert list(files) == sorted(files)
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in files.values())


def test_every_purpose_is_of_a_file_and_fits_a_line() -> None:
    made = {path for model in MODELS for path in render_project(ProjectOptions(model=model))}
    assert set(FILES) == made
    width = max(map(len, FILES))
    assert max(len(f"  {path:{width}}  {purpose}") for path, purpose in FILES.items()) <= 80


def test_nothing_of_the_templates_is_left(model: OperatingModel) -> None:
    for options in (ProjectOptions(model=model), ProjectOptions(model=model, **GIVEN)):
        for path, text in render_project(options).items():
            assert "@@" not in text, path


def test_the_same_options_give_the_same_files(model: OperatingModel) -> None:
    assert render_project(ProjectOptions(model=model, **GIVEN)) == render_project(
        ProjectOptions(model=model, **GIVEN)
    )


def test_versions_are_those_that_everything_here_is_tested_with(files: dict[str, str]) -> None:
    ours = pins((ROOT / "requirements" / "dev.txt").read_text())
    theirs = pins(files["requirements.txt"])
    assert theirs.pop("ecr-blueprints") == __version__
    assert {"aws-cdk-lib", "constructs", "jsii", "pydantic", "pytest"} <= set(theirs)
    assert theirs == {name: ours[name] for name in theirs}
    assert len(pins(files["requirements.txt"])) == files["requirements.txt"].count("==")


def test_the_cdk_cli_is_the_pinned_one_to_the_byte(files: dict[str, str]) -> None:
    ours = json.loads((ROOT / "package-lock.json").read_text())["packages"]["node_modules/aws-cdk"]
    lock = json.loads(files["package-lock.json"])
    assert lock["packages"]["node_modules/aws-cdk"] == ours
    assert lock["packages"][""]["devDependencies"] == {"aws-cdk": ours["version"]}
    assert json.loads(files["package.json"])["devDependencies"] == {"aws-cdk": ours["version"]}
    assert json.loads(files["package.json"])["name"] == lock["name"] == DEFAULT_NAME


def test_the_flags_are_those_of_this_project(files: dict[str, str]) -> None:
    assert json.loads(files["cdk.json"]) == json.loads((ROOT / "cdk.json").read_text())


def test_the_app_is_short_and_is_python(files: dict[str, str]) -> None:
    assert len(files["app.py"].splitlines()) <= 25
    compile(files["app.py"], "app.py", "exec")
    compile(files["tests/test_snapshot.py"], "test_snapshot.py", "exec")


def test_the_workflow_synthesizes_tests_and_reviews(files: dict[str, str]) -> None:
    workflow = yaml.safe_load(files[".github/workflows/registry.yaml"])
    steps = workflow["jobs"]["check"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands == [
        "pip install -r requirements.txt",
        "npm ci",
        "npx cdk synth --quiet",
        "python -m pytest",
        "ecr-blueprints review cdk.out --registry cdk.out/registry.json --fail-on warning",
    ]
    assert workflow["permissions"] == {"contents": "read"}


def test_what_is_given_stands_where_the_placeholder_did(model: OperatingModel, tmp_path: Path) -> None:
    files = render_project(ProjectOptions(model=model, **GIVEN))
    for value in GIVEN.values():
        assert value in files["blueprint.yaml"]
    assert f"# {GIVEN['name']}\n" in files["README.md"]
    assert json.loads(files["package.json"])["name"] == GIVEN["name"]
    write_project(tmp_path / "project", files)
    assert load_blueprint(tmp_path / "project" / "blueprint.yaml").model == model


def test_a_made_up_value_is_marked_and_a_given_one_is_not(model: OperatingModel) -> None:
    def marked(**given: str) -> set[str]:
        text = render_project(ProjectOptions(model=model, **given))["blueprint.yaml"]
        return {line.strip() for line in text.splitlines() if line.endswith(f"# {PLACEHOLDER}")}

    without, with_region = marked(), marked(region="us-east-2")
    assert f"regions: [eu-west-1]  # {PLACEHOLDER}" in without
    assert not any(line.startswith("regions:") for line in with_region)


def test_no_account_stands_for_two(model: OperatingModel) -> None:
    files = render_project(ProjectOptions(model=model, account="222233334444"))
    accounts = [line for line in files["blueprint.yaml"].splitlines() if '"222233334444"' in line]
    assert len([line for line in accounts if not line.startswith("#")]) == 1


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("name", "Meridian Images", "lower-case letters, digits and single hyphens"),
        ("name", "", "lower-case letters"),
        ("name", "a" * 61, "at most 60"),
        ("name", "a--b", "single hyphens"),
        ("account", "12", "12 digits"),
        ("region", "Ireland", "eu-west-1"),
        ("region", "eu-west-9", "the Regions of AWS"),
        ("organization", "exampleorg", "o- and 10 to 32"),
    ],
)
def test_an_option_that_cannot_be_is_refused(option: str, value: str, allowed: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        ProjectOptions(model=OperatingModel.CENTRALIZED, **{option: value})

    assert refused.value.where == f"--{option}"
    assert repr(value) in refused.value.what
    assert allowed in (refused.value.allowed or "")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("My Registry", "my-registry"),
        ("ecr", "ecr"),
        ("Größe_2", "gr-e-2"),
        ("…", DEFAULT_NAME),
        ("", DEFAULT_NAME),
    ],
)
def test_a_folder_gives_a_name(folder: str, name: str) -> None:
    assert name_from_folder(folder) == name


@given(st.text(max_size=80) | st.text(alphabet=f"{ascii_letters}-_ ", min_size=40, max_size=90))
def test_whatever_a_folder_is_called_its_name_is_one(folder: str) -> None:
    assert ProjectOptions(model=OperatingModel.CENTRALIZED, name=name_from_folder(folder)).name
