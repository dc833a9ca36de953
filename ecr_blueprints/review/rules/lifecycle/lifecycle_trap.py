"""ECR303."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.errors import LifecyclePolicyError
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.rule import ActionType
from ecr_blueprints.lifecycle.trap import Trap, TrapKind, find_traps
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import lifecycle_policies
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["LifecycleTrapRule"]


class LifecycleTrapRule(Rule):
    """A lifecycle policy does what it says.

    ## What it does

    Finds rules that ECR accepts and that do not work: a list of tags that is meant as *or* and is an
    *and*, a rule that another one with a higher priority leaves nothing to, an archive rule behind one
    that deletes, a keep rule that keeps nothing. Each finding names an image, its fate confirmed by an
    evaluation of the policy.

    ## Why is this bad?

    Images that somebody counts on are deleted, or the clean-up never happens. Nothing fails, until
    the rollback does.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          LifecyclePolicy:
            LifecyclePolicyText: |
              {"rules": [
                {"rulePriority": 1,
                 "selection": {"tagStatus": "tagged", "tagPatternList": ["v*", "release-*"],
                               "countType": "imageCountMoreThan", "countNumber": 30},
                 "action": {"type": "expire"}},
                {"rulePriority": 2,
                 "selection": {"tagStatus": "any", "countType": "sinceImagePushed",
                               "countUnit": "days", "countNumber": 90},
                 "action": {"type": "expire"}}]}
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          LifecyclePolicy:
            LifecyclePolicyText: |
              {"rules": [
                {"rulePriority": 1,
                 "selection": {"tagStatus": "tagged", "tagPatternList": ["v*"],
                               "countType": "imageCountMoreThan", "countNumber": 30},
                 "action": {"type": "expire"}},
                {"rulePriority": 2,
                 "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"],
                               "countType": "imageCountMoreThan", "countNumber": 30},
                 "action": {"type": "expire"}},
                {"rulePriority": 3,
                 "selection": {"tagStatus": "any", "countType": "sinceImagePushed",
                               "countUnit": "days", "countNumber": 90},
                 "action": {"type": "expire"}}]}
    ```

    ## Known limits

    Only what is certain for some image is reported; whether tags of that kind are in use is not known. A
    rule whose condition never comes true and that thereby protects its tags from the rules after it (a
    shield) is no trap. A policy that ECR refuses is the rule `lifecycle-grammar`'s.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
    """

    id = "ECR303"
    name = "lifecycle-trap"
    severity = Severity.WARNING
    other_severities = (Severity.ERROR,)
    practices = ("LIFE-2", "LIFE-4")
    crosswalk = ()
    granular = MappingProxyType(
        {
            TrapKind.KEEP_RULE_DOES_NOTHING.value: "no rule takes the images that another is there to keep",
            TrapKind.NEVER_REACHED.value: "images are archived before another rule deletes them",
            TrapKind.SHADOWED.value: "the rules before it leave a rule some image to act on",
            TrapKind.AND_LIST.value: "a list of several tags is meant as an and",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Yields one finding for each trap."""
        for declaration in lifecycle_policies(registry):
            text, source, path = declaration.value, declaration.source, declaration.property_path
            if isinstance(text, Unresolved):
                yield self.open(source, value_of(text), property_path=path)
                continue
            if not isinstance(text, str):
                yield self.not_applicable(source, "it has no lifecycle policy that can be read")
                continue
            try:
                policy = parse_lifecycle_policy(text)
            except LifecyclePolicyError:
                yield self.not_applicable(source, "ECR refuses its lifecycle policy")
                continue
            traps = find_traps(policy)
            if not traps:
                yield self.passed(source, property_path=path)
            for trap in traps:
                yield self.fail(
                    source,
                    f"{declaration.label}: {trap.message}",
                    fix=trap.fix,
                    property_path=path,
                    granular=trap.kind.value,
                    witness=_witness(policy, trap),
                    key=f"rule {trap.rule_priority}",
                    severity=Severity.ERROR if trap.kind is TrapKind.KEEP_RULE_DOES_NOTHING else None,
                )


def _witness(policy: LifecyclePolicy, trap: Trap) -> str:
    """The image, and what the policy does to it."""
    image = trap.witness
    outcome = trap.shown.outcome_under(policy)
    tags = f"tagged {', '.join(image.tags)}" if image.tags else "without a tag"
    age = (trap.now - image.pushed_at).days
    newer = trap.shown.newer
    behind = f" with {newer} newer ones" if newer else ""
    if outcome.rule is None:
        fate = "stays"
    else:
        fate = "deleted" if outcome.action is ActionType.EXPIRE else "archived"
        fate = f"{fate} by rule {outcome.rule_priority}"
    return f"an image {tags}, {age} days old{behind}: {fate}"
