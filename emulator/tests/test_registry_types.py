"""The registry-level types: policy, replication, scanning, signing, exclusions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_process import Account, error_of, resource

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
            "Action": ["ecr:ReplicateImage"],
            "Resource": "*",
        }
    ],
}
DESTINATION = {"Region": "eu-central-1", "RegistryId": "222222222222"}
PROFILE = "arn:aws:signer:eu-west-1:222222222222:/signing-profiles/release"
PRINCIPAL = "arn:aws:iam::222222222222:role/ci/scanner"


def replication(*filters: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"Destinations": [DESTINATION]}
    rule["RepositoryFilters"] = [{"Filter": value, "FilterType": "PREFIX_MATCH"} for value in filters]
    return {"ReplicationConfiguration": {"Rules": [rule]}}


def scanning(scan_type: str, **rules: list[str]) -> dict[str, Any]:
    return {
        "ScanType": scan_type,
        "Rules": [
            {
                "ScanFrequency": frequency,
                "RepositoryFilters": [{"Filter": value, "FilterType": "WILDCARD"} for value in filters],
            }
            for frequency, filters in rules.items()
        ],
    }


def signing(profile: str = PROFILE, *filters: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"SigningProfileArn": profile}
    if filters:
        rule["RepositoryFilters"] = [{"Filter": value, "FilterType": "WILDCARD_MATCH"} for value in filters]
    return {"Rules": [rule]}


def test_registry_policy(account: Account) -> None:
    stack = account.deploy(
        "s",
        {"P": resource("RegistryPolicy", {"PolicyText": POLICY})},
        Outputs={"R": {"Value": {"Ref": "P"}}, "I": {"Value": {"Fn::GetAtt": ["P", "RegistryId"]}}},
    )
    assert stack.outputs == {"R": account.id, "I": account.id}
    assert json.loads(account.ecr.get_registry_policy()["policyText"]) == POLICY
    changed = {**POLICY, "Version": "2008-10-17"}
    account.deploy("s", {"P": resource("RegistryPolicy", {"PolicyText": changed})})
    assert json.loads(account.ecr.get_registry_policy()["policyText"]) == changed
    account.delete_stack("s")
    assert error_of(account.ecr.get_registry_policy)[0] == "RegistryPolicyNotFoundException"


def test_replication(account: Account) -> None:
    account.deploy("s", {"C": resource("ReplicationConfiguration", replication("prod/"))})
    expected = {
        "destinations": [{"region": "eu-central-1", "registryId": "222222222222"}],
        "repositoryFilters": [{"filter": "prod/", "filterType": "PREFIX_MATCH"}],
    }
    assert account.ecr.describe_registry()["replicationConfiguration"] == {"rules": [expected]}
    account.deploy("s", {"C": resource("ReplicationConfiguration", replication())})
    del expected["repositoryFilters"]
    assert account.ecr.describe_registry()["replicationConfiguration"] == {"rules": [expected]}
    account.delete_stack("s")
    assert account.ecr.describe_registry()["replicationConfiguration"] == {"rules": []}


def test_scanning(account: Account) -> None:
    properties = scanning("ENHANCED", CONTINUOUS_SCAN=["prod*"], SCAN_ON_PUSH=["*"])
    account.deploy("s", {"C": resource("RegistryScanningConfiguration", properties)})
    found = account.ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert found["scanType"] == "ENHANCED"
    assert [rule["scanFrequency"] for rule in found["rules"]] == ["CONTINUOUS_SCAN", "SCAN_ON_PUSH"]
    account.ecr.create_repository(repositoryName="prod/app")
    account.ecr.create_repository(repositoryName="dev/app")
    coverage = account.ecr.batch_get_repository_scanning_configuration(
        repositoryNames=["prod/app", "dev/app", "none"]
    )
    assert [c["scanFrequency"] for c in coverage["scanningConfigurations"]] == [
        "CONTINUOUS_SCAN",
        "SCAN_ON_PUSH",
    ]
    assert [f["failureCode"] for f in coverage["failures"]] == ["REPOSITORY_NOT_FOUND"]
    account.delete_stack("s")
    found = account.ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert found == {"scanType": "BASIC", "rules": []}


def test_a_scanning_create_overwrites_as_on_aws(account: Account) -> None:
    account.ecr.put_registry_scanning_configuration(scanType="ENHANCED")
    properties = scanning("BASIC", SCAN_ON_PUSH=["*"])
    stack = account.deploy("s", {"C": resource("RegistryScanningConfiguration", properties)})
    assert stack.status == "CREATE_COMPLETE"
    found = account.ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert found["scanType"] == "BASIC"


def test_signing(account: Account) -> None:
    account.deploy("s", {"C": resource("SigningConfiguration", signing(PROFILE, "prod/*"))})
    found = account.ecr.get_signing_configuration()["signingConfiguration"]
    assert found["rules"] == [
        {
            "signingProfileArn": PROFILE,
            "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
        }
    ]
    account.delete_stack("s")
    assert error_of(account.ecr.get_signing_configuration)[0] == "SigningConfigurationNotFoundException"


def test_pull_time_update_exclusion(account: Account) -> None:
    stack = account.deploy("s", {"E": resource("PullTimeUpdateExclusion", {"PrincipalArn": PRINCIPAL})})
    assert stack.physical_ids() == {"E": PRINCIPAL}
    assert account.ecr.list_pull_time_update_exclusions()["pullTimeUpdateExclusions"] == [PRINCIPAL]
    code, _ = error_of(account.ecr.register_pull_time_update_exclusion, principalArn=PRINCIPAL)
    assert code == "ExclusionAlreadyExistsException"
    account.delete_stack("s")
    assert account.ecr.list_pull_time_update_exclusions()["pullTimeUpdateExclusions"] == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("RegistryPolicy", {"PolicyText": POLICY}),
        ("ReplicationConfiguration", replication("prod/")),
        ("SigningConfiguration", signing()),
        ("PullTimeUpdateExclusion", {"PrincipalArn": PRINCIPAL}),
    ],
)
def test_a_second_owner_fails_and_harms_nothing(
    account: Account, kind: str, properties: dict[str, Any]
) -> None:
    assert account.deploy("first", {"C": resource(kind, properties)}).status == "CREATE_COMPLETE"
    second = account.deploy("second", {"C": resource(kind, properties)})
    assert second.status == "ROLLBACK_COMPLETE"
    assert f"Resource of type 'AWS::ECR::{kind}' with identifier" in second.reasons()
    assert "HandlerErrorCode: AlreadyExists" in second.reasons()
    assert account.delete_stack("first") == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    ("kind", "properties", "reason"),
    [
        ("RegistryPolicy", {}, "#: required key [PolicyText] not found"),
        ("RegistryPolicy", {"PolicyText": {"Statement": [{}]}}, "Invalid registry policy provided"),
        ("RegistryPolicy", {"PolicyText": {"x": "y" * 10240}}, "expected maxLength: 10240"),
        ("ReplicationConfiguration", replication("prod/*"), "keyword [pattern]"),
        ("ReplicationConfiguration", replication("p"), "expected minLength: 2"),
        (
            "ReplicationConfiguration",
            {"ReplicationConfiguration": {"Rules": [{"Destinations": []}]}},
            "expected minimum item count: 1",
        ),
        ("RegistryScanningConfiguration", scanning("ENHANCED", SCAN_ON_PUSH=["prod/"]), "keyword [pattern]"),
        ("RegistryScanningConfiguration", scanning("ENHANCED", MANUAL=["*"]), "MANUAL is not a valid enum"),
        ("RegistryScanningConfiguration", scanning("CLAIR"), "CLAIR is not a valid enum value"),
        ("RegistryScanningConfiguration", {"ScanType": "BASIC"}, "required key [Rules] not found"),
        (
            "RegistryScanningConfiguration",
            scanning("BASIC", CONTINUOUS_SCAN=["*"]),
            "scan frequency CONTINUOUS_SCAN is not allowed with BASIC",
        ),
        (
            "RegistryScanningConfiguration",
            {"ScanType": "ENHANCED", "Rules": scanning("ENHANCED", SCAN_ON_PUSH=["a"])["Rules"] * 3},
            "expected maximum item count: 2, found: 3",
        ),
        (
            "RegistryScanningConfiguration",
            {"ScanType": "ENHANCED", "Rules": scanning("ENHANCED", SCAN_ON_PUSH=["a"])["Rules"] * 2},
            "only one rule per scan frequency",
        ),
        ("SigningConfiguration", signing(PROFILE + "/versions/1"), "keyword [pattern]"),
        ("SigningConfiguration", signing(PROFILE, "prod/"), "keyword [pattern]"),
        ("SigningConfiguration", {"Rules": signing()["Rules"] * 11}, "between 0 and 10 members, has 11"),
        ("SigningConfiguration", signing(PROFILE.replace("west", "north")), "registry in eu-west-1"),
        ("PullTimeUpdateExclusion", {"PrincipalArn": "arn:aws:iam::1:role/x"}, "keyword [pattern]"),
        ("PullTimeUpdateExclusion", {}, "required key [PrincipalArn] not found"),
    ],
)
def test_refused_properties(account: Account, kind: str, properties: dict[str, Any], reason: str) -> None:
    stack = account.deploy("s", {"C": resource(kind, properties)})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()


def test_replication_refuses_its_own_registry_and_more_than_25_destinations(account: Account) -> None:
    def rules(*destinations: dict[str, str]) -> dict[str, Any]:
        return {"ReplicationConfiguration": {"Rules": [{"Destinations": list(destinations)}]}}

    own = rules({"Region": account.region, "RegistryId": account.id})
    stack = account.deploy("own", {"C": resource("ReplicationConfiguration", own)})
    assert "cannot be its own replication destination" in stack.reasons()
    many = rules(*({"Region": "eu-north-1", "RegistryId": str(300000000000 + n)} for n in range(26)))
    stack = account.deploy("many", {"C": resource("ReplicationConfiguration", many)})
    assert "at most 25 unique destinations" in stack.reasons()


def test_a_hostile_scanning_filter_is_refused_at_once(account: Account) -> None:
    properties = scanning("ENHANCED", SCAN_ON_PUSH=["a" * 200 + "!"])
    stack = account.deploy("s", {"C": resource("RegistryScanningConfiguration", properties)})
    assert "keyword [pattern]" in stack.reasons()


def test_account_settings(account: Account) -> None:
    ecr = account.ecr
    assert ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "DISABLED"
    ecr.put_account_setting(name="BLOB_MOUNTING", value="ENABLED")
    assert ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "ENABLED"
    assert (
        account.elsewhere("eu-north-1").ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "DISABLED"
    )
    assert ecr.get_account_setting(name="REGISTRY_POLICY_SCOPE")["value"] == "V2"
    assert ecr.get_account_setting(name="BASIC_SCAN_TYPE_VERSION")["value"] == "AWS_NATIVE"
    for name, value in (("BLOB_MOUNTING", "YES"), ("BASIC_SCAN_TYPE_VERSION", "CLAIR"), ("OTHER", "x")):
        code, _ = error_of(ecr.put_account_setting, name=name, value=value)
        assert code == "InvalidParameterException"


def test_public_repository_only_in_us_east_1(account: Account) -> None:
    template = {"P": resource("PublicRepository", {"RepositoryName": "shop/app"})}
    assert "exists only in us-east-1" in account.deploy("s", template).reasons()
    virginia = account.elsewhere("us-east-1")
    stack = virginia.deploy("s", template, Outputs={"A": {"Value": {"Fn::GetAtt": ["P", "Arn"]}}})
    assert stack.outputs == {"A": f"arn:aws:ecr-public::{account.id}:repository/shop/app"}
    assert "already exists" in virginia.deploy("t", template).reasons()
