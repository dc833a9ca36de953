"""Operating models."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain.operating_model import OperatingModel


def test_they_are_written_as_in_a_blueprint() -> None:
    assert [str(model) for model in OperatingModel] == ["centralized", "tenant-managed", "enterprise"]
    assert OperatingModel("tenant-managed") is OperatingModel.TENANT_MANAGED
    with pytest.raises(ValueError, match="hub"):
        OperatingModel("hub")
