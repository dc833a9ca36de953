"""Reference stacks: an operating model's blueprint as stacks that a platform team deploys."""

from ecr_blueprints.stacks.build import build_stacks, synthesize

__all__ = ["build_stacks", "synthesize"]
