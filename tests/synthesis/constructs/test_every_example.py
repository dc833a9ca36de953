"""Each construct's example: it synthesizes, cfn-lint and the review accept it, wherever an app may be.

The examples are those of the docstrings, which docs/reference/constructs shows: a construct that has one is
covered here. The same file runs on the oldest aws-cdk-lib that is supported.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import pytest
from docs_examples import PREAMBLE, Example, find_examples, in_partition
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.registry.completion import complete_registry, entry_for
from ecr_blueprints.registry.contract import parse_contract
from ecr_blueprints.review.reviewer import Reviewer

ACCOUNT: Final = "111122223333"
HOME: Final = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
EXAMPLES: Final = [pytest.param(one, id=one.name) for one in find_examples()]

NOT_THERE: Final[Mapping[str, frozenset[str]]] = {
    "aws-cn": frozenset({"ManagedSigning", "SigningProfile", "PublicRepository"}),
    "aws-us-gov": frozenset({"PublicRepository"}),
}
"""What needs a service that a partition lacks, and is refused there."""

FOUND_ON_PURPOSE: Final[Mapping[str, frozenset[str]]] = {
    # The baseline makes tags immutable when it is told to: something may move them.
    "RepositoryBaseline": frozenset({"ECR102[mutable]"}),
}
"""What the review finds in an example, and why it stays."""

OF_CDK: Final = ("W3010",)
"""What cfn-lint says of CDK's own constructs in an example: a VPC names its availability zones."""

FREE_OF_FLAGS: Final = (
    "AWS::ECR::",
    "AWS::KMS::",
    "AWS::SecretsManager::",
    "AWS::Signer::",
    "AWS::SNS::Topic",
)
"""Types of which no property may follow from a feature flag: ECR's own, and what is kept."""

Template = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesized:
    """The assembly of one example."""

    folder: Path

    @property
    def templates(self) -> dict[str, Template]:
        """Path within the assembly → template, those of nested stacks and stages too."""
        paths = sorted(self.folder.rglob("*.template.json"))
        return {str(path.relative_to(self.folder)): json.loads(path.read_text()) for path in paths}

    @property
    def resources(self) -> dict[str, Template]:
        """``template/logical id`` → resource."""
        return {
            f"{path}/{logical_id}": resource
            for path, template in self.templates.items()
            for logical_id, resource in template.get("Resources", {}).items()
        }

    def region_of(self, template: str) -> str:
        """The Region of the stack with a template; that of the home where it is not known."""
        for manifest in self.folder.rglob("manifest.json"):
            for artifact in json.loads(manifest.read_text())["artifacts"].values():
                file = artifact.get("properties", {}).get("templateFile")
                region = artifact.get("environment", "").rpartition("/")[2]
                if file == Path(template).name and region != "unknown-region":
                    return str(region)
        return HOME["aws"]


def synthesize(
    example: Example,
    folder: Path,
    *,
    partition: str | None = "aws",
    flags: Mapping[str, Any] | None = None,
) -> Synthesized:
    """Runs an example in an app of its own.

    Args:
        example: The example.
        folder: The assembly's place.
        partition: Whose Region the stack is in; None: neither account nor Region are known.
        flags: The context.
    """
    app = cdk.App(outdir=str(folder), context=flags, analytics_reporting=False, tree_metadata=False)
    environment = None if partition is None else cdk.Environment(account=ACCOUNT, region=HOME[partition])
    given: dict[str, Any] = {"stack": cdk.Stack(app, "Stack", env=environment)}
    if "registry" in example.given:
        from ecr_blueprints import PrivateRegistry

        given["registry"] = PrivateRegistry(given["stack"], "Registry")
    code = example.code if partition in (None, "aws") else in_partition(example.code, str(partition))
    written = folder.with_name(f"{folder.name}-files")
    written.mkdir(exist_ok=True)
    with contextlib.chdir(written):
        exec(compile(code, f"<the example of {example.name}>", "exec"), given)
        app.synth()
    return Synthesized(folder=folder)


@pytest.fixture(scope="module")
def as_written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Example], Synthesized]:
    """Synthesizes an example once for all of its tests, with no feature flag."""

    @functools.cache
    def run(example: Example) -> Synthesized:
        return synthesize(example, tmp_path_factory.mktemp(example.name))

    return run


