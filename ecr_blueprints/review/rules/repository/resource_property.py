"""ECR105."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.verdict import Severity

__all__ = ["ResourcePropertyRule"]


class ResourcePropertyRule(Rule):
    """A resource of ECR has properties that CloudFormation knows, each of its type.

    ## What it does

    Finds properties of ECR's resources that CloudFormation does not know, and values that are not of
    their property's type: a structure for a switch, a word that is none of those that are allowed.

    ## Why is this bad?

    CloudFormation refuses the resource, and what the property was written for is not there: a lifecycle
    policy under a misspelled name is no lifecycle policy.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          EncryptionConfiguration:
            EncryptionType: kms
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          EncryptionConfiguration:
            EncryptionType: KMS
    ```

    ## Known limits

    A property that AWS added after this release is reported as unknown, as a warning if no known one is
    spelled alike. Names, policies, tag mutability, scan types, frequencies and prefixes are judged by rules
    of their own. That a property is missing is not reported here. A template that a macro rewrites is left
    alone.

    ## References

    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECR.html
    """

    id = "ECR105"
    name = "resource-property"
    severity = Severity.ERROR
    other_severities = (Severity.WARNING,)
    practices = ()
    granular = MappingProxyType(
        {
            "unknown": "the property is one that CloudFormation knows",
            "type": "the value is of the property's type",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Reports each property that CloudFormation refuses."""
        for fault in registry.property_faults:
            if not fault.is_unknown:
                yield self.fail(
                    fault.source,
                    f"the property takes {fault.expected}, and not {fault.found!r}",
                    fix=f"write {fault.expected}",
                    granular="type",
                )
            elif fault.nearest is not None:
                yield self.fail(
                    fault.source,
                    f"there is no property {fault.found!r}, and CloudFormation refuses it",
                    fix=f"write {fault.nearest!r} if that is meant; else leave it out",
                    granular="unknown",
                )
            else:
                yield self.fail(
                    fault.source,
                    f"there is no property {fault.found!r} that this release knows",
                    fix=f"use one of {fault.expected}",
                    granular="unknown",
                    severity=Severity.WARNING,
                )
