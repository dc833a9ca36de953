"""The command line needs no CDK, no Node.js, no AWS SDK, and next to no time."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import threading
import time
import venv
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.scaffold.package_source import source_of
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
    _copy_modules(environment, "yaml")
    return programs


def _copy_modules(environment: Path, *names: str) -> None:
    """Gives an environment modules of this one, without an index."""
    packages = next(environment.glob("lib/python*/site-packages"))
    for name in names:
        shutil.copytree(Path(sysconfig.get_path("platlib")) / name, packages / name)


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
        (wheel,) = installed.parents[1].glob("*.whl")
        source = source_of({"url": wheel.as_uri(), "archive_info": {}})
        assert made == render_project(ProjectOptions(model=OperatingModel.CENTRALIZED, source=source))

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


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone, as far as an installation reads it."""
    folder = tmp_path / "my clone"
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "ecr_blueprints", folder / "ecr_blueprints", ignore=ignored)
    return folder


@pytest.fixture
def git_url(clone: Path) -> Iterator[str]:
    """The clone as a repository of git that a web server serves."""
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@example.com", "-C", str(clone)]
    for command in ("init --quiet", "add .", "commit --quiet --message All", "update-server-info"):
        subprocess.run([*git, *command.split()], check=True)
    served = partial(QuietHandler, directory=str(clone / ".git"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class TestInstalledFromAClone:
    """A project asks for the clone that made it, and gets it."""

    @pytest.fixture
    def python(self, tmp_path: Path) -> Path:
        """The interpreter of an environment that can build the package without an index."""
        environment = tmp_path / "environment"
        venv.create(environment, with_pip=False, symlinks=True)
        _copy_modules(
            environment, "yaml", *("hatchling", "packaging", "pathspec", "pluggy", "trove_classifiers")
        )
        return environment / "bin" / "python"

    def install(self, python: Path, *requirement: str) -> dict[str, Any]:
        """Installs it, and gives what pip notes of where it came from."""
        command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
        done = subprocess.run(
            [*command, "--no-build-isolation", "--no-compile", *requirement],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        environment = python.parents[1]
        (noted,) = environment.glob("lib/python*/site-packages/ecr_blueprints-*.dist-info/direct_url.json")
        found: dict[str, Any] = json.loads(noted.read_text())
        return found

    def requirement(self, python: Path, folder: Path) -> str:
        """What a project asks for that the installed program makes."""
        program = python.with_name("ecr-blueprints")
        subprocess.run(
            [str(program), "init", str(folder), "--model", "centralized"], check=True, capture_output=True
        )
        lines = (folder / "requirements.txt").read_text().splitlines()
        (found,) = (line for line in lines if line.startswith("ecr-blueprints"))
        (folder / "only.txt").write_text(f"{found}\n")
        return found

    def test_from_a_folder(self, python: Path, clone: Path, tmp_path: Path) -> None:
        first = self.install(python, f"{clone}[cdk]")

        asked = self.requirement(python, tmp_path / "registry")

        assert asked == f"ecr-blueprints[cdk] @ {clone.as_uri()}"
        again = self.install(python, "--force-reinstall", "-r", str(tmp_path / "registry" / "only.txt"))
        assert again == first

    def test_from_git(self, python: Path, git_url: str, tmp_path: Path) -> None:
        first = self.install(python, f"ecr-blueprints[cdk] @ git+{git_url}")

        asked = self.requirement(python, tmp_path / "registry")

        assert asked == f"ecr-blueprints[cdk] @ git+{git_url}@{first['vcs_info']['commit_id']}"
        again = self.install(python, "--force-reinstall", "-r", str(tmp_path / "registry" / "only.txt"))
        assert again["vcs_info"]["commit_id"] == first["vcs_info"]["commit_id"]
