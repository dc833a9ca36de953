from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.registry.presence import ALWAYS, MAX_ALTERNATIVES, NEVER, Assumption, Presence

VALUES = ("dev", "prod", "other")
VARIABLES = ("stage", "key")
IS_PROD = Presence((frozenset({Assumption("stage", "prod")}),))
IS_NOT_PROD = Presence((frozenset({Assumption("stage", "prod", False)}),))
IS_DEV = Presence((frozenset({Assumption("stage", "dev")}),))
HAS_KEY = Presence((frozenset({Assumption("key", "", False)}),))


@pytest.mark.parametrize(
    ("first", "second", "excludes"),
    [
        (ALWAYS, ALWAYS, False),
        (ALWAYS, NEVER, True),
        (IS_PROD, IS_PROD, False),
        (IS_PROD, IS_NOT_PROD, True),
        (IS_PROD, IS_DEV, True),
        (IS_NOT_PROD, IS_DEV, False),
        (IS_PROD, HAS_KEY, False),
        (IS_PROD.both(HAS_KEY), IS_DEV, True),
        (IS_PROD.either(HAS_KEY), IS_DEV, False),
        (IS_PROD.both(IS_DEV), ALWAYS, True),
    ],
)
def test_two_exclude_each_other_if_their_assumptions_do(
    first: Presence, second: Presence, excludes: bool
) -> None:
    assert first.excludes(second) is excludes
    assert second.excludes(first) is excludes


def test_what_is_too_large_is_there_more_often_and_never_less() -> None:
    large = NEVER
    for number in range(MAX_ALTERNATIVES):
        large = large.either(Presence((frozenset({Assumption(str(number), "x")}),)))
    assert len(large.alternatives) == MAX_ALTERNATIVES

    assert large.either(IS_PROD) == ALWAYS
    assert large.both(IS_PROD.either(HAS_KEY)) == large


literals = st.builds(
    lambda variable, value, holds: Presence((frozenset({Assumption(variable, value, holds)}),)),
    st.sampled_from(VARIABLES),
    st.sampled_from(VALUES[:2]),
    st.booleans(),
)
presences = st.recursive(
    st.one_of(literals, st.just(ALWAYS), st.just(NEVER)),
    lambda inner: st.builds(
        lambda one, other, both: one.both(other) if both else one.either(other), inner, inner, st.booleans()
    ),
    max_leaves=6,
)


def holds_in(presence: Presence, world: dict[str, str]) -> bool:
    return any(
        all((world[one.variable] == one.value) is one.holds for one in alternative)
        for alternative in presence.alternatives
    )


@given(presences, presences)
def test_two_that_exclude_each_other_hold_in_no_world_together(first: Presence, second: Presence) -> None:
    worlds = [dict(zip(VARIABLES, values, strict=True)) for values in product(VALUES, repeat=2)]
    together = any(holds_in(first, world) and holds_in(second, world) for world in worlds)

    assert first.excludes(second) is not together
    assert any(holds_in(first.both(second), world) for world in worlds) is together
