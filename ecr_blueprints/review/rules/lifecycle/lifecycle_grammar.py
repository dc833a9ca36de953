"""ECR301."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.lifecycle.document import find_violations
from ecr_blueprints.lifecycle.violation import CONSTRAINTS, SeverityHint
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import Declaration, lifecycle_policies
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["LifecycleGrammarRule"]


class LifecycleGrammarRule(Rule):
    """A lifecycle policy is one that ECR accepts.

    ## What it does

    Reads every lifecycle policy, of repositories and of creation templates, and reports everything in it
    that ECR refuses, each with the place in the policy and what to write instead.

    ## Why is this bad?

    CloudFormation hands the policy on as a text and does not look into it. ECR refuses it at deploy, one
    mistake at a time, and the stack rolls back.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          LifecyclePolicy:
            LifecyclePolicyText: |
              {"rules": [{"rulePriority": 1,
                "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"],
                              "countType": "sinceImagePushed", "countNumber": 180},
                "action": {"type": "archive"}}]}
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
              {"rules": [{"rulePriority": 1,
                "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"],
                              "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 180},
                "action": {"type": "transition", "targetStorageClass": "archive"}}]}
    ```

    ## Known limits

    A text that deployment puts together from parameters is open. Two constraints are not documented in
    every detail, and breaking them is a warning: the list of constraints says which.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """

    id = "ECR301"
    name = "lifecycle-grammar"
    severity = Severity.ERROR
    other_severities = (Severity.WARNING,)
    practices = ("LIFE-3", "ARCH-1")
    crosswalk = ("lifecycle-rule", "set-lifecycle")
    granular = MappingProxyType({name: constraint.wants for name, constraint in CONSTRAINTS.items()})

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Yields one finding for each violation."""
        for declaration in lifecycle_policies(registry):
            text, source, path = declaration.value, declaration.source, declaration.property_path
            if text is None:
                yield self.not_applicable(source, "it has no lifecycle policy")
            elif isinstance(text, Unresolved):
                yield self.open(source, value_of(text), property_path=path)
            elif isinstance(text, Malformed):
                yield self.fail(
                    source,
                    f"{declaration.label}: the lifecycle policy is not a text: {text.reason}",
                    fix="write the policy as one JSON text",
                    property_path=path,
                    granular="json",
                )
            else:
                yield from self._violations(declaration, text)

    def _violations(
        self, declaration: Declaration[str | Unresolved | Malformed | None], text: str
    ) -> Iterator[Finding]:
        source, path = declaration.source, declaration.property_path
        violations = find_violations(text)
        if not violations:
            yield self.passed(source, property_path=path)
        keys: Counter[str] = Counter()
        for violation in violations:
            # The rule's priority and not its position: the fingerprint outlives a rule before it.
            member = violation.path.partition("].")[2] if violation.rule_index is not None else violation.path
            key = f"{violation.constraint} {violation.rule_priority} {member}"
            keys[key] += 1
            yield self.fail(
                source,
                f"{declaration.label}: {violation.message}",
                fix=violation.fix,
                property_path=path,
                granular=violation.constraint,
                key=f"{key} {keys[key]}",
                severity=None if violation.severity_hint is SeverityHint.ERROR else Severity.WARNING,
            )
