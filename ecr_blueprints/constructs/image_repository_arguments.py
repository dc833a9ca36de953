"""What each argument of `ImageRepository` can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr

from ecr_blueprints.constructs.argument_type import FLAG, TEXT, Accepted
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.registry.existing_repositories import ExistingRepositories

__all__ = ["IMAGE_REPOSITORY_ARGUMENTS"]

IMAGE_REPOSITORY_ARGUMENTS: Final[Mapping[str, Accepted]] = {
    "auto_delete_images": FLAG,
    "empty_on_delete": FLAG,
    "encryption": Accepted(
        types=(ecr.RepositoryEncryption, EncryptionType),
        words="RepositoryEncryption of aws_cdk.aws_ecr, or EncryptionType: AES256, KMS, KMS_DSSE",
    ),
    "image_scan_on_push": FLAG,
    "image_tag_mutability": Accepted(
        types=(ecr.TagMutability,), words="TagMutability of aws_cdk.aws_ecr", fix="import it from there"
    ),
    "image_tag_mutability_exclusion_filters": Accepted(
        types=(Sequence,),
        words="a list of ImageTagMutabilityExclusionFilter",
        fix='write [ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")]',
        each=(ecr.ImageTagMutabilityExclusionFilter,),
    ),
    "lifecycle_registry_id": TEXT,
    "lifecycle_rules": Accepted(
        types=(Sequence,),
        words="a list of LifecycleRule of aws_cdk.aws_ecr, or of mappings with its members",
        fix="for the library's own rules, write retention=Retention(…) or lifecycle_policy=…",
        each=(ecr.LifecycleRule, Mapping),
    ),
    "removal_policy": Accepted(types=(cdk.RemovalPolicy,), words="RemovalPolicy of aws_cdk"),
    "repository_name": TEXT,
    "retention": Accepted(
        types=(Retention,), words="a Retention", fix='write for example Retention(keep=["v*"])'
    ),
    "lifecycle_policy": Accepted(
        types=(LifecyclePolicy,),
        words="a LifecyclePolicy",
        fix="read ECR's JSON with parse_lifecycle_policy of ecr_blueprints.lifecycle.document",
    ),
    "registry": Accepted(
        types=(RegistryReference,),
        words="a PrivateRegistry, or what PrivateRegistry.from_contract gives",
        fix='write registry=PrivateRegistry.from_contract(stack, "Registry", "registry.json")',
    ),
    "owner": TEXT,
    "tags": Accepted(types=(Mapping,), words="a mapping of texts to texts", fix='write {"key": "value"}'),
    "convention_exception": TEXT,
    "existing_encryption": Accepted(
        types=(str, EncryptionType, ExistingRepositories),
        words="EncryptionType: AES256, KMS, KMS_DSSE; or ExistingRepositories",
        fix="read a record with ExistingRepositories.from_file",
    ),
}
"""None, where it is the default, is taken too."""
