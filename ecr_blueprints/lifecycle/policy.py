"""A lifecycle policy that ECR accepts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from ecr_blueprints.errors import InvalidValueError, LifecyclePolicyError
from ecr_blueprints.lifecycle.constraints import violations_of
from ecr_blueprints.lifecycle.policy_text import MAXIMUM_TEXT_LENGTH, policy_text
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.violation import SeverityHint, Violation

__all__ = ["LifecyclePolicy", "refuse"]


@dataclass(frozen=True, slots=True)
class LifecyclePolicy:
    """The rules of one repository or repository creation template, valid as a whole.

    The order of the rules is kept as given; ECR applies them by priority (`in_priority_order`).

    Practices: LIFE-3

    Args:
        rules: 1 to 50 `LifecycleRule`; a list is stored as a tuple.

    Raises:
        LifecyclePolicyError: with **every** violation of facts §1.1 and §1.4, each naming the rule, the
            constraint and the fix. What is a violation only perhaps (severity hint ``warning``) does not
            refuse the policy; `violations_of` shows it.
    """

    rules: tuple[LifecycleRule, ...]

    def __post_init__(self) -> None:
        """Judge the rules together."""
        given: Iterable[LifecycleRule] = self.rules
        # A set has another order in every run of Python.
        ordered = sorted(given, key=lambda rule: rule.priority) if isinstance(given, Set) else given
        object.__setattr__(self, "rules", tuple(ordered))
        violations = list(violations_of(self.rules))
        length = len(policy_text(self.rules))
        if length > MAXIMUM_TEXT_LENGTH:
            violations.append(too_long(length))
        refuse(violations)

    @property
    def in_priority_order(self) -> tuple[LifecycleRule, ...]:
        """The rules as ECR applies them: lowest priority number first."""
        return tuple(sorted(self.rules, key=lambda rule: rule.priority))

    @property
    def canonical(self) -> LifecyclePolicy:
        """The same policy with its rules written in the order of their priorities.

        Two policies that do the same because they differ only in the order of writing have equal
        canonical forms.
        """
        return LifecyclePolicy(self.in_priority_order)

    def rule(self, priority: int) -> LifecycleRule | None:
        """The rule with this priority, if there is one."""
        return next((rule for rule in self.rules if rule.priority == priority), None)

    @classmethod
    def in_order(cls, *groups: LifecycleRule | Iterable[LifecycleRule]) -> LifecyclePolicy:
        """A policy of rules in the order given, numbered from 1.

        Args:
            groups: Rules, or iterables of rules as `protect`, `any_of` and `archive_then_expire` make them.
                Their own priorities are replaced.

        Raises:
            LifecyclePolicyError: as the constructor.
            InvalidValueError: a set, which has no order.
        """
        rules: list[LifecycleRule] = []
        for group in groups:
            if isinstance(group, Set):
                raise InvalidValueError(
                    "the rules are a set, which has no order",
                    where="LifecyclePolicy.in_order(…)",
                    allowed="rules, and lists of rules",
                    fix="give them one by one: what an earlier rule reaches, no later one does",
                )
            rules.extend((group,) if isinstance(group, LifecycleRule) else group)
        return cls(tuple(replace(rule, priority=number) for number, rule in enumerate(rules, start=1)))


def too_long(length: int) -> Violation:
    """The violation of a policy text with more characters than ECR takes."""
    return Violation(
        constraint="text-length",
        path="",
        message=f"the text has {length:,} characters, ECR takes {MAXIMUM_TEXT_LENGTH:,}",
        fix="shorten the descriptions, or merge rules",
    )


def refuse(violations: Sequence[Violation], *, where: str = "lifecycle policy") -> None:
    """Raise one error for all violations that ECR refuses; warnings alone pass.

    Args:
        violations: What was found.
        where: The place that the error names.

    Raises:
        LifecyclePolicyError: if any violation is an error. Its text lists each of them with its fix.
    """
    errors = [one for one in violations if one.severity_hint is SeverityHint.ERROR]
    if not errors:
        return
    if len(errors) == 1:
        what, fix = f"[{errors[0].constraint}] {errors[0].message}", errors[0].fix
    else:
        listed = "\n".join(f"  - {one}" for one in errors)
        what, fix = f"{len(errors)} violations\n{listed}\n ", "correct each of them as it says"
    raise LifecyclePolicyError(what, where=where, fix=fix)
