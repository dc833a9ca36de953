from __future__ import annotations

import pytest

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.rules.production import production_prefixes, standing_of, standing_under


def declared(template: str) -> Registry:
    stages = Stages.of({"dev": False, "prod": True})
    return Registry(production=ProductionScope(convention=NamingConvention(template), stages=stages))


@pytest.mark.parametrize(
    ("registry", "name", "production"),
    [
        (Registry(), "prod/api", None),
        (Registry(production=ProductionScope(whole_registry=True)), None, True),
        (declared("{stage}/{app}"), "prod/api", True),
        (declared("{stage}/{app}"), "dev/api", False),
        (declared("{stage}/{app}"), "other", None),
        (declared("{stage}/{app}"), None, None),
    ],
)
def test_the_standing_of_a_name_is_as_declared(registry, name, production):
    standing = standing_of(registry, name)
    assert standing.production is production
    assert (standing.words.startswith("nothing declares")) == (production is None)


@pytest.mark.parametrize(
    ("template", "prefix", "production"),
    [
        ("{stage}/{team}/{app}", "prod", True),
        ("{stage}/{team}/{app}", "prod/payments", True),
        ("{stage}/{team}/{app}", "dev", False),
        ("{stage}/{team}/{app}", "ROOT", None),
        ("{stage}/{team}/{app}", "quay", None),
        ("apps/{stage}/{app}", "apps/prod", True),
    ],
)
def test_a_prefix_has_the_standing_of_the_names_below_it(template, prefix, production):
    assert standing_under(declared(template), prefix).production is production


def test_stages_are_prefixes_where_the_convention_begins_with_them():
    assert production_prefixes(declared("{stage}/{app}")) == ("prod",)
    assert production_prefixes(declared("{team}/{stage}/{app}")) is None
    assert production_prefixes(Registry()) is None
