from __future__ import annotations

from ecr_blueprints.review.rules.repository.dangling_reference import DanglingReferenceRule


def test_a_reference_that_leads_nowhere_fails_with_the_nearest_name(judge):
    judged = judge(
        DanglingReferenceRule,
        """
        Parameters:
          RepositoryName: {Type: String}
        Resources:
          Good: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Ref RepositoryName}}
          Typo: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Ref RepositoryNmae}}
          Nowhere: {Type: AWS::ECR::Repository, Properties: {RepositoryName: !Sub "x-${Zzzz.Arn}"}}
        """,
    )
    assert set(judged.failed) == {"Typo", "Nowhere"}
    assert "RepositoryNmae" in judged.only("Typo").message
    assert "write 'RepositoryName'" in judged.only("Typo").fix
    assert judged.only("Nowhere").fix.startswith("declare 'Zzzz'")


def test_a_template_without_one_says_nothing(judge):
    judged = judge(DanglingReferenceRule, "Resources: {Api: {Type: AWS::ECR::Repository}}")
    assert judged.findings == ()
