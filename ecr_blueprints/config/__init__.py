"""The blueprint file: what a platform team writes, checked to the last key before anything is built."""

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.loader import load_blueprint

__all__ = ["Blueprint", "load_blueprint"]
