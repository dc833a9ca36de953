"""A platform team's registry: plain repositories, named and not."""

from aws_cdk import App, CfnOutput, Environment, Stack, Tags
from aws_cdk import aws_ecr as ecr
from aws_cdk.aws_ecr import Repository


class RegistryStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        web = Repository(self, "Web")
        Repository(self, "Worker", repository_name="shop/worker", image_scan_on_push=True)
        Repository(self, "Tools", image_tag_mutability=ecr.TagMutability.MUTABLE)
        Repository(
            self,
            "Nightly",
            repository_name="shop/nightly",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[
                ecr.ImageTagMutabilityExclusionFilter.wildcard("latest*")
            ],
        )
        Repository(scope=self, id="1st", repository_name="1st")
        Tags.of(web).add("owner", "web-team")
        CfnOutput(self, "WebUri", value=web.repository_uri, export_name="web-uri")


def build(app: App) -> None:
    RegistryStack(app, "Registry", env=Environment(account="111122223333", region="eu-west-1"))
