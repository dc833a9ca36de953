from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.cache_rule import CacheRule, CredentialSecret
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/x-abcdef"
GENERATED = {"SecretStringTemplate": '{"username":"u"}', "GenerateStringKey": "accessToken"}


def rule(properties: Any, secret: Any = None) -> CacheRule:
    body = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "Rule": {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": properties},
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {} if secret is None else secret},
            "Key": {"Type": "AWS::KMS::Key"},
        },
    }
    (registry,) = read_registries([Template.of(body, name="t.json")])
    return registry.cache_rules[0]


def credential(secret: Any) -> CredentialSecret:
    found = rule({"EcrRepositoryPrefix": "x", "CredentialArn": {"Ref": "Secret"}}, secret).credential
    assert found is not None
    return found


def test_every_property_is_read() -> None:
    found = rule(
        {
            "EcrRepositoryPrefix": "docker-hub",
            "UpstreamRegistry": "docker-hub",
            "UpstreamRegistryUrl": "registry-1.docker.io",
            "UpstreamRepositoryPrefix": "ROOT",
            "CredentialArn": SECRET_ARN,
            "CustomRoleArn": "arn:aws:iam::111122223333:role/x",
        }
    )

    assert found == CacheRule(
        source=found.source,
        prefix="docker-hub",
        upstream_registry="docker-hub",
        upstream_registry_url="registry-1.docker.io",
        upstream_prefix="ROOT",
        credential_arn=SECRET_ARN,
        custom_role_arn="arn:aws:iam::111122223333:role/x",
    )


def test_a_prefix_is_needed_and_the_rest_is_not() -> None:
    found = rule({})

    assert isinstance(found.prefix, Malformed)
    assert found == CacheRule(source=found.source, prefix=found.prefix)


def test_wrong_types_are_unresolved_and_say_so() -> None:
    found = rule({"EcrRepositoryPrefix": [], "UpstreamRegistry": {}, "CredentialArn": []})

    assert isinstance(found.prefix, Malformed)
    assert isinstance(found.upstream_registry, Unresolved)
    assert isinstance(found.credential_arn, Unresolved)
    assert found.credential is None


@pytest.mark.parametrize(
    "arn", [{"Ref": "Secret"}, {"Fn::GetAtt": ["Secret", "Id"]}, {"Fn::Sub": "${Secret}"}]
)
def test_a_secret_of_the_same_template_is_found(arn: Any) -> None:
    found = rule({"EcrRepositoryPrefix": "x", "CredentialArn": arn}, {"Name": "ecr-pullthroughcache/x"})

    assert isinstance(found.credential_arn, Unresolved)
    assert found.credential is not None
    assert found.credential.source.logical_id == "Secret"
    assert found.credential.name == "ecr-pullthroughcache/x"


@pytest.mark.parametrize("arn", [{"Ref": "P"}, {"Ref": "Key"}, {"Fn::ImportValue": "x"}])
def test_another_reference_leads_to_no_secret(arn: Any) -> None:
    assert rule({"EcrRepositoryPrefix": "x", "CredentialArn": arn}).credential is None


@pytest.mark.parametrize(
    ("secret", "plaintext", "keys", "has_value"),
    [
        ({}, False, frozenset(), False),
        ({"GenerateSecretString": GENERATED}, False, {"username", "accessToken"}, True),
        ({"GenerateSecretString": {}}, False, frozenset(), True),
        ({"GenerateSecretString": {"SecretStringTemplate": "{"}}, False, frozenset(), True),
        ({"GenerateSecretString": {"Ref": "P"}}, False, None, True),
        ({"GenerateSecretString": {**GENERATED, "GenerateStringKey": {"Ref": "P"}}}, False, None, True),
        ({"SecretString": '{"username":"u","accessToken":"t"}'}, True, {"username", "accessToken"}, True),
        ({"SecretString": "t"}, True, frozenset(), True),
        ({"SecretString": {"Ref": "P"}}, False, None, True),
        (
            {"SecretString": {"Fn::Sub": '{"username":"u","accessToken":"${P}"}'}},
            False,
            {"username", "accessToken"},
            True,
        ),
        (
            {"SecretString": '{"username":"u","accessToken":"{{resolve:ssm-secure:/token}}"}'},
            False,
            {"username", "accessToken"},
            True,
        ),
    ],
)
def test_the_value_is_told_from_the_declaration(
    secret: Any, plaintext: bool, keys: set[str] | None, has_value: bool
) -> None:
    found = credential(secret)

    assert (found.plaintext, found.keys, found.has_value) == (plaintext, keys, has_value)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, False),
        ("alias/aws/secretsmanager", False),
        ("arn:aws:kms:eu-west-1:111122223333:alias/aws/secretsmanager", False),
        ("alias/mine", True),
        ({"Fn::GetAtt": ["Key", "Arn"]}, True),
        ({"Ref": "P"}, None),
    ],
)
def test_the_key_is_told_from_secrets_managers_own(key: Any, expected: bool | None) -> None:
    secret = {"GenerateSecretString": GENERATED} if key is None else {"KmsKeyId": key}

    assert credential(secret).customer_managed_key is expected


def test_a_secret_without_a_name_has_none() -> None:
    assert credential({}).name is None
    assert isinstance(credential({"Name": {"Ref": "P"}}).name, Unresolved)
    assert isinstance(credential({"Name": []}).name, Unresolved)
