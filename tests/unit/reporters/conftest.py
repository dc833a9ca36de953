from __future__ import annotations

import pytest

from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.report import Report
from ecr_blueprints.review.verdict import Severity, Verdict

PAYMENTS = "cdk.out/assembly-Prod/RegistryApplicationStackPayments1234567890.template.json"
SEARCH = "cdk.out/Search.template.json"

API = SourceLocation(
    template=PAYMENTS,
    logical_id="PaymentsApiC5D7E3A1",
    construct_path="Prod/Payments/PaymentsApi/Resource",
    resource_type="AWS::ECR::Repository",
    property_path="LifecyclePolicy.LifecyclePolicyText",
)
WORKER = SourceLocation(
    template=PAYMENTS,
    logical_id="Worker1F2E3D4C",
    construct_path="Prod/Payments/Worker/Resource",
    resource_type="AWS::ECR::Repository",
)
INDEXER = SourceLocation(template=SEARCH, logical_id="Indexer", resource_type="AWS::ECR::Repository")


def finding(
    verdict: Verdict, resource: SourceLocation, rule_id: str = "ECR101", severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(
        rule_id=rule_id,
        name="mutable-production-tags",
        severity=severity,
        verdict=verdict,
        message="a pushed tag can be moved" if verdict is Verdict.FAIL else "",
        resource=resource,
        fix="set ImageTagMutability to IMMUTABLE" if verdict is Verdict.FAIL else None,
        missing="which repositories are production" if verdict is Verdict.OPEN else None,
        practices=("TAG-01",),
        crosswalk=("CKV_AWS_51",),
    )


@pytest.fixture
def report() -> Report:
    return Report(
        findings=(
            finding(Verdict.FAIL, INDEXER),
            finding(Verdict.PASS, WORKER),
            finding(Verdict.OPEN, WORKER, "ECR201"),
            finding(Verdict.OPEN, INDEXER, "ECR201"),
            finding(Verdict.NOT_APPLICABLE, WORKER, "ECR401"),
            finding(Verdict.FAIL, WORKER, "ECR109", Severity.NOTE),
            Finding(
                rule_id="ECR301",
                name="lifecycle-policy-grammar",
                severity=Severity.ERROR,
                verdict=Verdict.FAIL,
                message=(
                    "rule 2 selects tagged images and names neither tagPrefixList nor tagPatternList, "
                    "so that CloudFormation refuses the whole template at deploy"
                ),
                resource=API,
                granular="tagSelection",
                witness=(
                    "the image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/prod/payments/payments-api:v1.2.3"
                ),
                fix="add tagPatternList, or select untagged images",
                practices=("LC-02", "LC-03"),
            ),
        ),
        sources=(PAYMENTS, SEARCH),
        registries=("111122223333/eu-west-1",),
        repositories=3,
    )


@pytest.fixture
def clean_report() -> Report:
    return Report(
        findings=(finding(Verdict.PASS, WORKER), finding(Verdict.PASS, INDEXER, "ECR301")),
        sources=(PAYMENTS,),
        registries=("111122223333/eu-west-1",),
        repositories=1,
    )
