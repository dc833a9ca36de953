"""Each example is synthesized once, by app.py; every check here reads that assembly."""

from __future__ import annotations

import pytest
from example_assemblies import example_names
from synthesized import Assembly, example_assembly


@pytest.fixture(scope="session", params=example_names())
def example(request: pytest.FixtureRequest) -> str:
    """An example's name."""
    return str(request.param)


@pytest.fixture(scope="session")
def assembly(example: str) -> Assembly:
    """Its assembly."""
    return example_assembly(example)
