"""Whole templates: set-ups that are right and must not be flagged, and mistakes that people made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.review.report import Report
from ecr_blueprints.review.reviewer import Reviewer

from .conftest import STAGES, read

PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def policy(*rules: dict[str, Any]) -> str:
    return json.dumps({"rules": list(rules)})


def rule(
    priority: int, status: str, count: str, number: int, *, action: str = "expire", **selection: Any
) -> dict[str, Any]:
    chosen: dict[str, Any] = {"tagStatus": status, "countType": count, "countNumber": number, **selection}
    if count != "imageCountMoreThan":
        chosen["countUnit"] = "days"
    acting = {"type": action} if action == "expire" else {"type": action, "targetStorageClass": "archive"}
    return {"rulePriority": priority, "selection": chosen, "action": acting}


UNTAGGED = rule(1, "untagged", "sinceImagePushed", 1)


def repository(
    name: str = "prod/payments/api", lifecycle: str | None = policy(UNTAGGED), **properties: Any
) -> dict[str, Any]:
    found = {"RepositoryName": name, "ImageTagMutability": "IMMUTABLE", **properties}
    if lifecycle is not None:
        found["LifecyclePolicy"] = {"LifecyclePolicyText": lifecycle}
    return {
        "Type": "AWS::ECR::Repository",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": found,
    }


def shared(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"RepositoryPolicyText": {"Version": "2012-10-17", "Statement": list(statements)}}


def review(resources: dict[str, Any], production: ProductionScope = STAGES) -> Report:
    return Reviewer().review([replace(read(json.dumps({"Resources": resources})), production=production)])


SCANNING = {
    "Type": "AWS::ECR::RegistryScanningConfiguration",
    "Properties": {
        "ScanType": "ENHANCED",
        "Rules": [
            {
                "ScanFrequency": "CONTINUOUS_SCAN",
                "RepositoryFilters": [
                    {"FilterType": "WILDCARD", "Filter": one} for one in ("prod/*", "quay/*")
                ],
            },
            {
                "ScanFrequency": "SCAN_ON_PUSH",
                "RepositoryFilters": [{"FilterType": "WILDCARD", "Filter": "*"}],
            },
        ],
    },
}

RIGHT: dict[str, dict[str, Any]] = {
    "a plain repository": {"Api": repository()},
    "a repository that another app's scanning covers": {
        "Api": repository(ImageScanningConfiguration={"ScanOnPush": False})
    },
    "an organization may pull": {
        "Api": repository(
            **shared(
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": PULL,
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"}},
                }
            )
        )
    },
    "a part of an organization may pull": {
        "Api": repository(
            **shared(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": PULL,
                    "Condition": {
                        "ForAnyValue:StringLike": {
                            "aws:PrincipalOrgPaths": ["o-exampleorg/r-ab12/ou-ab12-11111111/*"]
                        }
                    },
                }
            )
        )
    },
    "roles of an account by their ARN, Lambda, and a Deny": {
        "Api": repository(
            **shared(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                    "Action": PULL,
                    "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/node-*"}},
                },
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": PULL},
                {"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchDeleteImage"},
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "111122223333"},
                    "Action": "ecr:GetAuthorizationToken",
                },
            )
        )
    },
    "shields over deployed tags": {
        "Api": repository(
            lifecycle=policy(
                rule(1, "tagged", "imageCountMoreThan", 9999, tagPatternList=["deployed-*"]),
                rule(2, "tagged", "sinceImagePushed", 36500, tagPatternList=["v*"]),
                rule(3, "untagged", "sinceImagePushed", 1),
                rule(4, "any", "sinceImagePushed", 90),
            )
        )
    },
    "archived, and deleted from the archive": {
        "Api": repository(
            lifecycle=policy(
                rule(1, "any", "sinceImagePulled", 90, action="transition"),
                rule(2, "any", "sinceImageTransitioned", 365, storageClass="archive"),
            )
        )
    },
    "a narrow exclusion": {
        "Api": repository(
            ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            ImageTagMutabilityExclusionFilters=[
                {
                    "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                    "ImageTagMutabilityExclusionFilterValue": "buildcache*",
                }
            ],
        )
    },
    "development that goes with its stack": {
        "Api": {
            **repository("dev/payments/api", ImageTagMutability="MUTABLE", EmptyOnDelete=True),
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
        }
    },
    "the CDK's own repository, with asset hashes for tags": {
        "Assets": {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": "cdk-hnb659fds-container-assets-111122223333-eu-west-1",
                "ImageTagMutability": "MUTABLE",
            },
        }
    },
    "a registry with a cache, its template and its scanning": {
        "Scanning": SCANNING,
        "Quay": {
            "Type": "AWS::ECR::PullThroughCacheRule",
            "Properties": {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
        },
        "QuayTemplate": {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {
                "Prefix": "quay",
                "AppliedFor": ["PULL_THROUGH_CACHE"],
                "LifecyclePolicy": policy(rule(1, "untagged", "sinceImagePushed", 14)),
            },
        },
        "Root": {
            "Type": "AWS::ECR::RepositoryCreationTemplate",
            "Properties": {
                "Prefix": "ROOT",
                "AppliedFor": ["PULL_THROUGH_CACHE", "REPLICATION"],
                "LifecyclePolicy": policy(rule(1, "untagged", "sinceImagePushed", 14)),
            },
        },
        "Api": repository(),
        "Imported": {
            "Type": "AWS::ECR::RegistryPolicy",
            "Properties": {
                "PolicyText": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                            "Action": ["ecr:CreateRepository", "ecr:BatchImportUpstreamImage"],
                            "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/quay/*",
                        }
                    ],
                }
            },
        },
    },
    "an endpoint policy for the layer bucket is nobody's repository policy": {
        "Api": repository(),
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": "*",
                            "Action": "s3:GetObject",
                            "Resource": "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
                        }
                    ]
                }
            },
        },
    },
}

SNIPPET_OF_THE_SOURCE = (
    '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"], '
    '"countType": "sinceImagePushed", "countNumber": 180}, "action": {"type": "archive"}}, '
    '{"rulePriority": 2, "selection": {"tagStatus": "tagged", "tagPatternList": ["release-*"], '
    '"countType": "sinceImageTransitioned", "countNumber": 730}, "action": {"type": "expire"}}]}'
)
"""A best-practices page as printed: no unit, no such action, no storage class.

