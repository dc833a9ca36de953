"""Parts of property schemas that several ECR types share."""

from __future__ import annotations

from ecr_emulator.resource_types.schema import Sequence, Structure, Text

TAG_NAMES = {"Key": "Key", "Value": "Value"}

EXCLUSION_FILTERS = Sequence(
    item=Structure(
        members={
            "ImageTagMutabilityExclusionFilterType": Text(shape="ImageTagMutabilityExclusionFilterType"),
            "ImageTagMutabilityExclusionFilterValue": Text(shape="ImageTagMutabilityExclusionFilterValue"),
        },
        required=("ImageTagMutabilityExclusionFilterType", "ImageTagMutabilityExclusionFilterValue"),
        api_names={
            "ImageTagMutabilityExclusionFilterType": "filterType",
            "ImageTagMutabilityExclusionFilterValue": "filter",
        },
    ),
    minimum=1,
    maximum=5,
)


def encryption() -> Structure:
    """Encryption of a repository or a template: CloudFormation allows any key string in both."""
    return Structure(
        members={"EncryptionType": Text(shape="EncryptionType"), "KmsKey": Text(shape="KmsKey")},
        required=("EncryptionType",),
    )


def tags(*, key_maximum: int, value_minimum: int, value_maximum: int) -> Sequence:
    """A tag list; the limits differ between the types' schemas."""
    return Sequence(
        item=Structure(
            members={
                "Key": Text(minimum=1, maximum=key_maximum),
                "Value": Text(minimum=value_minimum, maximum=value_maximum),
            },
            required=("Key", "Value"),
            api_names=TAG_NAMES,
        ),
        maximum=50,
        unique=True,
    )


def filters(value_shape: str, type_shape: str, *, minimum: int) -> Sequence:
    """A list of repository filters of one of ECR's filter grammars."""
    return Sequence(
        item=Structure(
            members={"Filter": Text(shape=value_shape), "FilterType": Text(shape=type_shape)},
            required=("Filter", "FilterType"),
        ),
        minimum=minimum,
        maximum=100,
    )
