from __future__ import annotations

from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.review.rules.cache.cache_template import CacheTemplateRule
from ecr_blueprints.review.verdict import Severity

CACHES = """
Parameters: {Prefix: {Type: String}}
Resources:
  Quay:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
  Public:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: ecr-public/, UpstreamRegistryUrl: public.ecr.aws}
"""
POLICY = (
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed",'
    '"countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}'
)


def template(name: str, prefix: str, applied_for: str, policy: str | None = POLICY) -> str:
    lifecycle = f", LifecyclePolicy: '{policy}'" if policy is not None else ""
    return f"""
  {name}:
    Type: AWS::ECR::RepositoryCreationTemplate
    Properties: {{Prefix: {prefix}, AppliedFor: [{applied_for}]{lifecycle}}}
"""


def test_a_cache_without_any_template_fails(judge):
    judged = judge(CacheTemplateRule, CACHES + template("Other", "quay-x", "PULL_THROUGH_CACHE"))
    assert judged.failed == {"Quay": ["missing"], "Public": ["missing"]}
    assert judged.only("Quay").severity is Severity.WARNING


def test_its_own_template_or_root_serves_a_cache(judge):
    own = template("Own", "quay", "PULL_THROUGH_CACHE") + template("Pub", "ecr-public", "PULL_THROUGH_CACHE")
    assert judge(CacheTemplateRule, CACHES + own).passed == {"Quay", "Public"}
    root = template("Root", "ROOT", "PULL_THROUGH_CACHE, REPLICATION")
    assert judge(CacheTemplateRule, CACHES + root).passed == {"Quay", "Public"}


def test_a_template_that_is_not_applied_for_caches_takes_the_place_of_root(judge):
    both = template("Root", "ROOT", "PULL_THROUGH_CACHE") + template("Own", "quay", "REPLICATION")
    judged = judge(CacheTemplateRule, CACHES + both)
    assert judged.failed == {"Quay": ["not-applied"]}
    assert judged.passed == {"Public"}
    assert "'quay'" in judged.only("Quay").message


def test_a_template_without_lifecycle_leaves_the_cache_to_grow(judge):
    judged = judge(CacheTemplateRule, CACHES + template("Root", "ROOT", "PULL_THROUGH_CACHE", None))
    assert judged.failed == {"Quay": ["lifecycle"], "Public": ["lifecycle"]}


def test_what_deployment_determines_is_open(judge):
    assert judge(CacheTemplateRule, CACHES + template("T", "!Ref Prefix", "PULL_THROUGH_CACHE")).open == {
        "Quay",
        "Public",
    }
    assert judge(CacheTemplateRule, CACHES + template("T", "ROOT", "!Ref Prefix")).open == {"Quay", "Public"}
    given = """
  Given:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: !Ref Prefix, UpstreamRegistryUrl: quay.io}
"""
    assert judge(CacheTemplateRule, CACHES + given).open == {"Given"}


def test_a_prefix_that_ecr_refuses_fails(judge):
    judged = judge(
        CacheTemplateRule,
        """
        Resources:
          Star:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: "docker-hub/*", UpstreamRegistryUrl: quay.io}
          Short:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: q, UpstreamRegistryUrl: quay.io}
          Missing:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {UpstreamRegistryUrl: quay.io}
        """,
    )
    assert judged.failed == {"Star": ["prefix"], "Short": ["prefix"], "Missing": ["prefix"]}
    assert judged.only("Star").severity is Severity.ERROR
    assert "'docker-hub'" in judged.only("Star").fix


def test_a_template_of_the_contract_serves_and_is_not_judged(judge):
    from ecr_blueprints.domain.creation_template import AppliedFor

    contract = CreationTemplate(
        source=SourceLocation(template="registry.json"),
        prefix="ROOT",
        applied_for=(AppliedFor.PULL_THROUGH_CACHE,),
        lifecycle_policy=POLICY,
    )
    judged = judge(CacheTemplateRule, CACHES, creation_templates=(contract,), has_contract=True)
    assert judged.passed == {"Quay", "Public"}
