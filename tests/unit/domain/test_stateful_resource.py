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
            "Guardrail": {
                "Type": "AWS::Organizations::Policy",
                "Properties": {"Type": "RESOURCE_CONTROL_POLICY"},
            },
            "Waiting": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        }
    }

    assert stateful_identities(template) == {
        "Api": {"type": "AWS::ECR::Repository", "RepositoryName": "prod/payments/api"},
        "Scanning": {"type": "AWS::ECR::RegistryScanningConfiguration"},
        "Key": {"type": "AWS::KMS::Key"},
        "Guardrail": {"type": "AWS::Organizations::Policy", "Type": "RESOURCE_CONTROL_POLICY"},
    }


def test_a_template_without_resources_holds_no_state() -> None:
    assert stateful_identities({}) == {}
