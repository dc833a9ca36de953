"""Every private name of ministack that the emulator relies on, in one place.

`assert_present` runs before the server starts, so that another version of
ministack fails with the name that went missing and not with a test that
means something else. Nothing else in the package imports `ministack`.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

PINNED_VERSION = "1.5.33"

_NAMES = {
    "ministack.app": ("app", "_docker_socket_present"),
    "ministack.core.responses": (
        "AccountRegionScopedDict",
        "error_response_json",
        "get_account_id",
        "get_region",
        "json_response",
        "request_scope",
        "set_request_account_id",
        "set_request_region",
    ),
    "ministack.core.iam_evaluator": ("EvalContext", "evaluate_trust_policy"),
    "ministack.services.ecr": (
        "handle_request",
        "_repositories",
        "_images",
        "_lifecycle_policies",
        "_repo_policies",
        "_layer_blobs",
        "_manifest_blobs",
        "_uploads",
        "_v2_put_manifest",
        "_registry_error",
        "_select_registry_request_scope",
        "handle_registry_request",
        "reset",
    ),
    "ministack.services.ec2": ("_vpc_endpoints", "_vpce_fields_xml", "_vpcs"),
    "ministack.services.eventbridge": ("_event_bus_policies", "_event_buses", "_ensure_default_bus"),
    "ministack.services.iam": ("_oidc_providers", "_policies", "_roles", "_users"),
    "ministack.services.inspector2": ("_path_handlers",),
    "ministack.services.organizations": (
        "_DISPATCH",
        "_accounts",
        "_attachments",
        "_create_policy",
        "_create_statuses",
        "_delete_policy",
        "_ensure_org",
        "_orgs",
        "_ous",
        "_policies",
        "_roots",
        "_tags",
        "_target",
        "_update_policy",
    ),
    "ministack.services.secretsmanager": ("_secrets",),
    "ministack.services.signer": ("_PERMISSION_ACTIONS",),
    "ministack.services.sns": ("_topics",),
    "ministack.services.sts": ("_caller_identity", "_error", "_p", "handle_request"),
    "ministack.services.ssm": ("_lookup_parameter",),
    "ministack.services.cloudformation": ("handle_request", "_stack_events"),
    "ministack.services.cloudformation.handlers": (
        "_ACTION_HANDLERS",
        "_required_capabilities",
        "_resolve_stack",
    ),
    "ministack.services.cloudformation.stacks": ("_runs_on_worker_thread", "_sends_back_failed_update"),
    "ministack.services.cloudformation.engine": ("_parse_template",),
    "ministack.services.cloudformation.helpers": ("_resolve_template", "_error", "_p", "_xml"),
    "ministack.services.cloudformation.changesets": (
        "_IMPORT_LOOKUPS",
        "_IMPORT_NOT_FOUND",
        "_import_resources_async",
    ),
    "ministack.services.cloudformation.provisioners": (
        "_RESOURCE_HANDLERS",
        "_REPLACING_PROPERTIES",
        "_STACK_TAG_PROPERTY",
        "_cw_metric_alarm_record",
        "_physical_name",
        "_sm_secret_create",
        "_sm_secret_delete",
        "_sm_secret_string",
        "_sm_secret_update",
    ),
}
_HANDLED_TYPES = (
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::Repository",
    "AWS::Events::EventBus",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::SSM::Parameter",
)


class MinistackChanged(SystemExit):
    """ministack is not the one that this package was written against."""


def assert_present() -> None:
    """Raise `MinistackChanged` for the first private name that ministack lacks."""
    version = importlib.metadata.version("ministack")
    if version != PINNED_VERSION:
        raise MinistackChanged(f"ecr-emulator: needs ministack {PINNED_VERSION}, found {version}")
    for module_name, names in _NAMES.items():
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            raise MinistackChanged(f"ecr-emulator: ministack has changed: {error}") from error
        for name in names:
            if not hasattr(module, name):
                raise MinistackChanged(f"ecr-emulator: ministack has changed: {module_name}.{name} is gone")
    handlers = provisioners()._RESOURCE_HANDLERS
    for type_name in _HANDLED_TYPES:
        missing = {"create", "update", "delete"} - set(handlers.get(type_name, {}))
        if missing:
            raise MinistackChanged(f"ecr-emulator: ministack has changed: no {missing} for {type_name}")


def _module(name: str) -> Any:
    return importlib.import_module(f"ministack.{name}")


def app() -> Any:
    """The ASGI application's module."""
    return _module("app")


