"""Settings that exist are taken over by importing them, and stay as they are.

What CloudFormation does to them on AWS was not measured; of repositories it was (test_adopt).
"""

from __future__ import annotations

import json

from deployment import MAIN_REGION, Deployment

from ecr_blueprints.domain.scanning import ScanType

STACK = f"ecr-registry-{MAIN_REGION}"


def test_existing_settings_are_refused_then_imported_and_stay_as_they_are(deployment: Deployment) -> None:
    ecr = deployment.client("ecr")
    theirs = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TheirReplication",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{deployment.consumer}:root"},
                "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
                "Resource": f"arn:aws:ecr:{MAIN_REGION}:{deployment.account}:repository/mirrored/*",
            }
        ],
    }
    ecr.put_registry_policy(policyText=json.dumps(theirs))

    code, output = deployment.deploy(deployment.synth(), STACK, check=False)
    assert code != 0
    assert "AWS::ECR::RegistryPolicy" in output
    assert "already exists" in output
    assert json.loads(ecr.get_registry_policy()["policyText"]) == theirs

    # A rolled-back creation put scanning back, and left a stack that nothing can be imported into.
    importing = deployment.synth(manage="scanning: import, registry_policy: import")
    deployment.cdk("destroy", STACK, "--force", "--app", str(importing))
    mapping = importing / f"registry-import.{STACK}.json"
    assert all(
        identifier == {"RegistryId": deployment.account}
        for identifier in json.loads(mapping.read_text()).values()
    )
    deployment.cdk("import", STACK, "--app", str(importing), "--resource-mapping", str(mapping), "--force")
    deployment.deploy(importing, STACK)

    live = deployment.live()
    assert json.loads(ecr.get_registry_policy()["policyText"]) == theirs
    assert [one.scan_type for one in live.scanning] == [ScanType.BASIC]
    assert [one.known_prefix for one in live.cache_rules] == ["docker-hub", "k8s"]
    assert [one.scan_type for one in deployment.declared(importing).scanning] == [ScanType.ENHANCED]
