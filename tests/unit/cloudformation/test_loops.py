from __future__ import annotations

from typing import Any

from ecr_blueprints.cloudformation.loops import MAX_EXPANSION, expand_loops
from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved


def registry(resources: dict[str, Any]) -> Registry:
    body = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Resources": resources,
    }
    (found,) = read_registries([Template.of(body, name="t.yaml")])
    return found


def loop(collection: Any, name: Any, logical_id: str = "Repo&{Name}") -> list[Any]:
    declaration = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": name}}
    return ["Name", collection, {logical_id: declaration}]


def test_a_loop_over_a_list_makes_a_repository_each() -> None:
    found = registry({"Fn::ForEach::Repos": loop(["team/a", "team/b"], {"Fn::Sub": "prod/${Name}"})})

    assert [(one.source.logical_id, one.name) for one in found.repositories] == [
        ("Repoteama", "prod/team/a"),
        ("Repoteamb", "prod/team/b"),
    ]


def test_a_ref_of_the_identifier_is_the_item() -> None:
    found = registry({"Fn::ForEach::Repos": loop(["a"], {"Fn::Join": ["/", ["x", {"Ref": "Name"}]]})})

    assert found.repositories[0].name == "x/a"


def test_a_loop_in_a_loop_makes_the_product() -> None:
    inner = loop(["api", "web"], "${Team}/${Name}", "R${Team}${Name}")
    found = registry({"Fn::ForEach::Teams": ["Team", ["a", "b"], {"Fn::ForEach::Repos": inner}]})

    assert [one.name for one in found.repositories] == ["a/api", "a/web", "b/api", "b/web"]


def test_a_loop_over_a_parameter_is_one_repository_that_is_not_known() -> None:
    found = registry({"Fn::ForEach::Repos": loop({"Ref": "Names"}, {"Fn::Sub": "x/${Name}"})})

    (repository,) = found.repositories
    assert isinstance(repository.name, Unresolved)
    assert repository.name.expression == "x/${Name}"


def test_a_loop_within_properties_is_written_out() -> None:
    properties = {"Fn::ForEach::P": ["X", ["Name"], {"Repository${X}": "team/app"}], "EmptyOnDelete": True}
    found = registry({"R": {"Type": "AWS::ECR::Repository", "Properties": properties}})

    assert (found.repositories[0].name, found.repositories[0].empty_on_delete) == ("team/app", True)


def test_a_loop_without_bounds_is_not_written_out() -> None:
    body = {"R${Name}": "x" * 1000}

    for collection in ([str(i) for i in range(20_000)], [str(i) for i in range(100)]):
        inner = {"Fn::ForEach::A": ["A", collection, {"Fn::ForEach::B": ["B", collection, body]}]}
        expanded = expand_loops({"Resources": inner})
        assert len(str(expanded)) < 2 * MAX_EXPANSION


def test_what_is_no_loop_stays_as_it_is() -> None:
    for argument in (["Name", ["a"]], "text", [1, ["a"], {}]):
        resources = {"Fn::ForEach::X": argument, "R": {"Type": "AWS::ECR::Repository"}}
        assert expand_loops({"Resources": resources}) == {"Resources": resources}
