"""Small templates for the tests of pictures."""

from __future__ import annotations

import json
from typing import Any

from docs_assembly import DeployedStack

__all__ = [
    "BUS",
    "REGISTRY",
    "UNIT",
    "WORKLOAD",
    "cache",
    "endpoint",
    "forwarding",
    "pull_policy",
    "replication",
    "repository",
    "stack",
    "stack_set",
]

REGISTRY, WORKLOAD = "111122223333", "222233334444"
UNIT = "ou-ab12-11111111"
BUS = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "findings"}}


def stack(
    name: str, resources: dict[str, Any], account: str = REGISTRY, region: str = "eu-west-1"
) -> DeployedStack:
    return DeployedStack(name=name, account=account, region=region, template={"Resources": resources})


def repository(name: str, *roles: str, pulled_by: tuple[str, ...] = ()) -> dict[str, Any]:
    statements: list[dict[str, Any]] = []
    if roles:
        principal = [f"arn:aws:iam::{REGISTRY}:role/{role}" for role in roles]
        statements.append({"Effect": "Allow", "Action": ["ecr:PutImage"], "Principal": {"AWS": principal}})
    if pulled_by:
        accounts = [f"arn:aws:iam::{account}:root" for account in pulled_by]
        statements.append(
            {"Effect": "Allow", "Action": ["ecr:BatchGetImage"], "Principal": {"AWS": accounts}}
        )
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": name, "RepositoryPolicyText": {"Statement": statements}},
    }


def pull_policy(
    *names: str, account: str = REGISTRY, regions: tuple[str, ...] = ("eu-west-1",)
) -> dict[str, Any]:
    arns = [f"arn:aws:ecr:{region}:{account}:repository/{name}" for region in regions for name in names]
    statement = {"Effect": "Allow", "Action": ["ecr:BatchGetImage"], "Resource": arns}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}


def endpoint() -> dict[str, Any]:
    name = {"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, ".ecr.dkr"]]}
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": name}}


def cache(prefix: str, url: str) -> dict[str, Any]:
    properties = {"EcrRepositoryPrefix": prefix, "UpstreamRegistryUrl": url}
    return {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": properties}


def replication(*places: str, prefixes: tuple[str, ...] = ("prod/",)) -> dict[str, Any]:
    destinations = [
        {"RegistryId": account, "Region": region} for account, region in (one.split("/") for one in places)
    ]
    rules = [{"Destinations": destinations, "RepositoryFilters": [{"Filter": one} for one in prefixes]}]
    return {
        "Type": "AWS::ECR::ReplicationConfiguration",
        "Properties": {"ReplicationConfiguration": {"Rules": rules}},
    }


def forwarding(account: str) -> dict[str, Any]:
    arn = {"Fn::Join": ["", ["arn:aws:events:", {"Ref": "AWS::Region"}, f":{account}:event-bus/findings"]]}
    return {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": arn, "Id": "Bus"}]}}


def stack_set(
    name: str,
    resources: dict[str, Any],
    units: tuple[str, ...] = (UNIT,),
    regions: tuple[str, ...] = ("eu-west-1",),
) -> dict[str, Any]:
    targets = {"OrganizationalUnitIds": list(units)}
    return {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {
            "StackSetName": name,
            "TemplateBody": json.dumps({"Resources": resources}),
            "StackInstancesGroup": [{"DeploymentTargets": targets, "Regions": list(regions)}],
        },
    }
