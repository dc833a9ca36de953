"""ECR302."""

from __future__ import annotations

from collections.abc import Iterator

from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import lifecycle_policies
from ecr_blueprints.review.verdict import Severity

__all__ = ["LifecycleMissingRule"]


class LifecycleMissingRule(Rule):
    """Every repository has a lifecycle policy, and so has every creation template.

    ## What it does

    Finds repositories and creation templates without one.

    ## Why is this bad?

    Nothing ever leaves a repository by itself. Every build adds images, every moved tag leaves an
    untagged one behind; storage is paid for all of them, and scanning reports vulnerabilities of images
    that nobody runs. What a template creates has the template's policy or none.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
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
                "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed",
                              "countUnit": "days", "countNumber": 1},
                "action": {"type": "expire"}}]}
    ```

    ## Known limits

    Whether the policy is right is for the rules `lifecycle-grammar` and `lifecycle-trap`. The CDK
    bootstrap's repository is not held to it: the CDK's own garbage collection cleans it. A pull-through
    cache without a template is the rule `cache-template`'s.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    - https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-3
    """

    id = "ECR302"
    name = "lifecycle-missing"
    severity = Severity.WARNING
    practices = ("LIFE-1",)
    crosswalk = (
        "CT.ECR.PR.1",
        "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
        "ECR.3",
        "ecr_repositories_lifecycle_policy_enabled",
        "ecr_repository_lifecycle_policy_configured",
        "ecr-lifecycle-policy-configured",
        "ecr_require_lifecycle_policy",
        "lifecycle-rule",
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each repository and each creation template."""
        for declaration in lifecycle_policies(registry):
            source, path = declaration.source, declaration.property_path
            if declaration.is_cdk_asset:
                yield self.not_applicable(source, "the CDK's own repository")
            elif declaration.value is None:
                yield self.fail(
                    source,
                    f"{declaration.label} has no lifecycle policy, so that its images pile up for ever",
                    fix="add a lifecycle policy that at least expires untagged images",
                    property_path=path,
                    witness="an untagged image of a failed build is still there, and paid for, in ten years",
                )
            else:
                yield self.passed(source, property_path=path)
