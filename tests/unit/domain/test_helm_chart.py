from __future__ import annotations

import pytest

from ecr_blueprints.domain.helm_chart import chart_tag, check_chart_name, says_charts
from ecr_blueprints.errors import InvalidValueError


def test_a_tag_has_no_plus() -> None:
    assert chart_tag("1.4.2+build.7") == "1.4.2_build.7"


@pytest.mark.parametrize("name", ["api", "ledger-worker", "a.b", "v2"])
def test_names_that_ecr_can_hold(name: str) -> None:
    assert check_chart_name(name, where="chart") == name


@pytest.mark.parametrize(
    ("name", "fix"),
    [("Ledger", "write chart='ledger', and the same in Chart.yaml"), ("team/api", "say where"), ("", "say")],
)
def test_names_that_it_cannot(name: str, fix: str) -> None:
    with pytest.raises(InvalidValueError, match="is not the name of a chart") as caught:
        check_chart_name(name, where="chart")
    assert caught.value.fix is not None
    assert caught.value.fix.startswith(fix)


@pytest.mark.parametrize(
    ("prefix", "says"),
    [("charts", True), ("platform/helm", True), ("charts-dev", True), ("prod", False), ("prod/api", False)],
)
def test_a_prefix_says_that_charts_lie_there(prefix: str, says: bool) -> None:
    assert says_charts(prefix) is says
