"""The assembly of the centralized example, which all checks of it share."""

from __future__ import annotations

import pytest
from synthesized import Assembly, example_assembly


@pytest.fixture(scope="session")
def assembly() -> Assembly:
    return example_assembly("centralized")
