"""The ECR API's operations on pull-through cache rules. Nothing is ever cached."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from ecr_emulator import state
from ecr_emulator.errors import EcrError, invalid_parameter
from ecr_emulator.ministack_internals import account_id, region, secretsmanager
from ecr_emulator.operations import Params, operation, page

MAXIMUM_RULES = 50
# Upstream registry, its URL, and whether its rule needs a secret.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
_UPSTREAMS = {
    "ecr-public": (r"public\.ecr\.aws", False),
    "k8s": (r"registry\.k8s\.io", False),
    "quay": (r"quay\.io", False),
    "docker-hub": (r"registry-1\.docker\.io", True),
    "github-container-registry": (r"ghcr\.io", True),
    "gitlab-container-registry": (r"registry\.gitlab\.com", True),
    "azure-container-registry": (r"[a-z0-9]+\.azurecr\.io", True),
    "chainguard": (r"cgr\.dev", True),
    "ecr": (r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?", False),
}
_SECRET_KEYS = ("username", "accessToken")
# What Secrets Manager appends to a name in an ARN: a hyphen and six characters.
_SUFFIX_LENGTH = 7
# Whose log-in no upstream accepts: a placeholder's, and one for tests to fail with.
_REFUSED_USERNAMES = ("replace-me", "refused")
# What UpdatePullThroughCacheRule may change.
_CREDENTIALS: tuple[str, ...] = ("credentialArn", "customRoleArn")


def _upstream_of(url: str) -> str:
    for upstream, (pattern, _) in _UPSTREAMS.items():
        if re.fullmatch(pattern, url):
            return upstream
    raise EcrError(
        "UnsupportedUpstreamRegistryException", f"The specified upstream registry '{url}' isn't supported."
    )


def _check_credential(upstream: str, params: Params) -> None:
    secret_needed = _UPSTREAMS[upstream][1]
    arn = params.get("credentialArn")
    if arn is None:
        if secret_needed:
            raise EcrError(
                "UnsupportedUpstreamRegistryException",
                f"The upstream registry '{upstream}' requires authentication: credentialArn is missing.",
            )
        return
    if not secret_needed:
        raise invalid_parameter("credentialArn", f"upstream registry '{upstream}' takes no credential")
    _check_secret(arn)


def _is_named(secret: dict[str, Any], arn: str) -> bool:
    """By its ARN, or by a partial one, without the hyphen and six characters at the end.

    Secrets Manager finds a secret by both; that ECR leaves it at that is not documented (unverified).

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    known: str = secret["ARN"]
    return arn in (known, known[:-_SUFFIX_LENGTH])


def _check_secret(arn: str) -> dict[str, Any]:
    secret = next(
        (
            record
            for record in secretsmanager()._secrets.values()
            if _is_named(record, arn) and not record.get("DeletedDate")
        ),
        None,
    )
    if secret is None:
        raise EcrError(
            "SecretNotFoundException",
            f"The ARN of the secret specified in the pull through cache rule was not found: {arn} "
            f"(account {account_id()}, Region {region()}).",
        )
    if secret.get("KmsKeyId") not in (None, "", "alias/aws/secretsmanager"):
        raise EcrError(
            "UnableToDecryptSecretValueException",
            "The secret is encrypted with a customer managed key; pull through cache supports only the "
            "default aws/secretsmanager key.",
        )
    current = next(
        (
            version.get("SecretString")
            for version in secret["Versions"].values()
            if "AWSCURRENT" in version.get("Stages", ())
        ),
        None,
    )
    try:
        value = json.loads(current or "")
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(value.get(key) for key in _SECRET_KEYS):
        raise EcrError(
            "UnableToAccessSecretException",
            f"The secret {arn} must be a JSON object with the keys {' and '.join(_SECRET_KEYS)}.",
        )
    return value


def _normalized(prefix: str) -> str:
    return prefix.rstrip("/")


def find_rule(prefix: str) -> dict[str, Any]:
    """The record of the rule of a repository prefix."""
    rule: dict[str, Any] | None = state.pull_through_cache_rules.get(_normalized(prefix))
    if rule is None:
        raise EcrError(
            "PullThroughCacheRuleNotFoundException",
            f"The pull through cache rule with prefix '{prefix}' does not exist in the registry with id "
            f"'{account_id()}'",
        )
    return rule


