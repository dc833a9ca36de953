"""RepositoryCreationTemplate: by default, with everything set, its role, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule
from ecr_blueprints.registry.encryption import Encryption

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"
ROLE = "AWS::IAM::Role"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ON_PUSH = ["CREATE_ON_PUSH"]
PULL_STATEMENT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
}


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", root_template=False)


def only_template(template: dict[str, Any], of_type: OfType) -> dict[str, Any]:
    (resource,) = of_type(template, TEMPLATE)
    properties: dict[str, Any] = resource["Properties"]
    return properties


class TestByDefault:
    @pytest.fixture
    def template(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> dict[str, Any]:
        registry.add_creation_template("dev/", applied_for=ON_PUSH)
        return template_of(stack)

    def test_properties(self, template: dict[str, Any], of_type: OfType) -> None:
        properties = only_template(template, of_type)
        lifecycle = json.loads(properties.pop("LifecyclePolicy"))
        assert properties == {
            "Prefix": "dev",
            "AppliedFor": ["CREATE_ON_PUSH"],
            "EncryptionConfiguration": {"EncryptionType": "AES256"},
            "ImageTagMutability": "IMMUTABLE",
        }
        (rule,) = lifecycle["rules"]
        assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", 1)

    def test_needs_no_role(self, template: dict[str, Any], of_type: OfType) -> None:
        assert of_type(template, ROLE) == []

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestWithEverythingSet:
    @pytest.fixture
    def template(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> dict[str, Any]:
        registry.add_creation_template(
            "prod/payments",
            applied_for=["REPLICATION", "CREATE_ON_PUSH", "REPLICATION"],
            description="What the payments team gets",
            tag_mutability=TagMutability(
                mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("cache-*"),)
            ),
            lifecycle=Retention(keep=["v*"]),
            repository_policy={
                "Version": "2012-10-17",
                "Statement": [PULL_STATEMENT],
            },
            resource_tags={"owner": "payments"},
            encryption_key=KEY_ARN,
        )
        return template_of(stack)

    def test_properties(self, template: dict[str, Any], of_type: OfType) -> None:
        properties = only_template(template, of_type)
        assert properties["Prefix"] == "prod/payments"
        assert properties["AppliedFor"] == ["REPLICATION", "CREATE_ON_PUSH"]
        assert properties["Description"] == "What the payments team gets"
        assert properties["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
        assert properties["ImageTagMutabilityExclusionFilters"] == [
            {
                "ImageTagMutabilityExclusionFilterType": "WILDCARD",
                "ImageTagMutabilityExclusionFilterValue": "cache-*",
            }
        ]
        assert properties["EncryptionConfiguration"] == {"EncryptionType": "KMS", "KmsKey": KEY_ARN}
        assert properties["ResourceTags"] == [{"Key": "owner", "Value": "payments"}]
        assert json.loads(properties["RepositoryPolicy"])["Statement"][0]["Principal"] == {
            "AWS": "arn:aws:iam::222233334444:root"
        }
        assert len(json.loads(properties["LifecyclePolicy"])["rules"]) == 2

    def test_the_role_has_exactly_the_documented_permissions_and_no_path(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (role,) = of_type(template, ROLE)
        properties = role["Properties"]
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecr.amazonaws.com"}
        assert not {"Path", "ManagedPolicyArns", "RoleName"} & properties.keys()
        (policy,) = properties["Policies"]
        ecr_statement, kms_statement = policy["PolicyDocument"]["Statement"]
        assert ecr_statement == {
            "Effect": "Allow",
            "Action": ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/prod/payments/*",
        }
        assert kms_statement == {
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
            "Resource": KEY_ARN,
        }

    def test_the_template_names_the_role(self, template: dict[str, Any], of_type: OfType) -> None:
        ((role_id, _),) = (one for one in template["Resources"].items() if one[1]["Type"] == ROLE)
        assert only_template(template, of_type)["CustomRoleArn"] == {"Fn::GetAtt": [role_id, "Arn"]}

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestRole:
    def test_tags_alone_need_no_kms(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH, resource_tags={"owner": "platform"})
        (role,) = of_type(template_of(stack), ROLE)
        (statement,) = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert statement["Action"] == ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]

    def test_the_managed_key_is_any_key_of_the_account_to_the_role(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH, encryption=EncryptionType.KMS)
        template = template_of(stack)
        (role,) = of_type(template, ROLE)
        statement = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][1]
        assert statement["Resource"] == "arn:aws:kms:eu-west-1:111122223333:key/*"
        assert only_template(template, of_type)["EncryptionConfiguration"] == {"EncryptionType": "KMS"}

    def test_for_root_it_reaches_every_repository(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("ROOT", applied_for=ON_PUSH, resource_tags={"owner": "platform"})
        (role,) = of_type(template_of(stack), ROLE)
        (statement,) = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert statement["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/*"

    def test_one_of_your_own_is_taken(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        arn = "arn:aws:iam::111122223333:role/templates"
        by_arn = registry.add_creation_template("dev", applied_for=ON_PUSH, role=arn)
        imported = iam.Role.from_role_arn(stack, "Imported", arn)
        by_role = registry.add_creation_template("qa", applied_for=ON_PUSH, role=imported)
        template = template_of(stack)
        assert of_type(template, ROLE) == []
        assert [one["Properties"]["CustomRoleArn"] for one in of_type(template, TEMPLATE)] == [arn, arn]
        assert by_arn.role is None
        assert by_role.role is not None

    def test_a_role_with_a_path_is_refused(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="IAM path"):
            registry.add_creation_template(
                "dev", applied_for=ON_PUSH, role="arn:aws:iam::111122223333:role/team/templates"
            )


class TestKey:
    def test_a_construct_is_named_by_its_full_arn(
        self,
        registry: PrivateRegistry,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
        lint: Lint,
    ) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key=kms.Key(stack, "Key"))
        template = template_of(stack)
        ((key_id, _),) = (one for one in template["Resources"].items() if one[1]["Type"] == "AWS::KMS::Key")
        assert only_template(template, of_type)["EncryptionConfiguration"] == {
            "EncryptionType": "KMS",
            "KmsKey": {"Fn::GetAtt": [key_id, "Arn"]},
        }
        assert lint(template) == []

    @pytest.mark.parametrize(
        "key", ["alias/ecr", "arn:aws:kms:eu-west-1:111122223333:alias/ecr", "1234abcd-12ab-34cd-56ef-1234"]
    )
    def test_an_alias_or_id_is_refused(self, registry: PrivateRegistry, key: str) -> None:
        with pytest.raises(InvalidValueError, match="cannot be the KMS key of a creation template"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key=key)

    def test_an_alias_construct_is_refused(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        alias = kms.Alias(stack, "Alias", alias_name="alias/mine", target_key=kms.Key(stack, "Key"))
        with pytest.raises(InvalidValueError, match="an alias"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key=alias)

    def test_an_imported_alias_is_refused(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        alias = kms.Alias.from_alias_name(stack, "Alias", "alias/mine")
        with pytest.raises(InvalidValueError, match="an alias"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key=alias)

    def test_a_key_of_another_region_is_refused(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=r"lies in us-east-1, the registry in eu-west-1"):
            registry.add_creation_template(
                "dev", applied_for=ON_PUSH, encryption_key=KEY_ARN.replace("eu-west-1", "us-east-1")
            )

    def test_a_key_of_another_partition_is_refused(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=rf"the partition aws-cn.*fix: write '{KEY_ARN}'"):
            registry.add_creation_template(
                "dev", applied_for=ON_PUSH, encryption_key=KEY_ARN.replace("arn:aws:", "arn:aws-cn:")
            )

    @pytest.mark.parametrize(
        ("role", "lies_in"),
        [
            ("arn:aws-cn:iam::111122223333:role/ecr", "the partition aws-cn"),
            ("arn:aws:iam::444455556666:role/ecr", "account 444455556666"),
        ],
    )
    def test_a_role_from_elsewhere_is_refused(
        self, registry: PrivateRegistry, role: str, lies_in: str
    ) -> None:
        with pytest.raises(InvalidValueError, match=f"the role lies in {lies_in};") as caught:
            registry.add_creation_template("dev", applied_for=ON_PUSH, role=role)
        assert "write 'arn:aws:iam::111122223333:role/ecr'" in str(caught.value)
        with pytest.raises(InvalidValueError, match=f"the role lies in {lies_in};"):
            registry.add_pull_through_cache("k8s", template=CreationTemplateOptions(role=role))
        assert registry.node.try_find_child("Cache-k8s") is None

    def test_a_key_without_kms_is_refused(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="AES256"):
            registry.add_creation_template(
                "dev", applied_for=ON_PUSH, encryption=EncryptionType.AES256, encryption_key=KEY_ARN
            )


class TestLifecycle:
    def test_none_is_respected(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH, lifecycle=None)
        assert "LifecyclePolicy" not in only_template(template_of(stack), of_type)

    def test_a_whole_policy_is_taken_as_it_is(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        policy = LifecyclePolicy.in_order(LifecycleRule.expire_untagged(after_days=3))
        registry.add_creation_template("dev", applied_for=ON_PUSH, lifecycle=policy)
        text = only_template(template_of(stack), of_type)["LifecyclePolicy"]
        assert json.loads(text)["rules"][0]["selection"]["countNumber"] == 3

    def test_untagged_images_live_longer_where_tags_move(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH, tag_mutability=TagMutability())
        text = only_template(template_of(stack), of_type)["LifecyclePolicy"]
        assert json.loads(text)["rules"][0]["selection"]["countNumber"] == 14


class TestRefused:
    def test_a_second_one_for_a_prefix_names_both(self, registry: PrivateRegistry) -> None:
        registry.add_creation_template("dev", applied_for=ON_PUSH)
        with pytest.raises(RegistryConflictError) as caught:
            registry.add_creation_template("dev/", applied_for=ON_PUSH)
        assert "Stack/Registry/CreationTemplate-dev" in str(caught.value)

    def test_one_for_the_prefix_of_a_cache_names_both(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s")
        with pytest.raises(RegistryConflictError) as caught:
            registry.add_creation_template("k8s", applied_for=ON_PUSH)
        assert "Stack/Registry/Cache-k8s/CreationTemplate" in str(caught.value)
        assert "Stack/Registry/CreationTemplate-k8s" in str(caught.value)

    def test_immutable_tags_for_caches(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="could not follow its upstream"):
            registry.add_creation_template(
                "dev",
                applied_for=["PULL_THROUGH_CACHE"],
                tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE),
            )

    @pytest.mark.parametrize("applied_for", [[], ["PUSH"], "NOTHING"])
    def test_mechanisms_that_are_none(self, registry: PrivateRegistry, applied_for: Any) -> None:
        with pytest.raises(InvalidValueError, match="CREATE_ON_PUSH"):
            registry.add_creation_template("dev", applied_for=applied_for)

    @pytest.mark.parametrize("prefix", ["dev/*", "Dev", "", "dev-"])
    def test_prefixes_of_another_grammar(self, registry: PrivateRegistry, prefix: str) -> None:
        with pytest.raises(InvalidValueError, match="creation template prefix"):
            registry.add_creation_template(prefix, applied_for=ON_PUSH)

    def test_texts_that_are_too_long_or_reserved(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="at most 256"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, description="x" * 257)
        tags = {f"key{number}": "value" for number in range(51)}
        with pytest.raises(InvalidValueError, match="at most 50"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, resource_tags=tags)
        with pytest.raises(InvalidValueError, match="'aws:owner'"):
            registry.add_creation_template("dev", applied_for=ON_PUSH, resource_tags={"aws:owner": "me"})

    @pytest.mark.parametrize(
        ("policy", "reason"),
        [
            ({}, "no Statement"),
            ({"Statement": [{"Effect": "Allow", "Action": "ecr:*"}]}, "neither Principal nor NotPrincipal"),
            ({"Statement": {**PULL_STATEMENT, "Sid": "x" * 10_240}}, "at most 10,240"),
        ],
    )
    def test_repository_policies_that_ecr_does_not_take(
        self, registry: PrivateRegistry, policy: dict[str, Any], reason: str
    ) -> None:
        with pytest.raises(InvalidValueError, match=reason):
            registry.add_creation_template("dev", applied_for=ON_PUSH, repository_policy=policy)

    def test_what_is_refused_leaves_nothing_behind(self, registry: PrivateRegistry) -> None:
        children, ledger = len(registry.node.children), registry.ledger
        with pytest.raises(InvalidValueError):
            registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key="alias/ecr")
        assert len(registry.node.children) == children
        assert registry.ledger == ledger


def test_the_ledger_holds_what_is_rendered(registry: PrivateRegistry) -> None:
    registry.add_creation_template("dev", applied_for=ON_PUSH, encryption_key=KEY_ARN)
    template = registry.template_for("dev/payments/api")
    assert template is not None
    assert template.encryption == Encryption(type=EncryptionType.KMS, kms_key=KEY_ARN)
    assert template.custom_role_arn is not None
