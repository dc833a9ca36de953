"""Repositories with the library's defaults: ``python image_repositories.py DIRECTORY [COUNT]``."""

from __future__ import annotations

import sys

import aws_cdk as cdk

from ecr_blueprints import ImageRepository

COUNT = 400


def declare(stack: cdk.Stack, count: int = COUNT) -> None:
    """Declare them, with a grant to the organization each."""
    for number in range(count):
        repository = ImageRepository(
            stack, f"Service{number:03}", repository_name=f"prod/team-{number % 40:02}/service-{number:03}"
        )
        repository.grant_pull_to_organization("o-a1b2c3d4e5")


def main(directory: str, count: int) -> None:
    """Synthesize them into a directory."""
    app = cdk.App(outdir=directory)
    declare(cdk.Stack(app, "Images"), count)
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else COUNT)
