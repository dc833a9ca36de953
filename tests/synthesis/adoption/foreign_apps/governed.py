"""An organization that gives every ``ecr.Repository`` its defaults by a property injector."""

import jsii
from aws_cdk import App, IPropertyInjector, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk.aws_ecr import Repository


@jsii.implements(IPropertyInjector)
class RepositoryDefaults:
    @property
    def construct_unique_id(self):
        return Repository.PROPERTY_INJECTION_ID

    def inject(self, original_props, *, scope=None, id=None):
        defaults = {
            "imageTagMutability": "MUTABLE",
            "imageScanOnPush": True,
            "lifecycleRules": [{"tagStatus": "untagged", "maxImageCount": 5}, {"maxImageCount": 200}],
        }
        return {**defaults, **original_props}


def build(app: App) -> None:
    stack = Stack(app, "Governed", property_injectors=[RepositoryDefaults()])
    Repository(stack, "Default")
    Repository(stack, "Own", repository_name="own", image_tag_mutability=ecr.TagMutability.IMMUTABLE)
