"""What crosses a bridge, and what gives the baseline, against ECR's service model."""

from __future__ import annotations

import re
from typing import Any

from ecr_blueprints.constructs.function_code import created_repository
from ecr_blueprints.constructs.inline_source import inline_source
from ecr_blueprints.domain.enterprise_registry import COPY_ACTIONS, HARBOR_ACTIONS, HARBOR_CREATE_ACTIONS


def test_every_action_is_an_operation(service_model: Any) -> None:
    named = {*HARBOR_ACTIONS, *HARBOR_CREATE_ACTIONS, *COPY_ACTIONS}
    assert {action.removeprefix("ecr:") for action in named} <= set(service_model["operations"])


def test_harbor_s_call_has_one_required_member_that_it_gives(service_model: Any) -> None:
    assert service_model["shapes"]["CreateRepositoryRequest"]["required"] == ["repositoryName"]


def test_the_function_knows_the_error_of_what_is_gone(service_model: Any) -> None:
    errors = {one["shape"] for one in service_model["operations"]["DescribeRepositories"]["errors"]}
    assert created_repository.GONE in errors


def test_the_function_calls_operations_of_ecr(service_model: Any) -> None:
    called = set(re.findall(r"ecr\.([a-z_]+)\(", inline_source("created_repository")))
    operations = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in service_model["operations"]}
    assert called <= operations
    assert len(called) == 7
