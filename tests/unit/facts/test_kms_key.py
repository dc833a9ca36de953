"""What we know of KMS against its service model and CloudFormation's schema."""

from __future__ import annotations

import re
from typing import Any

import botocore
import pytest

from ecr_blueprints.domain import kms_key
from ecr_blueprints.domain.encryption import EncryptionType, has_dual_layer_encryption
from ecr_blueprints.domain.principals import PARTITIONS
from ecr_blueprints.errors import InvalidValueError


@pytest.fixture(scope="module")
def kms() -> Any:
    return botocore.loaders.Loader().load_service_model("kms", "service-2")  # type: ignore[attr-defined]


def operations(actions: tuple[str, ...]) -> set[str]:
    return {action.removeprefix("kms:") for action in actions}


def test_actions_and_calls_exist(kms: Any) -> None:
    known = set(kms["operations"])
    assert operations(kms_key.ADMINISTRATION) <= known
    assert operations(kms_key.REPOSITORY_CREATION) <= known
    assert set(kms_key.ENDANGERING_CALLS) <= known


def test_administration_neither_encrypts_nor_lets_others() -> None:
    reaching = ("Encrypt", "Decrypt", "Generate", "CreateGrant", "Sign", "Derive")
    assert not [one for one in operations(kms_key.ADMINISTRATION) if any(word in one for word in reaching)]


def test_the_api_is_the_source_of_calls(kms: Any) -> None:
    assert f"{kms['metadata']['endpointPrefix']}.amazonaws.com" == kms_key.KEY_API_SOURCE


def test_lengths(kms: Any) -> None:
    assert kms["shapes"]["AliasNameType"]["max"] == kms_key.MAX_ALIAS_LENGTH
    assert kms["shapes"]["DescriptionType"]["max"] == kms_key.MAX_DESCRIPTION_LENGTH


def test_the_alias_is_narrower_than_the_api_by_its_prefix_alone(kms: Any) -> None:
    pattern = kms["shapes"]["AliasNameType"]["pattern"]
    for alias in ("alias/ecr-registry", "alias/a/b_c"):
        assert re.fullmatch(pattern, alias)
        assert kms_key.check_key_alias(alias) == alias
    assert kms_key.check_key_alias("ecr") == "alias/ecr"
    for alias in ("alias/aws/ecr", "a b", "", "x" * 251):
        with pytest.raises(InvalidValueError, match="cannot be the alias"):
            kms_key.check_key_alias(alias)


def test_pending_days(resource_schemas: Any) -> None:
    days = resource_schemas.definition("AWS::KMS::Key", "PendingWindowInDays")
    assert (days["minimum"], days["maximum"]) == kms_key.PENDING_DAYS
    assert kms_key.check_pending_days(7) == 7
    for wrong in (6, 31):
        with pytest.raises(InvalidValueError, match=f"cannot wait {wrong} days"):
            kms_key.check_pending_days(wrong)


def test_templates_take_the_same_kinds_as_repositories(resource_schemas: Any) -> None:
    kinds = set(EncryptionType)
    for resource_type in ("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate"):
        kind = resource_schemas.definition(resource_type, "EncryptionConfiguration/EncryptionType")
        assert set(kind["enum"]) == kinds


def test_dual_layer_is_for_govcloud() -> None:
    assert has_dual_layer_encryption("us-gov-west-1")
    assert not has_dual_layer_encryption("eu-west-1")
    gov = next(partition for partition in PARTITIONS if partition.name == "aws-us-gov")
    assert has_dual_layer_encryption(f"{gov.region_prefix}east-1")


def test_what_ecr_calls_kms_by() -> None:
    assert kms_key.ecr_via_service("eu-west-1") == "ecr.eu-west-1.amazonaws.com"
