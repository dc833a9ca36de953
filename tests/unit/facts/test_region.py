"""The Regions against the partition data of AWS's SDKs."""

from __future__ import annotations

from typing import Any

import botocore.loaders

from ecr_blueprints.domain.region import REGIONS


def test_a_new_region_turns_this_red() -> None:
    partitions: Any = botocore.loaders.Loader().load_data("partitions")["partitions"]
    theirs = {
        name for partition in partitions for name in partition["regions"] if not name.endswith("-global")
    }
    assert set(REGIONS) == theirs
    assert list(REGIONS) == sorted(REGIONS)
