from __future__ import annotations

import pytest

from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.review.rules.repository.tag_mutability import TagMutabilityRule
from ecr_blueprints.review.verdict import Severity, Verdict

TEXT = """
Parameters:
  Mode: {Type: String}
Resources:
  Default: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/payments/api}}
  Development: {Type: AWS::ECR::Repository, Properties: {RepositoryName: dev/payments/api}}
  Immutable:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: prod/payments/web, ImageTagMutability: IMMUTABLE}
  Misspelled:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: dev/payments/web, ImageTagMutability: immutable}
  Given:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: prod/payments/job, ImageTagMutability: !Ref Mode}
  Assets:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: cdk-hnb659fds-container-assets-111122223333-eu-west-1}
  Cached: {Type: AWS::ECR::Repository, Properties: {RepositoryName: quay/coreos/etcd}}
  Cache:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
"""


def test_production_is_immutable_and_development_need_not_be(judge, stages):
    judged = judge(TagMutabilityRule, TEXT, production=stages)
    assert judged.failed == {"Default": ["mutable"], "Misspelled": ["value"]}
    assert judged.passed == {"Immutable"}
    assert judged.open == {"Given"}
    assert judged.not_applicable == {"Development", "Assets", "Cached"}
    assert judged.only("Default").severity is Severity.WARNING
    assert judged.only("Misspelled").severity is Severity.ERROR
    assert "the stage 'prod' is declared production" in judged.only("Default").message
    assert judged.only("Default").witness == "a second push of the tag v1.2.3 moves it to another image"


def test_what_nothing_declares_fails_and_says_how_to_declare_it(judge):
    judged = judge(TagMutabilityRule, TEXT)
    assert set(judged.failed) == {"Default", "Development", "Misspelled"}
    finding = judged.only("Development")
    assert "nothing declares whether it is production (no naming convention is declared)" in finding.message
    assert "--registry registry.json" in finding.fix


def test_base_images_below_a_declared_prefix_may_move_their_tags(judge, stages):
    text = """
Resources:
  Base: {Type: AWS::ECR::Repository, Properties: {RepositoryName: base/python}}
  Basement: {Type: AWS::ECR::Repository, Properties: {RepositoryName: basement/python}}
"""
    judged = judge(TagMutabilityRule, text, production=stages, base_prefixes=("base",))
    assert judged.failed == {"Basement": ["mutable"]}
    assert judged.not_applicable == {"Base"}


def test_a_registry_that_is_not_production_is_not_held_to_it(judge):
    judged = judge(TagMutabilityRule, TEXT, production=ProductionScope(whole_registry=False))
    assert judged.failed == {"Misspelled": ["value"]}
    assert judged.passed == set()


@pytest.mark.parametrize(
    ("mode", "exclusions", "moved"),
    [
        ("IMMUTABLE_WITH_EXCLUSION", ["latest"], None),
        ("IMMUTABLE_WITH_EXCLUSION", ["latest", "buildcache*", "dev-*", "pr-*"], None),
        ("IMMUTABLE_WITH_EXCLUSION", ["*"], "v1.2.3"),
        ("IMMUTABLE_WITH_EXCLUSION", ["v*"], "v1.2.3"),
        ("IMMUTABLE_WITH_EXCLUSION", ["latest", "sha-*"], "sha-a1b2c3d"),
        ("IMMUTABLE_WITH_EXCLUSION", ["release-*"], "release-1.2.3"),
        ("MUTABLE_WITH_EXCLUSION", ["*"], None),
        ("MUTABLE_WITH_EXCLUSION", ["v*"], "1.2.3"),
    ],
)
def test_exclusions_count_by_what_they_free(judge, mode, exclusions, moved):
    filters = "".join(
        f"""
              - ImageTagMutabilityExclusionFilterType: WILDCARD
                ImageTagMutabilityExclusionFilterValue: "{one}\""""
        for one in exclusions
    )
    judged = judge(
        TagMutabilityRule,
        f"""
        Resources:
          Api:
            Type: AWS::ECR::Repository
            Properties:
              ImageTagMutability: {mode}
              ImageTagMutabilityExclusionFilters:{filters}
        """,
    )
    if moved is None:
        assert judged.passed == {"Api"}
    else:
        granular = "mutable" if mode.startswith("MUTABLE") else "exclusion"
        assert judged.failed == {"Api": [granular]}
        assert moved in str(judged.only("Api", Verdict.FAIL).witness)
