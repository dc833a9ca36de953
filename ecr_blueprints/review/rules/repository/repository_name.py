"""ECR101."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.conflicts import ConflictKind, find_conflicts
from ecr_blueprints.registry.naming_fault import naming_fault
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared, is_declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["RepositoryNameRule"]

_PROPERTY = "RepositoryName"


class RepositoryNameRule(Rule):
    """A repository has a name that ECR accepts, that nobody else has, and that follows the convention.

    ## What it does

    Checks every name against ECR's grammar, finds names that one registry would hold twice and, where a
    naming convention is declared, names that do not follow it.

    ## Why is this bad?

    An invalid or second name fails the deployment. A name off the convention slips past everything that
    ECR keys on the beginning of a name: scanning, signing, replication, templates, grants.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: Prod/Payments/API
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
    ```

    ## Known limits

    The convention is judged only if a registry contract declares one (`--registry registry.json`), and
    neither for the CDK bootstrap's repository nor below a pull-through cache's prefix. A name that
    CloudFormation generates is not judged. Names are compared within one account and Region,
    and two repositories of which conditions leave one may share theirs.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-create.html
    """

    id = "ECR101"
    name = "repository-name"
    severity = Severity.ERROR
    other_severities = (Severity.WARNING,)
    practices = ("NAME-2",)
    crosswalk = ("E3019", "E3031", "CloudFormation-Validate::E3019", "CloudFormation-Validate::F3031")
    granular = MappingProxyType(
        {
            "grammar": "the name is one that ECR accepts",
            "duplicate": "a registry holds the name once",
            "convention": "the name follows the declared naming convention",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each name, then the names together."""
        for repository in declared(registry.repositories):
            yield self._one(registry, repository)
        for conflict in find_conflicts(registry):
            if conflict.kind is ConflictKind.REPOSITORY_NAME and is_declared(conflict.source):
                yield self.fail(
                    conflict.source,
                    conflict.message,
                    fix=conflict.fix,
                    property_path=_PROPERTY,
                    granular="duplicate",
                )

    def _one(self, registry: Registry, repository: Repository) -> Finding:
        name, source = repository.name, repository.source
        if isinstance(name, Unresolved):
            return self.open(source, value_of(name), property_path=_PROPERTY)
        if isinstance(name, Malformed):
            return self.fail(
                source,
                f"{name.value!r} is not a repository name: {name.reason}",
                fix="use lower-case letters and digits, joined by '.', '_' or '-', in parts separated by '/'",
                property_path=_PROPERTY,
                granular="grammar",
            )
        if name is None:
            return self.passed(source)
        try:
            RepositoryName(name)
        except InvalidValueError as error:
            return self.fail(
                source,
                error.what,
                fix=error.fix if error.fix is not None else f"use {error.allowed}",
                property_path=_PROPERTY,
                granular="grammar",
            )
        fault = naming_fault(registry, repository)
        if fault is not None:
            return self.fail(
                source,
                fault.what,
                fix=f"{fault.fix} (allowed: {fault.allowed})",
                property_path=_PROPERTY,
                granular="convention",
                severity=Severity.WARNING,
            )
        return self.passed(source, property_path=_PROPERTY)