def ecr() -> Any:
    """Ministack's ECR: the stores and the registry protocol are used, its API is replaced."""
    return _module("services.ecr")


def ec2() -> Any:
    """The emulated EC2."""
    return _module("services.ec2")


def eventbridge() -> Any:
    """The emulated EventBridge."""
    return _module("services.eventbridge")


def iam() -> Any:
    """The emulated IAM."""
    return _module("services.iam")


def inspector() -> Any:
    """The emulated Amazon Inspector."""
    return _module("services.inspector2")


def organizations() -> Any:
    """The emulated Organizations."""
    return _module("services.organizations")


def secretsmanager() -> Any:
    """The emulated Secrets Manager."""
    return _module("services.secretsmanager")


def signer() -> Any:
    """The emulated Signer."""
    return _module("services.signer")


def sns() -> Any:
    """The emulated Amazon SNS."""
    return _module("services.sns")


def ssm() -> Any:
    """The emulated parameter store."""
    return _module("services.ssm")


def sts() -> Any:
    """The emulated STS."""
    return _module("services.sts")


def policy_evaluator() -> Any:
    """The evaluation of policies, which ministack keeps for a mode that is off here."""
    return _module("core.iam_evaluator")


def cloudformation_service() -> Any:
    """The emulated CloudFormation, which answers requests."""
    return _module("services.cloudformation")


def cloudformation(part: str) -> Any:
    """A module of the emulated CloudFormation."""
    return _module(f"services.cloudformation.{part}")


def provisioners() -> Any:
    """CloudFormation's resource handlers."""
    return cloudformation("provisioners")


def account_id() -> str:
    """The account of the running request or stack operation."""
    return str(_module("core.responses").get_account_id())


def region() -> str:
    """The Region of the running request or stack operation."""
    return str(_module("core.responses").get_region())


def enter(account: str, region_name: str) -> None:
    """Run the rest of the request in an account and Region."""
    responses = _module("core.responses")
    responses.set_request_account_id(account)
    responses.set_request_region(region_name)


def scope(account: str, region_name: str) -> AbstractContextManager[None]:
    """An account and Region for as long as a block lasts."""
    entered: AbstractContextManager[None] = _module("core.responses").request_scope(account, region_name)
    return entered


def scoped_store() -> Any:
    """A dictionary that keeps one content per account and Region."""
    return _module("core.responses").AccountRegionScopedDict()


def json_response(content: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """A successful JSON answer."""
    answer: tuple[int, dict[str, str], bytes] = _module("core.responses").json_response(content)
    return answer


def error_response(code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    """A JSON error with status 400."""
    answer: tuple[int, dict[str, str], bytes] = _module("core.responses").error_response_json(
        code, message, 400
    )
    return answer


def physical_name(stack_name: str, logical_id: str) -> str:
    """The name that CloudFormation generates for a resource without one."""
    return str(provisioners()._physical_name(stack_name, logical_id, lowercase=True, max_len=256))


def register_type(
    type_name: str,
    handlers: dict[str, Any],
    create_only: tuple[str, ...],
    identifier: str,
    import_problem: Callable[[str], str | None],
    tag_property: str | None,
) -> None:
    """Register a resource type: handlers, create-only properties, import lookup, stack tags."""
    parts = provisioners()
    parts._RESOURCE_HANDLERS[type_name] = handlers
    parts._REPLACING_PROPERTIES[type_name] = create_only
    cloudformation("changesets")._IMPORT_LOOKUPS[type_name] = ((identifier,), import_problem)
    if tag_property is not None:
        parts._STACK_TAG_PROPERTY[type_name] = (tag_property, "list")
