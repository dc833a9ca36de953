"""Invariants of names, conventions and registry addresses."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.principals import parse_registry_uri, registry_uri
from ecr_blueprints.domain.repository_name import RepositoryName, is_name_part
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

PARTS = st.from_regex(r"[a-z0-9]{1,3}(?:(?:\.|_|__|-{1,2})[a-z0-9]{1,2})?", fullmatch=True)
TEMPLATES = st.sampled_from(
    ["{stage}/{team}/{app}", "{team}/{stage}/{app}", "x/{stage}/t-{team}/{app}-i", "{app}/{team}/{stage}"]
)


@given(st.text(max_size=30) | st.text(alphabet="aB0./_- :", max_size=12))
def test_a_name_is_valid_or_refused_with_a_suggestion_that_is(text: str) -> None:
    try:
        name = RepositoryName(text)
    except InvalidValueError as error:
        suggestion = re.fullmatch(r"write '(.*)'", error.fix or "")
        assert suggestion is None or RepositoryName(suggestion.group(1)) != text
    else:
        assert name == text
        assert all(is_name_part(part) for part in name.segments)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_parts_make_a_name_and_a_name_its_parts(parts: list[str]) -> None:
    text = "/".join(parts)
    if len(text) > 1:
        assert RepositoryName(text).segments == tuple(parts)


@given(TEMPLATES, PARTS, PARTS, PARTS)
def test_match_undoes_render(template: str, stage: str, team: str, app: str) -> None:
    convention = NamingConvention(template)
    segments = {"stage": stage, "team": team, "app": app}
    assert convention.match(convention.render(**segments)) == segments


@given(TEMPLATES, st.lists(PARTS, min_size=1, max_size=5).map("/".join))
def test_render_undoes_match(template: str, name: str) -> None:
    convention = NamingConvention(template)
    segments = convention.match(name)
    if segments is not None:
        assert convention.render(**segments) == name


@given(st.text(alphabet="{}ab/-A_ ", max_size=16))
def test_a_template_is_refused_or_has_an_example_that_follows_it(template: str) -> None:
    try:
        convention = NamingConvention(template)
    except InvalidValueError:
        return
    segments = convention.check(convention.example())
    assert tuple(segments) == convention.segments


@given(TEMPLATES, st.dictionaries(PARTS, st.booleans(), min_size=1, max_size=4), PARTS, PARTS, PARTS)
def test_production_is_what_was_declared_of_the_stage(
    template: str, declared: dict[str, bool], stage: str, team: str, app: str
) -> None:
    convention = NamingConvention(template)
    scope = ProductionScope(convention=convention, stages=Stages.of(declared))
    assert scope.is_production(convention.render(stage=stage, team=team, app=app)) is declared.get(stage)


@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True, alphabet=st.characters(codec="ascii")),
    st.sampled_from(
        ["eu-west-1", "cn-north-1", "us-gov-east-1", "eu-isoe-west-1", "eusc-de-east-1", "mx-central-1"]
    ),
)
def test_a_registrys_host_is_read_back(account: str, region: str) -> None:
    host = registry_uri(account, region)
    assert parse_registry_uri(host) == (account, region)
    assert UpstreamRegistry.from_url(host) == UpstreamRegistry.ecr(account, region)


@given(
    st.text(max_size=20)
    | st.tuples(
        st.sampled_from(["", " ", "https://"]),
        st.sampled_from(["docker.io", "quay.io", "Ghcr.io", "azure", "contoso.azurecr.io", "ecr", "gcr.io"]),
        st.sampled_from(["", "/", "x"]),
    ).map("".join)
)
def test_any_text_is_refused_or_an_upstream_that_its_own_text_leads_back_to(text: str) -> None:
    try:
        registry = UpstreamRegistry.parse(text)
    except InvalidValueError:
        return
    assert UpstreamRegistry.parse(str(registry)) == registry
    if registry.upstream_registry_url is not None:
        assert UpstreamRegistry.from_url(registry.upstream_registry_url) == registry
