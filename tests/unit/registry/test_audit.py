"""A registry held against its templates, with the calls that bring it in line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.registry.api_call import ApiCall
from ecr_blueprints.registry.audit import Audit, audit
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.policy_document import parse_policy
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT, REGION = "111122223333", "eu-west-1"
ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/prod/api"
LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 1,
            },
            "action": {"type": "expire"},
        }
    ]
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "222233334444"}, "Action": "ecr:BatchGetImage"}],
}
HERE = SourceLocation(template="t.json", logical_id="X")


def live(**more: Any) -> Registry:
    return Registry(
        account=ACCOUNT,
        region=REGION,
        repositories=(Repository(source=SourceLocation(arn=ARN), name="prod/api", **more),),
    )


def declared(**more: Any) -> Registry:
    repository = Repository(source=HERE, name="prod/api", **more)
    return Registry(account=ACCOUNT, region=REGION, repositories=(repository,))


def calls(found: Audit) -> list[ApiCall]:
    return [call for one in found.found for _, call in one.calls]


def test_what_is_as_declared_is_clean() -> None:
    assert audit(live(tags={"somebody": "else's"}), declared(), []).is_clean


def test_a_repository_is_brought_in_line_call_by_call() -> None:
    mutability = TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("latest"),)
    )
    found = audit(
        live(tags={"owner": "b"}),
        declared(
            tag_mutability=mutability,
            lifecycle_policy=json.dumps(LIFECYCLE),
            policy=parse_policy(json.dumps(POLICY)),
            tags={"owner": "a"},
        ),
        [],
    )

    assert calls(found) == [
        ApiCall(
            operation="PutImageTagMutability",
            parameters={
                "repositoryName": "prod/api",
                "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "latest"}],
            },
        ),
        ApiCall(
            operation="PutLifecyclePolicy",
            parameters={"repositoryName": "prod/api", "lifecyclePolicyText": LIFECYCLE},
        ),
        ApiCall(
            operation="SetRepositoryPolicy", parameters={"repositoryName": "prod/api", "policyText": POLICY}
        ),
        ApiCall(
            operation="TagResource",
            parameters={"resourceArn": ARN, "tags": [{"Key": "owner", "Value": "a"}]},
        ),
    ]


def test_the_registry_level() -> None:
    scanned = ScanningRule(frequency=ScanFrequency.SCAN_ON_PUSH, filters=("prod/*",))
    copied = ReplicationRule(
        source=HERE, destinations=(ReplicationDestination(region="eu-central-1", registry_id=ACCOUNT),)
    )
    signed = SigningRule(source=HERE, profile_arn="arn:profile", filters=("prod/*",))
    wanted = (
        declared()
        .with_policy(RegistryPolicy(source=HERE, policy=parse_policy(json.dumps(POLICY))))
        .with_scanning(ScanningConfiguration(source=HERE, scan_type=ScanType.ENHANCED, rules=(scanned,)))
        .with_replication(ReplicationConfiguration(source=HERE, rules=(copied,)))
        .with_signing(SigningConfiguration(source=HERE, rules=(signed,)))
    )
    there = (
        live()
        .with_policy(RegistryPolicy(source=HERE, policy=parse_policy(json.dumps({"Statement": []}))))
        .with_scanning(ScanningConfiguration(source=HERE, scan_type=ScanType.BASIC))
        .with_replication(ReplicationConfiguration(source=HERE))
        .with_signing(SigningConfiguration(source=HERE))
    )

    assert [(one.operation, dict(one.parameters)) for one in calls(audit(there, wanted, []))] == [
        ("PutRegistryPolicy", {"policyText": POLICY}),
        (
            "PutRegistryScanningConfiguration",
            {
                "scanType": "ENHANCED",
                "rules": [
                    {
                        "scanFrequency": "SCAN_ON_PUSH",
                        "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD"}],
                    }
                ],
            },
        ),
        (
            "PutReplicationConfiguration",
            {
                "replicationConfiguration": {
                    "rules": [{"destinations": [{"region": "eu-central-1", "registryId": ACCOUNT}]}]
                }
            },
        ),
        (
            "PutSigningConfiguration",
            {
                "signingConfiguration": {
                    "rules": [
                        {
                            "signingProfileArn": "arn:profile",
                            "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
                        }
                    ]
                }
            },
        ),
    ]


def test_a_creation_template_is_updated_in_one_call() -> None:
    def templates(**more: Any) -> Registry:
        made = CreationTemplate(source=HERE, prefix="hub", **more)
        return Registry(account=ACCOUNT, region=REGION, creation_templates=(made,))

    found = audit(
        templates(),
        templates(
            lifecycle_policy=json.dumps(LIFECYCLE), resource_tags={"a": "b"}, custom_role_arn="arn:role"
        ),
        [],
    )

    assert [(one.operation, dict(one.parameters)) for one in calls(found)] == [
        (
            "UpdateRepositoryCreationTemplate",
            {
                "prefix": "hub",
                "lifecyclePolicy": LIFECYCLE,
                "resourceTags": [{"Key": "a", "Value": "b"}],
                "customRoleArn": "arn:role",
            },
        )
    ]
    assert all(one.without_call == () for one in found.found)


@pytest.mark.parametrize(
    ("there", "wanted", "left"),
    [
        ({"encryption": Encryption(type=EncryptionType.KMS)}, {}, "EncryptionConfiguration"),
        ({"policy": parse_policy(json.dumps(POLICY))}, {}, "RepositoryPolicyText"),
        ({"lifecycle_policy": json.dumps(LIFECYCLE)}, {}, "LifecyclePolicy"),
        ({}, {"policy": Unresolved("Fn::GetAtt: Role.Arn")}, "RepositoryPolicyText"),
    ],
)
def test_what_no_call_can_do_without_deleting_is_only_told(
    there: dict[str, Any], wanted: dict[str, Any], left: str
) -> None:
    (found,) = audit(live(**there), declared(**wanted), []).found

    assert found.calls == ()
    assert {one.property for one in found.without_call} == {left}


def test_what_is_not_there_is_a_deployment_s() -> None:
    candidate = ImportCandidate(
        stack="payments",
        logical_id="Web",
        resource_type="AWS::ECR::Repository",
        identifier="prod/web",
        source=HERE,
    )

    found = audit(live(), declared(), [candidate])

    assert found.missing == (("repository prod/web", "payments"),)
    assert not found.is_clean
