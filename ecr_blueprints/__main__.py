"""``python -m ecr_blueprints``: the same program as ``ecr-blueprints``."""

from __future__ import annotations

import sys

from ecr_blueprints.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
