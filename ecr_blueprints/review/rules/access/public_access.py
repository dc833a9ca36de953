"""ECR701."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.actions import ADMIN, CREATE, DELETE, PULL, PUSH, REGISTRY_ADMIN, REPLICATE
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.registry.access_policy import AccessPolicy, Statement
from ecr_blueprints.registry.public_access import Exposure, exposure_of
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import Declaration, access_policies, statements_of
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["PublicAccessRule"]

_STRANGER = "arn:aws:iam::999999999999:role/anyone"

_ASKED_BY_PULLERS = "ecr:BatchCheckLayerAvailability"
"""Part of a push, and of what AWS's examples and the CDK grant for a pull."""

_ABILITIES = (
    ("pull images", PULL),
    ("push images", tuple(action for action in PUSH if action != _ASKED_BY_PULLERS)),
    ("delete images or repositories", DELETE),
    ("create repositories", CREATE),
    ("replicate images into it", REPLICATE[1:]),
    ("change its settings or its policy", ADMIN),
    ("change the settings of the registry", REGISTRY_ADMIN),
)


class PublicAccessRule(Rule):
    """A private repository is open to those whom somebody chose, and to nobody else.

    ## What it does

    Finds statements of repository policies, registry policies and creation templates' policies that allow
    any principal of any AWS account: the principal `*`, or `NotPrincipal`, without a condition that keeps
    strangers out. A condition on an organization, an organization path, an account, a network or a named
    principal does; one that everybody can satisfy (`aws:SecureTransport`, a `*`, `StringNotEquals`,
    `…IfExists` on a key that a stranger's request does not have, the principal's own tags) does not.

    ## Why is this bad?

    Anybody can open an AWS account. Whoever can pull has your code and what it contains; whoever can push
    runs theirs in your clusters.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          RepositoryPolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Pull
                Effect: Allow
                Principal: "*"
                Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          RepositoryPolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Pull
                Effect: Allow
                Principal: "*"
                Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
                Condition:
                  ForAnyValue:StringLike:
                    aws:PrincipalOrgPaths: ["o-exampleorg/r-ab12/ou-ab12-workloads/*"]
    ```

    ## Known limits

    ECR serves nobody without credentials; "public" means any AWS account's principal. A condition key
    that is not known here, or a value that deployment determines, leaves the statement open. AWS's own
    services as principals are not public; whether they are pinned is another question.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    id = "ECR701"
    name = "public-access"
    severity = Severity.ERROR
    practices = ("ACC-1", "NAME-1")
    crosswalk = (
        "AwsSolutions-ECR1",
        "CKV_AWS_32",
        "AWS-0032",
        "75be209d-1948-41f6-a8c8-e22dd0121134",
        "ecr_repositories_not_publicly_accessible",
        "AC_AWS_0084",
        "aws-ecr-repository-wildcard-principal",
        "ecrRepositoryPolicy",
        "ecr_repository_prohibit_public_access",
        "ecr_deny_public_access",
        "cross-account",
    )
    granular = MappingProxyType(
        {
            "principal": "no statement allows the principal * without a condition",
            "condition": "the condition of a statement that allows everybody keeps strangers out",
            "not-principal": "no statement allows everybody but somebody",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each statement of each policy; one pass for a policy without other findings."""
        for declaration in access_policies(registry):
            policy, source, path = declaration.value, declaration.source, declaration.property_path
            if isinstance(policy, Malformed):
                yield self.not_applicable(source, "its policy cannot be read")
            elif isinstance(policy, Unresolved):
                yield self.open(source, value_of(policy), property_path=path)
            else:
                found = list(self._statements(declaration, policy))
                yield from found if found else [self.passed(source, property_path=path)]

    def _statements(
        self, declaration: Declaration[AccessPolicy | Unresolved | Malformed], policy: AccessPolicy
    ) -> Iterator[Finding]:
        source, path = declaration.source, declaration.property_path
        for named in statements_of(policy):
            statement = named.statement
            if isinstance(statement, Unresolved):
                yield self.open(source, value_of(statement), property_path=path, key=named.key)
                continue
            reach = exposure_of(statement, policy)
            if reach.exposure is Exposure.UNKNOWN:
                unknown = reach.unknown
                missing = value_of(unknown) if isinstance(unknown, Unresolved) else str(unknown)
                yield self.open(source, missing, property_path=path, key=named.key)
            elif reach.exposure is Exposure.PUBLIC:
                yield self.fail(
                    source,
                    f"{declaration.label}: {named.name} lets any AWS account {_abilities(statement)}: "
                    f"{reach.reason}",
                    fix="name the accounts or roles, or add a condition on your organization: StringEquals "
                    "aws:PrincipalOrgID, or ForAnyValue:StringLike aws:PrincipalOrgPaths for a part of it",
                    property_path=path,
                    granular=_granular(statement),
                    witness=f"{_STRANGER}, in an account of nobody you know, may call {_actions(statement)}",
                    key=named.key,
                )


def _granular(statement: Statement) -> str:
    if statement.not_principals:
        return "not-principal"
    return "condition" if statement.conditions else "principal"


def _abilities(statement: Statement) -> str:
    """What the statement's actions amount to, in words."""
    if isinstance(statement.actions, Unresolved) or statement.not_actions or not statement.actions:
        return "do what it allows"
    patterns = [action.lower() for action in statement.actions if isinstance(action, str)]
    able = [
        words
        for words, actions in _ABILITIES
        if any(matches_wildcard(pattern, action.lower()) for pattern in patterns for action in actions)
    ]
    return ", ".join(able) if able else f"call {_actions(statement)}"


def _actions(statement: Statement) -> str:
    if isinstance(statement.not_actions, Unresolved) or statement.not_actions:
        return "every action but those of NotAction"
    if isinstance(statement.actions, Unresolved):
        return str(statement.actions)
    shown = ", ".join(str(action) for action in statement.actions[:4])
    rest = len(statement.actions) - 4
    return f"{shown} and {rest} more" if rest > 0 else shown
