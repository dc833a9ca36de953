"""Every policy statement that a construct writes: no wildcard without a written reason.

The statements are those of the estate, which has every construct with every option, and those of the
examples of all constructs, which have the defaults.
"""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import estate
import pytest
from docs_examples import find_examples
from estate import synthesize_estate
from policy_statements import as_text
from policy_walk import (
    OPEN_PRINCIPALS,
    SERVICES_FOR_ANYBODY,
    WIDE_ACTIONS,
    WIDE_RESOURCES,
    Walk,
    open_principals,
    services_for_anybody,
    wide_actions,
    wide_resources,
)

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.upstream_registry import UpstreamRegistryKey


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("estate")
    templates: dict[str, Any] = dict(synthesize_estate(folder).templates)
    given = _texts(Path(estate.__file__).read_text())
    before = Path.cwd()
    os.chdir(folder)  # an example writes a file
    try:
        for example in find_examples():
            outdir = folder / example.name
            app = cdk.App(outdir=str(outdir), analytics_reporting=False, tree_metadata=False)
            environment = cdk.Environment(account="111122223333", region="eu-west-1")
            names: dict[str, Any] = {"stack": cdk.Stack(app, "Stack", env=environment)}
            if "registry" in example.given:
                names["registry"] = PrivateRegistry(names["stack"], "Registry")
            exec(compile(example.code, f"<the example of {example.name}>", "exec"), names)
            for path in Path(app.synth().directory).glob("*.template.json"):
                templates[f"{example.name}:{path.name}"] = json.loads(path.read_text())
            given |= _texts(example.code)
    finally:
        os.chdir(before)
    return Walk(templates, given | _default_prefixes())


def _texts(source: str) -> frozenset[str]:
    """Every literal text of a Python source, as a prefix: without what follows it in a pattern."""
    return frozenset(
        node.value.removesuffix("*").removesuffix("/")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _default_prefixes() -> frozenset[str]:
    return frozenset(str(key) for key in UpstreamRegistryKey)


def test_there_is_something_to_look_at(walk: Walk) -> None:
    kinds = {one.kind for one in walk.statements}
    assert kinds >= {
        "AWS::EC2::VPCEndpoint.PolicyDocument",
        "AWS::ECR::PublicRepository.RepositoryPolicyText",
        "AWS::ECR::RegistryPolicy.PolicyText",
        "AWS::ECR::Repository.RepositoryPolicyText",
        "AWS::ECR::RepositoryCreationTemplate.RepositoryPolicy",
        "AWS::IAM::ManagedPolicy.PolicyDocument",
        "AWS::IAM::Policy.PolicyDocument",
        "AWS::IAM::Role.AssumeRolePolicyDocument",
        "AWS::IAM::Role.Policies.PolicyDocument",
        "AWS::KMS::Key.KeyPolicy",
        "AWS::SNS::TopicPolicy.PolicyDocument",
        "AWS::SQS::QueuePolicy.PolicyDocument",
    }


def test_every_policy_property_is_walked(walk: Walk) -> None:
    """A resource type with a policy under another name would be passed over in silence."""
    walked = {one.kind for one in walk.statements}
    missed = {
        f"{resource['Type']}.{key}"
        for template in walk.templates.values()
        for resource in template.get("Resources", {}).values()
        for key, value in resource.get("Properties", {}).items()
        if "Statement" in str(as_text(value)) and "Effect" in str(as_text(value))
        if not any(kind.startswith(f"{resource['Type']}.{key}") for kind in walked)
    }
    assert missed == set()


def test_no_action_is_a_wildcard(walk: Walk) -> None:
    assert walk.unanswered(WIDE_ACTIONS, wide_actions) == ([], [])


def test_no_resource_is_a_wildcard_beyond_a_given_prefix(walk: Walk) -> None:
    assert walk.unanswered(WIDE_RESOURCES, wide_resources(walk.given)) == ([], [])


def test_no_principal_is_everybody(walk: Walk) -> None:
    assert walk.unanswered(OPEN_PRINCIPALS, open_principals) == ([], [])


def test_a_service_acts_for_a_named_caller(walk: Walk) -> None:
    assert walk.unanswered(SERVICES_FOR_ANYBODY, services_for_anybody) == ([], [])


def test_a_pipeline_is_known_by_issuer_audience_and_subject(walk: Walk) -> None:
    federated = [one for one in walk.statements if "sts:AssumeRoleWithWebIdentity" in one.actions]
    assert federated
    for found in federated:
        equal = found.statement["Condition"]["StringEquals"]
        assert {key.rpartition(":")[2] for key in equal} == {"aud", "sub"}, found.place
        assert not any("*" in str(value) for value in equal.values()), found.place


def test_what_is_no_document_names_its_principal_too(walk: Walk) -> None:
    found = [
        resource["Properties"]
        for template in walk.templates.values()
        for resource in template.get("Resources", {}).values()
        if resource["Type"] in ("AWS::Lambda::Permission", "AWS::Signer::ProfilePermission")
    ]
    assert found
    for permission in found:
        assert "*" not in permission["Principal"]
        assert "*" not in permission["Action"]
        is_service = permission["Principal"].endswith(".amazonaws.com")
        assert not is_service or {"SourceArn", "SourceAccount"} & permission.keys()


class TestTheWalkItself:
    """It finds what is wide, in an object, in JSON text, and in text that only deployment completes."""

    STATEMENT: Final = {
        "Effect": "Allow",
        "Action": ["ecr:*"],
        "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/other/*",
        "Principal": "*",
    }

    @pytest.mark.parametrize(
        "policy",
        [
            {"Version": "2012-10-17", "Statement": [STATEMENT]},
            json.dumps({"Version": "2012-10-17", "Statement": STATEMENT}),
            {
                "Fn::Join": [
                    "",
                    [
                        '{"Version": "2012-10-17", "Id": "',
                        {"Ref": "AWS::Partition"},
                        f'", "Statement": {json.dumps(STATEMENT)}}}',
                    ],
                ]
            },
        ],
        ids=["object", "text", "joined"],
    )
    def test_it_finds_everything(self, policy: Any) -> None:
        resource = {"Type": "AWS::Any::Thing", "Properties": {"Deep": [{"Policy": policy}]}}
        walk = Walk({"Stack": {"Resources": {"Thing": resource}}}, frozenset({"prod"}))
        (found,) = walk.statements
        assert (found.place, found.kind) == ("Stack/Thing", "AWS::Any::Thing.Deep.Policy")
        for test in (
            test_no_action_is_a_wildcard,
            test_no_resource_is_a_wildcard_beyond_a_given_prefix,
            test_no_principal_is_everybody,
        ):
            with pytest.raises(AssertionError, match="Stack/Thing"):
                test(walk)
