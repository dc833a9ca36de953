"""ECR702."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

from ecr_blueprints.domain import actions
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import Declaration, access_policies, statements_of
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["PolicyDocumentRule"]

_KNOWN_ACTIONS = {
    action.lower(): action
    for action in (
        *actions.ADMIN,
        *actions.AUTHORIZE,
        *actions.CREATE,
        *actions.DELETE,
        *actions.IMPORT_UPSTREAM,
        *actions.PULL,
        *actions.PUSH,
        *actions.READ,
        *actions.REGISTRY_ADMIN,
        *actions.REPLICATE,
        *actions.UPSTREAM_COPY,
    )
}


class PolicyDocumentRule(Rule):
    """A resource policy is one that ECR can read, about actions and resources that it has.

    ## What it does

    Reports repository policies, registry policies and creation templates' policies that are not well
    formed, actions that are none of ECR's, resources of another service, and wildcards that an exact
    comparison takes literally.

    ## Why is this bad?

    A malformed policy fails the deployment. A misspelled action or a resource of another service
    deploys at best, and then the statement grants nothing: the pull that it was written for is refused.

    ## Example

    ```yaml
    Resources:
      Policy:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Import
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::111122223333:root
                Action: ecr:BatchImportLayerAvailability
                Resource: arn:aws:ecr-public::111122223333:repository/docker-hub/*
    ```

    ## Use instead

    ```yaml
    Resources:
      Policy:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Import
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::111122223333:root
                Action: ecr:BatchImportUpstreamImage
                Resource: arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*
    ```

    ## Known limits

    ECR's actions are those that AWS has documented; a newer one is reported as unknown, as a warning.

    ## References

    - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """

    id = "ECR702"
    name = "policy-document"
    severity = Severity.ERROR
    other_severities = (Severity.WARNING,)
    practices = ("ACC-1",)
    crosswalk = ("E3513", "W3037")
    granular = MappingProxyType(
        {
            "document": "the policy is well formed",
            "action": "every action is one of ECR's",
            "resource": "every resource is one of ECR's",
            "literal-wildcard": "a value with a wildcard is compared by an operator that knows wildcards",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each policy, then each of its statements."""
        for declaration in access_policies(registry):
            policy, source, path = declaration.value, declaration.source, declaration.property_path
            if isinstance(policy, Malformed):
                yield self.fail(
                    source,
                    f"{declaration.label}: the policy is malformed: {policy.reason}",
                    fix="write a policy document with Version and Statement, each statement with Effect, "
                    "Principal and Action",
                    property_path=path,
                    granular="document",
                )
            elif isinstance(policy, Unresolved):
                yield self.open(source, value_of(policy), property_path=path)
            else:
                found = list(self._statements(declaration, policy))
                yield from found if found else [self.passed(source, property_path=path)]

    def _statements(
        self, declaration: Declaration[AccessPolicy | Unresolved | Malformed], policy: AccessPolicy
    ) -> Iterator[Finding]:
        for named in statements_of(policy):
            if isinstance(named.statement, Unresolved):
                continue
            for granular, what, fix in dict.fromkeys(_mistakes(named.statement)):
                yield self.fail(
                    declaration.source,
                    f"{declaration.label}: {named.name} {what}",
                    fix=fix,
                    property_path=declaration.property_path,
                    granular=granular,
                    key=f"{named.key} {what}",
                    severity=Severity.WARNING,
                )


@lru_cache(maxsize=1024)
def _names_an_action(pattern: str) -> bool:
    """Whether one of ECR's actions is meant; a registry's policies repeat the same few."""
    return any(matches_wildcard(pattern, known) for known in _KNOWN_ACTIONS)


def _mistakes(statement: Statement) -> Iterator[tuple[str, str, str]]:
    """Granular id, what is wrong, fix."""
    for action in _texts(statement.actions, statement.not_actions):
        pattern = action.lower()
        if not _names_an_action(pattern):
            fix = f"use one of ECR's actions, such as {' or '.join(_similar(pattern))}"
            yield "action", f"has the action {action!r}, which is none of ECR's", fix
    for resource in _texts(statement.resources, statement.not_resources):
        fields = resource.split(":", 5)
        if fields[0] == "arn" and len(fields) > 2 and not matches_wildcard(fields[2], "ecr"):
            what = f"has the resource {resource!r} of the service {fields[2]!r}, so that it never applies"
            yield "resource", what, "write arn:aws:ecr:<region>:<account>:repository/<name>"
    if isinstance(statement.conditions, Unresolved):
        return
    for condition in statement.conditions:
        exact = condition.operator.rpartition(":")[2].lower().removesuffix("ifexists")
        for value in condition.values:
            if exact == "stringequals" and isinstance(value, str) and "*" in value:
                what = f"compares {condition.key} with {value!r} by {condition.operator}, which knows no *"
                yield (
                    "literal-wildcard",
                    what,
                    "use StringLike where a wildcard is meant, with a value that is not * alone",
                )


def _texts(*lists: tuple[str | Unresolved, ...] | Unresolved) -> Iterator[str]:
    for values in lists:
        if not isinstance(values, Unresolved):
            yield from (value for value in values if isinstance(value, str))


def _similar(pattern: str) -> list[str]:
    """ECR's actions that are most like a text."""
    from difflib import get_close_matches

    near = get_close_matches(pattern, _KNOWN_ACTIONS, n=2, cutoff=0.6)
    return [_KNOWN_ACTIONS[action] for action in near] if near else list(actions.PULL)
