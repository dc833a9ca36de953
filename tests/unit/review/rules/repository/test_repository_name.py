from __future__ import annotations

from ecr_blueprints.review.rules.repository.repository_name import RepositoryNameRule
from ecr_blueprints.review.verdict import Severity, Verdict


def test_names_are_held_to_the_grammar(judge):
    judged = judge(
        RepositoryNameRule,
        """
        Parameters:
          Name: {Type: String, Default: prod/api}
        Resources:
          Good: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/payments/api}}
          Generated: {Type: AWS::ECR::Repository}
          Upper: {Type: AWS::ECR::Repository, Properties: {RepositoryName: Prod/API}}
          Slash: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/}}
          NoText: {Type: AWS::ECR::Repository, Properties: {RepositoryName: [a]}}
          Given: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Ref Name}}
        """,
    )
    assert judged.failed == {"Upper": ["grammar"], "Slash": ["grammar"], "NoText": ["grammar"]}
    assert judged.passed == {"Good", "Generated"}
    assert judged.open == {"Given"}
    assert judged.only("Upper").fix == "write 'prod/api'"
    assert judged.only("Upper").resource.property_path == "RepositoryName"
    assert judged.only("Given", Verdict.OPEN).missing == "the value of parameter Name"


def test_a_name_that_two_repositories_have_fails_at_the_second(judge):
    judged = judge(
        RepositoryNameRule,
        """
        Resources:
          First: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/api}}
          Second: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/api}}
          Other: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/web}}
        """,
    )
    assert judged.failed == {"Second": ["duplicate"]}
    assert "First" in judged.only("Second").message
    assert judged.only("Second").severity is Severity.ERROR


def test_the_convention_is_judged_where_one_is_declared(judge, stages):
    text = """
        Resources:
          Follows: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/payments/api}}
          Breaks: {Type: AWS::ECR::Repository, Properties: {RepositoryName: api}}
          Cached: {Type: AWS::ECR::Repository, Properties: {RepositoryName: quay/coreos/etcd/x}}
          Assets:
            Type: AWS::ECR::Repository
            Properties: {RepositoryName: cdk-hnb659fds-container-assets-111122223333-eu-west-1}
          Cache:
            Type: AWS::ECR::PullThroughCacheRule
            Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
        """
    assert judge(RepositoryNameRule, text).failed == {}
    judged = judge(RepositoryNameRule, text, production=stages)
    assert judged.failed == {"Breaks": ["convention"]}
    assert judged.passed == {"Follows", "Cached", "Assets"}
    assert judged.only("Breaks").severity is Severity.WARNING
    assert "'prod/payments/api'" in judged.only("Breaks").fix
