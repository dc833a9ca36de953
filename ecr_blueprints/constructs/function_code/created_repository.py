"""Gives a repository that an API call made what the creation template of its prefix says.

See `CreatedRepositoryBaseline`. Everything here sets a whole value, so that a second run changes nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.patient_client import client

GONE = "RepositoryNotFoundException"
OF_CLOUDFORMATION = "aws:cloudformation:"


def handler(event: dict[str, Any], context: object) -> None:
    """Bring one repository to the baseline; what fails is raised, and is tried again or kept."""
    name = str(event["detail"]["requestParameters"]["repositoryName"])
    try:
        done = bring_to_baseline(client("ecr"), name, os.environ["PREFIX"])
    except ClientError as error:
        if error.response["Error"]["Code"] != GONE:
            raise
        done = "it is gone"
    sys.stdout.write(f"{name}: {done}\n")


def bring_to_baseline(ecr: Any, name: str, prefix: str) -> str:
    """Set what the template says; gives what was done, or why nothing was."""
    if not name.startswith(f"{prefix}/"):
        return f"it lies outside {prefix}/"
    (repository,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    arn = repository["repositoryArn"]
    tags = ecr.list_tags_for_resource(resourceArn=arn)["tags"]
    if any(tag["Key"].startswith(OF_CLOUDFORMATION) for tag in tags):
        return "a stack declares it"
    (template,) = ecr.describe_repository_creation_templates(prefixes=[prefix])["repositoryCreationTemplates"]
    members = ("imageTagMutability", "imageTagMutabilityExclusionFilters")
    mutability = {member: template[member] for member in members if template.get(member)}
    ecr.put_image_tag_mutability(repositoryName=name, **mutability)
    if template.get("lifecyclePolicy"):
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=template["lifecyclePolicy"])
    if template.get("repositoryPolicy"):
        ecr.set_repository_policy(repositoryName=name, policyText=template["repositoryPolicy"])
    if template.get("resourceTags"):
        ecr.tag_resource(resourceArn=arn, tags=template["resourceTags"])
    return "it has the baseline"
