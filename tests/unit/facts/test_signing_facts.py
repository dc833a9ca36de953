"""Managed signing's facts are those of AWS's own models."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain import signing


@pytest.fixture(scope="module")
def signer_model() -> Any:
    return botocore.loaders.Loader().load_service_model("signer", "service-2")


def test_regions_without_signing_are_those_without_the_resource_type(resource_schemas: Any) -> None:
    by_region = resource_schemas.types_by_region()
    without = {
        region
        for region, types in by_region.items()
        if "AWS::ECR::Repository" in types
        and not {"AWS::ECR::SigningConfiguration", "AWS::Signer::SigningProfile"} <= types
    }
    assert without == signing.REGIONS_WITHOUT_SIGNING


def test_the_profile_arn_is_the_apis(service_model: Any) -> None:
    shape = service_model["shapes"]["SigningProfileArn"]
    assert shape["max"] == signing.MAX_SIGNING_PROFILE_ARN_LENGTH
    assert (
        shape["pattern"].strip("^$").replace("\\/", "/").replace("(-", "(?:-")
        == signing.SIGNING_PROFILE_ARN_PATTERN
    )


def test_the_profile_is_as_cloudformation_takes_it(resource_schemas: Any) -> None:
    schema = resource_schemas.schema("AWS::Signer::SigningProfile")
    definitions = schema["definitions"]
    name = schema["properties"]["ProfileName"]
    pattern = name.get("pattern") or definitions[name["$ref"].rpartition("/")[2]]["pattern"]
    assert pattern.strip("^$") == signing.SIGNING_PROFILE_NAME_PATTERN
    assert set(schema["createOnlyProperties"]) == {
        "/properties/PlatformId",
        "/properties/ProfileName",
        "/properties/SignatureValidityPeriod",
    }
    platform = schema["properties"]["PlatformId"]
    platforms = platform.get("enum") or definitions[platform["$ref"].rpartition("/")[2]]["enum"]
    assert signing.PLATFORM_ID in platforms


def test_the_units_are_the_signers(signer_model: Any) -> None:
    assert set(signer_model["shapes"]["ValidityType"]["enum"]) == set(signing.SignatureValidityUnit)
