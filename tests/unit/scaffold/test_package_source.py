from __future__ import annotations

import importlib.metadata
from typing import Any

import pytest

from ecr_blueprints._version import __version__
from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.scaffold import package_source
from ecr_blueprints.scaffold.package_source import INDEX, installed_source, source_of
from ecr_blueprints.scaffold.project import ProjectOptions, render_project

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FOLDER = {"url": "file:///home/me/clone", "dir_info": {"editable": True}}
GIT = {
    "url": "https://git.example.com/ecr.git",
    "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT},
}


class Noted:
    def __init__(self, text: str | None) -> None:
        self._text = text

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self._text


@pytest.mark.parametrize(
    ("noted", "requirement"),
    [
        (FOLDER, "file:///home/me/clone"),
        ({"url": "file:///a%20b/x.whl", "archive_info": {}}, "file:///a%20b/x.whl"),
        ({"url": "https://example.com/x.whl", "archive_info": {}}, "https://example.com/x.whl"),
        (GIT, f"git+https://git.example.com/ecr.git@{COMMIT}"),
        ({**GIT, "url": "file:///home/me/clone"}, "file:///home/me/clone"),
        ({**GIT, "subdirectory": "lib"}, f"git+https://git.example.com/ecr.git@{COMMIT}#subdirectory=lib"),
    ],
)
def test_what_an_installer_noted_is_what_the_project_asks_for(
    noted: dict[str, Any], requirement: str
) -> None:
    assert source_of(noted).requirement == f"ecr-blueprints[cdk] @ {requirement}"


@pytest.mark.parametrize("noted", [{}, {"url": ""}, {"url": 1}, {"url": "https://a/b", "vcs_info": {}}])
def test_what_says_too_little_is_the_index(noted: dict[str, Any]) -> None:
    assert source_of(noted) == INDEX


@pytest.mark.parametrize("text", [None, "", "[]", "not JSON", "{}"])
def test_without_a_note_it_is_the_index(text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_source, "distribution", lambda _: Noted(text))
    assert installed_source() == INDEX
    assert INDEX.lines == f"ecr-blueprints[cdk]=={__version__}"


def test_a_package_that_is_not_installed_is_the_indexs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(package_source, "distribution", missing)
    assert installed_source() == INDEX


@pytest.mark.parametrize(("noted", "is_of_here"), [(FOLDER, True), (GIT, False)])
def test_the_requirements_say_what_to_write_for_others(noted: dict[str, Any], is_of_here: bool) -> None:
    source = source_of(noted)
    text = render_project(ProjectOptions(model=OperatingModel.CENTRALIZED, source=source))["requirements.txt"]

    assert f"\n{source.requirement}\naws-cdk-lib==" in text
    assert f" ecr-blueprints[cdk]=={__version__}.\n" in text
    assert ("which other machines and the workflow do not have" in text) is is_of_here
    assert max(map(len, text.splitlines())) <= 110
