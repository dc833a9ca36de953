"""The command line needs no CDK, no Node.js, no AWS SDK, and next to no time."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import pytest

from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.scaffold.project import ProjectOptions, render_project

ROOT = Path(__file__).parents[2]
HEAVY = ("aws_cdk", "constructs", "jsii", "pydantic", "boto3", "botocore")
TEMPLATE = {
    "Resources": {
        "Api": {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": "prod/payments/api", "ImageTagMutability": "IMMUTABLE"},
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        }
    }
}


def without_node() -> dict[str, str]:
    return {**os.environ, "PATH": os.devnull, "PYTHONDONTWRITEBYTECODE": ""}


def imported_by(arguments: list[str]) -> set[str]:
    """The modules that the process of a command holds when it ends."""
    script = (
        "import sys; from ecr_blueprints.cli.main import main\n"
        f"code = main({arguments!r})\n"
        "assert code < 2, code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=without_node()
    )
    return set(done.stdout.splitlines()[-1].split())


class TestImports:
    def test_version_imports_next_to_nothing(self) -> None:
        modules = imported_by(["--version"])

        unneeded = {*HEAVY, "yaml", "json", "dataclasses", "inspect"}
        assert modules & unneeded == set()
        assert {name for name in modules if name.startswith(("ecr_blueprints.r", "ecr_blueprints.d"))} <= {
            "ecr_blueprints.reporters",
            "ecr_blueprints.reporters.terminal_text",
        }

    @pytest.mark.parametrize("output", ["text", "json"])
    def test_review_of_json_imports_no_yaml(self, output: str, tmp_path: Path) -> None:
        template = tmp_path / "template.json"
        template.write_text(json.dumps(TEMPLATE))

        modules = imported_by(
            ["review", str(template), "--format", output, "--output", str(tmp_path / "out")]
        )

        assert "ecr_blueprints.review.reviewer" in modules
        assert modules & {*HEAVY, "yaml"} == set()

    def test_rules_imports_no_reader(self) -> None:
        modules = imported_by(["rules"])

        assert "ecr_blueprints.review.ruleset" in modules
        assert modules & {*HEAVY, "yaml", "ecr_blueprints.cloudformation.registry_reader"} == set()

    def test_the_package_imports_nothing_until_a_name_is_used(self) -> None:
        script = (
            "import ecr_blueprints, sys; print(*(name for name in sys.modules if name.startswith('ecr_')))"
        )

        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        assert set(done.stdout.split()) == {"ecr_blueprints", "ecr_blueprints._version"}


def test_version_answers_in_twice_what_the_interpreter_takes_without_node() -> None:
    """Measured 1.4 times; the interpreter alone is the floor, so that the machine's speed cancels out."""
    version = [sys.executable, "-m", "ecr_blueprints", "--version"]
    floor = [sys.executable, "-c", "import argparse, typing"]

    def seconds(command: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=without_node())
        return time.perf_counter() - start

    seconds(version)  # compiles what it imports
    ratios = [seconds(version) / seconds(floor) for _ in range(15)]

    assert statistics.median(ratios) <= 2, ratios


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel, PyYAML and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    programs = environment / "bin"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"),
            *("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", str(wheel)),
        ],
        check=True,
        capture_output=True,
    )
    packages = next(environment.glob("lib/python*/site-packages"))
    shutil.copytree(Path(sysconfig.get_path("platlib")) / "yaml", packages / "yaml")
    return programs


class TestBaseInstall:
    def run(self, installed: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installed / arguments[0]), *arguments[1:]],
            input=given,
            capture_output=True,
            text=True,
            cwd=installed,
            env={"PATH": os.devnull},
            check=False,
        )

    def test_holds_none_of_the_extras(self, installed: Path) -> None:
        script = f"import importlib.util as u; print([name for name in {HEAVY!r} if u.find_spec(name)])"

        assert self.run(installed, "python", "-c", script).stdout == "[]\n"

    def test_version(self, installed: Path) -> None:
        done = self.run(installed, "ecr-blueprints", "--version")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("ecr-blueprints ")

    def test_reviews_json(self, installed: Path) -> None:
        done = self.run(
            installed, "ecr-blueprints", "review", "-", "--format", "json", given=json.dumps(TEMPLATE)
        )

        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["summary"]["repositories"] == 1

    def test_reviews_yaml(self, installed: Path) -> None:
        template = (
            "Parameters: {Name: {Type: String}}\n"
            "Resources:\n"
            "  Api: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Ref Name}}\n"
        )

        done = self.run(installed, "ecr-blueprints", "review", "-", "--fail-on", "never", given=template)

        assert (done.returncode, done.stderr) == (0, "")
        assert "1 repository in 1 registry" in done.stdout

    def test_starts_a_project_with_every_file_of_the_wheel(self, installed: Path, tmp_path: Path) -> None:
        project = tmp_path / "ecr-registry"

        done = self.run(installed, "ecr-blueprints", "init", str(project), "--model", "centralized")

        assert (done.returncode, done.stderr) == (0, "")
        made = {
            path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
            for path in project.rglob("*")
            if path.is_file()
        }
        assert made == render_project(ProjectOptions(model=OperatingModel.CENTRALIZED))

    def test_lists_the_rules(self, installed: Path) -> None:
        done = self.run(installed, "ecr-blueprints", "rules")

        assert done.returncode == 0
        assert done.stdout.startswith("ECR")

    def test_is_the_same_program_as_a_module(self, installed: Path) -> None:
        module = self.run(installed, "python", "-m", "ecr_blueprints", "rules")

        assert module.stdout == self.run(installed, "ecr-blueprints", "rules").stdout

    @pytest.mark.parametrize("name", ["ImageRepository", "PrivateRegistry", "PullThroughCache"])
    def test_a_construct_says_what_to_install(self, name: str, installed: Path) -> None:
        done = self.run(installed, "python", "-c", f"from ecr_blueprints import {name}")

        assert done.returncode == 1
        assert "MissingDependencyError: ecr_blueprints.constructs: the constructs need" in done.stderr
        assert done.stderr.endswith('fix: pip install "ecr-blueprints[cdk]"\n')

    def test_what_needs_no_construct_is_there(self, installed: Path) -> None:
        script = "from ecr_blueprints import LifecyclePolicy, Retention; print(Retention.__name__)"

        assert self.run(installed, "python", "-c", script).stdout == "Retention\n"
