"""The same repositories written by hand: ``python hand_written_repositories.py DIRECTORY [COUNT]``."""

from __future__ import annotations

import sys

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

COUNT = 400


def declare(stack: cdk.Stack, count: int = COUNT) -> None:
    """Declare them, with a grant to the organization each."""
    for number in range(count):
        repository = ecr.Repository(
            stack,
            f"Service{number:03}",
            repository_name=f"prod/team-{number % 40:02}/service-{number:03}",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description="Delete untagged images after 1 day",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(1),
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        repository.grant_pull(iam.OrganizationPrincipal("o-a1b2c3d4e5"))


def main(directory: str, count: int) -> None:
    """Synthesize them into a directory."""
    app = cdk.App(outdir=directory)
    declare(cdk.Stack(app, "Images"), count)
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else COUNT)
