"""What the descriptions of values show as an example is valid itself."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from ecr_blueprints.config import values

EXAMPLE = re.compile(r"such as (\S+?)\.?$")


def examples() -> dict[str, tuple[Any, str]]:
    """Name of the type → the type and the example in its description."""
    found = {}
    for name in values.__all__:
        annotated = getattr(values, name)
        for annotation in get_args(annotated)[1:]:
            match = (
                EXAMPLE.search(annotation.description or "") if isinstance(annotation, FieldInfo) else None
            )
            if match is not None:
                found[name] = annotated, match[1]
    return found


def test_the_examples_are_found() -> None:
    assert set(examples()) == {
        "AvailabilityZone",
        "CidrBlock",
        "Convention",
        "OrganizationId",
        "OrganizationPath",
        "OrganizationalUnitPath",
        "RegionName",
        "TaggedName",
    }


@pytest.mark.parametrize("name", examples())
def test_an_example_passes_its_own_check(name: str) -> None:
    annotated, example = examples()[name]
    assert TypeAdapter(annotated).validate_python(example) == example
    with pytest.raises(ValidationError):
        TypeAdapter(annotated).validate_python(f"{example} ")
