"""A signing profile, whose name is never free again, is made when nothing else of its stack can fail."""

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
    "AWS::KMS::Alias",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "Custom::",
)
PROFILE = "AWS::Signer::SigningProfile"


@pytest.mark.parametrize("name", example_names())
def test_a_profile_waits_for_whatever_may_fail(name: str) -> None:
    for file, text in read_stored(name).items():
        resources = json.loads(text).get("Resources", {}) if file.endswith(".template.json") else {}
        before = {key for key, one in resources.items() if one["Type"].startswith(MAY_FAIL)}
        for one in resources.values():
            if one["Type"] == PROFILE:
                assert set(one["DependsOn"]) >= before, file


def test_an_example_signs() -> None:
    assert any(PROFILE in text for text in read_stored("centralized").values())
