"""ECR502."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import CreationTemplatePrefix
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["TemplatePrefixRule"]


class TemplatePrefixRule(Rule):
    """A creation template says, in ECR's spelling, for which names and mechanisms it is.

    ## What it does

    Checks the prefix of every creation template against ECR's grammar, and the mechanisms that it is
    applied for.

    ## Why is this bad?

    ECR refuses the template at deploy. A prefix is spelled otherwise than a scanning or signing filter: it
    has no `*`, and a slash at its end is implied, so that `prod` covers `prod/api` and not `prod-x/api`.

    ## Example

    ```yaml
    Resources:
      Template:
        Type: AWS::ECR::RepositoryCreationTemplate
        Properties:
          Prefix: dev/*
          AppliedFor: [CREATE_ON_PUSH]
    ```

    ## Use instead

    ```yaml
    Resources:
      Template:
        Type: AWS::ECR::RepositoryCreationTemplate
        Properties:
          Prefix: dev
          AppliedFor: [CREATE_ON_PUSH]
    ```

    ## Known limits

    Two templates for one prefix are the rule `registry-conflict`'s. Nested prefixes are allowed: the most
    specific one counts.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repositorycreationtemplate.html
    """

    id = "ECR502"
    name = "template-prefix"
    severity = Severity.ERROR
    practices = ("TMPL-2", "TMPL-4")
    crosswalk = ("E3031", "CloudFormation-Validate::F3031")
    granular = MappingProxyType(
        {
            "prefix": "the prefix is one that ECR accepts",
            "applied-for": f"it is applied for at least one of {', '.join(AppliedFor)}",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each creation template; one pass where nothing else was found."""
        for template in declared(registry.creation_templates):
            found = [*self._prefix(template), *self._applied_for(template)]
            yield from found if found else [self.passed(template.source, property_path="Prefix")]

    def _prefix(self, template: CreationTemplate) -> Iterator[Finding]:
        prefix, source = template.prefix, template.source
        if isinstance(prefix, Unresolved):
            yield self.open(source, value_of(prefix), property_path="Prefix")
            return
        try:
            if isinstance(prefix, Malformed):
                raise InvalidValueError(prefix.reason)
            CreationTemplatePrefix(prefix)
        except InvalidValueError as error:
            yield self.fail(
                source,
                error.what,
                fix=error.fix if error.fix is not None else f"write {CreationTemplatePrefix.allowed}",
                property_path="Prefix",
                granular="prefix",
            )

    def _applied_for(self, template: CreationTemplate) -> Iterator[Finding]:
        applied_for, source = template.applied_for, template.source
        if isinstance(applied_for, Unresolved):
            yield self.open(source, value_of(applied_for), property_path="AppliedFor")
        elif isinstance(applied_for, Malformed) or not applied_for:
            reason = applied_for.reason if isinstance(applied_for, Malformed) else "AppliedFor is empty"
            yield self.fail(
                source,
                f"creation template {template.label!r} is applied for nothing that ECR knows: {reason}",
                fix=f"set AppliedFor to some of {', '.join(AppliedFor)}",
                property_path="AppliedFor",
                granular="applied-for",
            )
