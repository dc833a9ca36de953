from __future__ import annotations

import pytest

from ecr_blueprints.domain.public_repository import PublicRepositoryName
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("name", ["agent", "team/agent", "a1", "a" * 205])
def test_names(name: str) -> None:
    assert PublicRepositoryName(name) == name


@pytest.mark.parametrize("name", ["a", "a" * 206, "Agent", "a__b", "a--b", "a/", "/a", "agent:1"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InvalidValueError, match="is not the name of a public repository"):
        PublicRepositoryName(name)
