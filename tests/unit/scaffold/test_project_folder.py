from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.scaffold import project_folder
from ecr_blueprints.scaffold.project_folder import check_project_folder, write_project

FILES = {"app.py": "print()\n", "tests/snapshot.json": "{}\n", ".gitignore": "größe\n"}


def held(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(params=["new", "empty"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder that is not there, and one that is there and empty."""
    found = tmp_path / "project"
    if request.param == "empty":
        found.mkdir()
    return found


def test_writes_every_file_and_leaves_nothing_beside(folder: Path) -> None:
    write_project(folder, FILES)

    assert held(folder) == FILES
    assert os.listdir(folder.parent) == ["project"]
    assert sorted(os.listdir(folder)) == [".gitignore", "app.py", "tests"]


def test_writes_into_the_folder_in_which_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    write_project(Path("."), FILES)

    assert held(tmp_path) == FILES
    assert held(Path(".")) == FILES


def test_a_second_time_nothing_is_overwritten(folder: Path) -> None:
    write_project(folder, FILES)
    (folder / "app.py").write_text("mine\n")

    with pytest.raises(EcrBlueprintsError, match=r"it holds '\.gitignore', 'app\.py', 'tests', and"):
        write_project(folder, FILES)

    assert held(folder) == {**FILES, "app.py": "mine\n"}


def test_a_new_repository_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".git" / "refs").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "LICENSE").write_text("theirs\n")

    write_project(tmp_path, FILES)

    assert held(tmp_path) == {**FILES, ".git/HEAD": "ref: refs/heads/main\n", "LICENSE": "theirs\n"}


@pytest.mark.parametrize("theirs", [[".gitignore"], ["app.py", "tests/theirs.py"], ["tests"]])
def test_what_would_be_overwritten_or_added_to_is_named(tmp_path: Path, theirs: list[str]) -> None:
    (tmp_path / "LICENSE").write_text("theirs\n")
    for path in theirs:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("theirs\n")
    before = held(tmp_path)

    with pytest.raises(EcrBlueprintsError) as refused:
        write_project(tmp_path, FILES)

    names = ", ".join(repr(path.partition("/")[0]) for path in theirs)
    assert refused.value.what == f"it holds {names}, and nothing is overwritten"
    assert refused.value.fix is not None
    assert refused.value.fix.startswith("rename or move th")
    assert held(tmp_path) == before


@pytest.mark.parametrize("made", ["file", "link"])
def test_what_is_no_folder_is_refused(made: str, tmp_path: Path) -> None:
    target = tmp_path / "project"
    if made == "file":
        target.write_text("mine\n")
    else:
        target.symlink_to(tmp_path / "nowhere")

    with pytest.raises(EcrBlueprintsError, match="exists and is no folder"):
        write_project(target, FILES)

    assert os.listdir(tmp_path) == ["project"]


def test_a_folder_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EcrBlueprintsError, match=r"there is no folder '.*nowhere' to put it in"):
        check_project_folder(tmp_path / "nowhere" / "project", FILES)

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_a_name_that_no_folder_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(EcrBlueprintsError, match="fix: name a folder"):
        write_project(tmp_path / name, FILES)

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_is_interrupted_leaves_nothing(
    error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    existed = folder.exists()
    written: list[Any] = []

    def fail_at_the_third(path: Any, *arguments: Any, **options: Any) -> Any:
        written.append(path)
        if len(written) == 3:
            raise error
        return open(path, *arguments, **options)

    monkeypatch.setattr(project_folder, "open", fail_at_the_third, raising=False)
    with pytest.raises((EcrBlueprintsError, KeyboardInterrupt)):
        write_project(folder, FILES)

    assert len(written) == 3
    assert folder.exists() is existed
    assert held(folder.parent) == {}
    assert [path.name for path in folder.parent.rglob("*")] == (["project"] if existed else [])


def test_what_fails_while_it_moves_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def fail_at_the_second(source: Path, target: Path) -> None:
        if target == tmp_path / "app.py":
            raise PermissionError(errno.EACCES, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_at_the_second)
    with pytest.raises(EcrBlueprintsError, match="permission denied; nothing was changed"):
        write_project(tmp_path, FILES)

    assert os.listdir(tmp_path) == []


def test_a_file_that_comes_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def make_and_let_somebody_write(path: Any, *arguments: Any) -> None:
        make(path, *arguments)
        (tmp_path / "app.py").write_text("theirs\n")

    monkeypatch.setattr(project_folder.os, "mkdir", make_and_let_somebody_write)
    with pytest.raises(EcrBlueprintsError, match=r"app\.py came to be there meanwhile"):
        write_project(tmp_path, {"app.py": "ours\n"})

    assert held(tmp_path) == {"app.py": "theirs\n"}


def test_a_folder_that_comes_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"

    def refuse(source: Path, target: Path) -> NoReturn:
        folder.mkdir()
        (folder / "theirs").write_text("theirs\n")
        os.replace(source, target)
        raise AssertionError("it was replaced")

    monkeypatch.setattr(project_folder.os, "rename", refuse)
    with pytest.raises(EcrBlueprintsError, match="not empty"):
        write_project(folder, FILES)

    assert held(tmp_path) == {"project/theirs": "theirs\n"}
