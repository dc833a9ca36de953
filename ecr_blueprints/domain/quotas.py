"""The quotas of Amazon ECR (facts §16), with the places where AWS contradicts itself (facts §18).

Per account and Region, and the default value where AWS adjusts it on request. A limit that another
module enforces is taken from here, so that each number stands once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "BASIC_SCANS_PER_DAY",
    "FILTERS_PER_REPLICATION_RULE",
    "FILTERS_PER_SCANNING_RULE",
    "FILTERS_PER_SIGNING_RULE",
    "IMAGES_PER_PUBLIC_REPOSITORY",
    "IMAGES_PER_REPOSITORY",
    "LAYER_PARTS",
    "LAYER_PART_SIZE",
    "LAYER_SIZE",
    "LIFECYCLE_POLICY_LENGTH",
    "LIFECYCLE_RULES",
    "MUTABILITY_EXCLUSION_FILTERS",
    "NEARLY_FULL",
    "POLICY_LENGTH",
    "PUBLIC_LAYER_SIZE",
    "PULL_THROUGH_CACHE_RULES",
    "PULL_TIME_UPDATE_EXCLUSIONS",
    "QUOTAS",
    "REPLICATION_DESTINATIONS",
    "REPLICATION_RULES",
    "REPLICATION_RULES_OF_API",
    "REPOSITORIES",
    "REPOSITORY_TAGS",
    "SCANNING_RULES",
    "SCANS_PER_IMAGE_PER_DAY",
    "SIGNING_RULES",
    "SIGNING_RULES_OF_CLOUDFORMATION",
    "TAGS_PER_IMAGE",
    "TOKEN_VALIDITY",
    "Quota",
]

_SERVICE_QUOTAS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"
_API = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference"
_CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

NEARLY_FULL: Final = 0.8
"""The part of a quota, or of another limit of AWS, from which somebody should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One limit.

    Attributes:
        name: What is limited, in AWS's words.
        value: The limit, in ``unit``.
        unit: What is counted; empty where ``name`` says it.
        adjustable: Whether AWS raises it on request; None where the limit is not in the quota table.
        source: The page or model that states it.
        regions: Regions with another value.
        note: Where AWS contradicts itself, and which value is taken.
    """

    name: str
    value: int
    adjustable: bool | None
    source: str
    unit: str = ""
    regions: tuple[tuple[str, int], ...] = ()
    note: str = ""

    def value_in(self, region: str) -> int:
        """The limit in a Region.

        Args:
            region: Such as ``eu-west-1``.
        """
        return dict(self.regions).get(region, self.value)


REPOSITORIES = Quota(name="repositories", value=100_000, adjustable=True, source=_SERVICE_QUOTAS)
IMAGES_PER_REPOSITORY = Quota(
    name="images per repository",
    value=100_000,
    adjustable=True,
    source=_SERVICE_QUOTAS,
    note="a signature counts as one artifact of it (facts §8)",
)
TAGS_PER_IMAGE = Quota(name="tags per image", value=1_000, adjustable=False, source=_SERVICE_QUOTAS)
LIFECYCLE_RULES = Quota(name="rules per lifecycle policy", value=50, adjustable=False, source=_SERVICE_QUOTAS)
LIFECYCLE_POLICY_LENGTH = Quota(
    name="lifecycle policy length", value=30_720, unit="characters", adjustable=False, source=_SERVICE_QUOTAS
)
PULL_THROUGH_CACHE_RULES = Quota(
    name="pull-through cache rules per registry", value=50, adjustable=False, source=_SERVICE_QUOTAS
)
REPLICATION_RULES = Quota(
    name="rules per replication configuration",
    value=10,
    adjustable=False,
    source=_SERVICE_QUOTAS,
    regions=(("ca-central-1", 25),),
    note=(
        "the quota table says 10 (25 in ca-central-1), the API, CloudFormation and the guide's text say 25, "
        "the examples page says 10 (facts §18.2); the quota table's value is safe everywhere"
    ),
)
REPLICATION_RULES_OF_API = Quota(
    name="rules per replication configuration, accepted by the API and CloudFormation",
    value=25,
    adjustable=None,
    source=f"{_API}/API_ReplicationConfiguration.html",
    note="see REPLICATION_RULES: more than 10 may be refused outside ca-central-1 (facts §18.2)",
)
REPLICATION_DESTINATIONS = Quota(
    name="unique destinations over all replication rules", value=25, adjustable=False, source=_SERVICE_QUOTAS
)
FILTERS_PER_REPLICATION_RULE = Quota(
    name="filters per replication rule", value=100, adjustable=False, source=_SERVICE_QUOTAS
)
BASIC_SCANS_PER_DAY = Quota(
    name="basic scans per registry in 24 hours", value=100_000, adjustable=False, source=_SERVICE_QUOTAS
)
SCANS_PER_IMAGE_PER_DAY = Quota(
    name="basic scans per image in 24 hours", value=1, adjustable=False, source=_SERVICE_QUOTAS
)
LAYER_SIZE = Quota(name="layer size", value=52_000, unit="MiB", adjustable=False, source=_SERVICE_QUOTAS)
LAYER_PART_SIZE = Quota(
    name="layer part size",
    value=10,
    unit="MiB",
    adjustable=False,
    source=_SERVICE_QUOTAS,
    note="the API's shape allows 20,971,520 bytes (facts §18.7); the quota is the smaller one",
)
LAYER_PARTS = Quota(name="parts per layer", value=4_200, adjustable=False, source=_SERVICE_QUOTAS)
SCANNING_RULES = Quota(
    name="rules per registry scanning configuration",
    value=2,
    adjustable=None,
    source=f"{_API}/API_PutRegistryScanningConfiguration.html",
)
FILTERS_PER_SCANNING_RULE = Quota(
    name="filters per scanning rule",
    value=100,
    adjustable=None,
    source=f"{_API}/API_RegistryScanningRule.html",
)
SIGNING_RULES = Quota(
    name="rules per signing configuration",
    value=10,
    adjustable=None,
    source=f"{_API}/API_SigningConfiguration.html",
    note="CloudFormation says 50; the API and the guide say 10, and the API decides (facts §18.1)",
)
SIGNING_RULES_OF_CLOUDFORMATION = Quota(
    name="rules per signing configuration, accepted by CloudFormation's schema",
    value=50,
    adjustable=None,
    source=f"{_CLOUDFORMATION}/aws-resource-ecr-signingconfiguration.html",
    note="see SIGNING_RULES: 11 to 50 rules pass the schema and fail at deploy (facts §18.1)",
)
FILTERS_PER_SIGNING_RULE = Quota(
    name="filters per signing rule", value=100, adjustable=None, source=f"{_API}/API_SigningRule.html"
)
MUTABILITY_EXCLUSION_FILTERS = Quota(
    name="tag mutability exclusion filters per repository",
    value=5,
    adjustable=None,
    source=f"{_API}/API_PutImageTagMutability.html",
)
PULL_TIME_UPDATE_EXCLUSIONS = Quota(
    name="pull-time update exclusions",
    value=100,
    adjustable=None,
    source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html",
)
POLICY_LENGTH = Quota(
    name="length of a repository or registry policy",
    value=10_240,
    unit="characters",
    adjustable=None,
    source=f"{_API}/API_SetRepositoryPolicy.html",
)
REPOSITORY_TAGS = Quota(
    name="resource tags per repository",
    value=50,
    adjustable=None,
    source=f"{_CLOUDFORMATION}/aws-resource-ecr-repository.html",
)
TOKEN_VALIDITY = Quota(
    name="validity of an authorization token",
    value=12,
    unit="hours",
    adjustable=None,
    source=f"{_API}/API_GetAuthorizationToken.html",
)
IMAGES_PER_PUBLIC_REPOSITORY = Quota(
    name="images per public repository",
    value=100_000,
    adjustable=None,
    source="https://docs.aws.amazon.com/AmazonECR/latest/public/public-service-quotas.html",
)
PUBLIC_LAYER_SIZE = Quota(
    name="layer size in a public repository",
    value=10_000,
    unit="MiB",
    adjustable=None,
    source="https://docs.aws.amazon.com/AmazonECR/latest/public/public-service-quotas.html",
)

QUOTAS = (
    REPOSITORIES,
    IMAGES_PER_REPOSITORY,
    TAGS_PER_IMAGE,
    LIFECYCLE_RULES,
    LIFECYCLE_POLICY_LENGTH,
    PULL_THROUGH_CACHE_RULES,
    REPLICATION_RULES,
    REPLICATION_RULES_OF_API,
    REPLICATION_DESTINATIONS,
    FILTERS_PER_REPLICATION_RULE,
    BASIC_SCANS_PER_DAY,
    SCANS_PER_IMAGE_PER_DAY,
    LAYER_SIZE,
    LAYER_PART_SIZE,
    LAYER_PARTS,
    SCANNING_RULES,
    FILTERS_PER_SCANNING_RULE,
    SIGNING_RULES,
    SIGNING_RULES_OF_CLOUDFORMATION,
    FILTERS_PER_SIGNING_RULE,
    MUTABILITY_EXCLUSION_FILTERS,
    PULL_TIME_UPDATE_EXCLUSIONS,
    POLICY_LENGTH,
    REPOSITORY_TAGS,
    TOKEN_VALIDITY,
    IMAGES_PER_PUBLIC_REPOSITORY,
    PUBLIC_LAYER_SIZE,
)
"""Every quota of this module."""
