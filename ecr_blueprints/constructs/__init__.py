"""Constructs: Amazon ECR as CDK sees it, with secure defaults (needs the extra ``cdk``)."""

from __future__ import annotations

from importlib.util import find_spec

from ecr_blueprints.errors import MissingDependencyError

__all__: list[str] = []

if find_spec("aws_cdk") is None:
    raise MissingDependencyError(
        "the constructs need aws-cdk-lib, which is not installed",
        where="ecr_blueprints.constructs",
        fix='pip install "ecr-blueprints[cdk]"',
    )
