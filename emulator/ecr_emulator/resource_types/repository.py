"""`AWS::ECR::Repository`."""

from __future__ import annotations

from typing import ClassVar

from ecr_emulator import ministack_internals, repositories
from ecr_emulator.access_policies import check_repository_policy
from ecr_emulator.errors import EcrError, handler_failure
from ecr_emulator.lifecycle_grammar import check_lifecycle_policy
from ecr_emulator.operations import call
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Document, Flag, Structure, Text
from ecr_emulator.tag_mutability import check_mutability
from ecr_emulator.tags import check_tags, is_of_cloudformation, merge

_MUTABILITY_MEMBERS: tuple[str, ...] = ("imageTagMutability", "imageTagMutabilityExclusionFilters")
_CREATE_MEMBERS = (*_MUTABILITY_MEMBERS, "imageScanningConfiguration", "encryptionConfiguration")


class Repository(ResourceType):
    """A private repository with its settings and policies."""

    type_name: ClassVar[str] = "AWS::ECR::Repository"
    identifier: ClassVar[str] = "RepositoryName"
    create_only: ClassVar[tuple[str, ...]] = ("RepositoryName", "EncryptionConfiguration")
    tag_property: ClassVar[str | None] = "Tags"
    schema: ClassVar[Structure] = Structure(
        members={
            "RepositoryName": Text(shape="RepositoryName"),
            "EmptyOnDelete": Flag(),
            "EncryptionConfiguration": fragments.encryption(),
            "ImageScanningConfiguration": Structure(members={"ScanOnPush": Flag()}),
            "ImageTagMutability": Text(shape="ImageTagMutability"),
            "ImageTagMutabilityExclusionFilters": fragments.EXCLUSION_FILTERS,
            "LifecyclePolicy": Structure(
                members={
                    "LifecyclePolicyText": Text(shape="LifecyclePolicyText"),
                    "RegistryId": Text(shape="RegistryId"),
                }
            ),
            "RepositoryPolicyText": Document(),
            "Tags": fragments.tags(key_maximum=127, value_minimum=1, value_maximum=255),
        },
        read_only=("Arn", "RepositoryUri"),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The given name, or a generated one."""
        given = properties.get("RepositoryName")
        return str(given) if given else ministack_internals.physical_name(stack_name, logical_id)

    def attributes(self, identifier: str) -> Attributes | None:
        """`Arn` and `RepositoryUri`."""
        try:
            record = repositories.find(identifier)
        except EcrError:
            return None
        return {"Arn": record["repositoryArn"], "RepositoryUri": record["repositoryUri"]}

    def create(self, identifier: str, desired: Properties) -> None:
        """Create the repository and set its policies."""
        self._check(desired)
        members = {member: desired[member] for member in _CREATE_MEMBERS if member in desired}
        tags = desired.get("tags", [])
        own = [tag for tag in tags if not is_of_cloudformation(tag)]
        call("CreateRepository", {"repositoryName": identifier, "tags": own, **members})
        repositories.find(identifier)["tags"] = list(tags)
        self._set_policies(identifier, desired)

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Set every setting as desired; one that the template dropped goes back to its default."""
        self._check(desired)
        mutability = {member: desired[member] for member in _MUTABILITY_MEMBERS if member in desired}
        mutability.setdefault("imageTagMutability", "MUTABLE")
        call("PutImageTagMutability", {"repositoryName": identifier, **mutability})
        scanning = desired.get("imageScanningConfiguration", {"scanOnPush": False})
        call(
            "PutImageScanningConfiguration",
            {"repositoryName": identifier, "imageScanningConfiguration": scanning},
        )
        self._set_policies(identifier, desired)
        record = repositories.find(identifier)
        dropped = {tag["Key"] for tag in previous.get("tags", [])}
        kept = [tag for tag in record["tags"] if tag["Key"] not in dropped]
        record["tags"] = merge(kept, desired.get("tags", []))

    def write_after_import(self, logical_id: str, identifier: str, properties: Properties) -> None:
        """Write what an import was measured to write, in that order; one write by one, none taken back.

        The policy is set, or taken where the template has none; mutability and scanning are set where the
        template says them; tags are added. The lifecycle policy was not measured, and stays.
        """
        desired = self._checked(logical_id, properties)
        try:
            self._set_repository_policy(identifier, desired)
            mutability = {member: desired[member] for member in _MUTABILITY_MEMBERS if member in desired}
            if mutability:
                call("PutImageTagMutability", {"repositoryName": identifier, **mutability})
            if "imageScanningConfiguration" in desired:
                scanning = {"imageScanningConfiguration": desired["imageScanningConfiguration"]}
                call("PutImageScanningConfiguration", {"repositoryName": identifier, **scanning})
            record = repositories.find(identifier)
            record["tags"] = merge(record["tags"], desired.get("tags", []))
        except EcrError as refusal:
            raise handler_failure(refusal, self.type_name, identifier, service=self.service) from refusal

    def delete(self, identifier: str, properties: Properties) -> None:
        """Delete the repository, its images only with `EmptyOnDelete`."""
        force = properties.get("emptyOnDelete", False)
        call("DeleteRepository", {"repositoryName": identifier, "force": force})

    @staticmethod
    def _check(desired: Properties) -> None:
        check_mutability(desired)
        check_tags([tag for tag in desired.get("tags", []) if not is_of_cloudformation(tag)])
        lifecycle = desired.get("lifecyclePolicy", {}).get("lifecyclePolicyText")
        if lifecycle is not None:
            check_lifecycle_policy(lifecycle, "LifecyclePolicyText")
        if "repositoryPolicyText" in desired:
            check_repository_policy(desired["repositoryPolicyText"])

    def _set_policies(self, name: str, desired: Properties) -> None:
        lifecycle = desired.get("lifecyclePolicy", {}).get("lifecyclePolicyText")
        if lifecycle is None:
            ministack_internals.ecr()._lifecycle_policies.pop(name, None)
        else:
            call("PutLifecyclePolicy", {"repositoryName": name, "lifecyclePolicyText": lifecycle})
        self._set_repository_policy(name, desired)

    @staticmethod
    def _set_repository_policy(name: str, desired: Properties) -> None:
        if "repositoryPolicyText" in desired:
            call(
                "SetRepositoryPolicy", {"repositoryName": name, "policyText": desired["repositoryPolicyText"]}
            )
        else:
            ministack_internals.ecr()._repo_policies.pop(name, None)
