"""AWS's own sample events, and a plain reading of what EventBridge does with them.

The samples are those of AWS's pages, with an account and names of ours; what a page shows of success alone is
here of failure too, with the one word changed. The reading is as simple as it can be: it knows the operators
that the library writes, and nothing of speed.
"""

from __future__ import annotations

import copy
import fnmatch
import json
import re
from collections.abc import Mapping
from typing import Any

ACCOUNT = "111122223333"
REGION = "eu-west-1"
DIGEST = "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd12345678"
REPOSITORY = "team-a/api"
REPOSITORY_ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{REPOSITORY}"

Event = dict[str, Any]


def _event(source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> Event:
    return {
        "version": "0",
        "id": "85fc3613-e913-7fc4-a80c-a3753e4aa9ae",
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": "2024-09-04T16:55:38Z",
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
BASIC_SCAN = _event(
    "aws.ecr",
    "ECR Image Scan",
    [REPOSITORY_ARN],
    {
        "scan-status": "COMPLETE",
        "repository-name": REPOSITORY,
        "finding-severity-counts": {"CRITICAL": 10, "MEDIUM": 9},
        "image-digest": DIGEST,
        "image-tags": ["v1"],
    },
)
BASIC_SCAN_FAILED = _event(
    "aws.ecr",
    "ECR Image Scan",
    [REPOSITORY_ARN],
    {"scan-status": "FAILED", "repository-name": REPOSITORY, "image-digest": DIGEST, "image-tags": ["v1"]},
)
CACHE_SYNCED = _event(
    "aws.ecr",
    "ECR Pull Through Cache Action",
    [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/docker-hub/alpine"],
    {
        "rule-version": "1",
        "sync-status": "SUCCESS",
        "ecr-repository-prefix": "docker-hub",
        "repository-name": "docker-hub/alpine",
        "upstream-registry-url": "registry-1.docker.io",
        "image-tag": "3.17.2",
        "image-digest": DIGEST,
    },
)
CACHE_FAILED = copy.deepcopy(CACHE_SYNCED)
CACHE_FAILED["detail"]["sync-status"] = "FAILED"
CACHE_FAILED["detail"]["failure-reason"] = 'upstream said "401 Unauthorized"\nand nothing else'
del CACHE_FAILED["detail"]["image-digest"]
IMAGE_PUSHED = _event(
    "aws.ecr",
    "ECR Image Action",
    [],
    {
        "result": "SUCCESS",
        "repository-name": "prod/api",
        "image-digest": DIGEST,
        "action-type": "PUSH",
        "image-tag": "latest",
    },
)
IMAGE_DELETED = copy.deepcopy(IMAGE_PUSHED)
IMAGE_DELETED["detail"]["action-type"] = "DELETE"
IMAGE_RESTORED = _event(
    "aws.ecr",
    "ECR Image Action",
    [],
    {
        "action-type": "UPDATE_STORAGE_CLASS",
        "target-storage-class": "STANDARD",
        "image-digest": DIGEST,
        "repository-name": "ubuntu",
        "result": "SUCCESS",
        "manifest-media-type": "application/vnd.oci.image.manifest.v1+json",
        "artifact-media-type": "application/vnd.oci.image.config.v1+json",
        "last-activated-at": "2025-10-10T19:13:02.74Z",
    },
)
REPLICATED = _event(
    "aws.ecr",
    "ECR Replication Action",
    [REPOSITORY_ARN],
    {
        "result": "SUCCESS",
        "repository-name": REPOSITORY,
        "image-digest": DIGEST,
        "source-account": "222233334444",
        "action-type": "REPLICATE",
        "source-region": "us-west-2",
        "image-tag": "3.17.2",
    },
)
REPLICATION_FAILED = copy.deepcopy(REPLICATED)
REPLICATION_FAILED["detail"]["result"] = "FAILED"

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
ENHANCED_SCAN = _event(
    "aws.inspector2",
    "Inspector2 Scan",
    [REPOSITORY_ARN],
    {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "repository-name": REPOSITORY_ARN,
        "finding-severity-counts": {"CRITICAL": 7, "HIGH": 0, "MEDIUM": 62, "TOTAL": 158},
        "image-digest": DIGEST,
        "image-tags": ["latest"],
    },
)
EC2_SCAN = _event(
    "aws.inspector2",
    "Inspector2 Scan",
    ["i-087d63509b8c97098"],
    {
        "scan-status": "INITIAL_SCAN_COMPLETE",
        "finding-severity-counts": {"CRITICAL": 1, "HIGH": 0, "MEDIUM": 0, "TOTAL": 1},
        "instance-id": "i-087d63509b8c97098",
        "version": "1.0",
    },
)
# https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
FINDING = _event(
    "aws.inspector2",
    "Inspector2 Finding",
    [f"{REPOSITORY_ARN}/{DIGEST}"],
    {
        "awsAccountId": ACCOUNT,
        "description": 'Possible denial of service in "X.509" name checks\n',
        "epss": {"score": 0.00045},
        "exploitAvailable": "NO",
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/be674aaddd0f75ac632055",
        "firstObservedAt": "Wed Sep 04 16:55:38.411 UTC 2024",
        "fixAvailable": "YES",
        "lastObservedAt": "Wed Sep 04 16:55:38.411 UTC 2024",
        "packageVulnerabilityDetails": {
            "cvss": [],
            "referenceUrls": ["https://www.cve.org/CVERecord?id=CVE-2024-6119"],
            "vulnerabilityId": "CVE-2024-6119",
        },
        "remediation": {"recommendation": {"text": "None Provided"}},
        "resources": [
            {
                "details": {
                    "awsEcrContainerImage": {
                        "architecture": "arm64",
                        "imageHash": DIGEST,
                        "imageTags": ["ubuntu_latest", "v1"],
                        "platform": "UBUNTU_24_04",
                        "pushedAt": "Wed Sep 04 16:55:28.000 UTC 2024",
                        "registry": ACCOUNT,
                        "repositoryName": REPOSITORY,
                    },
                },
                "id": f"{REPOSITORY_ARN}/{DIGEST}",
                "partition": "aws",
                "region": REGION,
                "type": "AWS_ECR_CONTAINER_IMAGE",
            }
        ],
        "severity": "CRITICAL",
        "status": "ACTIVE",
        "title": 'CVE-2024-6119 - libssl3t64, "openssl"',
        "type": "PACKAGE_VULNERABILITY",
        "updatedAt": "Wed Sep 04 16:55:38.411 UTC 2024",
    },
)
CLOSED_FINDING = copy.deepcopy(FINDING)
CLOSED_FINDING["detail"]["status"] = "CLOSED"
MEMBERS_FINDING = copy.deepcopy(FINDING)
MEMBERS_FINDING["detail"]["awsAccountId"] = "444455556666"
LAMBDA_FINDING = copy.deepcopy(FINDING)
LAMBDA_FINDING["detail"]["resources"] = [{"type": "AWS_LAMBDA_FUNCTION", "id": "arn", "details": {}}]
UNTRIAGED_FINDING = copy.deepcopy(FINDING)
UNTRIAGED_FINDING["detail"]["severity"] = "UNTRIAGED"
EC2_COVERAGE = _event(
    "aws.inspector2",
    "Inspector2 Coverage",
    ["i-087d63509b8c97098"],
    {
        "scanStatus": {"reason": "INTERNAL_ERROR", "statusCodeValue": "INACTIVE"},
        "scanType": "PACKAGE",
        "eventTimestamp": "2023-01-20T22:51:35.665501Z",
        "version": "1.0",
    },
)
COVERAGE_LOST = copy.deepcopy(EC2_COVERAGE)
COVERAGE_LOST["resources"] = [f"{REPOSITORY_ARN}/{DIGEST}"]
COVERAGE_EXPIRED = copy.deepcopy(COVERAGE_LOST)
COVERAGE_EXPIRED["detail"]["scanStatus"]["reason"] = "SCAN_ELIGIBILITY_EXPIRED"

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
LIFECYCLE_RUN = _event(
    "aws.ecr",
    "AWS Service Event via CloudTrail",
    [],
    {
        "eventVersion": "1.05",
        "userIdentity": {"accountId": ACCOUNT, "invokedBy": "AWS Internal"},
        "eventTime": "2020-03-12T20:22:12Z",
        "eventSource": "ecr.amazonaws.com",
        "eventName": "PolicyExecutionEvent",
        "awsRegion": REGION,
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
        "requestParameters": None,
        "responseElements": None,
        "readOnly": True,
        "resources": [{"ARN": REPOSITORY_ARN, "accountId": ACCOUNT, "type": "AWS::ECR::Repository"}],
        "eventType": "AwsServiceEvent",
        "recipientAccountId": ACCOUNT,
        "serviceEventDetails": {
            "repositoryName": REPOSITORY,
            "lifecycleEventPolicy": {
                "lifecycleEventRules": [
                    {"rulePriority": 1, "description": 'all "old" ones', "action": "expire"}
                ],
                "policyVersion": 1,
            },
            "lifecycleEventImageActions": [
                {"lifecycleEventImage": {"digest": DIGEST, "tagList": ["alpine"]}, "rulePriority": 1}
            ],
            "lifecycleEventFailureDetails": [
                {
                    "lifecycleEventImage": {"digest": DIGEST, "tagList": []},
                    "rulePriority": 1,
                    "failureCode": "ImageReferencedByManifestList",
                }
            ],
        },
    },
)
IDLE_LIFECYCLE_RUN = copy.deepcopy(LIFECYCLE_RUN)
IDLE_LIFECYCLE_RUN["detail"]["serviceEventDetails"] |= {
    "lifecycleEventImageActions": [],
    "lifecycleEventFailureDetails": [],
}
IMAGE_RESTORED_BY_SERVICE = copy.deepcopy(LIFECYCLE_RUN)
IMAGE_RESTORED_BY_SERVICE["detail"]["eventName"] = "ImageActivationEvent"

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html and, for who has
# assumed a role, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
REPOSITORY_CREATED = _event(
    "aws.ecr",
    "AWS API Call via CloudTrail",
    [],
    {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:harbor",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ecr-enterprise-bridge/harbor",
            "accountId": ACCOUNT,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/ecr-enterprise-bridge",
                    "accountId": ACCOUNT,
                    "userName": "ecr-enterprise-bridge",
                },
            },
        },
        "eventTime": "2018-07-11T22:17:43Z",
        "eventSource": "ecr.amazonaws.com",
        "eventName": "CreateRepository",
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.12",
        "userAgent": "aws-sdk-go-v2",
        "requestParameters": {"repositoryName": REPOSITORY},
        "responseElements": {
            "repository": {
                "repositoryArn": REPOSITORY_ARN,
                "repositoryName": REPOSITORY,
                "repositoryUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}",
                "createdAt": "Jul 11, 2018 10:17:44 PM",
                "registryId": ACCOUNT,
            }
        },
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
    },
)
REPOSITORY_NOT_CREATED = copy.deepcopy(REPOSITORY_CREATED)
REPOSITORY_NOT_CREATED["detail"] |= {
    "errorCode": "RepositoryAlreadyExistsException",
    "errorMessage": "The repository already exists",
    "responseElements": None,
}

