"""Makes a template near CloudFormation's limit of 500 resources: ``python large_template.py > t.json``.

Every repository has a lifecycle policy and a repository policy, as a team's template would: most
policies are the same text, every seventh is one of a kind, and account and Region are intrinsics. In the
failing template every lifecycle policy is one of a kind and falls into a trap.
"""

from __future__ import annotations

import json
import sys
from typing import Any

REPOSITORIES = 490
_DISTINCT_EVERY = 7


def large_template(repositories: int = REPOSITORIES) -> dict[str, Any]:
    """A template as the CDK writes it."""
    return {
        "Resources": {
            f"Repository{index:03}{index * 7919 % 65536:04X}": _repository(index)
            for index in range(repositories)
        }
    }


def large_failing_template(repositories: int = REPOSITORIES) -> dict[str, Any]:
    """The same template, with a trap of its own in each lifecycle policy."""
    template = large_template(repositories)
    for index, resource in enumerate(template["Resources"].values()):
        text = json.dumps(_lifecycle_policy_with_a_trap(index), separators=(",", ":"))
        resource["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"] = text
    return template


def _lifecycle_policy_with_a_trap(index: int) -> dict[str, Any]:
    """A list that is meant as *or*; what it misses falls to a rule that counts all images."""
    selections = (
        {"tagStatus": "tagged", "tagPatternList": ["v*", "deployed-*"], "countNumber": 30 + index},
        {"tagStatus": "any", "countNumber": 400 + index},
    )
    return {
        "rules": [
            {
                "rulePriority": priority,
                "selection": {**selection, "countType": "imageCountMoreThan"},
                "action": {"type": "expire"},
            }
            for priority, selection in enumerate(selections, start=1)
        ]
    }


def _repository(index: int) -> dict[str, Any]:
    stage = ("dev", "staging", "prod")[index % 3]
    name = f"{stage}/team-{index % 40:02}/service-{index:03}"
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {
            "RepositoryName": name,
            "ImageTagMutability": "IMMUTABLE" if index % 5 else "MUTABLE",
            "LifecyclePolicy": {
                "LifecyclePolicyText": json.dumps(_lifecycle_policy(index), separators=(",", ":"))
            },
            "RepositoryPolicyText": _repository_policy(index),
            "Tags": [{"Key": "owner", "Value": f"team-{index % 40:02}"}, {"Key": "stage", "Value": stage}],
        },
        "UpdateReplacePolicy": "Retain",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Metadata": {"aws:cdk:path": f"Services/Service{index:03}/Resource"},
    }


def _lifecycle_policy(index: int) -> dict[str, Any]:
    days = 30 + index if index % _DISTINCT_EVERY == 0 else 30
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": "keep what was deployed",
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["deployed-*"],
                    "countType": "imageCountMoreThan",
                    "countNumber": 1000,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["sha-*"],
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": days,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 3,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 1,
                },
                "action": {"type": "expire"},
            },
        ]
    }


def _repository_policy(index: int) -> dict[str, Any]:
    account = 111122220000 + (index % 40 if index % _DISTINCT_EVERY == 0 else 0)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "PullByWorkloads",
                "Effect": "Allow",
                "Principal": "*",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Condition": {
                    "ForAnyValue:StringLike": {
                        "aws:PrincipalOrgPaths": ["o-exampleorg/r-ab12/ou-ab12-prod/*"]
                    }
                },
            },
            {
                "Sid": "PushByPipeline",
                "Effect": "Allow",
                "Principal": {
                    "AWS": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}
                },
                "Action": [
                    "ecr:CompleteLayerUpload",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
            },
        ],
    }


if __name__ == "__main__":
    json.dump(large_template(), sys.stdout)
