"""What a change does to what holds state is told per resource, in CloudFormation's terms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from logical_id_contract import STATELESS, contract_changes, held_resources

KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
REPOSITORY = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "prod/api"}, **KEPT}
IRELAND, FRANKFURT = "aws://111122223333/eu-west-1", "aws://111122223333/eu-central-1"


def stored(environment: str = IRELAND, /, **stacks: dict[str, Any]) -> dict[str, str]:
    """A stored assembly: stack → its resources."""
    artifacts = {name: {"environment": environment} for name in stacks}
    return {
        "manifest.json": json.dumps({"artifacts": artifacts}),
        **{
            f"{name}.template.json": json.dumps({"Resources": resources})
            for name, resources in stacks.items()
        },
    }


def resource(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def said(old: dict[str, str], new: dict[str, str]) -> str:
    (change,) = contract_changes(old, new)
    return str(change)


def test_an_addition_and_a_mutable_property_are_no_change() -> None:
    new = {**REPOSITORY, "Properties": {"RepositoryName": "prod/api", "ImageTagMutability": "IMMUTABLE"}}
    other = {**REPOSITORY, "Properties": {"RepositoryName": "prod/other"}}
    assert contract_changes(stored(a={"Api": REPOSITORY}), stored(a={"Api": new, "Other": other})) == []


def test_another_logical_id_of_the_same_name_is_refused_by_cloudformation() -> None:
    change = said(stored(a={"Api": REPOSITORY}), stored(a={"Service": REPOSITORY}))
    assert change == (
        "a/Api (AWS::ECR::Repository prod/api): its logical ID has changed: it is a/Service now.\n"
        "    CloudFormation fails to create the new one, since the name is taken by the old one, "
        "and rolls back."
    )


def test_another_stack_of_the_same_name_too() -> None:
    change = said(stored(a={"Api": REPOSITORY}, b={}), stored(a={}, b={"Api": REPOSITORY}))
    assert "its stack has changed: it is b/Api now" in change
    assert "the name is taken" in change


@pytest.mark.parametrize(
    ("policy", "fate"),
    [("RetainExceptOnCreate", "releases it: it stays"), ("Delete", "fails while it holds images")],
)
def test_what_is_gone_is_released_or_deleted(policy: str, fate: str) -> None:
    change = said(stored(a={"Api": {**REPOSITORY, "DeletionPolicy": policy}}), stored(a={}))
    assert "not in the stacks any more" in change
    assert fate in change
    assert "deletes it, with what it holds" in said(
        stored(a={"Key": resource("KMS::Key")}), stored(a={"Other": resource("KMS::Key")})
    )


def test_a_create_only_property_is_of_the_schema() -> None:
    def cache(prefix: str) -> dict[str, Any]:
        return resource(
            "ECR::PullThroughCacheRule",
            EcrRepositoryPrefix=prefix,
            UpstreamRegistryUrl="quay.io",
            UpstreamRepositoryPrefix="a",
        )

    other = cache("quay")
    other["Properties"]["UpstreamRepositoryPrefix"] = "b"
    refused = said(stored(a={"Cache": cache("quay")}), stored(a={"Cache": other}))
    assert "UpstreamRepositoryPrefix is b now, and was a" in refused
    assert "refuses the update: it creates the replacement first" in refused
    replaced = said(stored(a={"Cache": cache("quay")}), stored(a={"Cache": cache("quay-io")}))
    assert "EcrRepositoryPrefix is quay-io now, and was quay" in replaced
    assert "replaces it" in replaced
    assert "the old one is deleted" in replaced


def test_a_nested_create_only_property() -> None:
    properties = {**REPOSITORY["Properties"], "EncryptionConfiguration": {"EncryptionType": "KMS"}}
    change = said(stored(a={"Api": REPOSITORY}), stored(a={"Api": {**REPOSITORY, "Properties": properties}}))
    assert "EncryptionConfiguration/EncryptionType is KMS now, and was not set" in change
    assert "the name is taken" in change


def test_what_no_name_takes_is_replaced_and_kept_or_deleted() -> None:
    old = {**resource("IAM::ManagedPolicy", Description="Pull."), **KEPT}
    new = {**resource("IAM::ManagedPolicy", Description="Pull images."), **KEPT}
    assert "the old one is kept, and no stack manages it" in said(stored(a={"P": old}), stored(a={"P": new}))


def test_a_type_an_environment_and_a_policy() -> None:
    topic = resource("SNS::Topic")
    assert "refuses the update: the type" in said(stored(a={"A": REPOSITORY}), stored(a={"A": topic}))
    moved = said(stored(a={"A": topic}), stored(FRANKFURT, a={"A": topic}))
    assert f"for {FRANKFURT} now, and was for {IRELAND}" in moved
    weaker = {**REPOSITORY, "DeletionPolicy": "Delete"}
    assert "DeletionPolicy is Delete now" in said(stored(a={"A": REPOSITORY}), stored(a={"A": weaker}))


def test_a_registry_has_one_of_its_settings() -> None:
    policy = {**resource("ECR::RegistryPolicy", PolicyText={}), **KEPT}
    assert "the name is taken" in said(stored(a={"Old": policy}), stored(a={"New": policy}))
    scanning = resource("ECR::RegistryScanningConfiguration")
    change = said(stored(a={"Old": scanning}), stored(a={"New": scanning}))
    assert "overwrites the setting, and resets the registry to basic scanning" in change


def test_what_is_without_state_may_be_made_anew_unless_it_has_a_name() -> None:
    alarm, named = resource("CloudWatch::Alarm"), resource("CloudWatch::Alarm", AlarmName="pulls")
    assert contract_changes(stored(a={"A": alarm}), stored(a={})) == []
    assert "pulls" in said(stored(a={"A": named}), stored(a={}))
    assert contract_changes(stored(a={"A": {"Type": "Custom::EcrRegistrySetting"}}), stored(a={})) == []


def test_a_type_that_nobody_has_thought_of_is_held() -> None:
    assert "AWS::DynamoDB::Table" not in STATELESS
    assert "not in the stacks" in said(stored(a={"T": resource("DynamoDB::Table")}), stored(a={}))


def test_what_is_in_a_stack_set_is_held_too() -> None:
    files = {
        **stored(a={"Baseline": resource("CloudFormation::StackSet", StackSetName="baseline")}),
        "a.Baseline.stack-set.json": json.dumps({"Resources": {"Api": REPOSITORY}}),
    }
    assert set(held_resources(files)) == {("a", "Baseline"), ("a.Baseline", "Api")}
    without = {**files, "a.Baseline.stack-set.json": json.dumps({"Resources": {}})}
    assert said(files, without).startswith("a.Baseline/Api (AWS::ECR::Repository prod/api)")
