"""ECR104."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.verdict import Severity

__all__ = ["DanglingReferenceRule"]


class DanglingReferenceRule(Rule):
    """A template refers only to what it contains.

    ## What it does

    Finds references (`Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn` …) of a template with ECR resources to a
    parameter, resource, condition or mapping that the template does not have.

    ## Why is this bad?

    CloudFormation refuses the whole template.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: !Ref RepositoryNmae
    Parameters:
      RepositoryName:
        Type: String
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: !Ref RepositoryName
    Parameters:
      RepositoryName:
        Type: String
    ```

    ## Known limits

    Imports of another stack's exports cannot be checked. A template that a macro rewrites is left alone:
    the macro may declare what is missing.

    ## References

    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """

    id = "ECR104"
    name = "dangling-reference"
    severity = Severity.ERROR
    practices = ()
    crosswalk = ()

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Reports each reference that leads nowhere."""
        for reference in registry.dangling_references:
            fix = f"declare {reference.target!r}, or refer to what the template has"
            if reference.nearest is not None:
                fix = f"write {reference.nearest!r} if that is meant; else declare {reference.target!r}"
            yield self.fail(
                reference.source,
                f"the reference {reference.expression} leads nowhere: there is no {reference.target!r}",
                fix=fix,
                key=reference.expression,
            )
