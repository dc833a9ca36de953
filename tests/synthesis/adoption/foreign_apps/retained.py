"""A team that cares for its storage bill: lifecycle rules in every form that CDK has."""

from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk.aws_ecr import Repository


def build(app: App) -> None:
    stack = Stack(app, "Storage")
    api = Repository(
        stack,
        "Api",
        lifecycle_rules=[
            ecr.LifecycleRule(rule_priority=1, tag_prefix_list=["prod"], max_image_count=50),
            ecr.LifecycleRule(
                rule_priority=2, tag_status=ecr.TagStatus.UNTAGGED, max_image_age=Duration.days(3)
            ),
        ],
        removal_policy=RemovalPolicy.RETAIN,
    )
    api.add_lifecycle_rule(description="the rest", max_image_age=Duration.days(90))
    jobs = Repository(stack, "Jobs", repository_name="storage/jobs")
    jobs.add_lifecycle_rule(tag_pattern_list=["pr-*"], max_image_age=Duration.days(7))
    jobs.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    Repository(stack, "Charts", lifecycle_registry_id="111122223333").add_lifecycle_rule(max_image_count=20)
