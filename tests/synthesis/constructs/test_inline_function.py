"""InlineFunction: code that is in the template, and a role that can do what it says."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.inline_function import InlineFunction
from ecr_blueprints.constructs.inline_source import CODE_DIRECTORY, compact, inline_source
from ecr_blueprints.errors import InvalidValueError

ACCOUNT = "111122223333"
CODES = ("cache_validation", "registry_setting", "secret_ready")


@pytest.fixture(scope="module")
def template(module_app: cdk.App, template_of: Callable[[cdk.Stack], dict[str, Any]]) -> dict[str, Any]:
    stack = cdk.Stack(module_app, "Stack", env=cdk.Environment(account=ACCOUNT, region="eu-west-1"))
    first = InlineFunction.shared(stack, "Shared", code="secret_ready", description="Waits", statements=[])
    assert InlineFunction.shared(stack, "Shared", code="other", description="", statements=[]) is first
    first.allow(iam.PolicyStatement(actions=["ecr:DescribeRepositories"], resources=["arn:aws:ecr:::x"]))
    InlineFunction(
        stack,
        "Own",
        code="registry_setting",
        description="Sets",
        statements=[iam.PolicyStatement(actions=["ecr:GetAccountSetting"], resources=["*"])],
        environment={"KEY": "value"},
        timeout_seconds=30,
        memory_mib=256,
        log_retention=logs.RetentionDays.ONE_WEEK,
    )
    return template_of(stack)


def test_there_is_no_asset(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert "S3Bucket" not in text
    assert "cdk-hnb659fds-assets" not in text


def test_it_lints(template: dict[str, Any], lint: Callable[[dict[str, Any]], list[str]]) -> None:
    assert lint(template) == []


def test_the_role_writes_its_log_and_does_what_was_said(
    template: dict[str, Any], of_type: Callable[[dict[str, Any], str], list[dict[str, Any]]]
) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    assert [
        [
            (one["Action"], json.dumps(one["Resource"]))
            for one in role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        ]
        for role in roles
    ] == [
        [
            (["logs:CreateLogStream", "logs:PutLogEvents"], '{"Fn::GetAtt": ["SharedLogD13FC570", "Arn"]}'),
            ("ecr:DescribeRepositories", '"arn:aws:ecr:::x"'),
        ],
        [
            (["logs:CreateLogStream", "logs:PutLogEvents"], '{"Fn::GetAtt": ["OwnLog2A78F5EB", "Arn"]}'),
            ("ecr:GetAccountSetting", '"*"'),
        ],
    ]
    assert all("ManagedPolicyArns" not in role["Properties"] for role in roles)


def test_it_is_as_it_was(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    for one in template["Resources"].values():
        one["Properties"].pop("Code", None)  # The code has tests of its own.
    assert template["Resources"] == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("code", CODES)
def test_the_inlined_code_runs_by_itself(code: str) -> None:
    text = inline_source(code)
    assert "ecr_blueprints" not in text
    assert '"""' not in text
    names: dict[str, Any] = {}
    exec(compile(text, code, "exec"), names)
    assert callable(names["handler"])
    assert len(text) < 4096


@pytest.mark.parametrize("path", sorted(CODE_DIRECTORY.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_compact_code_means_the_same(path: Path) -> None:
    written = ast.parse(path.read_text())
    for node in ast.walk(written):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [one for one in node.body if not _is_dropped(one)]
    assert ast.dump(ast.parse(compact(path.read_text()))) == ast.dump(written)


def _is_dropped(statement: ast.stmt) -> bool:
    text = ast.unparse(statement)
    is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_docstring or text.startswith(("from __future__", "from ecr_blueprints.", "__all__"))


class TestWhatIsRefused:
    def test_no_such_code(self) -> None:
        with pytest.raises(InvalidValueError, match="there is no code 'nothing'"):
            inline_source("nothing")

    def test_code_that_is_too_long(self, tmp_path: Path) -> None:
        (tmp_path / "long.py").write_text(f"TEXT = '{'a' * 10_000}'\n")
        with pytest.raises(
            InvalidValueError, match=r"has 10045 characters when inlined; allowed: at most 10000"
        ):
            inline_source("long", directory=tmp_path)

    def test_a_name_that_two_modules_define(self, tmp_path: Path) -> None:
        (tmp_path / "one.py").write_text("LIMIT = 1\n")
        (tmp_path / "two.py").write_text(
            "from ecr_blueprints.constructs.function_code.one import LIMIT as other\n\nLIMIT = 2\n"
        )
        with pytest.raises(InvalidValueError, match=r"one\.py and two\.py both define 'LIMIT'"):
            inline_source("two", directory=tmp_path)

    def test_an_id_that_another_construct_has(self, stack: cdk.Stack) -> None:
        cdk.CfnOutput(stack, "Taken", value="x")
        with pytest.raises(InvalidValueError, match="there is a construct 'Stack/Taken' already"):
            InlineFunction.shared(stack, "Taken", code="secret_ready", description="", statements=[])
