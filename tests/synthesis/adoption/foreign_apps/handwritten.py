"""A team that came from CloudFormation: resources by their properties, and one construct beside them."""

from aws_cdk import App, CfnParameter, CfnTag, Environment, Fn, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk.aws_ecr import Repository

POLICY = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",\
"countNumber":40},"action":{"type":"expire"}}]}'


def build(app: App) -> None:
    stack = Stack(app, "Handwritten", env=Environment(account="111122223333", region="eu-west-1"))
    stage = CfnParameter(stack, "StageName", default="prod")
    ecr.CfnRepository(stack, "Bare")
    ecr.CfnRepository(
        stack,
        "Api",
        repository_name=Fn.join("/", [stage.value_as_string, "api"]),
        lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(lifecycle_policy_text=POLICY),
        tags=[CfnTag(key="owner", value="api-team")],
    )
    ecr.CfnRepository(
        stack,
        "Cipher",
        repository_name="prod/cipher",
        encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type="KMS"),
        image_tag_mutability="MUTABLE_WITH_EXCLUSION",
        image_tag_mutability_exclusion_filters=[
            ecr.CfnRepository.ImageTagMutabilityExclusionFilterProperty(
                image_tag_mutability_exclusion_filter_type="WILDCARD",
                image_tag_mutability_exclusion_filter_value="v*",
            )
        ],
    )
    Repository(stack, "Worker", repository_name="prod/worker", image_tag_mutability=ecr.TagMutability.MUTABLE)
