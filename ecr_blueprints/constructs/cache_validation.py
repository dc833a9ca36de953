"""Whether a pull-through cache can log in to its upstream, asked at deployment."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments, check_literal_text, member_of
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.inline_function import InlineFunction
from ecr_blueprints.domain.repository_filter import CachePrefix
from ecr_blueprints.errors import InvalidValueError

__all__ = ["DEFAULT_PATIENCE_SECONDS", "CacheValidation", "OnInvalid"]

DEFAULT_PATIENCE_SECONDS: Final = 30
"""For how long a check asks again, since a new rule or secret is not known everywhere at once."""

_FUNCTION_ID: Final = "EcrBlueprintsCacheValidationFunction"
_FUNCTION_TIMEOUT_SECONDS: Final = 240
_SERVICE_TIMEOUT_SECONDS: Final = 600
_MAX_PATIENCE_SECONDS: Final = 120


class OnInvalid(StrEnum):
    """What a deployment does if a cache cannot log in to its upstream."""

    FAIL = "FAIL"
    """It fails and is rolled back, with ECR's reason in the stack's events."""

    WARN = "WARN"
    """It goes on; the reason is an attribute of the custom resource and in the function's log."""


class CacheValidation(Construct):
    """A check after deployment that ECR can log in to a cache's upstream with the credential it was given.

    Without it, a wrong credential shows at the first pull of an image that is not cached yet. With it, ECR
    reads the secret, looks at its form and logs in to the upstream, whenever the rule is made or its
    credential's ARN changes. It asks again for half a minute, since a new rule or secret is not known
    everywhere at once.

    A secret that was made with a placeholder cannot be valid: deploy first, put the real credential in, and
    then add the check; or let it warn. A rotation changes the secret's value, of which CloudFormation knows
    nothing: another ``revision`` has ECR asked again.

    Example:
        A cache whose credential is checked::

            from ecr_blueprints import CacheValidation

            hub = registry.add_pull_through_cache(
                "docker-hub",
                credential=(
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-a1B2c3"
                ),
            )
            CacheValidation(stack, "HubCheck", rule=hub.resource, prefix=hub.prefix)

    Creates:
        A ``Custom::EcrCacheValidation``. All of a stack share a Lambda function with its role and its log
        group, which runs at deployments only and goes with the stack.

    Args:
        scope: The construct to belong to, in the stack of the rule.
        construct_id: Its id.
        rule: The rule; its upstream needs a credential or a role.
        prefix: The rule's prefix, or ``ROOT``.
        on_invalid: What to do if it cannot log in. Default: fail.
        revision: Any text; another one has ECR asked again. Default: none.
        patience_seconds: For how long it asks again before it takes no for an answer; 0 to 120. Default: 30.

    Attributes:
        resource: The custom resource; its attributes are ``IsValid`` (``true`` or ``false``) and ``Failure``.
        function: The function behind it.

    Raises:
        InvalidValueError: A value that cannot be, a rule of another stack, or one whose upstream needs no
            credential.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ValidatePullThroughCacheRule.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-validating.html. That
    ECR reads the secret with its service-linked role, and not with the caller's permissions, is unverified.

    Practices: PTC-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule: ecr.CfnPullThroughCacheRule,
        prefix: str,
        on_invalid: OnInvalid = OnInvalid.FAIL,
        revision: str | None = None,
        patience_seconds: int = DEFAULT_PATIENCE_SECONDS,
    ) -> None:
        check_place(scope, construct_id, kind="CacheValidation")
        path = path_under(scope, construct_id)
        check_arguments({"revision": revision}, {"revision": TEXT}, where=path)
        _check_patience(patience_seconds, path)
        literal = check_literal_text(
            prefix, argument="prefix", where=path, because="it names the check in the stack's events"
        )
        namespace = CachePrefix(literal).value.removesuffix("/")
        chosen = member_of(OnInvalid, on_invalid, argument="on_invalid", where=path)
        _check_rule(rule, scope, path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.function = InlineFunction.shared(
            self,
            _FUNCTION_ID,
            code="cache_validation",
            description="Asks Amazon ECR whether a pull-through cache can log in to its upstream",
            statements=[
                iam.PolicyStatement(
                    actions=["ecr:ValidatePullThroughCacheRule"],
                    # The action has no resource-level permissions:
                    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
                    resources=["*"],
                )
            ],
            timeout_seconds=_FUNCTION_TIMEOUT_SECONDS,
        )
        properties = {
            "Prefix": namespace,
            "OnInvalid": str(chosen),
            "PatienceSeconds": str(patience_seconds),
        }
        for name, value in (
            ("Credential", rule.credential_arn),
            ("Role", rule.custom_role_arn),
            ("Revision", revision),
        ):
            if value is not None:
                properties[name] = value
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=self.function.arn,
            service_timeout=cdk.Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            resource_type="Custom::EcrCacheValidation",
            properties=properties,
        )
        self.resource.node.add_dependency(rule)


def _check_patience(seconds: object, path: str) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= _MAX_PATIENCE_SECONDS:
        raise InvalidValueError(
            f"patience_seconds is {seconds!r}",
            where=path,
            allowed=f"a whole number from 0 to {_MAX_PATIENCE_SECONDS}",
        )


def _check_rule(rule: object, scope: Construct, path: str) -> None:
    if not isinstance(rule, ecr.CfnPullThroughCacheRule):
        raise InvalidValueError(
            f"the rule is of the type {type(rule).__name__}",
            where=path,
            allowed="a CfnPullThroughCacheRule",
            fix="write rule=cache.resource",
        )
    if cdk.Stack.of(rule).node.path != cdk.Stack.of(scope).node.path:
        raise InvalidValueError(
            f"the rule is in the stack {cdk.Stack.of(rule).node.path!r}",
            where=path,
            allowed="a rule of the same stack",
            fix="put the check where the rule is",
        )
    if rule.credential_arn is None and rule.custom_role_arn is None:
        raise InvalidValueError(
            "the rule has neither a credential nor a role, so that there is no log-in to check",
            where=path,
            allowed="a rule whose upstream needs a credential",
            fix="leave the check out",
        )
