"""A platform on EKS: node roles pull what the platform builds, and what another registry holds."""

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from aws_cdk.aws_ecr import Repository

OTHER = "arn:aws:ecr:eu-west-1:444455556666:repository/vendor/agent"


def build(app: App) -> None:
    stack = Stack(app, "Platform", env=Environment(account="111122223333", region="eu-west-1"))
    nodes = iam.Role(stack, "Nodes", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    eks.CfnNodegroup(
        stack,
        "Group",
        cluster_name="platform",
        node_role=nodes.role_arn,
        subnets=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    )
    for name in ("ingress", "dns", "metrics"):
        Repository(stack, name.title(), repository_name=f"platform/{name}").grant_pull(nodes)
    Repository.from_repository_name(stack, "Legacy", "legacy/tools").grant_pull(nodes)
    Repository.from_repository_attributes(
        stack, "Vendor", repository_arn=OTHER, repository_name="vendor/agent"
    ).grant_pull(nodes)
