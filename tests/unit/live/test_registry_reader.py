"""A registry that exists is read into the same model, through ECR's API and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.effective import (
    EffectiveScanning,
    replication_for,
    scanning_for,
    signing_for,
)
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.replication_configuration import ReplicationDestination
from ecr_blueprints.registry.singleton import SingletonKind

ACCOUNT, REGION = "111122223333", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
                "Action": "ecr:BatchGetImage",
            }
        ],
    }
)
SCANNER = f"arn:aws:iam::{ACCOUNT}:role/scanner"
PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/release"
SIGNING_RULE = {
    "signingProfileArn": PROFILE,
    "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
}
REPLICATION_RULE = {
    "destinations": [{"region": "eu-central-1", "registryId": ACCOUNT}],
    "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}],
}
LIFECYCLE = render_lifecycle_policy(Retention().policy())


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("ecr", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield client, stubber


def repository(name: str, **more: Any) -> dict[str, Any]:
    return {
        "repositoryName": name,
        "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}",
        **more,
    }


def fill(stubber: Stubber, repositories: list[dict[str, Any]], *, policies: bool) -> None:
    """Answers in the order in which the reader asks."""
    replication: dict[str, Any] = {"rules": [REPLICATION_RULE] if policies else []}
    stubber.add_response(
        "describe_registry", {"registryId": ACCOUNT, "replicationConfiguration": replication}
    )
    stubber.add_response("describe_repositories", {"repositories": repositories})
    for found in sorted(repositories, key=lambda one: str(one["repositoryName"])):
        asked = {"repositoryName": found["repositoryName"]}
        if policies:
            stubber.add_response("get_repository_policy", {"policyText": POLICY}, asked)
        else:
            stubber.add_client_error("get_repository_policy", "RepositoryPolicyNotFoundException")
        tags = [{"Key": "owner", "Value": "payments"}, {"Key": "aws:cloudformation:stack-name", "Value": "s"}]
        stubber.add_response(
            "list_tags_for_resource", {"tags": tags}, {"resourceArn": found["repositoryArn"]}
        )
        if policies:
            stubber.add_response("get_lifecycle_policy", {"lifecyclePolicyText": LIFECYCLE}, asked)
        else:
            stubber.add_client_error("get_lifecycle_policy", "LifecyclePolicyNotFoundException")
    stubber.add_response("describe_repository_creation_templates", {"repositoryCreationTemplates": []})
    stubber.add_response("describe_pull_through_cache_rules", {"pullThroughCacheRules": []})
    stubber.add_response(
        "list_pull_time_update_exclusions", {"pullTimeUpdateExclusions": [SCANNER], "nextToken": "more"}
    )
    stubber.add_response(
        "list_pull_time_update_exclusions", {"pullTimeUpdateExclusions": []}, {"nextToken": "more"}
    )
    rule = {
        "scanFrequency": "CONTINUOUS_SCAN",
        "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD"}],
    }
    configuration = {"scanType": "ENHANCED", "rules": [rule]}
    stubber.add_response("get_registry_scanning_configuration", {"scanningConfiguration": configuration})
    if policies:
        stubber.add_response("get_registry_policy", {"policyText": POLICY})
    else:
        stubber.add_client_error("get_registry_policy", "RegistryPolicyNotFoundException")
    if policies:
        stubber.add_response("get_signing_configuration", {"signingConfiguration": {"rules": [SIGNING_RULE]}})
    else:
        stubber.add_client_error("get_signing_configuration", "SigningConfigurationNotFoundException")


def test_every_setting_is_read(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    filters = [{"filterType": "WILDCARD", "filter": "3.*"}]
    encryption = {"encryptionType": "KMS", "kmsKey": KEY}
    found = repository(
        "prod/api",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=filters,
        encryptionConfiguration=encryption,
    )
    fill(stubber, [found], policies=True)
    registry = read_live_registry(REGION, client=client)
    stubber.assert_no_pending_responses()
    (read,) = registry.repositories
    assert (registry.account, registry.region) == (ACCOUNT, REGION)
    assert read.tag_mutability == TagMutability(
        mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("3.*"),)
    )
    assert read.encryption == Encryption(type=EncryptionType.KMS, kms_key=KEY)
    assert read.lifecycle_policy == LIFECYCLE
    assert isinstance(read.policy, AccessPolicy)
    assert read.deletion_policy is None
    assert (read.tagged_stack, read.stack) == ("s", None)
    assert registry.policies[0].policy == read.policy
    assert scanning_for(registry, "prod/api") == EffectiveScanning(
        scan_type=registry.scanning[0].scan_type,  # type: ignore[arg-type]
        frequency=registry.scanning[0].rules[0].frequency,  # type: ignore[union-attr,index,arg-type]
    )
    assert [rule.profile_arn for rule in signing_for(registry, "prod/api")] == [PROFILE]  # type: ignore[union-attr]
    assert signing_for(registry, "dev/api") == ()
    assert replication_for(registry, "prod/api") == (
        ReplicationDestination(region="eu-central-1", registry_id=ACCOUNT),
    )
    assert [one.principal_arn for one in registry.pull_time_exclusions] == [SCANNER]
    assert {one.kind for one in registry.singletons} == set(SingletonKind)


def test_what_is_not_there_is_none_and_what_aws_tagged_is_left_out(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    assets = f"cdk-hnb659fds-container-assets-{ACCOUNT}-{REGION}"
    fill(stubber, [repository("team/app"), repository(assets)], policies=False)
    registry = read_live_registry(REGION, client=client)
    assert [(one.name, one.is_cdk_asset_repository) for one in registry.repositories] == [
        (assets, True),
        ("team/app", False),
    ]
    for one in registry.repositories:
        assert one.policy is None
        assert one.lifecycle_policy is None
        assert one.tags == {"owner": "payments"}
    assert registry.policies == ()
    assert (registry.signing, registry.replication) == ((), ())


def test_a_refused_read_is_not_taken_for_an_absence(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_response("describe_registry", {"registryId": ACCOUNT})
    stubber.add_response("describe_repositories", {"repositories": [repository("team/app")]})
    stubber.add_client_error("get_repository_policy", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        read_live_registry(REGION, client=client)
