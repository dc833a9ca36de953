from __future__ import annotations

import pytest

from ecr_blueprints.registry.cache_credential import CredentialFaultKind
from ecr_blueprints.review.rules.cache.cache_credential import CacheCredentialRule
from ecr_blueprints.review.verdict import Severity, Verdict


def cache(properties: str, secret: str = "") -> str:
    return f"""
Parameters: {{Arn: {{Type: String}}, Url: {{Type: String}}}}
Resources:
  Cache:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {{EcrRepositoryPrefix: cached, {properties}}}
{secret}
"""


SECRET = """
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: {name}
      {value}
"""
GENERATED = (
    """GenerateSecretString: {SecretStringTemplate: '{"username": "x"}', GenerateStringKey: accessToken}"""
)
DOCKER_HUB = "UpstreamRegistry: docker-hub, UpstreamRegistryUrl: registry-1.docker.io"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-a1b2c3"


@pytest.mark.parametrize(
    "text",
    [
        cache("UpstreamRegistryUrl: public.ecr.aws"),
        cache("UpstreamRegistryUrl: quay.io"),
        cache("UpstreamRegistryUrl: registry.k8s.io"),
        cache(f"{DOCKER_HUB}, CredentialArn: '{ARN}'"),
        cache(
            f"{DOCKER_HUB}, CredentialArn: !Ref Secret",
            SECRET.format(name="ecr-pullthroughcache/d", value=GENERATED),
        ),
    ],
)
def test_what_can_log_in_passes(judge, text):
    judged = judge(CacheCredentialRule, text)
    assert judged.passed == {"Cache"}
    assert judged.failed == {}


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        (cache("UpstreamRegistryUrl: docker.io"), {"Cache": ["upstream"]}),
        (cache(DOCKER_HUB), {"Cache": ["missing"]}),
        (cache(f"UpstreamRegistryUrl: quay.io, CredentialArn: '{ARN}'"), {"Cache": ["superfluous"]}),
        (
            cache(f"{DOCKER_HUB}, CredentialArn: 'arn:aws:secretsmanager:x:1:secret:docker'"),
            {"Cache": ["arn"]},
        ),
        (
            cache(
                f"{DOCKER_HUB}, CredentialArn: !Ref Secret", SECRET.format(name="docker-hub", value=GENERATED)
            ),
            {"Secret": ["name"]},
        ),
        (
            cache(
                f"{DOCKER_HUB}, CredentialArn: !Ref Secret",
                SECRET.format(
                    name="ecr-pullthroughcache/d",
                    value="""SecretString: '{"username": "joe", "accessToken": "dckr_pat_x"}'""",
                ),
            ),
            {"Secret": ["plaintext"]},
        ),
        (
            cache(
                f"{DOCKER_HUB}, CredentialArn: !Ref Secret",
                SECRET.format(name="ecr-pullthroughcache/d", value=""),
            ),
            {"Secret": ["empty"]},
        ),
        (
            cache(
                f"{DOCKER_HUB}, CredentialArn: !Ref Secret",
                SECRET.format(
                    name="ecr-pullthroughcache/d", value="GenerateSecretString: {PasswordLength: 20}"
                ),
            ),
            {"Secret": ["keys"]},
        ),
        (
            cache(
                f"{DOCKER_HUB}, CredentialArn: !Ref Secret",
                SECRET.format(
                    name="ecr-pullthroughcache/d", value=f"{GENERATED}\n      KmsKeyId: alias/mine"
                ),
            ),
            {"Secret": ["customer-key"]},
        ),
    ],
)
def test_each_fault_fails_where_it_lies(judge, text, failed):
    judged = judge(CacheCredentialRule, text)
    assert judged.failed == failed
    assert judged.passed == set()
    assert {one.severity for one in judged.findings} == {Severity.ERROR}


UPSTREAM = "222233334444.dkr.ecr.eu-west-1.amazonaws.com"
ROLE = "CustomRoleArn: 'arn:aws:iam::111122223333:role/cache'"


@pytest.mark.parametrize(
    ("properties", "failed"),
    [
        (f"UpstreamRegistryUrl: {UPSTREAM}", ["role"]),
        (f"UpstreamRegistry: ecr, UpstreamRegistryUrl: {UPSTREAM}", ["role"]),
        (f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}", []),
        (f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}, UpstreamRepositoryPrefix: prod/", []),
        (f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}, UpstreamRepositoryPrefix: ROOT", []),
        (f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}, UpstreamRepositoryPrefix: x", ["upstream-prefix"]),
        (f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}, CredentialArn: '{ARN}'", ["superfluous"]),
        # Another Region of the same account: AWS's pages disagree whether it needs a role.
        ("UpstreamRegistryUrl: 111122223333.dkr.ecr.us-east-1.amazonaws.com", []),
        (f"UpstreamRegistryUrl: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, {ROLE}", ["upstream"]),
        (f"UpstreamRegistryUrl: quay.io, {ROLE}", ["superfluous"]),
        ("UpstreamRegistryUrl: quay.io, UpstreamRepositoryPrefix: prod", ["upstream-prefix"]),
        ("UpstreamRegistryUrl: quay.io, UpstreamRepositoryPrefix: ROOT", []),
    ],
)
def test_another_ecr_registry_takes_a_role_and_may_have_a_prefix(judge, properties, failed):
    judged = judge(CacheCredentialRule, cache(properties), account="111122223333", region="eu-west-1")
    assert judged.failed == ({"Cache": failed} if failed else {})
    assert judged.passed == (set() if failed else {"Cache"})


def test_whose_registry_it_is_decides_and_may_be_open(judge):
    judged = judge(CacheCredentialRule, cache(f"UpstreamRegistryUrl: {UPSTREAM}"))
    assert judged.only("Cache", Verdict.OPEN).missing == "the account that it is deployed to"
    assert judge(CacheCredentialRule, cache(f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}")).passed == {"Cache"}


def test_an_upstream_prefix_needs_a_prefix(judge):
    text = cache(f"UpstreamRegistryUrl: {UPSTREAM}, {ROLE}, UpstreamRepositoryPrefix: prod")
    judged = judge(
        CacheCredentialRule, text.replace("EcrRepositoryPrefix: cached", "EcrRepositoryPrefix: ROOT")
    )
    assert judged.failed == {"Cache": ["upstream-prefix"]}


def test_a_credential_or_upstream_that_deployment_determines_is_open(judge):
    judged = judge(CacheCredentialRule, cache(f"{DOCKER_HUB}, CredentialArn: !Ref Arn"))
    assert judged.only("Cache", Verdict.OPEN).missing == "the value of parameter Arn"
    assert judge(CacheCredentialRule, cache("UpstreamRegistryUrl: !Ref Url")).open == {"Cache"}


def test_the_granular_ids_are_the_kinds_of_faults():
    assert set(CacheCredentialRule.granular) == {kind.value for kind in CredentialFaultKind}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("ecr-pullthroughcache/hub-a1b2c3", Verdict.PASS),
        ("hub-a1b2c3", Verdict.FAIL),
        ("${Arn}", Verdict.OPEN),
    ],
)
def test_an_arn_with_the_deployment_s_account_and_region_is_judged_by_its_name(judge, name, verdict):
    arn = f'!Sub "arn:${{AWS::Partition}}:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{name}"'
    (found,) = judge(CacheCredentialRule, cache(f"{DOCKER_HUB}, CredentialArn: {arn}")).findings
    assert found.verdict is verdict
    assert found.granular == ("arn" if verdict is Verdict.FAIL else None)
