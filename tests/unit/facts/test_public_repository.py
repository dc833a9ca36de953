"""Our facts of public repositories against CloudFormation's schema and AWS's API model."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain import public_repository as facts

TYPE = "AWS::ECR::PublicRepository"
COMMERCIAL = ("us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-")
ISOLATED = ("us-iso", "us-isob", "us-isof", "eu-isoe", "us-gov")


@pytest.fixture(scope="module")
def public_model() -> Any:
    return botocore.loaders.Loader().load_service_model("ecr-public", "service-2")["shapes"]


@pytest.mark.parametrize(
    ("member", "longest"),
    [
        ("RepositoryDescription", facts.MAX_DESCRIPTION_LENGTH),
        ("AboutText", facts.MAX_ABOUT_LENGTH),
        ("UsageText", facts.MAX_USAGE_LENGTH),
    ],
)
def test_texts_are_as_long_as_cloudformation_takes(
    resource_schemas: Any, public_model: Any, member: str, longest: int
) -> None:
    definition = resource_schemas.definition(TYPE, f"RepositoryCatalogData/{member}")
    assert definition["maxLength"] == longest
    assert public_model[member]["max"] >= longest


def test_names(resource_schemas: Any, public_model: Any) -> None:
    assert public_model["RepositoryName"] == {
        "type": "string",
        "min": facts.MIN_PUBLIC_NAME_LENGTH,
        "max": facts.MAX_PUBLIC_NAME_LENGTH,
        "pattern": facts.PUBLIC_NAME_PATTERN,
    }
    name = resource_schemas.definition(TYPE, "RepositoryName")
    assert facts.PUBLIC_NAME_PATTERN in name["pattern"]
    assert name["maxLength"] > facts.MAX_PUBLIC_NAME_LENGTH, "CloudFormation has the API's limit now: say so"
    assert resource_schemas.schema(TYPE)["createOnlyProperties"] == ["/properties/RepositoryName"]


def test_tags(resource_schemas: Any) -> None:
    tag = resource_schemas.schema(TYPE)["definitions"]["Tag"]["properties"]
    assert tag["Key"]["maxLength"] == facts.MAX_PUBLIC_TAG_KEY_LENGTH
    assert tag["Value"]["maxLength"] == facts.MAX_PUBLIC_TAG_VALUE_LENGTH
    assert tag["Value"]["minLength"] == 1


def test_the_catalogue_has_no_member_that_we_do_not_know(resource_schemas: Any) -> None:
    members = resource_schemas.schema(TYPE)["properties"]["RepositoryCatalogData"]["properties"]
    assert set(members) == {
        "AboutText",
        "Architectures",
        "OperatingSystems",
        "RepositoryDescription",
        "UsageText",
    }


def test_badges_are_those_of_the_api(public_model: Any) -> None:
    members = public_model["RepositoryCatalogDataInput"]["members"]
    for member, words in (
        ("architectures", facts.PublicArchitecture),
        ("operatingSystems", facts.PublicOperatingSystem),
    ):
        documented = members[member]["documentation"]
        assert all(f"<code>{word}</code>" in documented for word in words)
        assert documented.count("<code>") == len(words)


def test_one_commercial_region_has_the_resource(resource_schemas: Any) -> None:
    regions = {region for region, types in resource_schemas.types_by_region().items() if TYPE in types}
    commercial = {
        region for region in regions if region.startswith(COMMERCIAL) and not region.startswith(ISOLATED)
    }
    assert commercial == {facts.PUBLIC_REPOSITORY_REGION}


def test_the_actions_exist() -> None:
    model = botocore.loaders.Loader().load_service_model("ecr-public", "service-2")
    operations = {f"ecr-public:{name}" for name in model["operations"]}
    assert set(facts.PUBLIC_PUSH) <= operations
    assert facts.PUBLIC_AUTHORIZE[0] in operations