@operation("CreatePullThroughCacheRule")
def _create_rule(params: Params) -> dict[str, Any]:
    prefix, url = params["ecrRepositoryPrefix"], params["upstreamRegistryUrl"]
    rules = state.pull_through_cache_rules
    if _normalized(prefix) in rules:
        raise EcrError(
            "PullThroughCacheRuleAlreadyExistsException",
            f"The pull through cache rule with prefix '{prefix}' already exists in the registry with id "
            f"'{account_id()}'",
        )
    if len(rules) >= MAXIMUM_RULES:
        raise EcrError("LimitExceededException", f"The limit of {MAXIMUM_RULES} rules is reached")
    upstream = _upstream_of(url)
    if params.get("upstreamRegistry", upstream) != upstream:
        raise invalid_parameter("upstreamRegistry", f"the URL '{url}' belongs to '{upstream}'")
    upstream_prefix = params.get("upstreamRepositoryPrefix", "ROOT")
    if prefix == "ROOT" and upstream_prefix != "ROOT":
        raise invalid_parameter("upstreamRepositoryPrefix", "must be ROOT when ecrRepositoryPrefix is ROOT")
    if upstream != "ecr" and "customRoleArn" in params:
        raise invalid_parameter("customRoleArn", "only allowed for the upstream registry 'ecr'")
    _check_credential(upstream, params)
    now = time.time()
    rule = {
        "ecrRepositoryPrefix": prefix,
        "upstreamRegistryUrl": url,
        "upstreamRegistry": upstream,
        "upstreamRepositoryPrefix": upstream_prefix,
        "registryId": account_id(),
        "createdAt": now,
        "updatedAt": now,
        **{member: params[member] for member in _CREDENTIALS if member in params},
    }
    rules[_normalized(prefix)] = rule
    return {member: value for member, value in rule.items() if member != "updatedAt"}


@operation("DescribePullThroughCacheRules")
def _describe_rules(params: Params) -> dict[str, Any]:
    prefixes = params.get("ecrRepositoryPrefixes")
    if prefixes is None:
        found = list(state.pull_through_cache_rules.values())
    else:
        found = [find_rule(prefix) for prefix in prefixes]
    return page(params, found, "pullThroughCacheRules", default=100)


@operation("UpdatePullThroughCacheRule")
def _update_rule(params: Params) -> dict[str, Any]:
    rule = find_rule(params["ecrRepositoryPrefix"])
    changed = {member: params[member] for member in _CREDENTIALS if member in params}
    if "credentialArn" in changed:
        _check_credential(rule["upstreamRegistry"], params)
    rule.update(changed, updatedAt=time.time())
    members = ("ecrRepositoryPrefix", "registryId", "updatedAt", "credentialArn", "customRoleArn")
    return {member: rule[member] for member in members if member in rule}


@operation("DeletePullThroughCacheRule")
def _delete_rule(params: Params) -> dict[str, Any]:
    rule = find_rule(params["ecrRepositoryPrefix"])
    state.pull_through_cache_rules.pop(_normalized(rule["ecrRepositoryPrefix"]))
    return {key: value for key, value in rule.items() if key not in ("updatedAt", "upstreamRegistry")}


@operation("ValidatePullThroughCacheRule")
def _validate_rule(params: Params) -> dict[str, Any]:
    rule = find_rule(params["ecrRepositoryPrefix"])
    members = (
        "ecrRepositoryPrefix",
        "registryId",
        "upstreamRegistryUrl",
        "credentialArn",
        "customRoleArn",
        "upstreamRepositoryPrefix",
    )
    failure = _login_failure(rule)
    answer = {member: rule[member] for member in members if member in rule}
    return {**answer, "isValid": failure is None, **({} if failure is None else {"failure": failure})}


def _login_failure(rule: dict[str, Any]) -> str | None:
    """Why the upstream would refuse the credential; there is no upstream, so two usernames stand for it."""
    arn = rule.get("credentialArn")
    if arn is None:
        return None
    try:
        username = _check_secret(arn)["username"]
    except EcrError as refusal:
        return refusal.message
    if username in _REFUSED_USERNAMES:
        url = rule["upstreamRegistryUrl"]
        return f"Authentication to the upstream registry {url} failed for '{username}'."
    return None
