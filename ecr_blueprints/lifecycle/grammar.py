"""The words of ECR's lifecycle grammar (facts §1.1), spelled as the policy text spells them.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html. The preview
API spells the same words in upper case.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ActionType", "CountType", "CountUnit", "StorageClass", "TagStatus", "TargetStorageClass"]


class TagStatus(StrEnum):
    """Which images a rule looks at: ``tagged`` needs a tag list, the others forbid one."""

    TAGGED = "tagged"
    UNTAGGED = "untagged"
    ANY = "any"


class CountType(StrEnum):
    """What a rule counts: images, or days since one of the clocks of facts §1.3."""

    IMAGE_COUNT_MORE_THAN = "imageCountMoreThan"
    SINCE_IMAGE_PUSHED = "sinceImagePushed"
    SINCE_IMAGE_PULLED = "sinceImagePulled"
    SINCE_IMAGE_TRANSITIONED = "sinceImageTransitioned"

    @property
    def counts_days(self) -> bool:
        """Whether ``countNumber`` is in days, so that ECR wants ``countUnit``."""
        return self is not CountType.IMAGE_COUNT_MORE_THAN


class CountUnit(StrEnum):
    """The unit of ``countNumber`` in the three ``since…`` count types; ECR has only one."""

    DAYS = "days"


class StorageClass(StrEnum):
    """The storage class whose images a rule looks at."""

    STANDARD = "standard"
    ARCHIVE = "archive"


class ActionType(StrEnum):
    """What a rule does with an image. There is no action that restores, and none called ``archive``."""

    EXPIRE = "expire"
    TRANSITION = "transition"


class TargetStorageClass(StrEnum):
    """Where ``transition`` moves an image; ECR has only the archive."""

    ARCHIVE = "archive"
