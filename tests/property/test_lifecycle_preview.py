"""The days of a preview are the evaluator's: nothing happens before, and it happens right after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.preview import Preview, PreviewState, preview
from ecr_blueprints.lifecycle.rule import ActionType, LifecycleRule, StorageClass
from ecr_blueprints.lifecycle.rule_groups import any_of, archive_then_expire, keep_while_pulled

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
AGO = st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours))


@st.composite
def _policy(draw: st.DrawFn) -> LifecyclePolicy:
    days = st.integers(1, 12)
    groups = [
        (LifecycleRule.keep_newest("v*", images=draw(st.integers(1, 4))),),
        any_of(["p*", "s*"], LifecycleRule.expire_pushed(after_days=draw(days))),
        (LifecycleRule.expire_untagged(after_days=draw(days)),),
        archive_then_expire(["a*"], archive_after_days=draw(days), expire_after_days=90),
        keep_while_pulled(["b*"], idle_days=draw(days)),
    ]
    chosen = draw(st.lists(st.sampled_from(groups), min_size=1, max_size=5, unique_by=id))
    return LifecyclePolicy.in_order(*chosen)


@st.composite
def _image(draw: st.DrawFn, number: int) -> InventoryImage:
    archived = draw(st.integers(0, 4)) == 0
    pushed = draw(AGO)
    return InventoryImage(
        digest=str(number),
        pushed_at=pushed,
        tags=tuple(f"{prefix}{number}" for prefix in draw(st.sets(st.sampled_from("vpsabx"), max_size=2))),
        last_recorded_pull_time=draw(st.none() | AGO),
        storage_class=StorageClass.ARCHIVE if archived else StorageClass.STANDARD,
        last_archived_at=pushed - timedelta(days=draw(st.integers(70, 90))) if archived else None,
        last_activated_at=draw(st.none() | AGO),
        referenced_by=("0",) if number and draw(st.booleans()) else (),
    )


IMAGES = st.integers(0, 4).flatmap(lambda count: st.tuples(*(_image(number) for number in range(count))))


@given(policy=_policy(), images=IMAGES)
def test_a_preview_agrees_with_the_evaluator_on_every_day(
    policy: LifecyclePolicy, images: tuple[InventoryImage, ...]
) -> None:
    shown = preview(policy, images, now=NOW)
    marks = evaluate(policy, images, now=NOW).marks

    assert {one.image.digest for one in (*shown.deleted, *shown.archived)} == set(marks)
    assert len(shown.images) == sum(
        map(len, (shown.deleted, shown.archived, shown.later, shown.held, shown.kept))
    )
    far = evaluate(policy, images, now=NOW + timedelta(days=10_000))
    for one in shown.images:
        digest = one.image.digest
        if one.state is PreviewState.KEPT:
            assert far.outcome_of(digest).marked_by is None
        if one.due_at is not None:
            assert evaluate(policy, images, now=one.due_at).outcome_of(digest).marked_by is None
            after = evaluate(policy, images, now=one.due_at + MOMENT).outcome_of(digest)
            assert after.marked_by == one.rule
            assert (one.due_at < NOW) is (one.state in (PreviewState.DUE, PreviewState.HELD))
    _check_deletion_from_the_archive(policy, shown)


def _check_deletion_from_the_archive(policy: LifecyclePolicy, shown: Preview) -> None:
    for one in shown.archived + shown.later:
        if one.action is not ActionType.TRANSITION or one.due_at is None:
            assert one.deleted_at is None
            continue
        archived_at = max(one.due_at, NOW)
        then = replace(one.image, storage_class=StorageClass.ARCHIVE, last_archived_at=archived_at)
        if one.deleted_at is None:
            assert not evaluate(policy, [then], now=archived_at + timedelta(days=10_000)).marks
        else:
            assert one.deleted_at - archived_at >= timedelta(days=90)
            assert not evaluate(policy, [then], now=one.deleted_at).marks
            assert evaluate(policy, [then], now=one.deleted_at + MOMENT).expired == (then,)
