"""A registry as companies have it before they have a blueprint: made by hand, over years."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["LEGACY_NAMES", "make_legacy_registry"]

LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "builds",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["sha-*"],
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 60,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
            "action": {"type": "expire"},
        },
    ]
}
TEAMS = {"payments": ("api", "ledger", "web", "worker"), "search": ("indexer", "query", "ranking", "ui")}
STAGES = ("dev", "staging", "prod")
LEGACY_NAMES = (
    *(f"{stage}/{team}/{app}" for team, apps in TEAMS.items() for app in apps for stage in STAGES),
    "legacy/batch",
    "legacy/report",
    "base/python",
    "vault",
    "docker-hub/library/nginx",
    "k8s/pause",
)
"""Thirty repositories: two teams by a convention, four besides, and two of caches."""


def make_legacy_registry(clients: Mapping[str, Any], *, account: str, consumer: str, region: str) -> None:
    """Makes all of it through the services' APIs.

    Args:
        clients: A boto3 client for each of ``ecr``, ``iam``, ``kms``, ``secretsmanager`` and ``signer``.
        account: The registry's account.
        consumer: An account that pulls.
        region: The Region.
    """
    ecr = clients["ecr"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    for role in ("ci-payments", "ci-search", "scanner"):
        clients["iam"].create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    for team, apps in TEAMS.items():
        for app in apps:
            for stage in STAGES:
                statements = [_push(account, f"ci-{team}")]
                if stage == "prod":
                    statements.append(_pull(consumer))
                _make(ecr, f"{stage}/{team}/{app}", statements=statements, tags={"cost-centre": "cc-1"})
    _make(
        ecr,
        "legacy/batch",
        mutability="MUTABLE",
        lifecycle=None,
        statements=[_lambda(account, region)],
        tags={"owner": "data"},
    )
    _make(ecr, "legacy/report", mutability="MUTABLE", statements=[_pull(consumer)])
    _make(ecr, "base/python", moving=["3.*"])
    key = clients["kms"].create_key()["KeyMetadata"]["Arn"]
    _make(ecr, "vault", encryption={"encryptionType": "KMS", "kmsKey": key})
    _make(ecr, "docker-hub/library/nginx", mutability="MUTABLE", lifecycle=None)
    _make(ecr, "k8s/pause", mutability="MUTABLE")
    _registry_level(clients, account=account, consumer=consumer, region=region)


def _registry_level(clients: Mapping[str, Any], *, account: str, consumer: str, region: str) -> None:
    ecr = clients["ecr"]
    secret = clients["secretsmanager"].create_secret(
        Name="ecr-pullthroughcache/docker-hub",
        SecretString=json.dumps({"username": "someone", "accessToken": "token"}),
    )
    ecr.create_pull_through_cache_rule(
        ecrRepositoryPrefix="docker-hub",
        upstreamRegistryUrl="registry-1.docker.io",
        credentialArn=secret["ARN"],
    )
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="k8s", upstreamRegistryUrl="registry.k8s.io")
    ecr.put_registry_scanning_configuration(
        scanType="ENHANCED",
        rules=[
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
            }
        ],
    )
    place = f"arn:aws:ecr:{region}:{account}:repository"
    ecr.put_registry_policy(
        policyText=_policy(
            {
                "Sid": "Replication",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{consumer}:root"},
                "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
                "Resource": f"{place}/mirrored/*",
            },
            {
                "Sid": "Caches",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{consumer}:root"},
                "Action": ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"],
                "Resource": [f"{place}/docker-hub/*", f"{place}/k8s/*"],
            },
        )
    )
    ecr.put_replication_configuration(
        replicationConfiguration={
            "rules": [
                {
                    "destinations": [{"region": "eu-central-1", "registryId": account}],
                    "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}],
                }
            ]
        }
    )
    ecr.register_pull_time_update_exclusion(principalArn=f"arn:aws:iam::{account}:role/scanner")
    profile = clients["signer"].put_signing_profile(
        profileName="release", platformId="Notation-OCI-SHA384-ECDSA"
    )
    ecr.put_signing_configuration(
        signingConfiguration={
            "rules": [
                {
                    "signingProfileArn": profile["arn"],
                    "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
                }
            ]
        }
    )


def _make(
    ecr: Any,
    name: str,
    *,
    mutability: str = "IMMUTABLE",
    moving: Sequence[str] = (),
    lifecycle: Mapping[str, Any] | None = LIFECYCLE,
    statements: Sequence[Mapping[str, Any]] = (),
    tags: Mapping[str, str] | None = None,
    encryption: Mapping[str, str] | None = None,
) -> None:
    more: dict[str, Any] = {} if encryption is None else {"encryptionConfiguration": encryption}
    if moving:
        mutability = "IMMUTABLE_WITH_EXCLUSION"
        more["imageTagMutabilityExclusionFilters"] = [
            {"filterType": "WILDCARD", "filter": tag} for tag in moving
        ]
    ecr.create_repository(
        repositoryName=name,
        imageTagMutability=mutability,
        tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        **more,
    )
    if lifecycle is not None:
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps(lifecycle))
    if statements:
        ecr.set_repository_policy(repositoryName=name, policyText=_policy(*statements))


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _pull(account: str) -> Mapping[str, Any]:
    return {
        "Sid": "Pull",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }


def _push(account: str, role: str) -> Mapping[str, Any]:
    return {
        "Sid": "Push",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:role/{role}"},
        "Action": [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ],
    }


def _lambda(account: str, region: str) -> Mapping[str, Any]:
    """What Lambda writes by itself where a function is made of an image."""
    return {
        "Sid": "LambdaECRImageRetrievalPolicy",
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Condition": {"StringLike": {"aws:sourceArn": f"arn:aws:lambda:{region}:{account}:function:*"}},
    }
