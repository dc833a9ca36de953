"""A Lambda function whose code is in the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ecr_blueprints.constructs.construct_place import check_free
from ecr_blueprints.constructs.inline_source import inline_source

__all__ = ["InlineFunction"]

_DEFAULT_TIMEOUT_SECONDS = 60
_DEFAULT_MEMORY_MIB = 128
_DEFAULT_RETENTION = logs.RetentionDays.ONE_MONTH


class InlineFunction(Construct):
    """A Lambda function with inline Python, a role of its own and a log group of its own.

    Its code is a module of ``function_code``, written into the template: there is no asset, so that the
    template needs no bootstrapped bucket and can be a StackSet's body. The role can write to this log group
    and do what the statements say, nothing else; it cannot create a log group, so that none comes back after
    the stack is gone. The architecture is Lambda's default, x86_64, which every Region has.

    Creates: a function, its role, and its log group, which goes with the stack. Lambda bills requests and
    their duration, CloudWatch Logs what is ingested and stored; for what runs at deployments neither matters.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        code: The module of ``function_code``, without ``.py``.
        description: What the function is for, in the Lambda console.
        statements: What its role may do besides writing its log.
        environment: Its environment variables; no secrets. Default: none.
        timeout_seconds: 1 to 900. Default: 60.
        memory_mib: 128 to 10,240. Default: 128.
        log_retention: How long its log is kept. Default: one month.

    Attributes:
        function: The function.
        role: Its role.
        log_group: Its log group.

    Raises:
        InvalidValueError: The code is too long to be inlined.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: str,
        description: str,
        statements: Sequence[iam.PolicyStatement],
        environment: Mapping[str, str] | None = None,
        timeout_seconds: int = _DEFAULT_TIMEOUT_SECONDS,
        memory_mib: int = _DEFAULT_MEMORY_MIB,
        log_retention: logs.RetentionDays = _DEFAULT_RETENTION,
    ) -> None:
        text = inline_source(code)
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self, "Log", retention=log_retention, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self._document = iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    # The ARN ends with ":*": the streams of this log group.
                    resources=[self.log_group.log_group_arn],
                ),
                *statements,
            ]
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=description,
            inline_policies={"Function": self._document},
        )
        self.function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_inline(text),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            description=description,
            role=self.role,
            environment=None if environment is None else dict(environment),
            timeout=cdk.Duration.seconds(timeout_seconds),
            memory_size=memory_mib,
            log_group=self.log_group,
        )
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        # CDK says it a second time: the function refers to its role anyway, whose policy lies within it.
        resource.add_deletion_override("DependsOn")

    @classmethod
    def shared(
        cls,
        scope: Construct,
        construct_id: str,
        *,
        code: str,
        description: str,
        statements: Sequence[iam.PolicyStatement],
        timeout_seconds: int = _DEFAULT_TIMEOUT_SECONDS,
    ) -> InlineFunction:
        """The one function of a stack for an id, made the first time; the arguments of the first time count.

        Args:
            scope: A construct of the stack.
            construct_id: Its id in the stack.
            code: As for the construct; so are all that follow.
            description: What the function is for.
            statements: What its role may do.
            timeout_seconds: 1 to 900.

        Raises:
            InvalidValueError: Another construct of the stack has the id.
        """
        stack = cdk.Stack.of(scope)
        existing = stack.node.try_find_child(construct_id)
        if isinstance(existing, cls):
            return existing
        check_free(stack, construct_id)
        return cls(
            stack,
            construct_id,
            code=code,
            description=description,
            statements=statements,
            timeout_seconds=timeout_seconds,
        )

    @property
    def arn(self) -> str:
        """The function's ARN, as a token: the service token of a custom resource."""
        return self.function.function_arn

    def allow(self, statement: iam.PolicyStatement) -> None:
        """Let the function do one thing more.

        Unlike a grant to its role, it is in force before anything is deployed that needs the function.
        """
        self._document.add_statements(statement)
