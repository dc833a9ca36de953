from __future__ import annotations

import sys

import pytest

import ecr_blueprints
from ecr_blueprints.errors import MissingDependencyError


def test_every_public_name_but_the_version_is_imported_on_use() -> None:
    assert set(ecr_blueprints.__all__) == {*ecr_blueprints._MODULES, "__version__"}


def test_names_are_listed_before_they_are_imported() -> None:
    assert set(ecr_blueprints.__all__) <= set(dir(ecr_blueprints))


def test_a_name_is_the_object_of_its_module() -> None:
    from ecr_blueprints.lifecycle.retention import Retention

    assert ecr_blueprints.Retention is Retention


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Repository'"):
        ecr_blueprints.Repository  # noqa: B018


def test_a_construct_without_the_cdk_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith(("aws_cdk", "ecr_blueprints.constructs")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    monkeypatch.delitem(vars(ecr_blueprints), "ImageRepository", raising=False)

    with pytest.raises(MissingDependencyError) as caught:
        ecr_blueprints.ImageRepository  # noqa: B018

    assert caught.value.fix == 'pip install "ecr-blueprints[cdk]"'
    assert isinstance(caught.value, ImportError)


def test_importing_the_package_imports_no_construct() -> None:
    assert "ecr_blueprints._version" in sys.modules
    assert ecr_blueprints.__version__ == sys.modules["ecr_blueprints._version"].__version__
