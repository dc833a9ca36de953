"""CacheValidation and SecretReady: what asks at deployment, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.cache_validation import CacheValidation, OnInvalid
from ecr_blueprints.constructs.secret_ready import SecretReady
from ecr_blueprints.errors import InvalidValueError

Template = dict[str, Any]
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf"
VALIDATION = "Custom::EcrCacheValidation"


def _rule(scope: cdk.Stack, prefix: str = "docker-hub", **more: Any) -> ecr.CfnPullThroughCacheRule:
    return ecr.CfnPullThroughCacheRule(
        scope,
        f"Rule-{prefix}",
        ecr_repository_prefix=prefix,
        upstream_registry_url="registry-1.docker.io",
        **{"credential_arn": SECRET, **more},
    )


@pytest.fixture(scope="module")
def template(module_app: cdk.App, template_of: Callable[[cdk.Stack], Template]) -> Template:
    stack = cdk.Stack(module_app, "Stack")
    first = CacheValidation(stack, "First", rule=_rule(stack), prefix="docker-hub")
    hub = _rule(stack, "hub")
    second = CacheValidation(
        stack, "Second", rule=hub, prefix="hub/", on_invalid=OnInvalid.WARN, revision="2", patience_seconds=0
    )
    assert first.function is second.function
    ready = SecretReady(stack, "Ready", secret_arn=SECRET)
    SecretReady(stack, "OtherReady", secret_arn=cdk.Fn.import_value("secret"))
    hub.node.add_dependency(ready)
    return template_of(stack)


def test_checks(template: Template, of_type: Callable[[Template, str], list[dict[str, Any]]]) -> None:
    first, second = of_type(template, VALIDATION)
    assert first["Properties"]["ServiceToken"] == second["Properties"]["ServiceToken"]
    common = {
        "ServiceToken": first["Properties"]["ServiceToken"],
        "ServiceTimeout": "600",
        "Credential": SECRET,
    }
    assert [one["Properties"] for one in (first, second)] == [
        {**common, "Prefix": "docker-hub", "OnInvalid": "FAIL", "PatienceSeconds": "30"},
        {**common, "Prefix": "hub", "OnInvalid": "WARN", "PatienceSeconds": "0", "Revision": "2"},
    ]
    assert [one["DependsOn"] for one in (first, second)] == [["Ruledockerhub"], ["Rulehub"]]


def test_the_rule_waits_for_its_secret(template: Template) -> None:
    (dependency,) = template["Resources"]["Rulehub"]["DependsOn"]
    assert template["Resources"][dependency]["Type"] == "Custom::SecretReady"


def test_permissions(template: Template, of_type: Callable[[Template, str], list[dict[str, Any]]]) -> None:
    statements = [
        one["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][1:]
        for one in of_type(template, "AWS::IAM::Role")
    ]
    assert statements == [
        [{"Effect": "Allow", "Action": "ecr:ValidatePullThroughCacheRule", "Resource": "*"}],
        [
            {"Effect": "Allow", "Action": "secretsmanager:DescribeSecret", "Resource": SECRET},
            {
                "Effect": "Allow",
                "Action": "secretsmanager:DescribeSecret",
                "Resource": {"Fn::ImportValue": "secret"},
            },
        ],
    ]


def test_it_lints(template: Template, lint: Callable[[Template], list[str]]) -> None:
    assert lint(template) == []


def test_it_is_as_it_was(template: Template, snapshot: SnapshotAssertion) -> None:
    held = [one for one in template["Resources"].values() if one["Type"].startswith("Custom::")]
    assert held == snapshot(extension_class=JSONSnapshotExtension)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"rule": "docker-hub"}, "the rule is of the type str; allowed: a CfnPullThroughCacheRule"),
            ({"prefix": None}, "prefix is None"),
            ({"prefix": "Hub"}, "Hub"),
            ({"on_invalid": "STOP"}, "on_invalid is 'STOP'; allowed: FAIL, WARN"),
            ({"revision": 2}, "revision is 2; allowed: a text; fix: write revision='…', in quotes"),
            ({"patience_seconds": 300}, "patience_seconds is 300; allowed: a whole number from 0 to 120"),
            ({"patience_seconds": True}, "patience_seconds is True"),
            ({"prefix": cdk.Fn.ref("Prefix")}, "prefix is known only at deployment"),
        ],
        ids=str,
    )
    def test_values(self, stack: cdk.Stack, arguments: dict[str, Any], message: str) -> None:
        given = {"rule": _rule(stack), "prefix": "docker-hub", **arguments}
        with pytest.raises(InvalidValueError) as caught:
            CacheValidation(stack, "Check", **given)
        assert message in str(caught.value)

    def test_a_rule_without_a_log_in(self, stack: cdk.Stack) -> None:
        rule = _rule(stack, credential_arn=None)
        with pytest.raises(InvalidValueError, match="neither a credential nor a role"):
            CacheValidation(stack, "Check", rule=rule, prefix="docker-hub")

    def test_a_rule_of_another_stack(self, app: cdk.App, stack: cdk.Stack) -> None:
        other = cdk.Stack(app, "Other")
        with pytest.raises(InvalidValueError, match="the rule is in the stack 'Other'"):
            CacheValidation(stack, "Check", rule=_rule(other), prefix="docker-hub")

    def test_a_secret_without_an_arn(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="secret_arn is None; allowed: a text"):
            SecretReady(stack, "Ready", secret_arn=None)  # type: ignore[arg-type]
