from __future__ import annotations

from dataclasses import replace

import pytest

from ecr_blueprints.lifecycle.reach import selects_within, tags_reaching
from ecr_blueprints.lifecycle.rule import LifecycleRule


def listed(*patterns: str) -> LifecycleRule:
    return replace(LifecycleRule.keep_newest("x", images=5), tag_patterns=patterns)


UNTAGGED = LifecycleRule.expire_untagged(after_days=1)
ANY = LifecycleRule.expire_pushed(after_days=1)


@pytest.mark.parametrize(
    ("narrower", "wider", "within"),
    [
        (listed("v1*"), listed("v*"), True),
        (listed("v*"), listed("v1*"), False),
        (listed("a*", "b*"), listed("a*"), True),
        (listed("a*"), listed("a*", "b*"), False),
        (listed("a1*", "b1*"), listed("b*", "a*"), True),
        (listed("ab*"), listed("a*", "*b*"), True),
        (UNTAGGED, ANY, True),
        (listed("v*"), ANY, True),
        (ANY, listed("*"), False),
        (UNTAGGED, listed("*"), False),
        (listed("*"), UNTAGGED, False),
        (UNTAGGED, UNTAGGED, True),
    ],
)
def test_selects_within(narrower: LifecycleRule, wider: LifecycleRule, within: bool) -> None:
    assert selects_within(narrower, wider) is within


@pytest.mark.parametrize(
    ("rule", "before", "tags"),
    [
        (ANY, [], ()),
        (ANY, [UNTAGGED], ("1",)),
        (ANY, [UNTAGGED, listed("*")], None),
        (ANY, [listed("*")], ()),
        (UNTAGGED, [listed("*")], ()),
        (UNTAGGED, [UNTAGGED], None),
        (listed("v*"), [listed("v1*")], ("v7c2e",)),
        (listed("v*"), [listed("*1*", "x*"), listed("*7c2e", "*v*")], ("v",)),
        (listed("v*"), [listed("v*", "x*")], ("v1",)),
        (listed("v*"), [ANY], None),
        (listed("v1*"), [listed("v*")], None),
        (listed("a*", "b*"), [listed("a*", "b1*")], ("a1", "b7c2e")),
        (listed("a*", "b*"), [listed("b*")], None),
        (listed("prod/*"), [], None),
    ],
)
def test_tags_reaching(
    rule: LifecycleRule, before: list[LifecycleRule], tags: tuple[str, ...] | None
) -> None:
    reaching = tags_reaching(rule, before)
    assert reaching == tags
    if reaching is not None:
        assert rule.matches_tags(reaching)
        assert not any(other.matches_tags(reaching) for other in before)
