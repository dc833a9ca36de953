"""ECR103."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.unresolved import Resolvable, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.rules.production import HOW_TO_DECLARE, standing_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["RepositoryDeletionRule"]

_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})


class RepositoryDeletionRule(Rule):
    """A repository outlives its stack, and its images outlive a change of the template.

    ## What it does

    Finds repositories that CloudFormation deletes when they leave the template, when the stack goes, or
    when a change replaces them (a repository's name and encryption cannot be changed in place). With
    `EmptyOnDelete` their images go with them, which is an error.

    ## Why is this bad?

    Images are the only copy of what production runs. With `EmptyOnDelete` one wrong deployment deletes
    them all; without it the deletion of a repository with images fails and leaves the stack stuck.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          EmptyOnDelete: true
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        DeletionPolicy: RetainExceptOnCreate
        UpdateReplacePolicy: Retain
        Properties:
          RepositoryName: prod/payments/api
    ```

    ## Known limits

    Repositories that are declared as not production may be deleted, and so may the CDK bootstrap's. Where
    nothing declares the stage the rule fails; a registry contract with stages settles it. That a change
    will replace a repository shows only when two versions of a template are compared.

    ## References

    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
    """

    id = "ECR103"
    name = "repository-deletion"
    severity = Severity.WARNING
    other_severities = (Severity.ERROR,)
    practices = ("NAME-4",)
    crosswalk = ()
    granular = MappingProxyType(
        {
            "emptied": "images are not deleted together with their repository",
            "deletion": "the repository stays when it leaves the template",
            "replacement": "the repository stays when a change replaces it",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each repository."""
        for repository in declared(registry.repositories):
            yield self._one(registry, repository)

    def _one(self, registry: Registry, repository: Repository) -> Finding:
        source, policy = repository.source, repository.deletion_policy
        if policy is None:
            return self.not_applicable(source, "no template declares it")
        if repository.is_cdk_asset_repository:
            return self.not_applicable(source, "the CDK's own repository, whose images are built again")
        standing = standing_of(registry, repository.known_name)
        if standing.production is False:
            return self.not_applicable(source, standing.reason)
        fix = "set DeletionPolicy to RetainExceptOnCreate (or Retain) and UpdateReplacePolicy to Retain"
        if not standing.production:
            fix = f"{fix}; {HOW_TO_DECLARE}"
        events = _events(policy)
        if not events:
            unknown = next(
                (one for one in (policy.on_delete, policy.on_replace) if isinstance(one, Unresolved)), None
            )
            if unknown is not None:
                return self.open(source, value_of(unknown), property_path="DeletionPolicy")
            return self.passed(source, property_path="DeletionPolicy")
        when = " and ".join(events.values())
        if repository.empty_on_delete is True:
            return self.fail(
                source,
                f"repository {repository.label!r} and every image in it are deleted {when}; {standing.words}",
                fix=f"remove EmptyOnDelete, and {fix}",
                property_path="EmptyOnDelete",
                granular="emptied",
                witness=f"the image that runs from {repository.label} now can be pulled by no node any more",
                severity=Severity.ERROR,
            )
        granular = next(iter(events))
        return self.fail(
            source,
            f"repository {repository.label!r} is deleted {when}, which fails and leaves the stack stuck "
            f"while it holds images; {standing.words}",
            fix=fix,
            property_path="DeletionPolicy" if granular == "deletion" else "UpdateReplacePolicy",
            granular=granular,
        )


def _events(policy: DeletionPolicy) -> dict[str, str]:
    """What deletes the repository: granular id → when it happens."""
    events = {}
    if _is_deleted(policy.on_delete):
        events["deletion"] = "when it leaves the template or its stack is deleted"
    if _is_deleted(policy.on_replace):
        events["replacement"] = "when a change of name or encryption replaces it"
    return events


def _is_deleted(attribute: Resolvable[str]) -> bool:
    return isinstance(attribute, str) and attribute not in _RETAINED