def texts(value: object) -> Iterator[str]:
    """Every text in a template, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def in_aws(value: object) -> object:
    """A part of a template as it is in the partition aws: a text where CDK may write that or a join.

    Key policies are left out, whose statements CDK merges with one of the flags.
    """
    if value == {"Ref": "AWS::Partition"}:
        return "aws"
    if isinstance(value, dict):
        known = {key: in_aws(one) for key, one in value.items() if key != "KeyPolicy"}
        match known:
            case {"Fn::Join": ["", [*parts]]} if all(isinstance(part, str) for part in parts):
                return "".join(parts)
        return known
    return [in_aws(one) for one in value] if isinstance(value, list) else value


def test_this_is_the_version_of_the_cdk_that_is_asked_for() -> None:
    assert os.environ.get("ECR_BLUEPRINTS_CDK_VERSION", version("aws-cdk-lib")) == version("aws-cdk-lib")
    assert Path(cdk.__file__).parents[1].joinpath(f"aws_cdk_lib-{version('aws-cdk-lib')}.dist-info").is_dir()


def test_the_preamble_of_the_pages_is_what_the_examples_get() -> None:
    given: dict[str, Any] = {}
    exec(compile(PREAMBLE, "<the preamble>", "exec"), given)
    assert (given["stack"].account, given["stack"].region) == (ACCOUNT, HOME["aws"])
    assert given["registry"].node.path == "Stack/Registry"


@pytest.mark.parametrize("example", EXAMPLES)
def test_cfn_lint_accepts_it(
    example: Example, as_written: Callable[[Example], Synthesized], lint: Callable[..., list[str]]
) -> None:
    synthesized = as_written(example)
    assert synthesized.resources
    said = [
        f"{path}: {one}"
        for path, template in synthesized.templates.items()
        if "Resources" in template  # the stack of an example that makes one of its own is empty
        for one in lint(template, synthesized.region_of(path))
    ]
    assert [one for one in said if not any(rule in one for rule in OF_CDK)] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_snapshot_shows_what_has_changed(
    example: Example, as_written: Callable[[Example], Synthesized], snapshot: SnapshotAssertion
) -> None:
    assert as_written(example).resources == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_review_finds_nothing_wrong(
    example: Example, as_written: Callable[[Example], Synthesized]
) -> None:
    folder = as_written(example).folder
    contract_file = folder / "registry.json"
    registries = read_inputs([str(folder)]).registries
    if contract_file.exists():
        contract = parse_contract(contract_file.read_text())
        entries = [(one, entry_for(one, contract)) for one in registries]
        registries = tuple(one if entry is None else complete_registry(one, entry) for one, entry in entries)
    report = Reviewer().review(registries)
    wrong = {finding.granular_id: f"{finding.resource}: {finding.message}" for finding in report.failures}
    expected = FOUND_ON_PURPOSE.get(example.name, frozenset())
    assert {rule: said for rule, said in wrong.items() if rule not in expected} == {}
    assert expected <= set(wrong), "the review finds nothing there any more"


@pytest.mark.parametrize("example", EXAMPLES)
def test_with_all_recommended_flags_it_is_the_same(
    example: Example,
    as_written: Callable[[Example], Synthesized],
    recommended_flags: dict[str, Any],
    tmp_path: Path,
) -> None:
    without = as_written(example).resources
    with_flags = synthesize(example, tmp_path / "assembly", flags=recommended_flags).resources
    lost = {
        place: resource["Type"]
        for place, resource in without.items()
        if place not in with_flags or with_flags[place]["Type"] != resource["Type"]
    }
    assert lost == {}  # an id that changes replaces what is stateful
    for place, resource in without.items():
        if resource["Type"].startswith(FREE_OF_FLAGS):
            assert in_aws(with_flags[place]) == in_aws(resource), place


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_in_another_partition_nothing_names_that_of_aws(
    example: Example, partition: str, tmp_path: Path
) -> None:
    if example.name in NOT_THERE[partition]:
        with pytest.raises(EcrBlueprintsError):
            synthesize(example, tmp_path / "assembly", partition=partition)
        return
    synthesized = synthesize(example, tmp_path / "assembly", partition=partition)
    assert synthesized.templates
    wrong = [text for one in synthesized.templates.values() for text in texts(one) if "arn:aws:" in text]
    assert wrong == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_synthesizes_without_account_and_region(example: Example, tmp_path: Path) -> None:
    assert synthesize(example, tmp_path / "assembly", partition=None).templates
