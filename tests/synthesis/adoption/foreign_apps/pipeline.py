"""A delivery pipeline: CodeBuild pushes, CodePipeline starts on a push; the stack has no environment."""

from aws_cdk import App, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk.aws_ecr import Repository


def build(app: App) -> None:
    stack = Stack(app, "Delivery")
    images = Repository(stack, "Images", image_scan_on_push=True)
    base = Repository(stack, "Base", repository_name="delivery/base")
    project = codebuild.PipelineProject(
        stack,
        "Build",
        environment=codebuild.BuildEnvironment(
            build_image=codebuild.LinuxBuildImage.from_ecr_repository(base, "stable"), privileged=True
        ),
        environment_variables={"REPOSITORY": codebuild.BuildEnvironmentVariable(value=images.repository_uri)},
    )
    images.grant_pull_push(project)
    source = codepipeline.Artifact()
    codepipeline.Pipeline(
        stack,
        "Pipeline",
        stages=[
            codepipeline.StageProps(
                stage_name="Source",
                actions=[
                    actions.EcrSourceAction(
                        action_name="Base", repository=base, image_tag="stable", output=source
                    )
                ],
            ),
            codepipeline.StageProps(
                stage_name="Build",
                actions=[actions.CodeBuildAction(action_name="Build", project=project, input=source)],
            ),
        ],
    )
