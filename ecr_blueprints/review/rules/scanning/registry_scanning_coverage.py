"""ECR201."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from ecr_blueprints.domain.repository_filter import ROOT, CreationTemplatePrefix
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for, scanning_under
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import generated_name_of, scanning_configuration_of, value_of
from ecr_blueprints.review.rules.production import Standing, production_prefixes, standing_of, standing_under
from ecr_blueprints.review.verdict import Severity, Verdict

__all__ = ["RegistryScanningCoverageRule"]


class RegistryScanningCoverageRule(Rule):
    """Everything that may run is scanned, and production by Amazon Inspector.

    ## What it does

    Asks for every repository, every pull-through cache and every creation template which rule of the
    registry scanning configuration covers it, and reports those that none covers. Reports `BASIC` scanning
    of what is declared as production.

    ## Why is this bad?

    With `ENHANCED` scanning an image that no filter covers is not scanned at all, with `BASIC` only by
    hand. `BASIC` does not see vulnerable language packages, and does not look again when a vulnerability
    becomes known.

    ## Example

    ```yaml
    Resources:
      Scanning:
        Type: AWS::ECR::RegistryScanningConfiguration
        Properties:
          ScanType: ENHANCED
          Rules:
            - ScanFrequency: CONTINUOUS_SCAN
              RepositoryFilters:
                - FilterType: WILDCARD
                  Filter: base/*
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
    ```

    ## Use instead

    ```yaml
    Resources:
      Scanning:
        Type: AWS::ECR::RegistryScanningConfiguration
        Properties:
          ScanType: ENHANCED
          Rules:
            - ScanFrequency: CONTINUOUS_SCAN
              RepositoryFilters:
                - FilterType: WILDCARD
                  Filter: "*"
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
    ```

    ## Known limits

    Where the source holds no registry-level settings at all, another app may own them: the rule is open,
    also if the deprecated `ScanOnPush` of the repository is set. Give the review the registry contract to
    close it. What is declared as not production may stay unscanned. How long Inspector scans an image
    again is set nowhere in a template.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
    """

    id = "ECR201"
    name = "registry-scanning-coverage"
    severity = Severity.WARNING
    practices = ("SCAN-1", "PTC-3")
    crosswalk = (
        "CKV_AWS_163",
        "W79",
        "ECR_REPO_SCAN_ON_PUSH",
        "CT.ECR.PR.2",
        "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
        "INSPECTOR_ECR_SCAN_ENABLED",
        "ECR.1",
        "AWS-0030",
        "9025b2b3-e554-4842-ba87-db7aeec36d35",
        "ecr_registry_scan_images_on_push_enabled",
        "ecr_repositories_scan_images_on_push_enabled",
        "ecr_registry_enhanced_scanning_enabled",
        "AC_AWS_0083",
        "aws-ecr-image-scanning-disabled",
        "ecr-image-scan-on-push",
        "ecrImageVulnerability",
        "ecr_repository_image_scan_on_push_enabled",
        "inspector_ecr_scanning_enabled",
        "ecr-image-scanning-enabled",
        "inspector-ecr-scan-enabled",
        "ecr_require_registry_scanning",
        "ecr_require_scan_on_push",
        "ECR_REPOSITORY_SCAN_ON_PUSH_CHECK",
    )
    granular = MappingProxyType(
        {
            "uncovered": "a scanning filter covers it",
            "basic": "production is scanned by Amazon Inspector (ENHANCED)",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges repositories by name, caches and templates by prefix."""
        for repository in declared(registry.repositories):
            yield self._repository(registry, repository)
        for rule in declared(registry.cache_rules):
            yield self._under(registry, rule.source, f"cache {rule.label!r}", rule.prefix, rule.known_prefix)
        cached = {rule.known_prefix for rule in registry.cache_rules}
        for template in declared(registry.creation_templates):
            if template.known_prefix is None or template.known_prefix not in cached:
                label = f"creation template {template.label!r}"
                yield self._under(registry, template.source, label, template.prefix, template.known_prefix)

    def _repository(self, registry: Registry, repository: Repository) -> Finding:
        source, name, label = repository.source, repository.known_name, f"repository {repository.label!r}"
        if repository.is_cdk_asset_repository:
            return self.not_applicable(source, "the CDK's own repository")
        if not repository.holds_images or (name is not None and registry.is_build_cache(name)):
            return self.not_applicable(source, "nothing in it can run")
        standing = standing_of(registry, name)
        on_push = repository.scan_on_push is True
        if name is not None:
            suggestion = f"{name.split('/')[0]}/*" if "/" in name else name
            return self._judge(
                registry, source, label, scanning_for(registry, name), standing, suggestion, on_push=on_push
            )
        scanning = scanning_under(registry, ROOT)
        if isinstance(scanning, EffectiveScanning) and scanning.frequency is None:
            unnamed = repository.name
            missing = value_of(unnamed) if isinstance(unnamed, Unresolved) else generated_name_of(source)
            return self.open(source, missing)
        return self._judge(registry, source, label, scanning, standing, "*", on_push=on_push)

    def _under(
        self, registry: Registry, source: SourceLocation, label: str, written: object, prefix: str | None
    ) -> Finding:
        if isinstance(written, Unresolved):
            return self.open(source, value_of(written))
        if prefix is None or not CreationTemplatePrefix.accepts(prefix):
            return self.not_applicable(source, "its prefix is invalid")
        standing = standing_under(registry, prefix)
        stages = production_prefixes(registry) if prefix == ROOT and standing.production is None else None
        if stages is None:
            suggestion = "*" if prefix == ROOT else f"{prefix}/*"
            return self._judge(
                registry, source, label, scanning_under(registry, prefix), standing, suggestion
            )
        # Where stages are declared, development may stay unscanned: ROOT answers for production only.
        found = [
            self._judge(
                registry,
                source,
                f"{label} for {stage!r}",
                scanning_under(registry, stage),
                standing,
                f"{stage}/*",
            )
            for stage in stages
        ]
        return next(
            (one for one in found if one.verdict is not Verdict.PASS),
            found[0] if found else self.passed(source),
        )

    def _judge(
        self,
        registry: Registry,
        source: SourceLocation,
        label: str,
        scanning: EffectiveScanning | Unresolved | None,
        standing: Standing,
        suggestion: str,
        *,
        on_push: bool = False,
    ) -> Finding:
        if scanning is None and not registry.is_governed:
            finding = self.open(source, scanning_configuration_of(registry))
            if on_push:
                return replace(
                    finding,
                    message=f"{finding.message}; the repository's own ScanOnPush is deprecated and no answer",
                )
            return finding
        if isinstance(scanning, Unresolved):
            return self.open(source, value_of(scanning))
        if standing.production is False:
            return self.not_applicable(source, standing.reason)
        # Without a configuration ECR scans BASIC, where the repository's own switch still counts.
        scan_type = ScanType.BASIC if scanning is None else scanning.scan_type
        covered = on_push if scanning is None else scanning.frequency is not None
        if not covered:
            fate = "are scanned only by hand" if scan_type is ScanType.BASIC else "are never scanned"
            why = "no scanning filter covers it"
            fix = f"add the filter {suggestion!r} to a rule of the registry scanning configuration"
            if scanning is None:
                why = "the registry has no scanning configuration"
                fix = f"declare a registry scanning configuration with a rule for the filter {suggestion!r}"
                if not registry.has_contract:
                    why = f"{why} where its other settings are declared"
                    fix = (
                        f"{fix}; if another app owns one, give the review the registry contract (--registry)"
                    )
            return self.fail(
                source,
                f"images of {label} {fate}: {why}",
                fix=fix,
                granular="uncovered",
                witness=f"an image that {label} gets today {fate.replace('are', 'is', 1)}",
            )
        if scan_type is ScanType.BASIC and standing.production:
            return self.fail(
                source,
                f"{label} is production ({standing.reason}) and the registry scans {scan_type}, which sees "
                "operating system packages only",
                fix="set ScanType, which holds for the whole registry, to ENHANCED, with a CONTINUOUS_SCAN "
                "rule that covers it",
                granular="basic",
                witness="a vulnerable npm or pip package in one of its images stays unseen",
            )
        return self.passed(source)
