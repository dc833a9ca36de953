"""One app for three environments, each a stage with its account, and one registry for all of them."""

from aws_cdk import App, CfnOutput, Environment, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk.aws_ecr import Repository

ACCOUNTS = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}


class OneEnvironment(Stage):
    def __init__(self, scope, construct_id, *, account):
        super().__init__(scope, construct_id, env=Environment(account=account, region="us-east-1"))
        is_production = construct_id == "prod"
        stack = Stack(self, "App")
        images = Repository(
            stack,
            "Images",
            repository_name=f"{construct_id}/web",
            removal_policy=RemovalPolicy.RETAIN if is_production else RemovalPolicy.DESTROY,
            empty_on_delete=None if is_production else True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE if is_production else None,
        )
        for other, number in ACCOUNTS.items():
            if other != construct_id:
                images.grant_pull(iam.AccountPrincipal(number))
        CfnOutput(stack, "Uri", value=images.repository_uri_for_tag("latest"))


def build(app: App) -> None:
    for name, account in ACCOUNTS.items():
        OneEnvironment(app, name, account=account)
