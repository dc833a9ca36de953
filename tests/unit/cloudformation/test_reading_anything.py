"""Whatever a template holds, reading it raises nothing but `UnusableInputError`."""

from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecr_blueprints.cloudformation.registry_reader import read_registries
from ecr_blueprints.cloudformation.template import Template
from ecr_blueprints.errors import UnusableInputError
from ecr_blueprints.registry.conflicts import find_conflicts

NAMES = ["A", "B", "AWS::NoValue", "AWS::Region", "C1", "M"]
TYPES = [
    "AWS::ECR::Repository",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RegistryScanningConfiguration",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::SecretsManager::Secret",
    "AWS::CloudFormation::Stack",
]
PROPERTIES = [
    "RepositoryName",
    "Prefix",
    "EcrRepositoryPrefix",
    "AppliedFor",
    "ImageTagMutability",
    "ImageTagMutabilityExclusionFilters",
    "LifecyclePolicy",
    "LifecyclePolicyText",
    "RepositoryPolicyText",
    "RepositoryPolicy",
    "PolicyText",
    "EncryptionConfiguration",
    "EncryptionType",
    "ImageScanningConfiguration",
    "EmptyOnDelete",
    "Tags",
    "ResourceTags",
    "Key",
    "Value",
    "ScanType",
    "Rules",
    "ScanFrequency",
    "RepositoryFilters",
    "Filter",
    "CredentialArn",
    "UpstreamRegistry",
    "CustomRoleArn",
    "SecretString",
    "GenerateSecretString",
    "SecretStringTemplate",
    "KmsKeyId",
    "Name",
    "Statement",
    "Version",
    "Effect",
    "Principal",
    "Action",
    "Condition",
    "StringEquals",
    "AWS",
    "DeletionPolicy",
]
FUNCTIONS = [
    "Ref",
    "Condition",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::ForEach::Loop",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        [*NAMES, "*", "Allow", "KMS", "IMMUTABLE", "${A}-${B.Arn}${!x}", "{{resolve:ssm:x}}", "A.Arn"]
    ),
    st.sampled_from(['{"Statement": []}', '{"a": "${A}"}', "[", "\ue000", "\ue001"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(PROPERTIES), inner, max_size=5),
        st.dictionaries(st.sampled_from(FUNCTIONS), inner, min_size=1, max_size=1),
        st.tuples(st.sampled_from(FUNCTIONS), st.lists(inner, min_size=2, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        ),
    ),
    max_leaves=25,
)
RESOURCES = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"Type": st.sampled_from(TYPES)},
        optional={
            "Properties": st.one_of(VALUES, st.dictionaries(st.sampled_from(PROPERTIES), VALUES, max_size=8)),
            "Metadata": st.one_of(VALUES, st.just({"aws:cdk:path": "S/R"})),
            "Condition": st.sampled_from(["C1", "C2"]),
            "DependsOn": VALUES,
            "DeletionPolicy": VALUES,
        },
    ),
)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from(NAMES), RESOURCES, min_size=1, max_size=4)},
    optional={
        "Parameters": st.one_of(VALUES, st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)),
        "Conditions": st.one_of(VALUES, st.dictionaries(st.sampled_from(["C1", "C2"]), VALUES, max_size=2)),
        "Mappings": VALUES,
        "Outputs": VALUES,
        "Transform": VALUES,
    },
)


@given(TEMPLATES)
def test_any_template_is_read(body: dict[str, Any]) -> None:
    template = Template.parse(json.dumps(body), name="t.json")

    for registry in read_registries([template]):
        assert registry.label == "t.json"
        assert all(isinstance(conflict.message, str) for conflict in find_conflicts(registry))
        hash(registry.scanning)
        str(registry)


@given(st.one_of(st.text(max_size=200), VALUES.map(json.dumps)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        template = Template.parse(text, name="t")
    except UnusableInputError:
        return
    assert all(registry.label == "t" for registry in read_registries([template]))


def test_a_stack_at_cloudformations_limit_is_read_at_once() -> None:
    principal = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::111122223333:root"]]}
    statement = {"Effect": "Allow", "Principal": {"AWS": [principal] * 3}, "Action": ["ecr:BatchGetImage"]}
    resources = {
        f"R{index}": {
            "Type": "AWS::ECR::Repository",
            "Properties": {
                "RepositoryName": f"team/app-{index}",
                "RepositoryPolicyText": {"Version": "2012-10-17", "Statement": [statement, statement]},
                "LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": []})},
            },
        }
        for index in range(490)
    }
    text = json.dumps({"Resources": resources})

    start = time.process_time()
    (registry,) = read_registries([Template.parse(text, name="t.json")])
    elapsed = time.process_time() - start

    assert len(registry.repositories) == 490
    # A tenth of this was measured; the machine may be busy.
    assert elapsed < 0.5
