"""The sets of IAM actions; the facts test compares them with the service model."""

from __future__ import annotations

from ecr_blueprints.domain import actions


def test_sets_are_sorted_and_of_ecr() -> None:
    for name in actions.__all__:
        group = getattr(actions, name)
        assert list(group) == sorted(set(group)), name
        assert all(action.startswith("ecr:") for action in group)


def test_who_pulls_changes_nothing() -> None:
    changing = {*actions.PUSH, *actions.DELETE, *actions.ADMIN, *actions.REGISTRY_ADMIN, *actions.CREATE}
    assert changing.isdisjoint({*actions.PULL, *actions.READ, *actions.AUTHORIZE})


def test_logging_in_is_in_no_set_that_a_repository_policy_could_hold() -> None:
    others = [getattr(actions, name) for name in actions.__all__ if name != "AUTHORIZE"]
    assert not any("ecr:GetAuthorizationToken" in group for group in others)