SAMPLES: Mapping[str, Event] = {
    name: value
    for name, value in dict(globals()).items()
    if isinstance(value, dict) and "detail-type" in value
}


def resolve(value: Any, template: Mapping[str, Any] | None = None) -> Any:
    """A value of a template as it is in `ACCOUNT` and `REGION`; what else is open becomes a text."""
    if isinstance(value, list):
        return [resolve(one, template) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join(str(one) for one in resolve(parts, template))
    if set(value) == {"Ref"}:
        known = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
        return known.get(value["Ref"], value["Ref"])
    if set(value) == {"Fn::FindInMap"} and template is not None:
        name, first, second = resolve(value["Fn::FindInMap"], template)
        return template["Mappings"][name][first][second]
    if set(value) == {"Fn::GetAtt"}:
        return ".".join(value["Fn::GetAtt"])
    return {key: resolve(one, template) for key, one in value.items()}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether an event pattern, or a filter policy on a body, matches."""
    for key, expected in pattern.items():
        if key == "$or":
            if not any(matches(alternative, event) for alternative in expected):
                return False
        elif isinstance(expected, Mapping):
            inner = event.get(key) if isinstance(event, Mapping) else None
            candidates = inner if isinstance(inner, list) else [inner]
            if not any(matches(expected, one) for one in candidates):
                return False
        else:
            has = isinstance(event, Mapping) and key in event
            actual = event[key] if has else None
            values = actual if isinstance(actual, list) else [actual]
            if not any(_is(test, has, one) for test in expected for one in values):
                return False
    return True


def _is(test: Any, has: bool, value: Any) -> bool:
    if not isinstance(test, Mapping):
        return has and bool(test == value)
    ((operator, operand),) = test.items()
    match operator:
        case "exists":
            return has is operand
        case "prefix":
            return isinstance(value, str) and value.startswith(operand)
        case "wildcard":
            return isinstance(value, str) and fnmatch.fnmatchcase(value, operand)
        case "anything-but":
            return has and value not in operand
        case "numeric":
            assert operand == [">", 0]
            return has and isinstance(value, int) and value > 0
    raise AssertionError(f"no such operator here: {operator}")


def transform(target: Mapping[str, Any], event: Event) -> str:
    """What a target gets of an event, by the least that AWS says: within quotation marks nothing is escaped.

    Outside of them a variable is written as JSON. A path that leads nowhere leaves nothing.
    """
    transformer = target["InputTransformer"]
    variables = {name: _at(path, event) for name, path in transformer["InputPathsMap"].items()}
    variables["aws.events.event.json"] = event

    def put(text: str, quoted: bool) -> str:
        def shown(match: re.Match[str]) -> str:
            value = variables[match.group(1)]
            if value is None:
                return ""
            return value if quoted and isinstance(value, str) else json.dumps(value)

        return re.sub(r"<([a-zA-Z.]+)>", shown, text)

    parts = re.split(r'("(?:[^"\\]|\\.)*")', transformer["InputTemplate"])
    return "".join(put(part, index % 2 == 1) for index, part in enumerate(parts))


def _at(path: str, event: Any) -> Any:
    for part in path.removeprefix("$.").split("."):
        name, _, index = part.partition("[")
        event = event.get(name) if isinstance(event, Mapping) else None
        if index:
            event = event[int(index.rstrip("]"))] if isinstance(event, list) and event else None
    return event
