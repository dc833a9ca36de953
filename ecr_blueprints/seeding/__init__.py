"""Filling registries without egress: from a seeding list, by digest, with skopeo."""

from ecr_blueprints.seeding.seeder import Outcome, Seeder, SeedResult
from ecr_blueprints.seeding.skopeo import Skopeo

__all__ = ["Outcome", "SeedResult", "Seeder", "Skopeo"]
