"""How a repository, or a creation template, differs from what is declared of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.lifecycle.rule_in_words import action_in_words, moment_in_words, selection_in_words
from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.difference import Difference, Impact
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.encryption_change import in_words, is_change
from ecr_blueprints.registry.policy_change import compare_policies
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Malformed, Resolvable, Unresolved

__all__ = ["policy_differences", "repository_differences", "template_differences"]

LIFECYCLE, MUTABILITY = "LifecyclePolicy", "ImageTagMutability"
POLICY, ENCRYPTION, TAGS = "RepositoryPolicyText", "EncryptionConfiguration", "Tags"

_SHOWN_ACTIONS = 3
_PARTS_BEFORE_RESOURCE = 5


def repository_differences(
    live: Repository, declared: Repository, *, rendered: Collection[str] | None = None
) -> Iterator[Difference]:
    """How a repository differs from its declaration.

    Args:
        live: The repository that exists.
        declared: What is declared of it.
        rendered: The properties that the template renders. One that it leaves out and that is fixed at
            creation is left as it is. Default: all.
    """
    yield from _mutability(live.tag_mutability, declared.tag_mutability)
    yield from _lifecycle(live.lifecycle_policy, declared.lifecycle_policy)
    yield from policy_differences(live.policy, declared.policy, POLICY, account=_account(live.source.arn))
    if rendered is None or ENCRYPTION in rendered:
        yield from _encryption(live.encryption, declared.encryption)
    yield from _tags(live.tags, declared.tags, TAGS)


def template_differences(live: CreationTemplate, declared: CreationTemplate) -> Iterator[Difference]:
    """How a creation template differs from its declaration; what it has made already is not touched.

    Args:
        live: The template that exists.
        declared: What is declared of it.
    """
    for one in (
        *_mutability(live.tag_mutability, declared.tag_mutability),
        *_lifecycle(live.lifecycle_policy, declared.lifecycle_policy),
        *policy_differences(live.policy, declared.policy, "RepositoryPolicy"),
        *_tags(live.resource_tags, declared.resource_tags, "ResourceTags"),
    ):
        yield one if one.impact is Impact.OPEN else _for_what_comes(one)
    yield from map(_for_what_comes, _template_encryption(live.encryption, declared.encryption))
    applied = (live.applied_for, declared.applied_for)
    if all(isinstance(one, tuple) for one in applied):
        before, after = (set(one) for one in applied if isinstance(one, tuple))
        if before != after:
            yield _for_what_comes(
                Difference(
                    property="AppliedFor",
                    impact=Impact.CHANGES,
                    message=f"{_listed(before)} becomes {_listed(after)}",
                )
            )


def policy_differences(
    live: Resolvable[AccessPolicy] | Malformed | None,
    declared: Resolvable[AccessPolicy] | Malformed | None,
    name: str,
    *,
    account: str | None = None,
) -> Iterator[Difference]:
    """Who would lose and who would gain access, statement by statement.

    Args:
        live: The policy that is in force.
        declared: The policy that would take its place.
        name: The property.
        account: The account that owns what the policies are about. Default: not known.
    """
    for policy in (live, declared):
        if isinstance(policy, Unresolved | Malformed):
            yield _open(name, policy)
            return
    assert not isinstance(live, Unresolved | Malformed)
    assert not isinstance(declared, Unresolved | Malformed)
    change = compare_policies(live, declared, account=account)
    for statement in change.lost:
        yield Difference(property=name, impact=Impact.LOSES, message=f"{_allows(statement)} no longer")
    for statement in change.delegated:
        yield Difference(
            property=name,
            impact=Impact.LOSES,
            message=f"{_allows(statement)} from then on only if a policy of its own allows it too",
        )
    for statement in change.refusals_gone:
        yield Difference(
            property=name,
            impact=Impact.LOSES,
            message=f"the refusal {_of(statement)} would go: {_subject(statement)} {_actions(statement)}",
        )
    for statement in change.refusals_new:
        yield Difference(
            property=name,
            impact=Impact.LOSES,
            message=f"refused from then on {_of(statement)}: {_subject(statement)} {_actions(statement)}",
        )
    for statement in change.gained:
        yield Difference(property=name, impact=Impact.CHANGES, message=f"{_allows(statement)} as well")
    for value in change.unknown:
        yield _open(name, value)


def _account(arn: str | None) -> str | None:
    parts = "" if arn is None else arn
    return parts.split(":")[4] if parts.count(":") >= _PARTS_BEFORE_RESOURCE else None


def _allows(statement: Statement) -> str:
    conditions = statement.conditions
    under = " under conditions" if conditions and not isinstance(conditions, Unresolved) else ""
    return f"{_subject(statement)} may {_actions(statement)}{under} ({_of(statement).strip('()')})"


def _of(statement: Statement) -> str:
    return f"({statement.sid or 'a statement without a Sid'})"


def _subject(statement: Statement) -> str:
    principals = statement.principals or statement.not_principals
    if isinstance(principals, Unresolved):
        return str(principals)
    names = ", ".join(dict.fromkeys(str(one.value) for one in principals))
    everybody = "everybody but " if statement.not_principals else ""
    return f"{everybody}{'everybody' if names == '*' else names or 'nobody'}"


def _actions(statement: Statement) -> str:
    actions = statement.actions or statement.not_actions
    if isinstance(actions, Unresolved):
        return str(actions)
    names = [str(one) for one in actions]
    more = f" and {len(names) - _SHOWN_ACTIONS} more" if len(names) > _SHOWN_ACTIONS else ""
    return f"{'all but ' if statement.not_actions else ''}{', '.join(names[:_SHOWN_ACTIONS])}{more}"


def _for_what_comes(difference: Difference) -> Difference:
    """A template's difference concerns what it will make: nothing that is there goes."""
    return Difference(
        property=difference.property,
        impact=Impact.CHANGES,
        message=f"for repositories that ECR creates from then on: {difference.message}",
    )


