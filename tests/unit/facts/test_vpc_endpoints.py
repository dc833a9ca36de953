"""Endpoint services and add-on registries against what botocore and cfn-lint know of Regions and services."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import botocore.session
import pytest

from ecr_blueprints.domain.eks_addon_registry import ADDON_REGISTRY_ACCOUNTS
from ecr_blueprints.domain.principals import check_account_id, check_region
from ecr_blueprints.domain.vpc_endpoint import (
    FIPS_ENDPOINT_REGIONS,
    FIPS_SERVICES,
    OPTIONAL_FOR_CLUSTERS,
    REQUIRED_BY_CLUSTERS,
    EndpointService,
)

ECR_HOST = "api.ecr"

SERVICE_MODELS = {
    EndpointService.ELASTIC_LOAD_BALANCING: "elbv2",
}


@pytest.fixture(scope="module")
def endpoint_data() -> dict[str, Any]:
    return dict(botocore.session.get_session().get_component("data_loader").load_data("endpoints"))


def test_fips_regions_are_those_of_ecr(endpoint_data: dict[str, Any]) -> None:
    known = {
        name.removeprefix("fips-")
        for partition in endpoint_data["partitions"]
        for name in partition["services"].get(ECR_HOST, {}).get("endpoints", {})
        if name.startswith("fips-") and not name.startswith("fips-dkr-")
    }
    assert known == FIPS_ENDPOINT_REGIONS


@pytest.mark.parametrize(
    "service", sorted({*REQUIRED_BY_CLUSTERS, *OPTIONAL_FOR_CLUSTERS} - {EndpointService.EKS_OIDC})
)
def test_a_service_is_called_as_its_host(service: EndpointService) -> None:
    model = botocore.loaders.Loader().load_service_model(SERVICE_MODELS.get(service, service), "service-2")
    assert model["metadata"]["endpointPrefix"] == service


def test_ecr_is_called_by_the_labels_of_its_host_in_turn(service_model: Any) -> None:
    assert (
        ".".join(reversed(EndpointService.ECR_API.split("."))) == service_model["metadata"]["endpointPrefix"]
    )


def test_a_fips_service_is_named_after_the_ordinary_one() -> None:
    assert {one.replace("ecr.", "ecr-fips."): fips for one, fips in FIPS_SERVICES.items()} == {
        str(fips): fips for fips in FIPS_SERVICES.values()
    }


def test_every_service_has_one_part() -> None:
    parts = [*FIPS_SERVICES, *FIPS_SERVICES.values(), EndpointService.S3]
    parts += [*REQUIRED_BY_CLUSTERS, *OPTIONAL_FOR_CLUSTERS]
    assert sorted(parts) == sorted(EndpointService)


def test_addon_registries_are_of_accounts_and_regions() -> None:
    for region, account in ADDON_REGISTRY_ACCOUNTS.items():
        check_region(region)
        check_account_id(account)


def test_every_public_region_with_ecr_has_an_addon_registry(endpoint_data: dict[str, Any]) -> None:
    """A new Region turns this red; AWS's isolated partitions publish no table."""
    regions = {
        name
        for partition in endpoint_data["partitions"]
        if "-iso" not in partition["partition"]
        for name in partition["services"].get(ECR_HOST, {}).get("endpoints", {})
        if name in partition["regions"]
    }
    assert regions == set(ADDON_REGISTRY_ACCOUNTS)
