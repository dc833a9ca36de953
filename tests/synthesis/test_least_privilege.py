"""Every policy statement that a construct writes: no wildcard without a written reason.

The statements are those of the estate, which has every construct with every option, and those of the
examples of all constructs, which have the defaults.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
import estate
import pytest
from docs_examples import find_examples
from estate import synthesize_estate
from policy_statements import FoundStatement, as_text, statements_in

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.domain.upstream_registry import UpstreamRegistryKey
from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.public_access import Exposure, exposure_of

Reasons = Mapping[tuple[str, str, str], str]
"""Why something wide stays, by patterns of the kind of policy, the actions and the resource or principal."""

IDENTITY: Final = r"AWS::IAM::(?:Policy|ManagedPolicy|Role)\.(?:Policies\.)?PolicyDocument"
ENDPOINT: Final = r"AWS::EC2::VPCEndpoint\.PolicyDocument"
KEY: Final = r"AWS::KMS::Key\.KeyPolicy"
ROLE: Final = r"AWS::IAM::Role\.Policies\.PolicyDocument"
TRUST: Final = r"AWS::IAM::Role\.AssumeRolePolicyDocument"

WIDE_ACTIONS: Final[Reasons] = {
    (KEY, r"kms:\*", r"arn:.*:iam::\d{12}:root"): (
        "the account keeps the key: without it nobody could change the policy any more, and the key would be "
        "lost; https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    ),
}

WIDE_RESOURCES: Final[Reasons] = {
    (IDENTITY, r"ecr:GetAuthorizationToken", r"\*"): "IAM takes the login to ECR on * only",
    (IDENTITY, r"ecr-public:GetAuthorizationToken sts:GetServiceBearerToken", r"\*"): (
        "IAM takes the login to ECR Public on * only"
    ),
    (ENDPOINT, r"ecr:GetAuthorizationToken", r"\*"): "IAM takes the login to ECR on * only",
    (ROLE, r"ecr:GetAccountSetting ecr:PutAccountSetting", r"\*"): (
        "the settings of an account's registry have no ARN"
    ),
    (ROLE, r"inspector2:GetConfiguration inspector2:UpdateConfiguration", r"\*"): (
        "Inspector's configuration of an account has no ARN"
    ),
    (ROLE, r"ecr:ValidatePullThroughCacheRule", r"\*"): "a pull-through cache rule has no ARN",
    (KEY, r".*", r"\*"): "in a key policy, * is the key itself",
    (ENDPOINT, r"ecr:BatchCheckLayerAvailability .*", r"arn:[^*]*:ecr:[^*]*:\d{12}:repository/\*"): (
        "an endpoint lets the given registries pass; who gets what in them is for their policies to say"
    ),
    (ENDPOINT, r"s3:GetObject", r"arn:[^*]*:s3:::prod-[a-z0-9-]+-starport-layer-bucket/\*"): (
        "the bucket in which ECR keeps the layers, whose names nobody else knows"
    ),
    (
        ROLE,
        r"ecr:CreateRepository ecr:ReplicateImage ecr:TagResource",
        r"arn:[^*]*:ecr:[^*]*:repository/\*",
    ): ("the ROOT template is for every name that no other template covers"),
    (ROLE, r"kms:CreateGrant kms:DescribeKey kms:RetireGrant", r"arn:[^*]*:kms:[^*]*:key/\*"): (
        "without a key of one's own ECR uses aws/ecr, whose ARN nobody knows before it exists; by ECR alone"
    ),
}

OPEN_PRINCIPALS: Final[Reasons] = {
    (ENDPOINT, r"s3:GetObject", r"\*"): (
        "layers are fetched by addresses that ECR has signed, so that the principal is not the caller's; the "
        "policy of a gateway endpoint takes * only"
    ),
}

SERVICES_FOR_ANYBODY: Final[Reasons] = {
    (TRUST, r"sts:AssumeRole", r"(?:lambda|ec2|codebuild|ecs-tasks)\.amazonaws\.com"): (
        "a service takes a role only for whoever may pass it, which is the role's own account"
    ),
    (TRUST, r"sts:AssumeRole", r"(?:pullthroughcache\.)?ecr\.amazonaws\.com"): (
        "AWS documents these trusts without a condition, and not which keys ECR would send"
    ),
}

CALLER_KEYS: Final = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"})
GIVEN_PREFIX: Final = re.compile(r"arn:[^*]+:ecr:[^*:]+:[^*:]+:repository/([^*]+)/\*")


class Walk:
    """The statements of all templates, and what was asked of the reasons.

    Args:
        templates: Name → template.
        given: Every text in the source of the templates.
    """

    def __init__(self, templates: Mapping[str, Any], given: frozenset[str]) -> None:
        self.templates = templates
        self.given = given
        self.statements = [one for name, found in templates.items() for one in statements_in(name, found)]

    def unanswered(
        self, reasons: Reasons, wide: Callable[[FoundStatement], Iterator[str]]
    ) -> tuple[list[str], list[str]]:
        """What is wide without a reason, and the reasons that nothing needs."""
        used: set[tuple[str, str, str]] = set()
        open_: set[str] = set()
        for statement in self.statements:
            actions = " ".join(statement.actions)
            for value in wide(statement) if statement.is_allowing else ():
                answers = [
                    key for key in reasons if all(map(re.fullmatch, key, (statement.kind, actions, value)))
                ]
                used.update(answers)
                if not answers:
                    open_.add(f"{statement.place} ({statement.kind}): {actions} on {value}")
        return sorted(open_), [str(key) for key in reasons if key not in used]


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
    def wide(found: FoundStatement) -> Iterator[str]:
        if any("*" in action or action.startswith("!") for action in found.actions):
            yield from _principals(found) or ("nobody named",)

    assert walk.unanswered(WIDE_ACTIONS, wide) == ([], [])


def test_no_resource_is_a_wildcard_beyond_a_given_prefix(walk: Walk) -> None:
    def wide(found: FoundStatement) -> Iterator[str]:
        for resource in found.resources:
            prefix = GIVEN_PREFIX.fullmatch(resource)
            is_given = prefix is not None and prefix[1] in walk.given
            if ("*" in resource or resource.startswith("!")) and not is_given:
                yield resource

    assert walk.unanswered(WIDE_RESOURCES, wide) == ([], [])


def test_no_principal_is_everybody(walk: Walk) -> None:
    def wide(found: FoundStatement) -> Iterator[str]:
        policy = read_policy_document(dict(found.document))
        own = read_policy_document({**found.document, "Statement": [dict(found.statement)]})
        if "Principal" not in found.statement and "NotPrincipal" not in found.statement:
            return  # an identity's policy
        assert isinstance(policy, AccessPolicy), f"{found.place}: {policy}"
        assert isinstance(own, AccessPolicy), f"{found.place}: {own}"
        (statement,) = own.statements
        if exposure_of(statement, policy).exposure is not Exposure.NARROW:
            yield from _principals(found) or ("*",)

    assert walk.unanswered(OPEN_PRINCIPALS, wide) == ([], [])


def test_a_service_acts_for_a_named_caller(walk: Walk) -> None:
    """Against the confused deputy: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html."""

    def wide(found: FoundStatement) -> Iterator[str]:
        keys = {key.lower() for members in found.statement.get("Condition", {}).values() for key in members}
        principal = found.statement.get("Principal")
        if isinstance(principal, dict) and not keys & CALLER_KEYS:
            yield from _listed(principal.get("Service", []))

    assert walk.unanswered(SERVICES_FOR_ANYBODY, wide) == ([], [])


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


def _principals(found: FoundStatement) -> list[str]:
    principal = found.statement.get("Principal", {})
    if isinstance(principal, str):
        return [principal]
    return [one for members in principal.values() for one in _listed(members)]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


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
