"""A golden path: the repository is inside the company's own constructs, one of them a subclass."""

from aws_cdk import App, Environment, Stack, Stage, Tags
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.aws_ecr import Repository
from constructs import Construct


class CompanyRepository(Repository):
    def __init__(self, scope, construct_id, *, team, **kwargs):
        super().__init__(
            scope, construct_id, lifecycle_rules=[ecr.LifecycleRule(max_image_count=100)], **kwargs
        )
        self.team = team
        Tags.of(self).add("team", team)


class Microservice(Construct):
    def __init__(self, scope, construct_id, *, team):
        super().__init__(scope, construct_id)
        self.images = CompanyRepository(
            self, "Images", team=team, repository_name=f"{team}/{construct_id.lower()}"
        )
        build_role = iam.Role(self, "BuildRole", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
        self.images.grant_pull_push(build_role)
        codebuild.Project(
            self,
            "Build",
            role=build_role,
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxBuildImage.from_ecr_repository(self.images, "builder")
            ),
            build_spec=codebuild.BuildSpec.from_object({"version": "0.2"}),
        )


def build(app: App) -> None:
    stage = Stage(app, "Prod", env=Environment(account="111122223333", region="eu-west-1"))
    stack = Stack(stage, "Orders")
    Microservice(stack, "Checkout", team="orders")
    Microservice(stack, "Basket", team="orders")
