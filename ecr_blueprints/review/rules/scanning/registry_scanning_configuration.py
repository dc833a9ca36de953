"""ECR202."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.repository_filter import ScanningFilter
from ecr_blueprints.domain.scanning import (
    MAX_FILTERS_PER_SCANNING_RULE,
    MAX_SCANNING_RULES,
    ScanFrequency,
    ScanType,
    check_scan_frequency,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["RegistryScanningConfigurationRule"]


class RegistryScanningConfigurationRule(Rule):
    """The registry scanning configuration is one that ECR accepts and that says what it means.

    ## What it does

    Checks scan type, rules, frequencies and filters: a frequency that the scan type does not have, more
    than two rules, one frequency twice, more than 100 filters, filters in the grammar of another feature,
    and rules that cover nothing.

    ## Why is this bad?

    ECR refuses the configuration, or accepts one that scans nothing. A scanning filter is spelled
    otherwise than a replication filter or a template's prefix: `prod/` is refused, and `prod` without a
    `*` means every name that *contains* it.

    ## Example

    ```yaml
    Resources:
      Scanning:
        Type: AWS::ECR::RegistryScanningConfiguration
        Properties:
          ScanType: BASIC
          Rules:
            - ScanFrequency: CONTINUOUS_SCAN
              RepositoryFilters:
                - FilterType: WILDCARD
                  Filter: prod/
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
                  Filter: prod/*
    ```

    ## Known limits

    What ECR does with an empty list of rules or filters is not documented for `ENHANCED`; the rule asks
    for an explicit one.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html
    - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html
    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-registryscanningconfiguration.html
    """

    id = "ECR202"
    name = "registry-scanning-configuration"
    severity = Severity.ERROR
    other_severities = (Severity.WARNING,)
    practices = ("SCAN-1",)
    crosswalk = (
        "E3031",
        "CloudFormation-Validate::F3031",
        "aws_ecr_registry_scanning_configuration_invalid_scan_type",
    )
    granular = MappingProxyType(
        {
            "scan-type": "the scan type is BASIC or ENHANCED",
            "frequency": "the scan type has the frequency of each rule",
            "frequency-twice": "each frequency has one rule",
            "rules": f"there are at most {MAX_SCANNING_RULES} rules",
            "rules-empty": "there is at least one rule",
            "filters": f"a rule has at most {MAX_FILTERS_PER_SCANNING_RULE} filters",
            "filters-empty": "a rule has at least one filter",
            "filter": "each filter is valid in the grammar of scanning filters",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each configuration; yields a pass where nothing else was found."""
        for configuration in declared(registry.scanning):
            found = list(self._findings(configuration))
            yield from found if found else [self.passed(configuration.source)]

    def _findings(self, configuration: ScanningConfiguration) -> Iterator[Finding]:
        source, scan_type, rules = configuration.source, configuration.scan_type, configuration.rules
        if isinstance(scan_type, Unresolved):
            yield self.open(source, value_of(scan_type), property_path="ScanType")
        elif isinstance(scan_type, Malformed):
            yield self.fail(
                source,
                f"{scan_type.value!r} is no scan type: {scan_type.reason}",
                fix=f"use {ScanType.ENHANCED}, or {ScanType.BASIC} where there is no production",
                property_path="ScanType",
                granular="scan-type",
            )
        if isinstance(rules, Unresolved):
            yield self.open(source, value_of(rules), property_path="Rules")
            return
        if not rules:
            unclear = (
                "what ECR then scans is not documented"
                if scan_type is ScanType.ENHANCED
                else ("so that images are scanned only by hand")
            )
            yield self.fail(
                source,
                f"the scanning configuration has no rule: {unclear}",
                fix="write a rule with the filters of what is to be scanned; '*' is everything",
                property_path="Rules",
                granular="rules-empty",
                severity=Severity.WARNING,
            )
        if len(rules) > MAX_SCANNING_RULES:
            yield self.fail(
                source,
                f"the scanning configuration has {len(rules)} rules, and ECR takes {MAX_SCANNING_RULES}",
                fix="put all filters of one frequency into one rule",
                property_path="Rules",
                granular="rules",
            )
        seen: set[ScanFrequency] = set()
        for index, rule in enumerate(rules):
            path = f"Rules[{index}]"
            if isinstance(rule, Unresolved):
                yield self.open(source, value_of(rule), property_path=path)
                continue
            if isinstance(rule.frequency, ScanFrequency) and rule.frequency in seen:
                yield self.fail(
                    source,
                    f"two scanning rules have the frequency {rule.frequency}",
                    fix="put all filters of one frequency into one rule",
                    property_path=f"{path}.ScanFrequency",
                    granular="frequency-twice",
                )
            elif isinstance(rule.frequency, ScanFrequency):
                seen.add(rule.frequency)
            yield from self._frequency(configuration, rule, path)
            yield from self._filters(configuration, rule, path)

    def _frequency(
        self, configuration: ScanningConfiguration, rule: ScanningRule, path: str
    ) -> Iterator[Finding]:
        source, scan_type, frequency = configuration.source, configuration.scan_type, rule.frequency
        property_path = f"{path}.ScanFrequency"
        if isinstance(frequency, Unresolved):
            yield self.open(source, value_of(frequency), property_path=property_path)
        elif isinstance(frequency, Malformed):
            yield self.fail(
                source,
                f"{frequency.value!r} is no scan frequency: {frequency.reason}",
                fix=f"use {ScanFrequency.CONTINUOUS_SCAN} or {ScanFrequency.SCAN_ON_PUSH}",
                property_path=property_path,
                granular="frequency",
            )
        else:
            try:
                # Enhanced scanning has every frequency that a rule can have at all.
                check_scan_frequency(
                    scan_type if isinstance(scan_type, ScanType) else ScanType.ENHANCED, frequency
                )
            except InvalidValueError as error:
                yield self.fail(
                    source,
                    error.what,
                    fix=error.fix if error.fix is not None else f"use {error.allowed}",
                    property_path=property_path,
                    granular="frequency",
                )

    def _filters(
        self, configuration: ScanningConfiguration, rule: ScanningRule, path: str
    ) -> Iterator[Finding]:
        source, property_path = configuration.source, f"{path}.RepositoryFilters"
        if isinstance(rule.filters, Unresolved):
            yield self.open(source, value_of(rule.filters), property_path=property_path)
            return
        count = len(rule.filters)
        if count == 0 or count > MAX_FILTERS_PER_SCANNING_RULE:
            yield self.fail(
                source,
                f"a scanning rule has {count} filters"
                + (
                    f", and ECR takes {MAX_FILTERS_PER_SCANNING_RULE}"
                    if count
                    else ", so that it covers nothing"
                ),
                fix="join filters by a wildcard" if count else "write the filter '*' for every repository",
                property_path=property_path,
                granular="filters" if count else "filters-empty",
                severity=None if count else Severity.WARNING,
            )
        for text in dict.fromkeys(rule.filters):
            if isinstance(text, Unresolved):
                yield self.open(source, value_of(text), property_path=property_path, key=text.expression)
                continue
            try:
                ScanningFilter(text)
            except InvalidValueError as error:
                yield self.fail(
                    source,
                    error.what,
                    fix=error.fix if error.fix is not None else f"use {error.allowed}",
                    property_path=property_path,
                    granular="filter",
                    key=text,
                )
