"""cdk-nag's AWS Solutions rules over the estate of every construct and the defaults.

Each finding is gone or answered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import aws_cdk as cdk
import cdk_nag
from aws_cdk import aws_iam as iam
from estate import synthesize_estate
from nag_findings import Answers, findings_in, findings_of, open_findings, stale_answers

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType

SECRET_ANSWERED: Final[Answers] = {
    r"AwsSolutions-SMG4": (
        "A token of an upstream registry is issued there; no rotation function could renew it. Whoever "
        "renews it puts the new value into the same secret, and the cache rule stays as it is."
    ),
}

CONSTRUCTS_ANSWERED: Final[Answers] = {
    **SECRET_ANSWERED,
    r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:eu-west-1:111122223333:repository/encrypted/\*\]": (
        "The role of a creation template creates the repositories under the template's prefix, whose names "
        "nobody knows yet."
    ),
    r"AwsSolutions-IAM5\[Resource::arn:aws:kms:eu-west-1:111122223333:key/\*\]": (
        "Without a key of one's own, ECR encrypts with aws/ecr, whose ARN is not known before it exists; the "
        "policy of that key decides who uses it."
    ),
}

_REPOSITORIES: Final = r"AwsSolutions-IAM5\[Resource::arn:aws:ecr:[a-z0-9-]+:\d{12}:repository/"
_LOGIN: Final = r"AwsSolutions-IAM5\[Resource::\*\] at "

ESTATE_ANSWERED: Final[Answers] = {
    r"AwsSolutions-SMG4 at estate-registry/(?:DockerHub/Credential|GitHubToken)/Resource": SECRET_ANSWERED[
        "AwsSolutions-SMG4"
    ],
    r"AwsSolutions-ECR1 at estate-(?:registry/Registry/RegistryPolicy|repositories/Api/Resource)": (
        "A statement for an organization has to name everybody, and a condition on the organization; "
        "cdk-nag does not read conditions, test_least_privilege does."
    ),
    _LOGIN + r"estate-(?:organization/Administrator|workload/Inspector)/Function/Role/Resource": (
        "Neither an organization's Inspector nor its delegated administrator has an ARN."
    ),
    _LOGIN + r"estate-access/Boundary/Resource": "A boundary of the test itself, for the login alone.",
    _LOGIN + r"estate-(?:access|repositories)/[^/]+/Role/DefaultPolicy/Resource": (
        "The role of a pipeline or of another account logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-(?:registry|repositories)/(?:Puller|Builder|Grantee)/DefaultPolicy/Resource": (
        "Who is granted a pull or push logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-workload/(?:Node|Task/ExecutionRole)/DefaultPolicy/Resource": (
        "Who pulls through a cache logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-workload/Pull(?:Other)?/Default/Resource": (
        "A consumer logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-public/Release/DefaultPolicy/Resource": (
        "IAM takes the login to ECR Public, ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken, "
        "on * only."
    ),
    _LOGIN + r"estate-registry/Registry/Cache-partner-images/Role/Resource": (
        "ECR logs in at the upstream with this role: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-registry/EcrBlueprintsCacheValidationFunction/Role/Resource": (
        "ecr:ValidatePullThroughCacheRule knows no resource: a cache rule has no ARN."
    ),
    _LOGIN + r"estate-registry/EcrBlueprintsRegistrySettingFunction/Role/Resource": (
        "The settings of an account's registry, and of its Inspector, have no ARN."
    ),
    _REPOSITORIES + r"\*\] at estate-registry-other/Registry/RootTemplate/Role/Resource": (
        "The ROOT template is for every name that no other template covers; it has a role since the registry "
        "has a key."
    ),
    _REPOSITORIES
    + r"[a-z-]+/\*\] at estate-registry(?:-other)?/(?:.+/CreationTemplate[^/]*|Sandbox)/Role/Resource": (
        "The role of a creation template creates the repositories under the template's prefix, whose names "
        "nobody knows yet."
    ),
    _REPOSITORIES
    + r"(?:prod|dev)/\*\] at estate-alerts(?:-other)?/Operations/Signing/Status/Role/Resource": (
        "The look at signing asks for what a signing rule covers, which is a pattern."
    ),
    _REPOSITORIES + r"(?:prod|dev)/[a-z]+/\*\] at estate-access/[^/]+/Role/DefaultPolicy/Resource": (
        "A pusher or puller role is for the prefix that it was given, also for repositories to come."
    ),
    _REPOSITORIES
    + r"k8s/\*\] at estate-(?:access/Customer/Role|registry/Puller|workload/Node|workload/Task/ExecutionRole)"
    + r"/DefaultPolicy/Resource": (
        "A cache's repositories are created by the first pull, under its prefix and no other."
    ),
    _REPOSITORIES + r"(?:docker-hub|k8s|prod)/\*\] at estate-workload/Pull(?:Other)?/Default/Resource": (
        "A consumer pulls the stages and through the caches that it was given, from repositories that are "
        "added daily."
    ),
    _REPOSITORIES
    + r"(?:partner-images|base)/\*\] at estate-registry/Registry/Cache-partner-images/Role/Resource": (
        "A cache of another registry reads below the upstream prefix and writes below its own."
    ),
    _LOGIN + r"estate-bridge/(?:Harbor|Copier)/Role/DefaultPolicy/Resource": (
        "Who brings images logs in: IAM takes ecr:GetAuthorizationToken on * only."
    ),
    _LOGIN + r"estate-bridge/FromHarbor/Function/Role/Resource": (
        "ecr:DescribeRepositoryCreationTemplates knows no resource: a creation template has no ARN."
    ),
    _REPOSITORIES
    + r"prod/(?:harbor|artifactory)/\*\] at estate-bridge/(?:(?:Harbor|Copier)/Role/DefaultPolicy"
    r"|FromHarbor/(?:CreationTemplate|Function)/Role)/Resource": (
        "A bridge, and what gives the baseline to repositories that it creates, are for one prefix, also for "
        "repositories to come."
    ),
    r"AwsSolutions-SQS3 at estate-bridge/(?:BridgeAlerts|FromHarbor)/DeadLetters/Resource": (
        "It is itself a dead-letter queue, of rules and of a function, which cdk-nag does not look at."
    ),
    r"AwsSolutions-IAM5\[Resource::arn:aws:kms:eu-west-1:111122223333:key/\*\]": CONSTRUCTS_ANSWERED[
        r"AwsSolutions-IAM5\[Resource::arn:aws:kms:eu-west-1:111122223333:key/\*\]"
    ],
    r"AwsSolutions-SQS3 at estate-alerts-other/(?:Alerts|Findings/Topics)/DeadLetters/Resource": (
        "It is itself the dead-letter queue of rules and subscriptions, which cdk-nag does not look at."
    ),
    r"AwsSolutions-EC23 at estate-workload/SharedEndpoints/SecurityGroup/Resource": (
        "The address range is the VPC's own, which only the deployment knows; cdk-nag takes what it does not "
        "know for the whole internet. With vpc_cidrs it is literal, and there is no finding."
    ),
    r"AwsSolutions-(?:VPC7 at estate-workload/(?:Shared)?Vpc|ECS7 at estate-workload/Task)/Resource": (
        "A VPC and a task of the test itself, which stand for those of a workload."
    ),
}


def add_constructs(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    registry = PrivateRegistry(stack, "Registry")
    for upstream in ("docker-hub", "ecr-public", "k8s"):
        cache = registry.add_pull_through_cache(upstream)
        cache.grant_pull_to_account("222233334444")
    RepositoryCreationTemplate(
        stack,
        "Encrypted",
        registry=registry,
        prefix="encrypted",
        applied_for=[AppliedFor.CREATE_ON_PUSH],
        options=CreationTemplateOptions(encryption=EncryptionType.KMS),
    )
    ImageRepository(stack, "Api", registry=registry).grant_pull_to_account("222233334444")


def test_every_finding_is_answered_and_every_answer_has_a_finding(tmp_path: Path) -> None:
    findings = findings_of(add_constructs, tmp_path)
    assert open_findings(findings, CONSTRUCTS_ANSWERED) == []
    assert stale_answers(findings, CONSTRUCTS_ANSWERED) == []


def test_every_finding_of_the_estate_is_answered(tmp_path: Path) -> None:
    def add_pack(app: cdk.App) -> None:
        cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))

    synthesized = synthesize_estate(tmp_path, plugins=add_pack)
    findings = [*findings_in(synthesized.registries), *findings_in(synthesized.workload)]
    assert open_findings(findings, ESTATE_ANSWERED) == []
    assert stale_answers(findings, ESTATE_ANSWERED) == []


def test_the_pack_looks_at_our_repositories(tmp_path: Path) -> None:
    def add_public(app: cdk.App) -> None:
        repository = ImageRepository(cdk.Stack(app, "Stack"), "Public")
        everybody = iam.PolicyStatement(actions=["ecr:BatchGetImage"], principals=[iam.AnyPrincipal()])
        repository.add_to_resource_policy(everybody)

    (finding,) = findings_of(add_public, tmp_path)
    assert finding == "AwsSolutions-ECR1 at Stack/Public/Resource"
