from __future__ import annotations

from ecr_blueprints.domain.stateful_resource import stateful_identities


def test_what_holds_state_is_known_by_type_and_create_only_properties() -> None:
    template = {
        "Resources": {
            "Api": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": "prod/payments/api", "ImageTagMutability": "IMMUTABLE"},
            },
            "Scanning": {
                "Type": "AWS::ECR::RegistryScanningConfiguration",
                "Properties": {"ScanType": "BASIC"},
            },
            "Key": {"Type": "AWS::KMS::Key"},
            "Waiting": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        }
    }

    assert stateful_identities(template) == {
        "Api": {"Type": "AWS::ECR::Repository", "RepositoryName": "prod/payments/api"},
        "Scanning": {"Type": "AWS::ECR::RegistryScanningConfiguration"},
        "Key": {"Type": "AWS::KMS::Key"},
    }


def test_a_template_without_resources_holds_no_state() -> None:
    assert stateful_identities({}) == {}
