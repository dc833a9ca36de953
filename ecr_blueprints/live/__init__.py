"""The read model from a registry that exists: read-only, with boto3 (the extra ``[aws]``)."""

from ecr_blueprints.live.registry_reader import read_live_registry

__all__ = ["read_live_registry"]
