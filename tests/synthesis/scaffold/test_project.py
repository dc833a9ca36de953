"""What ``ecr-blueprints init`` makes works as it is: its own test, the CDK CLI and the review pass.

Practices: OPS-4
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs_assembly import read_seeds, read_stacks
from docs_flows import INCOMING
from docs_picture import render_picture
from docs_topology import read_topology
from local_cloud import CDK_CLI, node_binary, tool_environment
from picture_geometry import faults

from ecr_blueprints.cli.main import main
from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.domain.stateful_resource import stateful_identities

ROOT = Path(__file__).resolve().parents[3]
MODELS = list(OperatingModel)
GIVEN = [
    *("--account", "222233334444", "--region", "cn-north-1"),
    *("--organization", "o-meridian123", "--name", "meridian-images"),
]


def environment(**more: str) -> dict[str, str]:
    return tool_environment(PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1", **more)


def run(project: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=project, env=environment(**more), capture_output=True, text=True, check=False
    )


def own_test(project: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    return run(project, *command, CDK_VALIDATION="false", **more)


def make(folder: Path, model: OperatingModel, *options: str) -> Path:
    assert main(["init", str(folder), "--model", model, *options]) == 0
    return folder


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> OperatingModel:
    found: OperatingModel = request.param
    return found


@pytest.fixture(scope="module")
def project(model: OperatingModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it is made without options, with its assembly by the pinned CLI, validated by the CDK."""
    project = make(tmp_path_factory.mktemp("project") / "registry", model)
    done = run(project, str(node_binary()), str(CDK_CLI), "synth", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def test_its_own_test_passes(project: Path) -> None:
    done = own_test(project)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_its_own_test_passes_wherever_the_registry_is(model: OperatingModel, tmp_path: Path) -> None:
    done = own_test(make(tmp_path / "registry", model, *GIVEN))
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_picture_of_it_says_what_each_account_is_for_and_nothing_is_in_the_way(project: Path) -> None:
    topology = read_topology(read_stacks(project / "cdk.out"), read_seeds(project / "cdk.out"))
    assert "Account" not in [box.title for box in topology.boxes]
    assert {flow.kind for flow in topology.flows} & INCOMING
    assert faults(render_picture(topology, "a new project")) == []


def test_the_cdks_own_validation_finds_nothing(project: Path) -> None:
    report = json.loads((project / "cdk.out" / "validation-report.json").read_text())
    assert [one for plugin in report["pluginReports"] for one in plugin["violations"]] == []


def test_the_review_of_its_workflow_finds_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow = yaml.safe_load((project / ".github/workflows/registry.yaml").read_text())
    (command,) = (
        step["run"]
        for step in workflow["jobs"]["check"]["steps"]
        if step.get("run", "").startswith("ecr-blueprints ")
    )
    monkeypatch.chdir(project)
    assert main([*command.split()[1:], "--fail-on", "note"]) == 0, capsys.readouterr().out
    assert "no findings" in capsys.readouterr().out


def test_its_snapshot_is_that_of_its_stacks(project: Path) -> None:
    """Change a logical ID on purpose, and run ``python scripts/scaffold_snapshots.py``."""
    found: dict[str, Any] = {
        path.name.removesuffix(".template.json"): stateful_identities(json.loads(path.read_text()))
        for path in (project / "cdk.out").glob("*.template.json")
    }
    assert found == json.loads((project / "tests" / "snapshot.json").read_text())


def test_its_readme_deploys_what_there_is(model: OperatingModel, project: Path) -> None:
    readme = (project / "README.md").read_text()
    artifacts = json.loads((project / "cdk.out" / "manifest.json").read_text())["artifacts"]
    stacks = {
        name: one["environment"]
        for name, one in artifacts.items()
        if one["type"] == "aws:cloudformation:stack"
    }
    bootstrapped = set(re.findall(r"cdk bootstrap (aws://\S+)", readme))
    named = set(re.findall(r"\becr-(?:registry|repositories|consumer|bridge|platform)-[\w-]+", readme))

    assert bootstrapped
    assert bootstrapped <= set(stacks.values())
    assert named
    assert named <= set(stacks)
    if model is not OperatingModel.TENANT_MANAGED:  # Of the teams, whose accounts are alike, it shows one.
        assert bootstrapped == set(stacks.values())


def test_its_readme_lets_the_account_that_deploys_into_every_other(
    model: OperatingModel, project: Path
) -> None:
    readme = (project / "README.md").read_text()
    lines = re.findall(
        r"cdk bootstrap aws://(\d+)/\S+(?: --trust (\d+) --cloudformation-\S+ arn:\S+)?\n", readme
    )
    (deploying, itself), *others = lines
    assert itself == ""
    if model is OperatingModel.TENANT_MANAGED:  # Each account's stacks are deployed with its own credentials.
        assert {trusted for _, trusted in others} == {""}
        deployed = re.findall(r"^ *npx cdk deploy (.*)$", readme, re.MULTILINE)
        assert all("--exclusively" in one or "tenant=" in one for one in deployed)
    else:
        assert others
        assert {trusted for _, trusted in others} == {deploying}


def test_its_own_test_names_what_would_be_lost_and_what_is_new(tmp_path: Path) -> None:
    project = make(tmp_path / "registry", OperatingModel.CENTRALIZED)
    team = project / "teams" / "payments.yaml"
    team.write_text(team.read_text().replace("  ledger:", "  journal:"))

    refused = own_test(project)

    assert refused.returncode == 1
    assert "gone      ecr-repositories-payments-eu-west-1/" in refused.stdout
    assert 'RepositoryName="prod/payments/ledger"' in refused.stdout
    assert "new       ecr-repositories-payments-eu-west-1/" in refused.stdout
    assert "UPDATE_SNAPSHOT=1 python -m pytest" in refused.stdout
    assert own_test(project, UPDATE_SNAPSHOT="1").returncode == 0
    assert "prod/payments/journal" in (project / "tests" / "snapshot.json").read_text()


def test_a_wrong_blueprint_ends_with_a_message(tmp_path: Path) -> None:
    project = make(tmp_path / "registry", OperatingModel.CENTRALIZED)
    blueprint = project / "blueprint.yaml"
    blueprint.write_text(blueprint.read_text().replace("stages:", "stagse:"))

    done = run(project, sys.executable, "app.py")

    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "did you mean 'stages'?" in done.stderr
    assert "Traceback" not in done.stderr
