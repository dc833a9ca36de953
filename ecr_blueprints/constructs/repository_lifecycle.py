"""The lifecycle policy of one repository, from whatever the construct was given.

Three things may say what is kept: a whole `LifecyclePolicy`, a `Retention`, and CDK's own lifecycle rules.
They meet here as one policy in the library's model, judged as a whole each time that something is added.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr

from ecr_blueprints.constructs.argument_type import TEXT, TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.tags import MutabilityMode
from ecr_blueprints.errors import InvalidValueError, LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.grammar import ActionType, CountType, TagStatus
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule

__all__ = ["GivenRule", "RepositoryLifecycle", "read_cdk_rule"]

_NUMBER: Final = Accepted(types=(int, float), words="a whole number of at least 1")
_RULE_MEMBERS: Final[Mapping[str, Accepted]] = {
    "description": TEXT,
    "max_image_age": Accepted(
        types=(cdk.Duration,), words="a Duration of aws_cdk", fix="write for example cdk.Duration.days(90)"
    ),
    "max_image_count": _NUMBER,
    "rule_priority": _NUMBER,
    "tag_pattern_list": TEXTS,
    "tag_prefix_list": TEXTS,
    "tag_status": Accepted(types=(ecr.TagStatus,), words="TagStatus of aws_cdk.aws_ecr"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRule:
    """A rule as it was given: with a priority of its own, or to be numbered.

    Attributes:
        rule: The rule; its priority counts only where ``has_priority``.
        has_priority: Whether the priority was given.
    """

    rule: LifecycleRule
    has_priority: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLifecycle:
    """What one repository was given, and the policy that follows from it.

    * A ``policy`` stands for itself; rules added to it are numbered after its own.
    * A ``retention`` that was given comes first, and added rules after it. They may not have priorities,
      since the retention's rules are numbered by the library.
    * With neither, the default retention applies. Added rules keep the numbers that CDK would give them,
      and the default's rule for untagged images follows, unless an added rule selects untagged images or
      all images and so says itself what becomes of them.

    Attributes:
        where: How errors name the repository.
        policy: The whole policy, as given.
        retention: The retention, as given.
        kind: What the repository is for.
        mutability: Whether tags can move, which decides the default for untagged images.
        rules: What was added, in the order of adding.
        is_injected: Whether the first of them are a property injector's.

    Practices: LIFE-3
    """

    where: str
    policy: LifecyclePolicy | None
    retention: Retention | None
    kind: RepositoryKind
    mutability: MutabilityMode
    rules: tuple[GivenRule, ...] = ()
    is_injected: bool = False

    def with_rule(self, rule: GivenRule) -> RepositoryLifecycle:
        """The same with one more rule."""
        return replace(self, rules=(*self.rules, rule))

    def check_sources(self) -> None:
        """Refuse a whole policy together with parts of one.

        Raises:
            InvalidValueError: They are given together.
        """
        if self.policy is not None and (self.retention is not None or self.rules):
            other = "lifecycle_rules" if self.retention is None else "retention"
            raise InvalidValueError(
                f"lifecycle_policy and {other} are given",
                where=self.where,
                allowed="a whole lifecycle_policy, or retention and lifecycle_rules",
                fix="leave one of them out",
            )

    def after_injection(self, *, mutability: MutabilityMode, text: str | None) -> RepositoryLifecycle:
        """The same with what an organization's property injector said, where nothing else was.

        Args:
            mutability: The mode that the repository has now.
            text: The lifecycle policy that the repository has now; None if there is none.
        """
        silent = self.policy is None and self.retention is None and not self.rules
        rules = self.rules
        is_injected = silent and text is not None
        if is_injected and text is not None:
            rules = tuple(
                GivenRule(rule=rule, has_priority=True) for rule in parse_lifecycle_policy(text).rules
            )
        return replace(self, mutability=mutability, rules=rules, is_injected=is_injected)

    def compose(self) -> LifecyclePolicy:
        """The whole policy.

        Raises:
            LifecyclePolicyError: It breaks ECR's grammar or constraints; every violation is listed.
            InvalidValueError: Priorities that cannot be combined.
        """
        try:
            return self._compose()
        except LifecyclePolicyError as refused:
            what, fix = refused.what, refused.fix
            if self.is_injected:
                what = f"{what} (the first rules are those of a property injector for ecr.Repository)"
                fix = "give the repository retention or lifecycle_policy, in the place of those rules"
            raise LifecyclePolicyError(what, where=self.where, allowed=refused.allowed, fix=fix) from None

    def _compose(self) -> LifecyclePolicy:
        if self.policy is not None:
            given = tuple(GivenRule(rule=rule, has_priority=True) for rule in self.policy.rules)
            return LifecyclePolicy(self._number((*given, *self.rules)))
        by_default = self._default_policy()
        if not self.rules:
            return by_default
        if self.retention is not None:
            self._refuse_priorities()
            added = sorted(
                (one.rule for one in self.rules), key=lambda rule: rule.tag_status is TagStatus.ANY
            )
            return LifecyclePolicy.in_order(by_default.rules, added)
        says_untagged = any(given.rule.tag_status is not TagStatus.TAGGED for given in self.rules)
        untagged = () if says_untagged else by_default.rules
        follow = tuple(GivenRule(rule=rule, has_priority=False) for rule in untagged)
        return LifecyclePolicy(self._number((*self.rules, *follow)))

    def _default_policy(self) -> LifecyclePolicy:
        if self.retention is None:
            return _policy_by_default(self.kind, self.mutability is MutabilityMode.IMMUTABLE)
        return self.retention.policy(self.kind, immutable_tags=self.mutability is MutabilityMode.IMMUTABLE)

    def _number(self, given: tuple[GivenRule, ...]) -> tuple[LifecycleRule, ...]:
        """Number the rules as ``ecr.Repository`` does: those with priorities, the others, *any* last."""
        for_all = [one for one in given if one.rule.tag_status is TagStatus.ANY]
        specific = [one for one in given if one.rule.tag_status is not TagStatus.ANY]
        fixed = [one for one in specific if one.has_priority]
        loose = [one for one in specific if not one.has_priority]
        numbered_any = [one for one in for_all if one.has_priority]
        if numbered_any and loose:
            last = numbered_any[0].rule.priority
            raise InvalidValueError(
                f"a rule without a priority is added, and the rule for all images has priority {last}, "
                "which must stay the last",
                where=self.where,
                fix=f"give the rule a rule_priority below {last}, or give the rule for all images none",
            )
        rules = [one.rule for one in fixed]
        following = max((rule.priority for rule in rules), default=0) + 1
        for one in (*loose, *for_all):
            if one.has_priority:
                rules.append(one.rule)
            else:
                rules.append(replace(one.rule, priority=following))
                following += 1
        return tuple(rules)

    def _refuse_priorities(self) -> None:
        for given in self.rules:
            if given.has_priority:
                raise InvalidValueError(
                    f"a rule with rule_priority {given.rule.priority} is added to a retention, whose rules "
                    "are numbered by the library",
                    where=self.where,
                    fix="leave rule_priority out, so that the rule follows, or write a lifecycle_policy",
                )


@cache
def _policy_by_default(kind: RepositoryKind, immutable_tags: bool) -> LifecyclePolicy:
    return Retention().policy(kind, immutable_tags=immutable_tags)


def read_cdk_rule(rule: ecr.LifecycleRule | Mapping[str, object], *, where: str) -> GivenRule:
    """The library's rule for one of CDK's.

    CDK's rules know the age since the push and the number of images, and one action, to expire. A rule
    with tag lists selects tagged images, any other all images, unless it says so itself.

    Args:
        rule: The rule, or its members by name as CDK accepts them.
        where: What the error names.

    Raises:
        InvalidValueError: An unknown member, not exactly one of ``max_image_age`` and ``max_image_count``, an
            age that is not in whole days, or a value that only deployment determines.
    """
    if isinstance(rule, Mapping):
        unknown = sorted(str(name) for name in rule if name not in _RULE_MEMBERS)
        if unknown:
            raise InvalidValueError(
                f"a lifecycle rule has no {unknown[0]!r}", where=where, allowed=", ".join(_RULE_MEMBERS)
            )
        members: Mapping[str, object] = rule
    else:
        members = {name: getattr(rule, name) for name in _RULE_MEMBERS}
    check_arguments(members, _RULE_MEMBERS, where=where)
    rule = ecr.LifecycleRule(**members)  # type: ignore[arg-type]  # The types were checked by name.
    count_type, count_number = _count(rule, where)
    patterns, prefixes = rule.tag_pattern_list, rule.tag_prefix_list
    if rule.tag_status is not None:
        status = TagStatus(rule.tag_status.value.lower())
    else:
        status = TagStatus.ANY if patterns is None and prefixes is None else TagStatus.TAGGED
    if any(map(is_token, (rule.description, *(patterns or ()), *(prefixes or ())))):
        raise _undetermined("a text", where)
    return GivenRule(
        rule=LifecycleRule(
            priority=1 if rule.rule_priority is None else _whole(rule.rule_priority, "rule_priority", where),
            description=rule.description,
            tag_status=status,
            tag_patterns=tuple(patterns or ()),
            tag_prefixes=tuple(prefixes or ()),
            count_type=count_type,
            count_number=count_number,
            action=ActionType.EXPIRE,
        ),
        has_priority=rule.rule_priority is not None,
    )


def _count(rule: ecr.LifecycleRule, where: str) -> tuple[CountType, int]:
    age, images = rule.max_image_age, rule.max_image_count
    if age is not None and images is None:
        if age.is_unresolved():
            raise _undetermined("max_image_age", where)
        days = _whole(age.to_days(integral=False), "max_image_age, in days,", where)
        return CountType.SINCE_IMAGE_PUSHED, days
    if images is not None and age is None:
        return CountType.IMAGE_COUNT_MORE_THAN, _whole(images, "max_image_count", where)
    raise InvalidValueError(
        f"a lifecycle rule has {'neither' if age is None else 'both'} of max_image_age and max_image_count",
        where=where,
        allowed="exactly one of them",
        fix="write max_image_count=30, or max_image_age=Duration.days(90)",
    )


def _whole(number: float, member: str, where: str) -> int:
    if is_token(number):
        raise _undetermined(member, where)
    if not math.isfinite(number) or int(number) != number:
        raise InvalidValueError(f"{member} is {number}", where=where, allowed="a whole number of at least 1")
    return int(number)


def _undetermined(member: str, where: str) -> InvalidValueError:
    return InvalidValueError(
        f"{member} of a lifecycle rule is known only at deployment, and ECR's policy is one literal text",
        where=where,
        fix="write the value itself",
    )
