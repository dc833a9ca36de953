from __future__ import annotations

from ecr_blueprints.review.rules.repository.repository_deletion import RepositoryDeletionRule
from ecr_blueprints.review.verdict import Severity

TEXT = """
Parameters:
  Empty: {Type: String}
Resources:
  Kept:
    Type: AWS::ECR::Repository
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties: {RepositoryName: prod/payments/kept, EmptyOnDelete: true}
  Nothing: {Type: AWS::ECR::Repository, Properties: {RepositoryName: prod/payments/nothing}}
  HalfKept:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties: {RepositoryName: prod/payments/half}
  Emptied:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: prod/payments/emptied, EmptyOnDelete: "true"}
  EmptiedByReplacement:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties: {RepositoryName: prod/payments/replaced, EmptyOnDelete: true}
  Given:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: prod/payments/given, EmptyOnDelete: !Ref Empty}
  Development:
    Type: AWS::ECR::Repository
    DeletionPolicy: Delete
    Properties: {RepositoryName: dev/payments/api, EmptyOnDelete: true}
  Assets:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: cdk-hnb659fds-container-assets-111122223333-eu-west-1, EmptyOnDelete: true}
"""


def test_production_outlives_its_stack(judge, stages):
    judged = judge(RepositoryDeletionRule, TEXT, production=stages)
    assert judged.failed == {
        "Nothing": ["deletion"],
        "HalfKept": ["replacement"],
        "Emptied": ["emptied"],
        "EmptiedByReplacement": ["emptied"],
        "Given": ["deletion"],
    }
    assert judged.passed == {"Kept"}
    assert judged.not_applicable == {"Development", "Assets"}


def test_only_lost_images_are_an_error(judge, stages):
    judged = judge(RepositoryDeletionRule, TEXT, production=stages)
    errors = {one.resource.logical_id for one in judged.findings if one.severity is Severity.ERROR}
    assert errors == {"Emptied", "EmptiedByReplacement"}
    assert "deleted when a change of name" in judged.only("EmptiedByReplacement").message
    assert "can be pulled by no node" in str(judged.only("Emptied").witness)
    assert judged.only("HalfKept").resource.property_path == "UpdateReplacePolicy"


def test_what_nothing_declares_is_treated_as_production(judge):
    judged = judge(RepositoryDeletionRule, TEXT)
    assert judged.failed["Development"] == ["emptied"]
    assert "--registry" in judged.only("Development").fix


def test_an_attribute_that_only_deployment_decides_is_open(judge):
    judged = judge(
        RepositoryDeletionRule,
        """
        Transform: AWS::LanguageExtensions
        Parameters:
          Policy: {Type: String}
        Resources:
          Api:
            Type: AWS::ECR::Repository
            DeletionPolicy: !Ref Policy
            UpdateReplacePolicy: Retain
        """,
    )
    assert judged.open == {"Api"}
    assert judged.failed == {}
