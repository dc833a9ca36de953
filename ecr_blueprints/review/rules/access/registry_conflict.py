"""ECR703."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.registry.conflicts import ConflictKind, find_conflicts
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import is_declared
from ecr_blueprints.review.verdict import Severity

__all__ = ["RegistryConflictRule"]


class RegistryConflictRule(Rule):
    """One registry holds one of each registry-level setting, and one owner of each prefix.

    ## What it does

    Finds what one account and Region cannot hold together: two scanning, replication or signing
    configurations or registry policies, two creation templates for one prefix, two pull-through caches
    whose prefixes are equal or lie one inside the other.

    ## Why is this bad?

    Of two owners of a registry-level setting one overwrites the other at every deployment, or fails to be
    created. Of two templates or caches for one prefix the second is refused.

    ## Example

    ```yaml
    Resources:
      First:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Replicate
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::111122223333:root
                Action: ["ecr:ReplicateImage", "ecr:CreateRepository"]
                Resource: arn:aws:ecr:eu-west-1:444455556666:repository/*
      Second:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText:
            Version: "2012-10-17"
            Statement:
              - Sid: Import
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::777788889999:root
                Action: ecr:BatchImportUpstreamImage
                Resource: arn:aws:ecr:eu-west-1:444455556666:repository/docker-hub/*
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
              - Sid: Replicate
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::111122223333:root
                Action: ["ecr:ReplicateImage", "ecr:CreateRepository"]
                Resource: arn:aws:ecr:eu-west-1:444455556666:repository/*
              - Sid: Import
                Effect: Allow
                Principal:
                  AWS: arn:aws:iam::777788889999:root
                Action: ecr:BatchImportUpstreamImage
                Resource: arn:aws:ecr:eu-west-1:444455556666:repository/docker-hub/*
    ```

    ## Known limits

    Owners in different apps are seen only if they are reviewed together. Templates of unknown account and
    Region are taken to be deployed once. Two owners of which conditions leave one (a condition and its
    negation, two values of one parameter) are none; two under conditions that are independent of each
    other are reported, since both may hold.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """

    id = "ECR703"
    name = "registry-conflict"
    severity = Severity.ERROR
    practices = ("REG-4", "TMPL-2", "PTC-5")
    crosswalk = ("E3019", "CloudFormation-Validate::E3019")
    granular = MappingProxyType(
        {
            ConflictKind.SECOND_OWNER.value: "a registry-level setting has one owner",
            ConflictKind.TEMPLATE_PREFIX.value: "a prefix has one creation template",
            ConflictKind.CACHE_PREFIX.value: "caches have prefixes that do not lie inside each other",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Reports each conflict at the declaration that came second."""
        for conflict in find_conflicts(registry):
            if conflict.kind.value in self.granular and is_declared(conflict.source):
                yield self.fail(
                    conflict.source,
                    conflict.message,
                    fix=conflict.fix,
                    granular=conflict.kind.value,
                    key="" if conflict.other is None else conflict.other.name,
                )
