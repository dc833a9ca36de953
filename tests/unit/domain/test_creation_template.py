"""The role of a creation template."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.creation_template import check_custom_role_arn
from ecr_blueprints.errors import InvalidValueError

ROLE = "arn:aws:iam::111122223333:role/"


@pytest.mark.parametrize("arn", [f"{ROLE}ecr-templates", "arn:aws-cn:iam::111122223333:role/a+=,.@-_b"])
def test_a_role_without_a_path(arn: str) -> None:
    assert check_custom_role_arn(arn) == arn


def test_a_role_with_a_path_is_refused_as_by_cloudformation() -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_custom_role_arn(f"{ROLE}platform/ecr-templates")
    assert raised.value.what.endswith("it has an IAM path")
    assert raised.value.fix == "create the role without a path"


@pytest.mark.parametrize("arn", ["", ROLE, "ecr-templates", "arn:aws:iam::1:role/x", f"{ROLE}{'x' * 2048}"])
def test_what_is_no_roles_arn(arn: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_custom_role_arn(arn)
    assert raised.value.fix is None
