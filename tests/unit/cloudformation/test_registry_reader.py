from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_inputs, read_registries
from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.access_policy import AccessPolicy, Effect, Principal
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.singleton import SingletonKind
from ecr_blueprints.registry.unresolved import Unresolved

SHORT_FORMS = Path(__file__).parents[2] / "fixtures" / "templates" / "short-forms.yaml"


def template_of(name: str, resources: dict[str, Any], **sections: Any) -> Template:
    return Template.of({"Resources": resources, **sections}, name=name)


def one(resources: dict[str, Any], **sections: Any) -> Registry:
    (registry,) = read_registries([template_of("t.json", resources, **sections)])
    return registry


REPOSITORY = {"Type": "AWS::ECR::Repository"}


def test_stacks_of_one_environment_are_one_registry() -> None:
    stacks = [
        Stack(
            template=template_of(f"{index}.json", {"R": REPOSITORY}),
            account=account,
            region="eu-west-1",
            scope="x",
        )
        for index, account in enumerate(["111122223333", "222233334444", "111122223333"])
    ]

    registries = read_registries(stacks)

    assert [(registry.label, registry.scope, len(registry.repositories)) for registry in registries] == [
        ("111122223333/eu-west-1", "", 2),
        ("222233334444/eu-west-1", "", 1),
    ]


@pytest.mark.parametrize("kind", list(SingletonKind))
def test_every_registry_level_resource_is_a_singleton(kind: SingletonKind) -> None:
    registry = one({"A": {"Type": str(kind)}, "B": {"Type": str(kind), "Properties": {}}})

    assert [(found.kind, found.source.logical_id) for found in registry.singletons] == [
        (kind, "A"),
        (kind, "B"),
    ]
    assert registry.is_governed


def test_a_resource_is_read_unless_its_condition_is_known_to_be_false() -> None:
    registry = one(
        {name: {**REPOSITORY, "Condition": name} for name in ("False", "True", "Unknown", "Undeclared")},
        Parameters={"P": {"Type": "String"}},
        Conditions={
            "False": {"Fn::Equals": ["a", "b"]},
            "True": {"Fn::Equals": ["a", "a"]},
            "Unknown": {"Fn::Equals": ["a", {"Ref": "P"}]},
        },
    )

    assert [found.source.logical_id for found in registry.repositories] == ["True", "Unknown", "Undeclared"]


def test_resources_of_other_types_and_of_no_type_are_passed_over() -> None:
    resources = {
        "A": {"Type": "AWS::ECR::PublicRepository"},
        "B": {"Type": ["AWS::ECR::Repository"]},
        "C": {},
        "D": None,
        "Fn::ForEach::Loop": "text",
    }

    assert read_registries([template_of("t.json", resources)]) == ()


def test_the_construct_path_comes_from_the_metadata() -> None:
    registry = one({"R": {**REPOSITORY, "Metadata": {"aws:cdk:path": "Stack/R/Resource"}}})

    assert str(registry.repositories[0].source) == "Stack/R"


def test_a_template_by_hand_in_yaml_is_read_with_its_short_forms() -> None:
    (registry,) = read_inputs([SHORT_FORMS]).registries
    api, by_parameter, selected, imported = registry.repositories

    assert registry.dangling_references == ()
    assert api.name == "prod/payments/api"
    assert api.deletion_policy is not None
    assert api.deletion_policy.on_delete == "Retain"
    assert api.scan_on_push is True
    assert api.empty_on_delete is False
    assert api.tags == {"team": Unresolved("Ref: Team", "parameter Team"), "number": "7"}
    assert isinstance(api.policy, AccessPolicy)
    pull, tls = api.policy.statements
    assert api.policy.version == "2012-10-17"
    assert not isinstance(pull, Unresolved)
    assert not isinstance(tls, Unresolved)
    assert isinstance(pull.principals, tuple)
    assert pull.principals[0] == Principal(kind="AWS", value="arn:aws:iam::222233334444:root")
    second = pull.principals[1].value
    assert isinstance(second, Unresolved)
    assert second.expression == "arn:aws:iam::${AWS::AccountId}:root"
    assert tls.effect is Effect.DENY
    assert isinstance(by_parameter.name, Unresolved)
    assert by_parameter.name.expression == "${Team}/worker"
    assert isinstance(by_parameter.tag_mutability, Unresolved)
    assert isinstance(by_parameter.encryption, Unresolved)
    assert selected.name == "c/d"
    assert isinstance(imported.name, Unresolved)
    assert isinstance(imported.policy, Unresolved)
    assert isinstance(registry.creation_templates[0].policy, AccessPolicy)
