"""What stays where a creation is rolled back is made when nothing else of its stack can fail.

A signing profile, whose name is never free again, and a key's alias, which guardrails keep.
"""

from __future__ import annotations

import json

import pytest
from example_assemblies import example_names
from stored_assembly import read_stored

MAY_FAIL = (
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::IAM::OIDCProvider",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "Custom::",
)
ALIAS, PROFILE = "AWS::KMS::Alias", "AWS::Signer::SigningProfile"


@pytest.mark.parametrize("name", example_names())
def test_an_alias_waits_for_whatever_may_fail_and_a_profile_for_the_alias(name: str) -> None:
    for file, text in read_stored(name).items():
        resources = json.loads(text).get("Resources", {}) if file.endswith(".template.json") else {}
        before = {key for key, one in resources.items() if one["Type"].startswith(MAY_FAIL)}
        aliases = {key for key, one in resources.items() if one["Type"] == ALIAS}
        for one in resources.values():
            if one["Type"] == ALIAS:
                assert set(one["DependsOn"]) >= before, file
            if one["Type"] == PROFILE:
                assert set(one["DependsOn"]) >= before | aliases, file


@pytest.mark.parametrize("kind", [ALIAS, PROFILE])
@pytest.mark.parametrize("name", ["centralized", "tenant-managed"])
def test_examples_have_them(name: str, kind: str) -> None:
    assert any(kind in text for text in read_stored(name).values())
