"""The services that a blueprint can name are those that the constructs make endpoints for."""

from __future__ import annotations

from typing import get_args

from ecr_blueprints.config import network
from ecr_blueprints.config.consumer import PullRolesModel
from ecr_blueprints.domain.vpc_endpoint import (
    FIPS_SERVICES,
    OPTIONAL_FOR_CLUSTERS,
    REQUIRED_BY_CLUSTERS,
    EndpointService,
)
from ecr_blueprints.domain.workload import Workload


def test_the_names_are_the_domain_s() -> None:
    assert get_args(network.RequiredService) == REQUIRED_BY_CLUSTERS
    assert get_args(network.OptionalService) == OPTIONAL_FOR_CLUSTERS
    assert set(get_args(network.Service)) == set(EndpointService) - set(FIPS_SERVICES.values())
    assert tuple(PullRolesModel.model_fields) == tuple(Workload)
