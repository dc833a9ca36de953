from __future__ import annotations

from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.review.rules.scanning.registry_scanning_coverage import RegistryScanningCoverageRule
from ecr_blueprints.review.verdict import Verdict

RULE = RegistryScanningCoverageRule


def scanning(scan_type: str, *filters: str) -> str:
    listed = ", ".join(f'{{FilterType: WILDCARD, Filter: "{one}"}}' for one in filters)
    frequency = "SCAN_ON_PUSH" if scan_type == "BASIC" else "CONTINUOUS_SCAN"
    return f"""
  Scanning:
    Type: AWS::ECR::RegistryScanningConfiguration
    Properties:
      ScanType: {scan_type}
      Rules: [{{ScanFrequency: {frequency}, RepositoryFilters: [{listed}]}}]
"""


RESOURCES = """
Parameters:
  Name: {Type: String}
Resources:
  Api: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/payments/api}}
  Development: {Type: AWS::ECR::Repository, Properties: {RepositoryName: dev/payments/api}}
  OnPush:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: legacy, ImageScanningConfiguration: {ScanOnPush: true}}
  Generated: {Type: AWS::ECR::Repository}
  Given: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Ref Name}}
  Assets:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: cdk-hnb659fds-container-assets-111122223333-eu-west-1}
  Quay:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: quay, UpstreamRegistryUrl: quay.io}
  QuayTemplate:
    Type: AWS::ECR::RepositoryCreationTemplate
    Properties: {Prefix: quay, AppliedFor: [PULL_THROUGH_CACHE]}
  Replicated:
    Type: AWS::ECR::RepositoryCreationTemplate
    Properties: {Prefix: prod, AppliedFor: [REPLICATION]}
"""
EVERYTHING = {"Api", "Development", "OnPush", "Generated", "Given", "Quay", "Replicated"}


def test_settings_that_another_app_may_own_leave_it_open(judge):
    judged = judge(RULE, RESOURCES)
    assert judged.open == EVERYTHING
    assert judged.not_applicable == {"Assets"}
    assert judged.failed == {}
    missing = {one.missing for one in judged.findings if one.verdict is Verdict.OPEN}
    assert missing == {"the registry scanning configuration of template.yaml"}
    assert "ScanOnPush is deprecated" in judged.only("OnPush", Verdict.OPEN).message


def test_one_filter_for_everything_covers_everything(judge):
    judged = judge(RULE, RESOURCES + scanning("ENHANCED", "*"))
    assert judged.passed == EVERYTHING
    assert judged.failed == {}


def test_what_no_filter_covers_is_never_scanned(judge):
    judged = judge(RULE, RESOURCES + scanning("ENHANCED", "prod/*"))
    assert judged.failed == {"Development": ["uncovered"], "OnPush": ["uncovered"], "Quay": ["uncovered"]}
    assert judged.passed == {"Api", "Replicated"}
    assert judged.open == {"Generated", "Given"}
    assert "are never scanned" in judged.only("Quay").message
    assert "'quay/*'" in judged.only("Quay").fix


def test_a_filter_without_wildcard_covers_what_contains_it(judge):
    judged = judge(RULE, RESOURCES + scanning("ENHANCED", "payments"))
    assert {"Api", "Development"} <= judged.passed
    assert set(judged.failed) == {"OnPush", "Quay", "Replicated"}


def test_development_may_stay_unscanned_where_stages_are_declared(judge, stages):
    judged = judge(RULE, RESOURCES + scanning("ENHANCED", "prod/*", "quay/*"), production=stages)
    assert judged.failed == {"OnPush": ["uncovered"]}
    assert judged.not_applicable == {"Assets", "Development"}


def test_production_is_not_scanned_basic(judge, stages):
    judged = judge(RULE, RESOURCES + scanning("BASIC", "*"), production=stages)
    assert judged.failed == {"Api": ["basic"], "Replicated": ["basic"]}
    assert {"OnPush", "Quay"} <= judged.passed
    whole = judge(RULE, RESOURCES + scanning("BASIC", "*"), production=ProductionScope(whole_registry=True))
    assert set(whole.failed) == EVERYTHING


def test_a_registry_without_configuration_leaves_all_but_the_old_switch_unscanned(judge):
    policy = """
  Replication:
    Type: AWS::ECR::ReplicationConfiguration
    Properties: {ReplicationConfiguration: {Rules: []}}
"""
    judged = judge(RULE, RESOURCES + policy)
    assert set(judged.failed) == EVERYTHING - {"OnPush"}
    assert judged.passed == {"OnPush"}
    assert "the registry has no scanning configuration" in judged.only("Api").message


def test_a_root_template_answers_for_production_where_stages_are_declared(judge, stages):
    root = """
Resources:
  Root:
    Type: AWS::ECR::RepositoryCreationTemplate
    Properties: {Prefix: ROOT, AppliedFor: [REPLICATION]}
"""
    assert judge(RULE, root + scanning("ENHANCED", "prod/*")).failed == {"Root": ["uncovered"]}
    assert judge(RULE, root + scanning("ENHANCED", "prod/*"), production=stages).passed == {"Root"}
    judged = judge(RULE, root + scanning("ENHANCED", "dev/*"), production=stages)
    assert judged.failed == {"Root": ["uncovered"]}
    assert "'prod'" in judged.only("Root").message


def test_unresolved_filters_leave_open_what_no_other_covers(judge):
    judged = judge(
        RULE,
        """
        Parameters: {Filter: {Type: String}}
        Resources:
          Api: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/api}}
          Base: {Type: AWS::ECR::Repository, Properties: {RepositoryName: base/java}}
          Scanning:
            Type: AWS::ECR::RegistryScanningConfiguration
            Properties:
              ScanType: ENHANCED
              Rules:
                - ScanFrequency: CONTINUOUS_SCAN
                  RepositoryFilters:
                    - {FilterType: WILDCARD, Filter: !Ref Filter}
                    - {FilterType: WILDCARD, Filter: base/*}
        """,
    )
    assert judged.open == {"Api"}
    assert judged.passed == {"Base"}
