"""ECR401."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ROOT, CachePrefix
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.effective import template_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["CacheTemplateRule"]

_PROPERTY = "EcrRepositoryPrefix"


class CacheTemplateRule(Rule):
    """What a pull-through cache creates is created with a template, and cleaned up.

    ## What it does

    Asks for every pull-through cache which creation template its repositories get, and reports caches
    that get none, whose template is not applied for caches, or whose template has no lifecycle policy; also
    prefixes that ECR refuses.

    ## Why is this bad?

    Without a template ECR creates the repositories of a cache without lifecycle policy, repository policy
    and tags. A cache takes whatever anybody pulls, and keeps it: one team found that nine tenths of
    its two terabytes of cached images could go.

    ## Example

    ```yaml
    Resources:
      Quay:
        Type: AWS::ECR::PullThroughCacheRule
        Properties:
          EcrRepositoryPrefix: quay
          UpstreamRegistryUrl: quay.io
    ```

    ## Use instead

    ```yaml
    Resources:
      Quay:
        Type: AWS::ECR::PullThroughCacheRule
        Properties:
          EcrRepositoryPrefix: quay
          UpstreamRegistryUrl: quay.io
      QuayTemplate:
        Type: AWS::ECR::RepositoryCreationTemplate
        Properties:
          Prefix: quay
          AppliedFor: [PULL_THROUGH_CACHE]
          LifecyclePolicy: |
            {"rules": [{"rulePriority": 1,
              "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed",
                            "countUnit": "days", "countNumber": 14},
              "action": {"type": "expire"}}]}
    ```

    ## Known limits

    A cache and its template are expected in one app, since one registry holds both: a template that
    another app declares is seen only through the registry contract. Repositories that exist already keep
    what they were created with.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    - https://github.com/DefangLabs/pulumi-defang/pull/466
    """

    id = "ECR401"
    name = "cache-template"
    severity = Severity.WARNING
    other_severities = (Severity.ERROR,)
    practices = ("PTC-3", "TMPL-4", "LIFE-1")
    crosswalk = ()
    granular = MappingProxyType(
        {
            "prefix": "the cache's prefix is one that ECR accepts",
            "missing": "a creation template matches the cache's prefix",
            "not-applied": "the template that matches is applied for PULL_THROUGH_CACHE",
            "lifecycle": "the template has a lifecycle policy",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each cache."""
        for rule in declared(registry.cache_rules):
            yield self._one(registry, rule)

    def _one(self, registry: Registry, rule: CacheRule) -> Finding:
        written, source = rule.prefix, rule.source
        if isinstance(written, Unresolved):
            return self.open(source, value_of(written), property_path=_PROPERTY)
        try:
            if isinstance(written, Malformed):
                raise InvalidValueError(written.reason)
            grammatical = CachePrefix(written)
            prefix = ROOT if grammatical.is_root else grammatical.namespace
        except InvalidValueError as error:
            return self.fail(
                source,
                error.what,
                fix=error.fix if error.fix is not None else f"write {CachePrefix.allowed}",
                property_path=_PROPERTY,
                granular="prefix",
                severity=Severity.ERROR,
            )
        unknown = next(
            (one.prefix for one in registry.creation_templates if isinstance(one.prefix, Unresolved)), None
        )
        cached = "x/x" if prefix == ROOT else f"{prefix}/x"
        by_prefix = template_for(registry, cached)
        if by_prefix is None:
            if unknown is not None:
                return self.open(source, value_of(unknown), property_path=_PROPERTY)
            return self.fail(
                source,
                f"no creation template matches cache {prefix!r}, declared here: its repositories get "
                "neither lifecycle policy nor repository policy nor tags",
                fix=f"add a creation template with the prefix {prefix!r} and a lifecycle policy, applied for "
                f"{AppliedFor.PULL_THROUGH_CACHE}, where the cache is declared",
                property_path=_PROPERTY,
                granular="missing",
                witness=f"the first pull of {cached} creates a repository that nothing ever cleans up",
            )
        if isinstance(by_prefix.applied_for, Unresolved):
            return self.open(source, value_of(by_prefix.applied_for), property_path=_PROPERTY)
        template = template_for(registry, cached, AppliedFor.PULL_THROUGH_CACHE)
        if template is None:
            return self.fail(
                source,
                f"creation template {by_prefix.label!r} matches cache {prefix!r} and is not applied for "
                f"{AppliedFor.PULL_THROUGH_CACHE}: the cache's repositories get nothing of it",
                fix=f"add {AppliedFor.PULL_THROUGH_CACHE} to its AppliedFor, or add one for the cache",
                property_path=_PROPERTY,
                granular="not-applied",
            )
        if template.lifecycle_policy is None:
            return self.fail(
                source,
                f"the repositories of cache {prefix!r} are made by template {template.label!r}, which "
                "has no lifecycle policy",
                fix=f"give creation template {template.label!r} a lifecycle policy for untagged images",
                property_path=_PROPERTY,
                granular="lifecycle",
                witness=f"each update of a tag upstream leaves an untagged image in {cached} for ever",
            )
        return self.passed(source, property_path=_PROPERTY)
