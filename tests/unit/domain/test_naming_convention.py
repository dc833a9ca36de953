"""The naming convention."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("{stage}/{team}/{app}", "prod/payments/api", {"stage": "prod", "team": "payments", "app": "api"}),
        ("{stage}/{team}/{app}", "prod/payments", None),
        ("{stage}/{team}/{app}", "prod/payments/api/v2", None),
        ("{team}/{app}", "payments/api", {"team": "payments", "app": "api"}),
        ("{app}", "api", {"app": "api"}),
        ("{app}", "payments/api", None),
        ("apps/{team}/{app}", "apps/payments/api", {"team": "payments", "app": "api"}),
        ("apps/{team}/{app}", "charts/payments/api", None),
        ("team-{team}/{app}", "team-payments/api", {"team": "payments", "app": "api"}),
        ("team-{team}/{app}", "team-/api", None),
        ("team-{team}/{app}", "payments/api", None),
        ("{app}-image", "api-image", {"app": "api"}),
        ("{app}-image", "-image", None),
        ("{stage}/{team}/{app}", "Prod/payments/api", None),
        ("{team}/{app}", "payments/", None),
    ],
)
def test_match(template: str, name: str, expected: dict[str, str] | None) -> None:
    assert NamingConvention(template).match(name) == expected


def test_default_and_segments() -> None:
    assert NamingConvention().template == "{stage}/{team}/{app}"
    assert NamingConvention().segments == ("stage", "team", "app")
    assert NamingConvention("apps/{cost_center}/{app}").segments == ("cost_center", "app")


def test_render() -> None:
    name = NamingConvention("apps/team-{team}/{app}").render(team="payments", app="api")
    assert name == "apps/team-payments/api"
    assert isinstance(name, RepositoryName)


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ({"team": "payments"}, "no value for app"),
        ({"team": "payments", "app": "api", "stage": "prod"}, "unknown segments: stage"),
        ({"team": "payments", "app": "web/api"}, "'web/api' cannot be the segment 'app'"),
        ({"team": "", "app": "api"}, "'' cannot be the segment 'team'"),
        ({"team": "Payments", "app": "api"}, "'Payments' cannot be the segment 'team'"),
        ({"team": "t" * 200, "app": "a" * 200}, "its length is 401"),
    ],
)
def test_render_refuses_what_makes_no_name(segments: dict[str, str], text: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        NamingConvention("{team}/{app}").render(**segments)
    assert text in raised.value.what


@pytest.mark.parametrize(
    ("template", "example"),
    [
        ("{stage}/{team}/{app}", "prod/payments/api"),
        ("apps/{app}", "apps/api"),
        ("{cost_center}/{app}", "cost_center-1/api"),
        ("{x}", "x-1"),
    ],
)
def test_example_follows_the_convention(template: str, example: str) -> None:
    convention = NamingConvention(template)
    assert convention.example() == example
    assert convention.match(example) is not None


def test_check_takes_a_name_apart() -> None:
    assert NamingConvention("{team}/{app}").check("payments/api") == {"team": "payments", "app": "api"}


def test_check_names_the_name_the_convention_and_an_example() -> None:
    with pytest.raises(InvalidValueError) as raised:
        NamingConvention().check("payments/api")
    assert "'payments/api'" in raised.value.what
    assert "'{stage}/{team}/{app}'" in raised.value.what
    assert raised.value.allowed == "names such as 'prod/payments/api'"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "no named segment"),
        ("apps/web", "no named segment"),
        ("{team}/{team}", "names 'team' twice"),
        ("{stage}-{team}/{app}", "'{stage}-{team}' holds two segments"),
        ("{Stage}/{app}", "'Stage' is not the name of a segment"),
        ("{}/{app}", "'' is not the name of a segment"),
        ("{team", "unbalanced brace"),
        ("{{team}}", "unbalanced brace"),
        ("team}/{app}", "unbalanced brace"),
        ("{team}/", "names that ECR refuses"),
        ("Apps/{app}", "names that ECR refuses"),
        ("/{app}", "names that ECR refuses"),
        (f"{'x' * 254}/{{app}}", "names that ECR refuses"),
    ],
)
def test_a_template_that_cannot_work_is_refused(template: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        NamingConvention(template)
    assert reason in raised.value.what
    assert raised.value.where == "naming convention"


def test_conventions_are_equal_by_template() -> None:
    assert NamingConvention("{app}") == NamingConvention("{app}")
    assert len({NamingConvention("{app}"), NamingConvention("{app}"), NamingConvention()}) == 2
    assert str(NamingConvention("{app}")) == "{app}"
