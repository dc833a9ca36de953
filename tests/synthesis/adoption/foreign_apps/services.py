"""A product team: what it builds it runs, on Fargate and Lambda, pushed by CI of another account."""

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.aws_ecr import Repository


class ImagesStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.api = Repository(self, "Api", repository_name="product/api")
        self.jobs = Repository(self, "Jobs")
        self.api.grant_push(iam.Role.from_role_arn(self, "Ci", "arn:aws:iam::444455556666:role/ci"))
        self.api.grant_pull(iam.AccountPrincipal("777788889999"))
        self.jobs.grant_pull(iam.ServicePrincipal("lambda.amazonaws.com"))
        self.jobs.grant_read(iam.Role(self, "Auditor", assumed_by=iam.AccountRootPrincipal()))
        topic = sns.Topic(self, "Scans")
        self.api.on_image_scan_completed("Scanned", target=targets.SnsTopic(topic))


class ServiceStack(Stack):
    def __init__(self, scope, construct_id, *, images, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        cluster = ecs.Cluster(self, "Cluster", vpc=ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0))
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container("api", image=ecs.ContainerImage.from_ecr_repository(images.api, "v1.4.2"))
        ecs.FargateService(self, "Service", cluster=cluster, task_definition=task)
        lambda_.DockerImageFunction(
            self, "Job", code=lambda_.DockerImageCode.from_ecr(images.jobs, tag_or_digest="v7")
        )


def build(app: App) -> None:
    environment = Environment(account="111122223333", region="eu-west-1")
    images = ImagesStack(app, "Images", env=environment)
    ServiceStack(app, "Service", images=images, env=environment)
