"""ECR501."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.creation_template import check_custom_role_arn
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.conflicts import ConflictKind, find_conflicts
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["TemplateRoleRule"]

_PROPERTY = "CustomRoleArn"


class TemplateRoleRule(Rule):
    """A creation template with a KMS key or resource tags names the role that these need.

    ## What it does

    Finds creation templates that set KMS encryption or resource tags without a custom role, and custom
    roles that CloudFormation does not take because they have an IAM path.

    ## Why is this bad?

    ECR creates repositories through its own service-linked role, which may neither tag nor use a key.
    Without a role the template deploys, and then every creation through it fails: the first pull through
    a cache says that the repository is not found.

    ## Example

    ```yaml
    Resources:
      Template:
        Type: AWS::ECR::RepositoryCreationTemplate
        Properties:
          Prefix: quay
          AppliedFor: [PULL_THROUGH_CACHE]
          ResourceTags:
            - Key: owner
              Value: platform
    ```

    ## Use instead

    ```yaml
    Resources:
      Template:
        Type: AWS::ECR::RepositoryCreationTemplate
        Properties:
          Prefix: quay
          AppliedFor: [PULL_THROUGH_CACHE]
          CustomRoleArn: arn:aws:iam::111122223333:role/ecr-creation-template
          ResourceTags:
            - Key: owner
              Value: platform
    ```

    ## Known limits

    What the role allows and whom it trusts is not judged here. A role that the template refers to passes.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
    - https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repositorycreationtemplate.html
    - https://github.com/aws/containers-roadmap/issues/2398
    """

    id = "ECR501"
    name = "template-role"
    severity = Severity.ERROR
    practices = ("TMPL-3", "PTC-5")
    crosswalk = ("E3031", "CloudFormation-Validate::F3031")
    granular = MappingProxyType(
        {
            "missing": "a template with a KMS key or tags names a role",
            "arn": "the role is one that CloudFormation takes: without an IAM path",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each creation template."""
        missing = {
            conflict.source: conflict
            for conflict in find_conflicts(registry)
            if conflict.kind is ConflictKind.TEMPLATE_ROLE
        }
        for template in declared(registry.creation_templates):
            conflict = missing.get(template.source)
            if conflict is not None:
                yield self.fail(
                    conflict.source,
                    conflict.message,
                    fix=conflict.fix,
                    property_path=_PROPERTY,
                    granular="missing",
                    witness=f"the first creation below {template.label!r} is refused",
                )
            else:
                yield self._with_role(template)

    def _with_role(self, template: CreationTemplate) -> Finding:
        role, source = template.custom_role_arn, template.source
        # Only CloudFormation refuses a path; a template that exists has its role already.
        if isinstance(role, str) and source.arn is None:
            try:
                check_custom_role_arn(role)
            except InvalidValueError as error:
                return self.fail(
                    source,
                    f"creation template {template.label!r}: {error.what}",
                    fix=error.fix if error.fix is not None else f"use {error.allowed}",
                    property_path=_PROPERTY,
                    granular="arn",
                )
        unknown = _unknown(template)
        if role is None and template.needs_role is None and unknown is not None:
            return self.open(source, value_of(unknown), property_path=_PROPERTY)
        return self.passed(source, property_path=_PROPERTY)


def _unknown(template: CreationTemplate) -> Unresolved | None:
    """What keeps one from knowing whether the template needs a role."""
    encryption = template.encryption
    kind = encryption.type if isinstance(encryption, Encryption) else encryption
    return next((one for one in (template.resource_tags, kind) if isinstance(one, Unresolved)), None)