def _open(name: str, value: Unresolved | Malformed) -> Difference:
    why = value.reason if isinstance(value, Malformed) else value.depends_on or value.expression
    return Difference(property=name, impact=Impact.OPEN, message=f"cannot be compared: {why}")


def _mutability(
    live: Resolvable[TagMutability] | Malformed, declared: Resolvable[TagMutability] | Malformed
) -> Iterator[Difference]:
    for one in (live, declared):
        if isinstance(one, Unresolved | Malformed):
            yield _open(MUTABILITY, one)
            return
    assert isinstance(live, TagMutability)
    assert isinstance(declared, TagMutability)
    if live.mode is declared.mode and set(live.exclusions) == set(declared.exclusions):
        return
    weaker = declared.mode in (MutabilityMode.MUTABLE, MutabilityMode.MUTABLE_WITH_EXCLUSION)
    stronger = live.mode in (MutabilityMode.IMMUTABLE, MutabilityMode.IMMUTABLE_WITH_EXCLUSION)
    yield Difference(
        property=MUTABILITY,
        impact=Impact.LOSES if weaker and stronger else Impact.CHANGES,
        message=f"{_mode(live)} becomes {_mode(declared)}"
        + ("" if weaker else "; a push to a tag that is there is refused then"),
    )


def _mode(mutability: TagMutability) -> str:
    exclusions = ", ".join(one.pattern for one in mutability.exclusions)
    return f"{mutability.mode} ({exclusions})" if exclusions else str(mutability.mode)


def _lifecycle(
    live: Resolvable[str] | Malformed | None, declared: Resolvable[str] | Malformed | None
) -> Iterator[Difference]:
    for one in (live, declared):
        if isinstance(one, Unresolved | Malformed):
            yield _open(LIFECYCLE, one)
            return
    before, after = _policy(live), _policy(declared)
    if before is None or after is None:
        if (live is None) != (declared is None) or live != declared:
            yield Difference(
                property=LIFECYCLE, impact=Impact.LOSES, message="differs, and one of the two cannot be read"
            )
        return
    if before == after:
        return
    gone = [rule for rule in before if rule not in after]
    new = [rule for rule in after if rule not in before]
    # A rule that is gone may have kept images from another one; only no rule at all keeps everything.
    impact = Impact.LOSES if after else Impact.CHANGES
    for rule in gone:
        yield Difference(property=LIFECYCLE, impact=impact, message=f"no longer: {_rule(rule)}")
    for rule in new:
        yield Difference(property=LIFECYCLE, impact=impact, message=f"from then on: {_rule(rule)}")
    if not gone and not new:
        yield Difference(property=LIFECYCLE, impact=impact, message="the rules come in another order")


def _policy(text: object) -> tuple[LifecycleRule, ...] | None:
    """The rules in their order, numbered alike; empty without a policy, None if it cannot be read."""
    if text is None:
        return ()
    try:
        policy = parse_lifecycle_policy(str(text))
    except LifecyclePolicyError:
        return None
    return LifecyclePolicy.in_order(*policy.in_priority_order).rules if policy.rules else ()


def _rule(rule: LifecycleRule) -> str:
    return f"{action_in_words(rule)} {selection_in_words(rule)} {moment_in_words(rule)}"


def _encryption(
    live: Resolvable[Encryption] | Malformed, declared: Resolvable[Encryption] | Malformed
) -> Iterator[Difference]:
    for one in (live, declared):
        if isinstance(one, Unresolved | Malformed):
            yield _open(ENCRYPTION, one)
            return
    assert isinstance(live, Encryption)
    assert isinstance(declared, Encryption)
    if is_change(live, declared):
        yield Difference(
            property=ENCRYPTION,
            impact=Impact.CANNOT,
            message=f"{in_words(live)} is fixed at creation, and {in_words(declared)} is declared: a change "
            "would replace the repository, and fails",
        )


def _template_encryption(
    live: Resolvable[Encryption] | Malformed, declared: Resolvable[Encryption] | Malformed
) -> Iterator[Difference]:
    if isinstance(live, Encryption) and isinstance(declared, Encryption) and is_change(live, declared):
        yield Difference(
            property=ENCRYPTION,
            impact=Impact.CHANGES,
            message=f"{in_words(live)} becomes {in_words(declared)}",
        )


def _tags(
    live: Mapping[str, Resolvable[str]] | Unresolved,
    declared: Mapping[str, Resolvable[str]] | Unresolved,
    name: str,
) -> Iterator[Difference]:
    if isinstance(live, Unresolved) or isinstance(declared, Unresolved):
        yield _open(name, live if isinstance(live, Unresolved) else declared)  # type: ignore[arg-type]
        return
    for key, value in declared.items():
        if isinstance(value, Unresolved):
            yield _open(name, value)
        elif key not in live:
            yield Difference(property=name, impact=Impact.CHANGES, message=f"{key}={value} is added")
        elif live[key] != value:
            yield Difference(
                property=name, impact=Impact.LOSES, message=f"{key}={live[key]} becomes {key}={value}"
            )
    for key in live:
        if key not in declared:
            yield Difference(
                property=name,
                impact=Impact.LOSES,
                message=f"{key}={live[key]} is not declared, and may go with an update",
                undeclared=True,
            )


def _listed(values: Collection[object]) -> str:
    return ", ".join(sorted(map(str, values))) or "nothing"
