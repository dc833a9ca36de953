"""The signing configuration as a resource, rendered anew whenever its rules change."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.domain.repository_filter import SIGNING_FILTER_TYPE
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["RegistrySigningConfiguration"]


class RegistrySigningConfiguration(ecr.CfnSigningConfiguration):
    """The one signing configuration of an account and Region.

    Deleting it ends signing; signatures that exist stay (facts §8).

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical ID follows from it.
        rules: The rules; a profile's ARN may hold tokens.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-signingconfiguration.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, rules: Sequence[SigningRule]) -> None:
        super().__init__(scope, construct_id, rules=_properties(rules))

    def render(self, rules: Sequence[SigningRule]) -> None:
        """Put these rules in the place of the earlier ones."""
        self.rules = _properties(rules)


def _properties(
    rules: Sequence[SigningRule],
) -> list[cdk.IResolvable | ecr.CfnSigningConfiguration.RuleProperty]:
    configuration = ecr.CfnSigningConfiguration
    return [
        configuration.RuleProperty(
            signing_profile_arn=_rendered(rule),
            repository_filters=[
                configuration.RepositoryFilterProperty(filter=str(text), filter_type=SIGNING_FILTER_TYPE)
                for text in (rule.filters if isinstance(rule.filters, tuple) else ())
            ]
            or None,
        )
        for rule in rules
    ]


def _rendered(rule: SigningRule) -> str:
    """The profile's ARN; a token is carried as an Unresolved whose expression it is."""
    arn = rule.profile_arn
    return arn.expression if isinstance(arn, Unresolved) else str(arn)
