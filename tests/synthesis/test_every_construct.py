"""The estate of tests/support/estate.py: it holds every construct, and what holds for each holds for all."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import estate
import pytest
from constructs import Construct
from docs_chapters import public_names
from estate import SynthesizedEstate, synthesize_estate

import ecr_blueprints.constructs
from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.registry.completion import complete_registry, entry_for
from ecr_blueprints.registry.contract import parse_contract
from ecr_blueprints.review.reviewer import Reviewer

SOURCE: Final = ast.parse(Path(estate.__file__).read_text())
CALLED_BY_OTHERS: Final = frozenset({"PrivateRegistry.add_cache"})
"""What no user calls: a `PullThroughCache` does."""

MADE_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "PullThroughCache": (".add_pull_through_cache",),
    "ImportedRegistry": (".from_contract",),
    "ImportedPullThroughCache": (".cache",),
    "CreationTemplateOptions": (".add_creation_template",),
    "RepositoryCreationTemplate": (".add_creation_template",),
    "FederatedRole": (".of",),
    "RegistryImage": (".image",),
    "CacheToSeed": (".caches_to_seed",),
    "PusherToAllowSigning": (".grant_push_to_role",),
    "BaselineChange": (".changes",),
    "BaselineRemainder": (".left",),
    "FederatedGrant": (".push_by_pipeline",),
}
"""What makes a class or takes its arguments, too: methods and properties."""

NOT_GIVEN: Final[Mapping[tuple[str, str], str]] = {
    ("ImageRepository", "auto_delete_images"): (
        "deprecated by CDK; its custom resource is an asset of CDK's own, not of the library"
    ),
}
"""What no construct of the estate is given, and why."""

_OTHER: Final = "estate-registry-other"

FOUND_ON_PURPOSE: Final[Mapping[tuple[str, str], str]] = {
    ("ECR201[basic]", f"{_OTHER}/{template}/Resource"): (
        "the other Region is the one that is scanned BASIC, by allow_basic_for_production"
    )
    for template in (
        "Registry/RootTemplate",
        "Registry/ReplicationFrom-111122223333-eu-west-1-ToOther/CreationTemplate-prod",
        "FromStranger/CreationTemplate-vendor",
    )
}
"""What the review finds in the estate: rule and resource, and why it stays."""

OF_CDK: Final = ("W3010",)
"""What cfn-lint says of CDK's own constructs: a VPC names its availability zones."""

CONSTRUCTS: Final = "ecr_blueprints.constructs."

STATEFUL: Final = (
    "AWS::ECR::",
    "AWS::KMS::",
    "AWS::SecretsManager::",
    "AWS::Signer::",
    "AWS::IAM::OIDCProvider",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)

Template = dict[str, Any]


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> SynthesizedEstate:
    return synthesize_estate(tmp_path_factory.mktemp("estate"))


def modules() -> Iterator[Any]:
    for found in pkgutil.iter_modules(ecr_blueprints.constructs.__path__):
        yield importlib.import_module(f"ecr_blueprints.constructs.{found.name}")


def classes_of_constructs() -> dict[str, type]:
    """Every construct of the library, those too that others make."""
    return {
        name: value
        for module in modules()
        for name in getattr(module, "__all__", ())
        if isinstance(value := getattr(module, name), type)
        and issubclass(value, Construct)
        and value.__module__ == module.__name__
        and not inspect.isabstract(value)
    }


