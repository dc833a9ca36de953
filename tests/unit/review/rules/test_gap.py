from __future__ import annotations

import pytest

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.rules.gap import scanning_configuration_of, value_of


@pytest.mark.parametrize(
    ("unresolved", "words"),
    [
        (Unresolved("Ref: Name", depends_on="parameter Name"), "the value of parameter Name"),
        (Unresolved("Fn::GetAtt: A.Arn", depends_on="resource A"), "the value of resource A"),
        (
            Unresolved("x", depends_on="a well-formed value (it is no text)"),
            "a well-formed value (it is no text)",
        ),
        (Unresolved("Ref: Name"), "the value of Ref: Name"),
    ],
)
def test_a_value_is_called_by_what_it_depends_on(unresolved, words):
    assert value_of(unresolved) == words


def test_a_registry_is_called_by_its_label():
    registry = Registry(account="111122223333", region="eu-west-1")
    assert (
        scanning_configuration_of(registry) == "the registry scanning configuration of 111122223333/eu-west-1"
    )
