"""What the demo says beside its listing, of every example as it is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from demo_notes import HOW_TO_READ, NOT_PROVEN, about, notes_on_registries, notes_on_stack_sets, where_next
from example_assemblies import blueprint_of, example_names
from local_cloud import ROOT
from stored_assembly import STORED

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation


class Cloud:
    """An endpoint whose stack sets are in some accounts."""

    def __init__(self, *accounts: str) -> None:
        self._accounts = accounts

    def client(self, service: str, *, account: str, region: str) -> Any:
        assert service == "cloudformation"
        return self

    def list_stack_instances(self, **_: str) -> dict[str, Any]:
        return {"Summaries": [{"Account": one, "Status": "CURRENT"} for one in self._accounts]}


def assembly(folder: Path, body: str) -> Path:
    """An assembly of one stack with a stack set."""
    resource = {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {"StackSetName": "sets", "TemplateBody": body},
    }
    (folder / "a.template.json").write_text(json.dumps({"Resources": {"Set": resource}}))
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": {"templateFile": "a.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"a": artifact}}))
    return folder


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


@pytest.mark.parametrize("name", example_names())
def test_every_example_says_whose_it_is_and_leads_on(name: str) -> None:
    path = blueprint_of(name).relative_to(ROOT)
    model = load_blueprint(ROOT / path).model
    found = about(ROOT / path)
    assert found.startswith("  ")
    assert "yaml-language-server" not in found
    following = where_next(path, model)
    pages = [line.split()[-1] for line in following.splitlines()[1:]]
    assert len(pages) == 3
    assert all((ROOT / page).is_file() for page in pages)
    assert max(widest(found), widest(following)) <= 80


def test_what_every_run_says_fits_80_columns() -> None:
    assert max(widest(HOW_TO_READ), widest(NOT_PROVEN)) <= 80


def test_a_stack_set_that_went_nowhere_says_what_is_missing_in_the_listing(tmp_path: Path) -> None:
    (stored,) = (STORED / "tenant-managed").glob("*Baseline*.stack-set.json")
    folder = assembly(tmp_path, stored.read_text())

    (note,) = notes_on_stack_sets(Cloud(), folder)  # type: ignore[arg-type]

    assert "stack set sets is kept as declared and went into no account" in " ".join(note.split())
    assert "Missing here is what it brings: scanning (BASIC" in " ".join(note.split())
    assert "the ROOT template" in note
    assert widest(note) <= 80
    assert list(notes_on_stack_sets(Cloud("222233334444"), folder)) == []  # type: ignore[arg-type]


def test_a_stack_set_of_something_else_says_no_more(tmp_path: Path) -> None:
    folder = assembly(tmp_path, json.dumps({"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}))

    (note,) = notes_on_stack_sets(Cloud(), folder)  # type: ignore[arg-type]

    assert "Missing" not in note


def test_a_registry_for_copies_says_where_its_repositories_come_from() -> None:
    def registry(*names: str) -> Registry:
        source = SourceLocation(arn="arn:aws:ecr:eu-north-1:111122223333:repository/a")
        return Registry(
            account="111122223333",
            region="eu-north-1",
            repositories=tuple(
                Repository(source=source, name=name, is_cdk_asset_repository=name.startswith("cdk-"))
                for name in names
            ),
        )

    assets = "cdk-hnb659fds-container-assets-111122223333-eu-north-1"
    (note,) = notes_on_registries([registry(assets), registry(assets, "prod/a")])
    assert "111122223333/eu-north-1 has no repositories" in note
    assert widest(note) <= 80