def called() -> dict[str, set[str]]:
    """What the estate's source calls → the keywords that it gets anywhere; methods begin with a point."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(SOURCE):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else f".{getattr(function, 'attr', '')}"
            found.setdefault(name, set()).update(str(one.arg) for one in node.keywords)
    return found


def options_of(value: Any) -> set[str]:
    """The keyword-only parameters of a class or function."""
    signed = value.__init__ if isinstance(value, type) else value
    parameters = inspect.signature(signed).parameters.values()
    return {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}


class TestItIsComplete:
    @pytest.mark.parametrize("name", sorted(classes_of_constructs()))
    def test_it_has_a_construct_of_each_class(self, name: str, synthesized: SynthesizedEstate) -> None:
        assert classes_of_constructs()[name] in synthesized.constructs

    def test_it_has_what_else_is_public(self, synthesized: SynthesizedEstate) -> None:
        used = {node.id for node in ast.walk(SOURCE) if isinstance(node, ast.Name)}
        used |= {f".{node.attr}" for node in ast.walk(SOURCE) if isinstance(node, ast.Attribute)}
        made = {one.__name__ for one in synthesized.constructs} | {
            name for name, methods in MADE_BY.items() if used.intersection(methods)
        }
        public = {one.name for one in public_names() if one.definition.module.startswith(CONSTRUCTS)}
        assert public
        assert sorted(public - used - made) == []

    def test_every_option_is_given_somewhere(self) -> None:
        given = called()
        missing = {
            (name, option)
            for module in modules()
            for name in getattr(module, "__all__", ())
            if name in given and getattr(module, name).__module__ == module.__name__
            for option in options_of(getattr(module, name))
            - given[name].union(*(given.get(one, ()) for one in MADE_BY.get(name, ())))
        }
        assert sorted(missing - NOT_GIVEN.keys()) == []
        assert sorted(NOT_GIVEN.keys() - missing) == []

    def test_every_grant_is_made_somewhere(self) -> None:
        given = called()
        missing = [
            f"{name}.{member}"
            for name, value in classes_of_constructs().items()
            if name in given
            for member in vars(value)
            if member.startswith(("grant", "allow_", "add_", "deny_"))
            and callable(getattr(value, member))
            and f".{member}" not in given
        ]
        assert set(missing) == CALLED_BY_OTHERS


class TestWhatHoldsForAll:
    def test_cfn_lint_accepts_every_template(
        self, synthesized: SynthesizedEstate, lint: Callable[..., list[str]]
    ) -> None:
        said = [
            f"{name}: {one}"
            for name, template in synthesized.templates.items()
            for one in lint(template, synthesized.regions[name])
        ]
        assert [one for one in said if not any(rule in one for rule in OF_CDK)] == []

    def test_the_review_finds_nothing_but_what_is_meant(self, synthesized: SynthesizedEstate) -> None:
        folders = [str(synthesized.registries), str(synthesized.workload)]
        contract = parse_contract((synthesized.registries / "registry.json").read_text())
        registries = [
            one if (entry := entry_for(one, contract)) is None else complete_registry(one, entry)
            for one in read_inputs(folders).registries
        ]
        report = Reviewer().review(registries)
        found = {(one.granular_id, str(one.resource.construct_path)): one.message for one in report.failures}
        assert {key: said for key, said in found.items() if key not in FOUND_ON_PURPOSE} == {}
        assert set(FOUND_ON_PURPOSE) <= set(found), "the review finds it no more"

    def test_with_all_recommended_flags_what_is_stateful_keeps_its_id(
        self, synthesized: SynthesizedEstate, recommended_flags: dict[str, Any], tmp_path: Path
    ) -> None:
        with_flags = synthesize_estate(tmp_path, flags=recommended_flags)
        before, after = _stateful(synthesized.templates), _stateful(with_flags.templates)
        assert before
        assert after == before

    def test_nothing_is_named_by_two_stacks(self, synthesized: SynthesizedEstate) -> None:
        """Physical names that two stacks of one Region claim fail when the second is deployed."""
        named: dict[tuple[str, str, str], str] = {}
        for stack, template in synthesized.templates.items():
            for logical_id, resource in template["Resources"].items():
                for key, value in resource.get("Properties", {}).items():
                    own = f"{resource['Type'].rpartition('::')[2]}Name"
                    if key in (own, "Name", "Prefix", "EcrRepositoryPrefix") and isinstance(value, str):
                        place = (synthesized.regions[stack], resource["Type"], value)
                        assert place not in named, f"{place}: {named[place]} and {stack}/{logical_id}"
                        named[place] = f"{stack}/{logical_id}"

    def test_no_template_is_near_cloudformations_limit(self, synthesized: SynthesizedEstate) -> None:
        for name, template in synthesized.templates.items():
            assert len(template["Resources"]) < 100, name


def _stateful(templates: Mapping[str, Template]) -> dict[str, str]:
    return {
        f"{stack}/{logical_id}": resource["Type"]
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"].startswith(STATEFUL)
    }