Without the storage class both rules are of one class, and there a tag list may stand once.
"""

PREFIXES_THAT_ARE_AN_AND = policy(
    {
        "rulePriority": 1,
        "description": "keep production",
        "selection": {
            "tagStatus": "tagged",
            "tagPrefixList": ["v", "release", "prod"],
            "countType": "imageCountMoreThan",
            "countNumber": 100,
        },
        "action": {"type": "expire"},
    },
    rule(2, "untagged", "sinceImagePushed", 7),
    rule(3, "any", "sinceImagePushed", 90),
)
"""The "production" preset of a Terraform module: the keep rule matches nothing, and rule 3 deletes it all."""

WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "the printed archive policy": (
        {"Api": repository(lifecycle=SNIPPET_OF_THE_SOURCE)},
        {"ECR301[countUnit]", "ECR301[action]", "ECR301[storageClass]", "ECR301[tag-list-duplicate]"},
    ),
    "a fragment in place of a policy": (
        {
            "Api": repository(
                lifecycle='{"tagStatus": "tagged", "tagPatternList": ["release-*", "v*"], '
                '"countType": "sinceImagePushed",'
                ' "countNumber": 90, "action": {"type": "expire"}}'
            )
        },
        {"ECR301[unknown-member]", "ECR301[rules]"},
    ),
    "a preset whose keep rule is an and": (
        {"Api": repository(lifecycle=PREFIXES_THAT_ARE_AN_AND)},
        {"ECR303[keep-rule-does-nothing]"},
    ),
    "a preset with two any rules": (
        {
            "Api": repository(
                lifecycle=policy(
                    rule(1, "any", "imageCountMoreThan", 10), rule(2, "any", "sinceImagePushed", 7)
                )
            )
        },
        {"ECR301[any-last]"},
    ),
    "a null where a member is not needed": (
        {
            "Api": repository(
                lifecycle=policy({**UNTAGGED, "action": {"type": "expire", "targetStorageClass": None}})
            )
        },
        {"ECR301[null-member]"},
    ),
    "keep 30 and expire after 90 days over the same tags": (
        {
            "Api": repository(
                lifecycle=policy(
                    rule(1, "tagged", "imageCountMoreThan", 30, tagPatternList=["*"]),
                    rule(2, "tagged", "sinceImagePushed", 90, tagPatternList=["v*"]),
                )
            )
        },
        {"ECR303[shadowed]"},
    ),
    "an example that lets everybody delete": (
        {
            "Api": repository(
                **shared({"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchDeleteImage"]})
            )
        },
        {"ECR701[principal]"},
    ),
    "a registry policy about ECR Public": (
        {
            "Policy": {
                "Type": "AWS::ECR::RegistryPolicy",
                "Properties": {
                    "PolicyText": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                                "Action": ["ecr:BatchImportLayerAvailability"],
                                "Resource": "arn:aws:ecr-public::111122223333:repository/dockerhub/*",
                            }
                        ],
                    }
                },
            }
        },
        {"ECR702[action]", "ECR702[resource]"},
    ),
    "a template with tags and no role, for a cache": (
        {
            "Quay": {
                "Type": "AWS::ECR::PullThroughCacheRule",
                "Properties": {"EcrRepositoryPrefix": "quay", "UpstreamRegistryUrl": "quay.io"},
            },
            "Template": {
                "Type": "AWS::ECR::RepositoryCreationTemplate",
                "Properties": {
                    "Prefix": "quay",
                    "AppliedFor": ["PULL_THROUGH_CACHE"],
                    "ResourceTags": [{"Key": "owner", "Value": "platform"}],
                },
            },
        },
        {"ECR302", "ECR401[lifecycle]", "ECR501[missing]"},
    ),
    "Docker Hub under its common name and without a secret": (
        {
            "Hub": {
                "Type": "AWS::ECR::PullThroughCacheRule",
                "Properties": {"EcrRepositoryPrefix": "docker-hub", "UpstreamRegistryUrl": "docker.io"},
            }
        },
        {"ECR401[missing]", "ECR402[upstream]"},
    ),
    "two owners of one registry's settings": (
        {"First": SCANNING, "Second": SCANNING, "Api": repository()},
        {"ECR703[second-owner]"},
    ),
    "a repository of the defaults in production": (
        {"Api": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "prod/payments/api"}}},
        {"ECR102[mutable]", "ECR103[deletion]", "ECR302"},
    ),
}


@pytest.mark.parametrize("title", RIGHT)
def test_what_is_right_is_not_flagged(title):
    assert [(one.granular_id, one.message) for one in review(RIGHT[title]).failures] == []


@pytest.mark.parametrize("title", WRONG)
def test_what_went_wrong_is_found_and_nothing_else(title):
    resources, expected = WRONG[title]
    assert {one.granular_id for one in review(resources).failures} == expected


def test_a_lone_repository_leaves_one_question_open():
    report = review(RIGHT["a plain repository"])
    assert [one.missing for one in report.open_questions] == [
        "the registry scanning configuration of template.yaml"
    ]


def test_what_nothing_declares_is_flagged_where_declared_development_is_not():
    resources = RIGHT["development that goes with its stack"]
    assert {one.granular_id for one in review(resources, ProductionScope()).failures} == {
        "ECR102[mutable]",
        "ECR103[emptied]",
    }
