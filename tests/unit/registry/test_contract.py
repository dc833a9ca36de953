"""The contract says what other apps may know, and is read back as it was written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import ContractError
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.contract import parse_contract, render_contract
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.naming_exception import NamingException
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

FILE = SourceLocation(template="registry.json")
REGISTRY = Registry(
    account="111122223333",
    region="eu-west-1",
    has_contract=True,
    production=ProductionScope(
        convention=NamingConvention("{stage}/{team}/{app}"), stages=Stages.of({"dev": False, "prod": True})
    ),
    base_prefixes=("base",),
    naming_exceptions=(NamingException(names="legacy/batch", reason="older than the convention"),),
    scanning=(
        ScanningConfiguration(
            source=FILE,
            scan_type=ScanType.ENHANCED,
            rules=(ScanningRule(frequency=ScanFrequency.CONTINUOUS_SCAN, filters=("prod/*", "k8s/*")),),
        ),
    ),
    creation_templates=(
        CreationTemplate(
            source=FILE,
            prefix="k8s",
            applied_for=(AppliedFor.PULL_THROUGH_CACHE,),
            tag_mutability=TagMutability(
                mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("latest"),)
            ),
            lifecycle_policy=render_lifecycle_policy(Retention().policy(RepositoryKind.CACHE)),
        ),
    ),
    cache_rules=(
        CacheRule(
            source=FILE, prefix="k8s", upstream_registry="k8s", upstream_registry_url="registry.k8s.io"
        ),
        CacheRule(
            source=FILE,
            prefix="golden",
            upstream_registry="ecr",
            upstream_registry_url="222233334444.dkr.ecr.eu-west-1.amazonaws.com",
            upstream_prefix="base",
            frozen=True,
        ),
    ),
    signing=(
        SigningConfiguration(
            source=FILE,
            rules=(
                SigningRule(
                    source=FILE,
                    profile_arn="arn:aws:signer:eu-west-1:111122223333:/signing-profiles/release",
                    filters=("prod/*",),
                ),
                SigningRule(
                    source=FILE,
                    profile_arn=Unresolved("the signing profile", depends_on="the registry's deployment"),
                ),
            ),
        ),
    ),
    build_caches=(BuildCache(source=FILE, names="cache/*"),),
    encryption=Encryption(
        type=EncryptionType.KMS,
        kms_key="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
)


def test_what_is_written_is_what_is_read() -> None:
    assert parse_contract(render_contract([REGISTRY])).registries == (REGISTRY,)


def test_a_key_that_only_deployment_knows_stays_unknown() -> None:
    unknown = Encryption(type=EncryptionType.KMS, kms_key=Unresolved("Ref: Key"))
    (read,) = parse_contract(render_contract([replace(REGISTRY, encryption=unknown)])).registries
    assert read.encryption is not None
    assert read.encryption.type is EncryptionType.KMS
    assert isinstance(read.encryption.kms_key, Unresolved)


def test_it_holds_addresses_and_nothing_secret() -> None:
    secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
    rule = replace(REGISTRY.cache_rules[0], credential_arn=secret_arn)
    repository = Repository(source=FILE, name="prod/payments/api")
    text = render_contract([replace(REGISTRY, cache_rules=(rule,), repositories=(repository,))])
    entry = json.loads(text)["registries"][0]
    assert entry["uri"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    assert entry["caches"][0]["uri"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/k8s"
    assert "secret" not in text
    assert "payments/api" not in text


def test_a_member_of_a_newer_version_does_not_break_an_older_reader() -> None:
    document = json.loads(render_contract([REGISTRY]))
    document["registries"][0]["unheardOf"] = [{"profile": "x"}]
    assert parse_contract(json.dumps(document)).registries == (REGISTRY,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{}", "not a registry contract"),
        ("[]", "not a registry contract"),
        ('{"contractVersion": 2, "registries": []}', "contract version 2"),
        ('{"contractVersion": 1, "registries": []}', "holds no registries"),
        ('{"contractVersion": 1, "registries": [3]}', "an object was expected"),
        ('{"contractVersion": 1, "registries": [{"account": "1"}]}', "region"),
        (
            '{"contractVersion": 1, "registries": [{"account": null, "region": null, "convention": "x"}]}',
            "convention",
        ),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_contract_is_refused_with_the_way_out(text: str, says: str) -> None:
    with pytest.raises(ContractError) as caught:
        parse_contract(text, where="a/registry.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("a/registry.json")
    assert caught.value.fix or caught.value.allowed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(member=st.sampled_from(sorted(json.loads(render_contract([REGISTRY]))["registries"][0])), value=JSON)
def test_any_value_in_any_member_is_read_or_refused(member: str, value: object) -> None:
    document = json.loads(render_contract([REGISTRY]))
    document["registries"][0][member] = value
    try:
        contract = parse_contract(json.dumps(document))
    except ContractError:
        return
    assert parse_contract(render_contract(contract.registries)).registries == contract.registries


def test_an_environment_finds_its_registry_or_hears_which_there_are() -> None:
    other = replace(REGISTRY, region="eu-central-1")
    contract = parse_contract(render_contract([REGISTRY, other]))
    assert contract.registry_for("111122223333", "eu-central-1").region == "eu-central-1"
    assert contract.registry_for(None, "eu-west-1").region == "eu-west-1"
    for account, region, says in ((None, None, "several registries"), ("222233334444", None, "no registry")):
        with pytest.raises(ContractError) as caught:
            contract.registry_for(account, region)
        assert says in caught.value.what
        assert caught.value.allowed == "111122223333/eu-west-1, 111122223333/eu-central-1"
