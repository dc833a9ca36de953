"""Preview environments: repositories that go with their stack, under logical IDs of long ago."""

from aws_cdk import App, NestedStack, RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk.aws_ecr import Repository


def build(app: App) -> None:
    stack = Stack(app, "Preview")
    old = Repository(
        stack,
        "Old",
        removal_policy=RemovalPolicy.DESTROY,
        auto_delete_images=True,
        repository_name="preview/old",
    )
    resource = old.node.default_child
    assert isinstance(resource, ecr.CfnRepository)
    resource.override_logical_id("LegacyImages")
    Repository(stack, "New", removal_policy=RemovalPolicy.DESTROY, empty_on_delete=True)
    later = Repository(stack, "Later")
    later.apply_removal_policy(RemovalPolicy.DESTROY)
    renamed = Repository(stack, "Renamed")
    renamed.node.default_child.add_property_override("RepositoryName", "preview/renamed")
    Repository(NestedStack(stack, "Nested"), "Inner", repository_name="preview/inner")
