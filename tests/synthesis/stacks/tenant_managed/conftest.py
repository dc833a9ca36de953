"""The assembly of the tenant-managed example, and who has access to what in it."""

from __future__ import annotations

import pytest
from synthesized import Assembly, example_assembly
from template_access import TemplateAccess

ORGANIZATION = "o-exampleorg"


@pytest.fixture(scope="session")
def assembly() -> Assembly:
    return example_assembly("tenant-managed")


@pytest.fixture(scope="session")
def access(assembly: Assembly) -> TemplateAccess:
    found = TemplateAccess(ORGANIZATION)
    for name, template in assembly.templates.items():
        account, region = assembly.environments[name]
        found.add(name, template, account=account, region=region)
    return found
