"""The ECR API's registry-level settings: policy, replication, signing, exclusions, account settings."""

from __future__ import annotations

import time
from typing import Any

from ecr_emulator import state
from ecr_emulator.access_policies import check_registry_policy
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.operations import Params, operation, page

MAXIMUM_DESTINATIONS = 25
MAXIMUM_EXCLUSIONS = 100
# Name, its default, and the values that PutAccountSetting documents.
_ACCOUNT_SETTINGS = {
    "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE", ("AWS_NATIVE",)),
    "REGISTRY_POLICY_SCOPE": ("V2", ("V2",)),
    "BLOB_MOUNTING": ("DISABLED", ("ENABLED", "DISABLED")),
}


@operation("PutRegistryPolicy")
def _put_registry_policy(params: Params) -> dict[str, Any]:
    check_registry_policy(params["policyText"])
    state.registry["policy"] = params["policyText"]
    return _get_registry_policy({})


@operation("GetRegistryPolicy")
def _get_registry_policy(params: Params) -> dict[str, Any]:
    text = state.registry.get("policy")
    if text is None:
        raise EcrError(
            "RegistryPolicyNotFoundException",
            f"Registry policy does not exist in the registry with id '{account_id()}'",
        )
    return {"registryId": account_id(), "policyText": text}


@operation("DeleteRegistryPolicy")
def _delete_registry_policy(params: Params) -> dict[str, Any]:
    answer = _get_registry_policy(params)
    state.registry.pop("policy")
    return answer


@operation("DescribeRegistry")
def _describe_registry(params: Params) -> dict[str, Any]:
    replication = state.registry.get("replication", {"rules": []})
    return {"registryId": account_id(), "replicationConfiguration": replication}


@operation("PutReplicationConfiguration")
def _put_replication_configuration(params: Params) -> dict[str, Any]:
    configuration = params["replicationConfiguration"]
    destinations = {
        (destination["registryId"], destination["region"])
        for rule in configuration["rules"]
        for destination in rule["destinations"]
    }
    where = "replicationConfiguration"
    if (account_id(), region()) in destinations:
        raise invalid_parameter(where, "a registry cannot be its own replication destination")
    if len(destinations) > MAXIMUM_DESTINATIONS:
        raise invalid_parameter(where, f"at most {MAXIMUM_DESTINATIONS} unique destinations over all rules")
    if configuration["rules"]:
        state.registry["replication"] = configuration
    else:
        state.registry.pop("replication", None)
    return {"replicationConfiguration": configuration}


@operation("PutSigningConfiguration")
def _put_signing_configuration(params: Params) -> dict[str, Any]:
    configuration = params["signingConfiguration"]
    for rule in configuration["rules"]:
        profile_region = rule["signingProfileArn"].split(":")[3]
        if profile_region != region():
            raise invalid_parameter(
                "signingConfiguration", f"signing profile in {profile_region}, registry in {region()}"
            )
    state.registry["signing"] = configuration
    return {"signingConfiguration": configuration}


@operation("GetSigningConfiguration")
def _get_signing_configuration(params: Params) -> dict[str, Any]:
    configuration = state.registry.get("signing")
    if configuration is None:
        raise EcrError(
            "SigningConfigurationNotFoundException",
            f"Signing configuration does not exist in the registry with id '{account_id()}'",
        )
    return {"registryId": account_id(), "signingConfiguration": configuration}


@operation("DeleteSigningConfiguration")
def _delete_signing_configuration(params: Params) -> dict[str, Any]:
    answer = _get_signing_configuration(params)
    state.registry.pop("signing")
    return answer


@operation("RegisterPullTimeUpdateExclusion")
def _register_exclusion(params: Params) -> dict[str, Any]:
    arn = params["principalArn"]
    if arn in state.pull_time_exclusions:
        raise EcrError("ExclusionAlreadyExistsException", f"The exclusion for '{arn}' already exists")
    if len(state.pull_time_exclusions) >= MAXIMUM_EXCLUSIONS:
        raise EcrError("LimitExceededException", f"The limit of {MAXIMUM_EXCLUSIONS} exclusions is reached")
    state.pull_time_exclusions[arn] = time.time()
    return {"principalArn": arn, "createdAt": state.pull_time_exclusions[arn]}


@operation("DeregisterPullTimeUpdateExclusion")
def _deregister_exclusion(params: Params) -> dict[str, Any]:
    arn = params["principalArn"]
    if arn not in state.pull_time_exclusions:
        raise EcrError("ExclusionNotFoundException", f"The exclusion for '{arn}' does not exist")
    state.pull_time_exclusions.pop(arn)
    return {"principalArn": arn}


@operation("ListPullTimeUpdateExclusions")
def _list_exclusions(params: Params) -> dict[str, Any]:
    return page(params, list(state.pull_time_exclusions.keys()), "pullTimeUpdateExclusions", default=100)


@operation("GetAccountSetting")
def _get_account_setting(params: Params) -> dict[str, Any]:
    name = params["name"]
    default, _ = _known_setting(name)
    return {"name": name, "value": state.account_settings.get(name, default)}


@operation("PutAccountSetting")
def _put_account_setting(params: Params) -> dict[str, Any]:
    name, value = params["name"], params["value"]
    _, allowed = _known_setting(name)
    if value not in allowed:
        raise invalid_parameter("value", f"must be one of {', '.join(allowed)} for {name}")
    state.account_settings[name] = value
    return {"name": name, "value": value}


def _known_setting(name: str) -> tuple[str, tuple[str, ...]]:
    if name not in _ACCOUNT_SETTINGS:
        raise invalid_parameter("name", f"must be one of {', '.join(_ACCOUNT_SETTINGS)}")
    return _ACCOUNT_SETTINGS[name]
