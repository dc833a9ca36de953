from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from ecr_blueprints.cloudformation.registry_reader import Inputs, read_inputs
from ecr_blueprints.errors import UnusableInputError

FIXTURES = Path(__file__).parents[2] / "fixtures"
REPOSITORY = '{"Resources": {"R": {"Type": "AWS::ECR::Repository"}}}'
YAML = "Resources:\n  R:\n    Type: AWS::ECR::Repository\n"


def names(inputs: Inputs) -> list[str]:
    return [str(repository.source) for registry in inputs.registries for repository in registry.repositories]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_lone_template_is_a_registry_of_its_own(here: Path) -> None:
    (here / "a.json").write_text(REPOSITORY)
    (here / "b.yaml").write_text(YAML)

    inputs = read_inputs(["a.json", Path("b.yaml")])

    assert [registry.label for registry in inputs.registries] == ["a.json", "b.yaml"]
    assert inputs.sources == ("a.json", "b.yaml")
    assert names(inputs) == ["R in a.json", "R in b.yaml"]


def test_a_template_comes_from_standard_input(here: Path) -> None:
    for stream in (io.StringIO(YAML), io.TextIOWrapper(io.BytesIO(YAML.encode("utf-16")), encoding="utf-8")):
        assert names(read_inputs(["-", "-"], stream)) == ["R in standard input"]


def test_standard_input_has_to_be_there_and_hold_something() -> None:
    with pytest.raises(UnusableInputError, match="no standard input"):
        read_inputs(["-"])
    with pytest.raises(UnusableInputError, match="standard input: is empty"):
        read_inputs(["-"], io.StringIO(""))


def test_a_directory_is_searched_for_templates(here: Path) -> None:
    for path in (
        "b.template",
        "a/deep/t.yml",
        "a/t.json",
        "node_modules/x/t.json",
        ".hidden/t.json",
        ".hidden.json",
        "venv2/t.json",
        "asset.1/t.json",
        "notes.txt",
    ):
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(REPOSITORY if path.endswith("json") else YAML)
    (here / "venv2" / "pyvenv.cfg").write_text("")
    (here / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\n")
    (here / "package.json").write_text('{"name": "x"}')
    (here / "broken.json").write_text("{")
    (here / "manifest.json").write_text('{"name": "a web app"}')
    (here / "resources.yaml").write_text("Resources:\n  - a list of another tool\n")

    assert read_inputs(["."]).sources == ("b.template", "a/t.json", "a/deep/t.yml")
    assert read_inputs([here]).sources[0] == str(here / "b.template")


def test_a_broken_template_in_a_directory_is_not_passed_over(here: Path) -> None:
    (here / "good.json").write_text(REPOSITORY)
    (here / "bad.yaml").write_text(YAML + "  X: [\n")

    with pytest.raises(UnusableInputError, match=r"bad\.yaml:\d+:\d+"):
        read_inputs(["."])


def test_an_assembly_is_recognized_given_and_found(tmp_path: Path) -> None:
    for name in ("under-the-cli", "without-the-cli"):
        shutil.copytree(FIXTURES / "assemblies" / name, tmp_path / name)
    assembly = tmp_path / "under-the-cli"

    given, found = read_inputs([assembly]), read_inputs([assembly.parent])

    assert len(given.sources) == 6
    assert set(given.sources) <= set(found.sources)
    assert len(found.sources) == 12
    # The environments are the same accounts and Regions, so that both assemblies fill the same registries.
    assert len(found.registries) == 4


def test_a_file_is_read_once_however_often_it_is_named(here: Path) -> None:
    (here / "a").mkdir()
    (here / "a" / "t.json").write_text(REPOSITORY)
    (here / "link.json").symlink_to(here / "a" / "t.json")
    assembly = FIXTURES / "assemblies" / "under-the-cli"

    assert len(names(read_inputs(["a/t.json", "a", "a/t.json", "link.json"]))) == 1
    assert len(read_inputs([assembly, assembly / "Shared.template.json", assembly]).sources) == 6


def test_a_directory_without_a_template_is_refused(here: Path) -> None:
    with pytest.raises(UnusableInputError, match="holds no CloudFormation template"):
        read_inputs(["."])

    (here / "cdk.json").write_text('{"app": "python app.py"}')
    with pytest.raises(UnusableInputError, match=r"not synthesized.*cdk synth"):
        read_inputs(["."])


def test_a_path_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnusableInputError, match=r"nowhere\.json: does not exist"):
        read_inputs(["nowhere.json"])


def test_a_template_without_ecr_gives_no_registry_and_is_a_source(here: Path) -> None:
    (here / "t.yaml").write_text("Resources:\n  T:\n    Type: AWS::SNS::Topic\n")

    assert read_inputs(["t.yaml"]) == Inputs(registries=(), sources=("t.yaml",))
