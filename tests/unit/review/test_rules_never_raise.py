"""Whatever a template holds, every rule answers, and every answer is complete."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.repository import DeletionPolicy, Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.ruleset import RULES
from ecr_blueprints.review.verdict import Verdict

from .conftest import STAGES

PROPERTIES = {
    "AWS::ECR::Repository": [
        "RepositoryName",
        "ImageTagMutability",
        "ImageTagMutabilityExclusionFilters",
        "LifecyclePolicy",
        "RepositoryPolicyText",
        "ImageScanningConfiguration",
        "EmptyOnDelete",
        "EncryptionConfiguration",
        "Tags",
    ],
    "AWS::ECR::RepositoryCreationTemplate": [
        "Prefix",
        "AppliedFor",
        "LifecyclePolicy",
        "RepositoryPolicy",
        "ResourceTags",
        "CustomRoleArn",
        "EncryptionConfiguration",
    ],
    "AWS::ECR::PullThroughCacheRule": [
        "EcrRepositoryPrefix",
        "UpstreamRegistry",
        "UpstreamRegistryUrl",
        "CredentialArn",
    ],
    "AWS::ECR::RegistryScanningConfiguration": ["ScanType", "Rules"],
    "AWS::ECR::RegistryPolicy": ["PolicyText"],
}

values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=20),
        st.sampled_from(
            ["*", "ROOT", "prod", "prod/*", "ENHANCED", "BASIC", "CONTINUOUS_SCAN", "Allow", "docker-hub"]
        ),
        st.sampled_from(
            [{"Ref": "Given"}, {"Ref": "Nowhere"}, {"Fn::GetAtt": ["A", "Arn"]}, {"Fn::Sub": "a-${Given}"}]
        ),
        st.just('{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any"},"action":{"type":"expire"}}]}'),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "Statement",
                    "Effect",
                    "Principal",
                    "Action",
                    "Condition",
                    "StringLike",
                    "aws:PrincipalOrgID",
                    "LifecyclePolicyText",
                    "ScanFrequency",
                    "RepositoryFilters",
                    "Filter",
                    "Key",
                    "Value",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
resources = st.sampled_from(sorted(PROPERTIES)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {
            "Type": st.just(kind),
            "Properties": st.dictionaries(st.sampled_from(PROPERTIES[kind]), values, max_size=6),
        },
        optional={"DeletionPolicy": st.one_of(st.text(max_size=6), st.just({"Ref": "Given"}))},
    )
)


def check(registry: Registry) -> None:
    for rule in RULES:
        found = list(rule().check(registry))
        for finding in found:
            assert (finding.verdict is Verdict.OPEN) == (finding.missing is not None)
            assert (finding.verdict is Verdict.FAIL) == (finding.fix is not None)
            if finding.verdict is Verdict.FAIL:
                assert finding.message
                assert finding.fix
                assert (finding.granular in rule.granular) if rule.granular else (finding.granular is None)
            assert len(finding.fingerprint) == 32


@given(st.dictionaries(st.sampled_from("ABCDE"), resources, min_size=1), st.booleans())
def test_any_template_is_judged(body, with_stages):
    text = json.dumps({"Parameters": {"Given": {"Type": "String"}}, "Resources": body})
    for registry in read_registries([Template.parse(text, name="t.json")]):
        check(replace(registry, production=STAGES) if with_stages else registry)


unresolved = st.builds(Unresolved, st.text(max_size=8), st.text(max_size=8))
malformed = st.builds(Malformed, st.text(max_size=8), st.text(min_size=1, max_size=8))
texts = st.one_of(st.text(max_size=8), unresolved)
nothing = st.none()
sources = st.builds(SourceLocation, template=st.just("t"), logical_id=st.sampled_from("ABC"))
policies = st.one_of(unresolved, malformed, st.just(AccessPolicy(statements=(Unresolved("x"),))))
encryptions = st.one_of(unresolved, malformed, st.builds(Encryption, type=unresolved))
registries = st.builds(
    Registry,
    repositories=st.lists(
        st.builds(
            Repository,
            source=sources,
            name=st.one_of(nothing, texts, malformed),
            tag_mutability=st.one_of(unresolved, malformed),
            lifecycle_policy=st.one_of(nothing, texts, malformed),
            policy=st.one_of(nothing, policies),
            encryption=encryptions,
            scan_on_push=st.one_of(nothing, st.booleans(), unresolved),
            empty_on_delete=st.one_of(st.booleans(), unresolved),
            deletion_policy=st.one_of(nothing, st.builds(DeletionPolicy, on_delete=texts, on_replace=texts)),
            tags=unresolved,
        ),
        max_size=2,
    ).map(tuple),
    creation_templates=st.lists(
        st.builds(
            CreationTemplate,
            source=sources,
            prefix=st.one_of(texts, malformed),
            applied_for=st.one_of(st.just(()), unresolved, malformed),
            encryption=encryptions,
            lifecycle_policy=st.one_of(nothing, texts, malformed),
            policy=st.one_of(nothing, policies),
            resource_tags=unresolved,
            custom_role_arn=st.one_of(nothing, texts),
        ),
        max_size=2,
    ).map(tuple),
    cache_rules=st.lists(
        st.builds(
            CacheRule,
            source=sources,
            prefix=st.one_of(texts, malformed),
            upstream_registry=st.one_of(nothing, texts),
            upstream_registry_url=st.one_of(nothing, texts),
            credential_arn=st.one_of(nothing, texts),
        ),
        max_size=2,
    ).map(tuple),
    scanning=st.lists(
        st.builds(
            ScanningConfiguration,
            source=sources,
            scan_type=st.one_of(unresolved, malformed),
            rules=st.one_of(
                unresolved,
                st.lists(
                    st.one_of(
                        unresolved,
                        st.builds(
                            ScanningRule,
                            frequency=st.one_of(unresolved, malformed),
                            filters=st.one_of(unresolved, st.lists(texts, max_size=2).map(tuple)),
                        ),
                    ),
                    max_size=2,
                ).map(tuple),
            ),
        ),
        max_size=2,
    ).map(tuple),
    policies=st.lists(st.builds(RegistryPolicy, source=sources, policy=policies), max_size=1).map(tuple),
    production=st.just(STAGES),
    has_contract=st.booleans(),
)


@given(registries)
def test_any_registry_is_judged(registry):
    check(registry)


@given(registries)
def test_what_a_contract_declares_is_not_judged(registry):
    context = SourceLocation(template="registry.json")
    moved = replace(
        registry,
        repositories=(),
        creation_templates=tuple(replace(one, source=context) for one in registry.creation_templates),
        cache_rules=tuple(replace(one, source=context) for one in registry.cache_rules),
        scanning=tuple(replace(one, source=context) for one in registry.scanning),
        policies=(),
    )
    assert [finding for rule in RULES for finding in rule().check(moved)] == []
