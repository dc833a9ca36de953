"""Pull-through cache rules and repository creation templates."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_process import Account, error_of, resource

HUB = {"EcrRepositoryPrefix": "docker-hub", "UpstreamRegistryUrl": "registry-1.docker.io"}
PUBLIC = {"EcrRepositoryPrefix": "ecr-public", "UpstreamRegistryUrl": "public.ecr.aws"}
TEMPLATE = {"Prefix": "docker-hub", "AppliedFor": ["PULL_THROUGH_CACHE"]}
LIFECYCLE = (
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",'
    '"countNumber":9},"action":{"type":"expire"}}]}'
)


def test_rule_with_a_secret_made_in_the_same_stack(account: Account) -> None:
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {
            "Name": "ecr-pullthroughcache/docker-hub",
            "GenerateSecretString": {
                "SecretStringTemplate": '{"username":"placeholder"}',
                "GenerateStringKey": "accessToken",
                "ExcludePunctuation": True,
                "PasswordLength": 20,
            },
        },
    }
    rule = resource("PullThroughCacheRule", {**HUB, "CredentialArn": {"Ref": "Secret"}})
    stack = account.deploy("s", {"Secret": secret, "Rule": rule}, Outputs={"Ref": {"Value": {"Ref": "Rule"}}})
    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs == {"Ref": "docker-hub"}
    [found] = account.ecr.describe_pull_through_cache_rules(ecrRepositoryPrefixes=["docker-hub"])[
        "pullThroughCacheRules"
    ]
    assert found["credentialArn"].startswith(f"arn:aws:secretsmanager:eu-west-1:{account.id}:secret:ecr-pull")
    assert found["upstreamRegistry"] == "docker-hub"
    assert found["upstreamRepositoryPrefix"] == "ROOT"
    value = account.client("secretsmanager").get_secret_value(SecretId=found["credentialArn"])["SecretString"]
    token = value.removeprefix('{"username": "placeholder", "accessToken": "').removesuffix('"}')
    assert len(token) == 20
    assert token.isalnum()
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    assert account.ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"] == []


def test_any_change_of_a_rule_finds_its_prefix_taken(account: Account) -> None:
    first = account.secret("ecr-pullthroughcache/one")
    second = account.secret("ecr-pullthroughcache/two")
    account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": first})})
    stack = account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": second})})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "with identifier 'docker-hub' already exists" in stack.reasons()
    [found] = account.ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert found["credentialArn"] == first


def test_the_api_can_change_the_credential(account: Account) -> None:
    first, second = account.secret("ecr-pullthroughcache/one"), account.secret("ecr-pullthroughcache/two")
    account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": first})})
    account.ecr.update_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub", credentialArn=second)
    [found] = account.ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert found["credentialArn"] == second


def test_a_new_prefix_replaces(account: Account) -> None:
    account.deploy("s", {"R": resource("PullThroughCacheRule", PUBLIC)})
    moved = {**PUBLIC, "EcrRepositoryPrefix": "aws"}
    assert account.deploy("s", {"R": resource("PullThroughCacheRule", moved)}).status == "UPDATE_COMPLETE"
    [found] = account.ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert found["ecrRepositoryPrefix"] == "aws"


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (HUB, "UnsupportedUpstreamRegistryException"),
        ({**PUBLIC, "UpstreamRegistryUrl": "docker.io"}, "UnsupportedUpstreamRegistryException"),
        ({**PUBLIC, "UpstreamRegistry": "k8s"}, "belongs to 'ecr-public'"),
        ({**PUBLIC, "UpstreamRegistry": "dockerhub"}, "dockerhub is not a valid enum value"),
        ({**PUBLIC, "EcrRepositoryPrefix": "x" * 31}, "expected maxLength: 30"),
        ({**PUBLIC, "EcrRepositoryPrefix": "Upper"}, "keyword [pattern]"),
        ({"UpstreamRegistryUrl": "quay.io"}, "Invalid parameter at 'ecrRepositoryPrefix'"),
        ({**PUBLIC, "EcrRepositoryPrefix": "ROOT", "UpstreamRepositoryPrefix": "aa"}, "must be ROOT"),
        ({**HUB, "CredentialArn": "arn:aws:secretsmanager:eu-west-1:1:secret:wrong-name-of-it"}, "[pattern]"),
    ],
)
def test_refused_rules(account: Account, properties: dict[str, Any], reason: str) -> None:
    stack = account.deploy("s", {"R": resource("PullThroughCacheRule", properties)})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "UnableToAccessSecretException"),
        ('{"username":"u"}', "UnableToAccessSecretException"),
        ('{"username":"u","accessToken":""}', "UnableToAccessSecretException"),
        ("plain", "UnableToAccessSecretException"),
    ],
)
def test_refused_secret_contents(account: Account, value: str | None, code: str) -> None:
    arn = account.secret("ecr-pullthroughcache/x", value)
    stack = account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": arn})})
    assert code in stack.reasons()


def test_a_secret_by_a_partial_arn(account: Account) -> None:
    partial = account.secret("ecr-pullthroughcache/x")[: -len("-AbCdEf")]
    stack = account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": partial})})
    assert stack.status == "CREATE_COMPLETE"
    shorter = {**HUB, "EcrRepositoryPrefix": "hub", "CredentialArn": partial[:-1]}
    stack = account.deploy("t", {"R": resource("PullThroughCacheRule", shorter)})
    assert stack.status == "ROLLBACK_COMPLETE"


def test_refused_secrets_elsewhere_or_with_a_key_of_ones_own(account: Account) -> None:
    elsewhere = account.elsewhere("eu-north-1").secret("ecr-pullthroughcache/x")
    stack = account.deploy("a", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": elsewhere})})
    assert "SecretNotFoundException" in stack.reasons()
    keyed = account.secret("ecr-pullthroughcache/y", KmsKeyId="alias/mine")
    stack = account.deploy("b", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": keyed})})
    assert "UnableToDecryptSecretValueException" in stack.reasons()


def test_fifty_rules_are_the_limit(account: Account) -> None:
    for number in range(50):
        account.ecr.create_pull_through_cache_rule(
            ecrRepositoryPrefix=f"p{number}", upstreamRegistryUrl="quay.io"
        )
    code, _ = error_of(
        account.ecr.create_pull_through_cache_rule, ecrRepositoryPrefix="p50", upstreamRegistryUrl="quay.io"
    )
    assert code == "LimitExceededException"
    pages = account.ecr.get_paginator("describe_pull_through_cache_rules").paginate(
        PaginationConfig={"PageSize": 20}
    )
    assert sum(len(page["pullThroughCacheRules"]) for page in pages) == 50


def test_template_life(account: Account) -> None:
    role = account.role("ecr-templates")
    properties = {
        **TEMPLATE,
        "Description": "cache",
        "ImageTagMutability": "MUTABLE",
        "LifecyclePolicy": LIFECYCLE,
        "RepositoryPolicy": '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}',
        "ResourceTags": [{"Key": "owner", "Value": "platform"}],
        "EncryptionConfiguration": {
            "EncryptionType": "KMS",
            "KmsKey": f"arn:aws:kms:eu-west-1:{account.id}:key/11111111-2222-3333-4444-555555555555",
        },
        "CustomRoleArn": role,
    }
    stack = account.deploy(
        "s",
        {"T": resource("RepositoryCreationTemplate", properties)},
        Outputs={"Ref": {"Value": {"Ref": "T"}}, "At": {"Value": {"Fn::GetAtt": ["T", "CreatedAt"]}}},
    )
    assert stack.outputs["Ref"] == "docker-hub"
    [found] = account.ecr.describe_repository_creation_templates(prefixes=["docker-hub"])[
        "repositoryCreationTemplates"
    ]
    assert found["appliedFor"] == ["PULL_THROUGH_CACHE"]
    assert found["resourceTags"] == [{"Key": "owner", "Value": "platform"}]
    assert found["lifecyclePolicy"] == LIFECYCLE
    assert found["customRoleArn"] == role
    account.deploy("s", {"T": resource("RepositoryCreationTemplate", {**TEMPLATE, "Description": "new"})})
    [changed] = account.ecr.describe_repository_creation_templates()["repositoryCreationTemplates"]
    assert changed["description"] == "new"
    assert "resourceTags" not in changed
    assert "lifecyclePolicy" not in changed
    assert changed["createdAt"] == found["createdAt"]
    account.delete_stack("s")
    assert account.ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == []


def test_a_refused_template_update_changes_nothing(account: Account) -> None:
    account.deploy("s", {"T": resource("RepositoryCreationTemplate", TEMPLATE)})
    before = account.ecr.describe_repository_creation_templates()["repositoryCreationTemplates"]
    tagged = {**TEMPLATE, "ResourceTags": [{"Key": "k", "Value": "v"}]}
    stack = account.deploy("s", {"T": resource("RepositoryCreationTemplate", tagged)})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert account.ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == before


def test_a_taken_template_prefix_fails(account: Account) -> None:
    account.ecr.create_repository_creation_template(prefix="docker-hub/", appliedFor=["CREATE_ON_PUSH"])
    stack = account.deploy("s", {"T": resource("RepositoryCreationTemplate", TEMPLATE)})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert (
        "AWS::ECR::RepositoryCreationTemplate' with identifier 'docker-hub' already exists" in stack.reasons()
    )


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"EncryptionConfiguration": {"EncryptionType": "KMS"}}, "required with KMS encryption"),
        ({"ResourceTags": [{"Key": "k", "Value": "v"}]}, "required with resource tags"),
        ({"AppliedFor": ["ALWAYS"]}, "ALWAYS is not a valid enum value"),
        ({"AppliedFor": []}, "must have at least 1 member"),
        ({"CustomRoleArn": "arn:aws:iam::111122223333:role/path/name"}, "keyword [pattern]"),
        ({"LifecyclePolicy": "{}"}, "expected minLength: 100"),
        ({"ImageScanningConfiguration": {}}, "extraneous key [ImageScanningConfiguration]"),
        ({"Description": "d" * 257}, "expected maxLength: 256"),
        (
            {
                "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": "alias/x"},
                "CustomRoleArn": "arn:aws:iam::111122223333:role/name",
            },
            "encryptionConfiguration.kmsKey",
        ),
    ],
)
def test_refused_templates(account: Account, extra: dict[str, Any], reason: str) -> None:
    stack = account.deploy("s", {"T": resource("RepositoryCreationTemplate", {**TEMPLATE, **extra})})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()
    assert account.ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == []
