#!/usr/bin/env python3
"""Synthesizes the blueprint that the context names: `cdk synth -c blueprint=PATH`."""

import sys

from aws_cdk import App

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.stacks import build_stacks, synthesize


def main() -> None:
    """Build the stacks, or say what is wrong with the blueprint."""
    app = App()
    path = app.node.try_get_context("blueprint") or "blueprint.yaml"
    try:
        build_stacks(app, load_blueprint(path))
        synthesize(app)
    except EcrBlueprintsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
