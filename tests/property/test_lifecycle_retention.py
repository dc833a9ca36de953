"""Whatever people declare: the policy is valid, has no trap, and never touches what it should keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from ecr_blueprints.domain.tags import TagPattern
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import find_violations, parse_lifecycle_policy, render_lifecycle_policy
from ecr_blueprints.lifecycle.evaluator import evaluate
from ecr_blueprints.lifecycle.image import InventoryImage
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import CountType, LifecycleRule, StorageClass
from ecr_blueprints.lifecycle.rule_groups import any_of, archive_then_expire, keep_while_pulled, protect
from ecr_blueprints.lifecycle.trap import find_traps

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PATTERN = st.text(alphabet="ab1*", min_size=1, max_size=4).filter(lambda text: text.count("*") <= 4)
PATTERNS = st.lists(PATTERN, max_size=3, unique=True)
TAGS = st.lists(st.text(alphabet="ab1", min_size=1, max_size=4), max_size=3, unique=True)
KINDS = st.sampled_from(RepositoryKind)


@st.composite
def retentions(draw: st.DrawFn) -> Retention:
    builds, archive = draw(PATTERNS), draw(PATTERNS)
    try:
        return Retention(
            keep=draw(PATTERNS),
            rollback=draw(PATTERNS),
            rollback_images=draw(st.integers(1, 5)),
            builds=builds,
            builds_days=draw(st.integers(1, 400)) if builds else None,
            archive=archive,
            archive_after_days=draw(st.integers(1, 400)),
            archive_since=draw(st.sampled_from((CountType.SINCE_IMAGE_PUSHED, CountType.SINCE_IMAGE_PULLED))),
            archive_expire_days=draw(st.none() | st.integers(90, 400)) if archive else None,
            untagged_days=draw(st.none() | st.integers(1, 30)),
        )
    except InvalidValueError:
        assume(False)
        raise


@st.composite
def images(draw: st.DrawFn) -> list[InventoryImage]:
    days = st.integers(0, 5_000).map(lambda day: NOW - timedelta(days=day))
    return [
        InventoryImage(
            digest=str(position),
            tags=tuple(draw(TAGS)),
            pushed_at=draw(days),
            last_recorded_pull_time=draw(st.none() | days),
            storage_class=draw(st.sampled_from(StorageClass)),
            last_archived_at=draw(days),
            last_activated_at=draw(st.none() | days),
        )
        for position in range(draw(st.integers(1, 10)))
    ]


@given(retention=retentions(), kind=KINDS)
def test_every_policy_is_valid_without_even_a_warning(retention: Retention, kind: RepositoryKind) -> None:
    policy = retention.policy(kind)
    assert parse_lifecycle_policy(render_lifecycle_policy(policy)) == policy
    shared_at_most = {"tag-list-shared"} if set(retention.keep) & set(retention.rollback) else set()
    assert {one.constraint for one in find_violations(render_lifecycle_policy(policy))} <= shared_at_most


@given(retention=retentions(), kind=KINDS)
def test_no_policy_has_a_trap(retention: Retention, kind: RepositoryKind) -> None:
    assert find_traps(retention.policy(kind)) == ()


@given(retention=retentions(), kind=KINDS, inventory=images())
def test_what_is_kept_is_never_touched(
    retention: Retention, kind: RepositoryKind, inventory: list[InventoryImage]
) -> None:
    for outcome in evaluate(retention.policy(kind), inventory, now=NOW).outcomes:
        if any(TagPattern(pattern).matches(tag) for pattern in retention.keep for tag in outcome.image.tags):
            assert outcome.action is None


@given(retention=retentions(), kind=KINDS, inventory=images())
def test_a_tagged_image_of_no_declared_class_is_never_touched(
    retention: Retention, kind: RepositoryKind, inventory: list[InventoryImage]
) -> None:
    declared = (*retention.keep, *retention.rollback, *retention.archive, *(retention.builds or ()))
    for outcome in evaluate(retention.policy(kind), inventory, now=NOW).outcomes:
        if outcome.image.tags and not any(
            TagPattern(pattern).matches(tag) for pattern in declared for tag in outcome.image.tags
        ):
            assert outcome.action is None


@given(retention=retentions(), inventory=images())
def test_what_a_rollback_needs_is_never_archived(
    retention: Retention, inventory: list[InventoryImage]
) -> None:
    for image in evaluate(retention.policy(), inventory, now=NOW).archived:
        assert not any(
            TagPattern(pattern).matches(tag) for pattern in retention.rollback for tag in image.tags
        )


@given(
    patterns=st.lists(PATTERN, min_size=1, max_size=3, unique=True),
    days=st.integers(1, 99),
    inventory=images(),
)
def test_any_of_is_an_or(patterns: list[str], days: int, inventory: list[InventoryImage]) -> None:
    policy = LifecyclePolicy.in_order(any_of(patterns, LifecycleRule.expire_pushed(after_days=days)))
    expected = {
        image.digest
        for image in inventory
        if image.storage_class is StorageClass.STANDARD
        and any(TagPattern(pattern).matches(tag) for pattern in patterns for tag in image.tags)
        and NOW - image.age_from > timedelta(days=days)
    }
    assert set(evaluate(policy, inventory, now=NOW).marks) == expected


@given(
    protected=PATTERN,
    archived=PATTERN,
    idle=st.integers(1, 99),
    after=st.integers(90, 999),
    inventory=images(),
)
def test_groups_of_rules_make_valid_policies_and_shields_hold(
    protected: str, archived: str, idle: int, after: int, inventory: list[InventoryImage]
) -> None:
    for group in (
        keep_while_pulled([archived], idle_days=idle, expire_after_days=after),
        archive_then_expire([archived], archive_after_days=idle, expire_after_days=after),
    ):
        assert find_traps(LifecyclePolicy.in_order(group)) == ()
        if protected == archived:
            continue
        policy = LifecyclePolicy.in_order(
            protect(protected), group, LifecycleRule.expire_untagged(after_days=1)
        )
        assert find_violations(render_lifecycle_policy(policy)) == ()
        for outcome in evaluate(policy, inventory, now=NOW).outcomes:
            protected_here = any(TagPattern(protected).matches(tag) for tag in outcome.image.tags)
            if protected_here and outcome.image.storage_class is StorageClass.STANDARD:
                assert outcome.action is None
