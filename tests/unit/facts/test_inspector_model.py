"""Our facts of Amazon Inspector against its service model in botocore."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import pytest

from ecr_blueprints.domain.inspector_rescan import PULL_RESCAN_WINDOWS, RescanMode, RescanWindow


@pytest.fixture(scope="module")
def shapes() -> dict[str, Any]:
    model = botocore.loaders.Loader().load_service_model("inspector2", "service-2")
    return dict(model["shapes"])


def _enum_of(shapes: dict[str, Any], member: str) -> set[str]:
    return set(shapes[shapes["EcrConfiguration"]["members"][member]["shape"]]["enum"])


def test_windows(shapes: dict[str, Any]) -> None:
    assert _enum_of(shapes, "rescanDuration") == set(RescanWindow)
    assert _enum_of(shapes, "pullDateRescanDuration") == PULL_RESCAN_WINDOWS


def test_modes(shapes: dict[str, Any]) -> None:
    assert _enum_of(shapes, "pullDateRescanMode") == set(RescanMode)


def test_only_the_window_since_the_push_is_required(shapes: dict[str, Any]) -> None:
    assert shapes["EcrConfiguration"]["required"] == ["rescanDuration"]
