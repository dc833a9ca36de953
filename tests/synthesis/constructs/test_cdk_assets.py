"""AssetRepository, and image_asset_synthesizer: what is synthesized, and what they refuse.

Practices: SCAN-1, LIFE-1
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Annotations, Match
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.asset_repository import AssetRepository
from ecr_blueprints.constructs.image_asset_synthesizer import image_asset_synthesizer
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.cdk_asset import ASSET_PUBLISHING
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.source_location import SourceLocation

Template = dict[str, Any]
TemplateOf = Callable[[cdk.Stack], Template]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[[Template], list[str]]

ENV = cdk.Environment(account="111122223333", region="eu-west-1")
BOOTSTRAP = "cdk-hnb659fds-container-assets-111122223333-eu-west-1"
PUBLISHER = "arn:aws:iam::111122223333:role/cdk-hnb659fds-image-publishing-role-111122223333-eu-west-1"


def rule(filters: tuple[str, ...]) -> SigningRule:
    arn = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/all"
    return SigningRule(source=SourceLocation(construct_path="Rule"), profile_arn=arn, filters=filters)


class TestTheBootstrapRepository:
    def test_by_default(self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint) -> None:
        assets = AssetRepository(stack, "Assets")
        assert assets.qualifier == "hnb659fds"
        assert assets.repository_name == BOOTSTRAP
        assert assets.repository_arn == f"arn:aws:ecr:eu-west-1:111122223333:repository/{BOOTSTRAP}"
        assert assets.repository_uri == f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/{BOOTSTRAP}"
        node = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        assets.grant_pull(node)
        template = template_of(stack)
        assert {one["Type"] for one in template["Resources"].values()} == {
            "AWS::IAM::Role",
            "AWS::IAM::Policy",
        }
        (policy,) = of_type(template, "AWS::IAM::Policy")
        pull, log_in = policy["Properties"]["PolicyDocument"]["Statement"]
        assert pull["Resource"] == assets.repository_arn
        assert (log_in["Action"], log_in["Resource"]) == ("ecr:GetAuthorizationToken", "*")
        assert lint(template) == []

    def test_in_a_registry_with_stages(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(
            stack, "Registry", convention="{stage}/{team}/{app}", stages={"dev": False, "prod": True}
        )
        AssetRepository(stack, "Assets", qualifier="team-a", registry=registry)
        (held,) = registry.ledger.repositories
        assert held.is_cdk_asset_repository
        scanning = scanning_for(registry.ledger, str(held.known_name))
        assert isinstance(scanning, EffectiveScanning)
        assert scanning.frequency == "CONTINUOUS_SCAN"
        with pytest.raises(RegistryConflictError, match="container-assets"):
            AssetRepository(stack, "Again", qualifier="team-a", registry=registry)

    def test_the_apps_own_qualifier(self, app: cdk.App) -> None:
        app.node.set_context("@aws-cdk/core:bootstrapQualifier", "mine")
        assets = AssetRepository(cdk.Stack(app, "Stack", env=ENV), "Assets")
        assert assets.repository_name == BOOTSTRAP.replace("hnb659fds", "mine")

    def test_another_name(self, stack: cdk.Stack) -> None:
        assets = AssetRepository(stack, "Assets", repository_name="shared/assets")
        assert assets.repository_name == "shared/assets"

    def test_a_stack_that_leaves_its_environment_open(
        self, app: cdk.App, template_of: TemplateOf, lint: Lint
    ) -> None:
        stack = cdk.Stack(app, "Open")
        registry = PrivateRegistry(stack, "Registry", convention="{team}/{app}", root_template=False)
        assets = AssetRepository(stack, "Assets", registry=registry)
        cdk.CfnOutput(stack, "Address", value=assets.repository_uri)
        statement = assets.pull_statement("222233334444")
        cdk.CfnOutput(stack, "Statement", value=stack.to_json_string(statement))
        template = template_of(stack)
        assert "arn:aws:" not in json.dumps(template)
        assert lint(template) == []

    def test_the_statement_for_the_bootstrap_template(self, stack: cdk.Stack) -> None:
        assert AssetRepository(stack, "Assets").pull_statement("222233334444", "333344445555") == {
            "Sid": "PullByAccounts",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::222233334444:root", "arn:aws:iam::333344445555:root"]},
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"qualifier": "much-too-long"}, "is not a bootstrap qualifier"),
            ({"qualifier": 1}, "qualifier is 1"),
            ({"qualifier": "a", "repository_name": "b/c"}, "a qualifier and a repository_name are given"),
            ({"repository_name": "Assets"}, "'Assets'"),
            ({"registry": "r"}, "registry is 'r'"),
        ],
    )
    def test_what_is_refused(self, stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError) as caught:
            AssetRepository(stack, "Assets", **arguments)
        assert message in str(caught.value)
        with pytest.raises(InvalidValueError):
            AssetRepository(stack, "Others").pull_statement()


@pytest.fixture
def image_folder(tmp_path: Path) -> str:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").write_text("FROM scratch\n")
    return str(tmp_path / "image")


class TestARepositoryOfOnesOwn:
    def test_assets_go_to_it(
        self, app: cdk.App, stack: cdk.Stack, image_folder: str, lint: Lint, snapshot: SnapshotAssertion
    ) -> None:
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        images = ImageRepository(stack, "Images", repository_name="payments/assets", registry=registry)
        consumer = cdk.Stack(app, "Consumer", env=ENV, synthesizer=image_asset_synthesizer(images))
        asset = ecr_assets.DockerImageAsset(consumer, "Image", directory=image_folder)
        cdk.CfnOutput(consumer, "Address", value=asset.image_uri)
        ssm.CfnParameter(consumer, "Parameter", type="String", value=asset.image_uri)
        assembly = Path(app.synth().directory)
        artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
        assert "Stack" in artifacts["Consumer"]["dependencies"]
        manifest = json.loads((assembly / "Consumer.assets.json").read_text())
        ((_, entry),) = manifest["dockerImages"].items()
        (destination,) = entry["destinations"].values()
        assert destination["repositoryName"] == "payments/assets"
        assert destination["imageTag"] == f"asset-{asset.asset_hash}"
        assert destination["assumeRoleArn"].endswith(PUBLISHER.split(":role/")[1])
        output = json.loads((assembly / "Consumer.template.json").read_text())["Outputs"]["Address"]["Value"]
        assert f"/payments/assets:asset-{asset.asset_hash}" in json.dumps(output)
        template = json.loads((assembly / "Stack.template.json").read_text())
        (resource,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::ECR::Repository")
        resource.pop("Metadata", None)
        assert resource == snapshot(extension_class=JSONSnapshotExtension)
        (statement,) = resource["Properties"]["RepositoryPolicyText"]["Statement"]
        assert statement["Principal"] == {"AWS": PUBLISHER}
        assert sorted(statement["Action"]) == sorted(ASSET_PUBLISHING)
        assert lint(template) == []

    def test_several_stacks_share_it_and_come_after_it(
        self, app: cdk.App, stack: cdk.Stack, image_folder: str
    ) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets")
        synthesizer = image_asset_synthesizer(images)
        for name in ("Api", "Web"):
            asset = ecr_assets.DockerImageAsset(
                cdk.Stack(app, name, env=ENV, synthesizer=synthesizer), "Image", directory=image_folder
            )
            assert asset.image_uri
        assembly = Path(app.synth().directory)
        artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
        for name in ("Api", "Web"):
            assert "Stack" in artifacts[name]["dependencies"]
            assert "payments/assets" in (assembly / f"{name}.assets.json").read_text()

    @pytest.mark.parametrize(
        ("account", "region", "message"),
        [
            ("222233334444", "eu-west-1", "the account 222233334444, and the repository"),
            ("111122223333", "eu-west-2", "the Region eu-west-2, and the repository of its image assets in"),
        ],
    )
    def test_a_stack_of_another_environment_fails_the_synthesis(
        self, app: cdk.App, stack: cdk.Stack, account: str, region: str, message: str
    ) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets")
        env = cdk.Environment(account=account, region=region)
        cdk.Stack(app, "There", env=env, synthesizer=image_asset_synthesizer(images))
        with pytest.raises(RuntimeError, match=message):
            app.synth()

    def test_a_stack_of_another_stage_is_warned_of(self, app: cdk.App, stack: cdk.Stack) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets")
        stage = cdk.Stage(app, "Prod", env=ENV)
        consumer = cdk.Stack(stage, "Api", synthesizer=image_asset_synthesizer(images))
        cdk.CfnOutput(consumer, "Output", value="x")
        app.synth()
        warnings = Annotations.from_stack(consumer).find_warning("*", Match.any_value())
        assert ["deploy that stage first" in str(one.entry.data) for one in warnings] == [True]

    def test_everything_set(self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType) -> None:
        images = ImageRepository(
            stack,
            "Images",
            repository_name="payments/assets",
            retention=Retention(keep=["image-*"], rollback=["*"], builds=None),
        )
        role = "arn:aws:iam::111122223333:role/publisher"
        synthesizer = image_asset_synthesizer(
            images, tag_prefix="image-", qualifier="mine", publishing_role_arn=role
        )
        assert isinstance(synthesizer, cdk.DefaultStackSynthesizer)
        (resource,) = of_type(template_of(stack), "AWS::ECR::Repository")
        (statement,) = resource["Properties"]["RepositoryPolicyText"]["Statement"]
        assert statement["Principal"] == {"AWS": role}

    def test_a_repository_of_cdk_takes_them_too(
        self, app: cdk.App, template_of: TemplateOf, of_type: OfType
    ) -> None:
        stack = cdk.Stack(app, "Open")
        repository = ecr.Repository(stack, "Images", repository_name="payments/assets")
        image_asset_synthesizer(repository, tag_prefix="")
        (resource,) = of_type(template_of(stack), "AWS::ECR::Repository")
        text = json.dumps(resource["Properties"]["RepositoryPolicyText"])
        assert "arn:aws:" not in text
        assert "cdk-hnb659fds-image-publishing-role-" in text

    @pytest.mark.parametrize(
        ("retention", "message"),
        [
            (Retention(rollback=["*"]), "rule 1 of the lifecycle policy can expire an image asset"),
            (Retention(archive=["asset-*"]), "rule 1 of the lifecycle policy can transition an image asset"),
            (Retention(builds=["a*"], builds_days=9), "rule 1 of the lifecycle policy can expire"),
        ],
    )
    def test_a_lifecycle_that_could_touch_them_is_refused(
        self, stack: cdk.Stack, retention: Retention, message: str
    ) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets", retention=retention)
        with pytest.raises(InvalidValueError) as caught:
            image_asset_synthesizer(images)
        assert message in str(caught.value)
        assert 'keep=["asset-*"]' in str(caught.value.fix)

    def test_one_that_is_added_later_fails_the_synthesis(self, app: cdk.App, stack: cdk.Stack) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets")
        image_asset_synthesizer(images)
        images.add_lifecycle_rule(max_image_count=5)
        with pytest.raises(RuntimeError, match="can expire an image asset that a stack runs"):
            app.synth()

    def test_a_repository_that_is_signed_is_refused(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        registry.contribute(rule(("payments/*",)))
        images = ImageRepository(stack, "Images", repository_name="payments/assets", registry=registry)
        with pytest.raises(InvalidValueError, match="has what is pushed to 'payments/assets' signed"):
            image_asset_synthesizer(images)

    def test_what_else_is_refused(self, stack: cdk.Stack) -> None:
        images = ImageRepository(stack, "Images", repository_name="payments/assets")
        with pytest.raises(InvalidValueError, match="is known only at deployment"):
            image_asset_synthesizer(ImageRepository(stack, "Unnamed"))
        imported = ecr.Repository.from_repository_name(stack, "Imported", "payments/other")
        for arguments, message in (
            ({"repository": imported}, "repository is of the type"),
            ({"repository": None}, "repository is None"),
            ({"tag_prefix": "asset "}, "asset "),
            ({"tag_prefix": cdk.Aws.REGION}, "tag_prefix is known only at deployment"),
            ({"tag_prefix": "x" * 100}, "x"),
            ({"qualifier": "much-too-long"}, "is not a bootstrap qualifier"),
            ({"publishing_role_arn": "publisher"}, "publisher"),
        ):
            with pytest.raises(InvalidValueError) as caught:
                image_asset_synthesizer(**{"repository": images, **arguments})  # type: ignore[arg-type]
            assert message in str(caught.value)
