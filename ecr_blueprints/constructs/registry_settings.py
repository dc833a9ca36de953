"""The settings of a registry that CloudFormation has no resource for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, Accepted, check_arguments, member_of
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.inline_function import InlineFunction
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.domain.account_setting import AccountSetting
from ecr_blueprints.domain.inspector_rescan import PULL_RESCAN_WINDOWS, RescanMode, RescanWindow
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["InspectorRescan", "RegistrySettings"]

_FUNCTION_ID: Final = "EcrBlueprintsRegistrySettingFunction"
_FUNCTION_TIMEOUT_SECONDS: Final = 240
_SERVICE_TIMEOUT_SECONDS: Final = 600
_RESCAN: Final = "INSPECTOR_RESCAN"
_RESTORED: Final = frozenset({AccountSetting.BLOB_MOUNTING.value, _RESCAN})
_LOGICAL_IDS: Final = {
    AccountSetting.BLOB_MOUNTING.value: "EcrBlobMounting",
    AccountSetting.REGISTRY_POLICY_SCOPE.value: "EcrRegistryPolicyScope",
    AccountSetting.BASIC_SCAN_TYPE_VERSION.value: "EcrBasicScanTypeVersion",
    _RESCAN: "InspectorEcrRescanWindow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorRescan:
    """For how long Amazon Inspector goes on scanning an image.

    An image that is in neither window becomes inactive, its findings are closed, and a vulnerability that
    becomes known later is not reported. Inspector's own default is 14 days for both, counted from the last
    use in a cluster, which it does not know of multi-architecture images. Longer windows cost more, since
    Inspector bills each scan.

    Attributes:
        since_push: Counted from the push. Default: 90 days.
        since_pull: Counted from the last pull, or the last use; not ``LIFETIME``. Default: 90 days.
        mode: Whether the last pull counts or the last use. Default: the last pull.

    Raises:
        InvalidValueError: A value that Inspector does not have.

    Sources: https://docs.aws.amazon.com/inspector/latest/user/scanning_resources_configure_duration_setting_ecr.html

    Practices: SCAN-1
    """

    since_push: RescanWindow = RescanWindow.DAYS_90
    since_pull: RescanWindow = RescanWindow.DAYS_90
    mode: RescanMode = RescanMode.LAST_PULL_DATE

    def __post_init__(self) -> None:
        """Check the values."""
        where = "InspectorRescan"
        for argument, words in (
            ("since_push", RescanWindow),
            ("since_pull", RescanWindow),
            ("mode", RescanMode),
        ):
            value = member_of(words, getattr(self, argument), argument=argument, where=where)
            object.__setattr__(self, argument, value)
        if self.since_pull not in PULL_RESCAN_WINDOWS:
            raise InvalidValueError(
                f"since_pull is {self.since_pull}, which is counted from the push only",
                where=where,
                allowed=", ".join(window for window in RescanWindow if window in PULL_RESCAN_WINDOWS),
                fix="write since_push=RescanWindow.LIFETIME",
            )


_ACCEPTED = {
    "blob_mounting": FLAG,
    "policy_scope_v2": FLAG,
    "native_basic_scanning": FLAG,
    "inspector_rescan": Accepted(
        types=(InspectorRescan,),
        words="an InspectorRescan, or None",
        fix="write for example InspectorRescan(since_push=RescanWindow.LIFETIME)",
    ),
}


class RegistrySettings(Construct):
    """Settings of an account's registry that have no CloudFormation resource: one custom resource each.

    Blob mounting lets a push reuse a layer that another repository of the registry holds, so that base layers
    are stored and uploaded once. It is for you to switch it on; leave it off where repositories must not
    share layers. The registry policy's scope V2 has the policy enforced for every action of ECR, on every
    request; accounts from before it may still have V1, which knows three actions. Look at a policy that was
    written for V1 before you switch: from then on all of it counts. The version of basic scanning is ECR's
    own scanner, the only one that is left.

    A setting is put when its resource is created or changed. Deletion puts back what was found at creation
    (blob mounting, the re-scan window), unless somebody has changed the setting since, or Inspector no
    longer lets the account set it. Scope V2 and the scanner's version stay: there is nothing to go back to.
    The resources' logical IDs are fixed, so that moving this construct within its stack changes nothing;
    before it moves to another stack, call ``apply_removal_policy(RETAIN)`` on `resources`, or the old stack
    puts back what the new one has set.

    Example:
        A registry that shares layers, whose images Inspector watches for as long as they exist::

            from ecr_blueprints import InspectorRescan, RegistrySettings, RescanWindow

            RegistrySettings(
                stack,
                "Settings",
                registry=registry,
                inspector_rescan=InspectorRescan(since_push=RescanWindow.LIFETIME),
            )

    Creates:
        One ``Custom::EcrRegistrySetting`` for each setting. They share a Lambda function with its role and
        its log group, one for the stack, which runs at deployments only and goes with the stack. Inspector
        bills its scans, more of them the longer the re-scan window is. The `PrivateRegistry` has resources of
        its own; its page has the smallest one, which creates nothing.

    Args:
        scope: The construct to belong to, in a stack of the registry's account and Region.
        construct_id: Its id.
        registry: The registry; it has its settings once.
        blob_mounting: Whether repositories share layers; None leaves the setting to others. Default: yes.
        policy_scope_v2: Whether the registry policy's scope is set to V2; False leaves it to others.
            Default: yes.
        native_basic_scanning: Whether basic scanning is set to ECR's own scanner; False leaves it to others.
            Default: yes.
        inspector_rescan: For how long Inspector goes on scanning an image. A member account of an
            organization whose Inspector has a delegated administrator cannot set it: there the deployment
            fails, and the administrator sets it for all. It holds for every registry of the account in the
            Region. Default: left to others.

    Attributes:
        function: The function behind the custom resources.
        resources: The custom resources, by the name of their setting.

    Raises:
        InvalidValueError: A value that cannot be, nothing to set, or a re-scan window where the registry is
            scanned by ECR itself.
        RegistryConflictError: The registry has its settings already; the error names both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/blob-mounting.html,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-account-settings.html,
    https://docs.aws.amazon.com/inspector/v2/APIReference/API_UpdateConfiguration.html

    Practices: REG-1, REG-3, SCAN-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        blob_mounting: bool | None = True,
        policy_scope_v2: bool = True,
        native_basic_scanning: bool = True,
        inspector_rescan: InspectorRescan | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="RegistrySettings")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        check_arguments(
            {
                "blob_mounting": blob_mounting,
                "policy_scope_v2": policy_scope_v2,
                "native_basic_scanning": native_basic_scanning,
                "inspector_rescan": inspector_rescan,
            },
            _ACCEPTED,
            where=path,
            required=("policy_scope_v2", "native_basic_scanning"),
        )
        _check_unowned(registry, path)
        _check_rescan(registry, inspector_rescan, path)
        values: dict[str, str] = {}
        if blob_mounting is not None:
            values[AccountSetting.BLOB_MOUNTING] = "ENABLED" if blob_mounting else "DISABLED"
        if policy_scope_v2:
            values[AccountSetting.REGISTRY_POLICY_SCOPE] = "V2"
        if native_basic_scanning:
            values[AccountSetting.BASIC_SCAN_TYPE_VERSION] = "AWS_NATIVE"
        if inspector_rescan is not None:
            values[_RESCAN] = " ".join(
                (inspector_rescan.since_push, inspector_rescan.since_pull, inspector_rescan.mode)
            )
        if not values:
            raise InvalidValueError(
                "nothing is to be set", where=path, fix="name a setting, or leave the construct out"
            )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.function = _function(self, inspector=inspector_rescan is not None)
        self.resources = {name: self._resource(name, value) for name, value in values.items()}
        registry.own_settings(path, policy_scope=self.resources.get(AccountSetting.REGISTRY_POLICY_SCOPE))
        if _RESCAN in self.resources and registry.scanning_configuration is not None:
            # It is what switches Inspector on.
            self.resources[_RESCAN].node.add_dependency(registry.scanning_configuration)

    def _resource(self, name: str, value: str) -> cdk.CustomResource:
        resource = cdk.CustomResource(
            self,
            _LOGICAL_IDS[name],
            service_token=self.function.arn,
            service_timeout=cdk.Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            resource_type="Custom::EcrRegistrySetting",
            properties={
                "Name": str(name),
                "Value": value,
                "Restore": "true" if name in _RESTORED else "false",
            },
        )
        rendered = resource.node.default_child
        assert isinstance(rendered, cdk.CfnResource)
        # Under another logical ID the new resource would come first, and the old one then put back what was
        # before: a move in the tree would undo the setting.
        rendered.override_logical_id(_LOGICAL_IDS[name])
        return resource


def _function(scope: Construct, *, inspector: bool) -> InlineFunction:
    function = InlineFunction.shared(
        scope,
        _FUNCTION_ID,
        code="registry_setting",
        description="Sets what a registry of Amazon ECR has no CloudFormation resource for",
        statements=[
            iam.PolicyStatement(
                actions=["ecr:GetAccountSetting", "ecr:PutAccountSetting"],
                # These actions have no resource-level permissions:
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
                resources=["*"],
            )
        ],
        timeout_seconds=_FUNCTION_TIMEOUT_SECONDS,
    )
    if inspector:
        function.allow(
            iam.PolicyStatement(
                actions=["inspector2:GetConfiguration", "inspector2:UpdateConfiguration"],
                # These actions have no resource-level permissions:
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninspector2.html
                resources=["*"],
            )
        )
    return function


def _check_unowned(registry: PrivateRegistry, path: str) -> None:
    if not registry.manage.settings:
        raise RegistryConflictError(
            f"{path!r} would set what the registry {registry.node.path!r} leaves to another owner",
            where=path,
            fix="leave it out, or leave out RegistryManagement(settings=False)",
        )
    owner = registry.settings_owner
    if owner is not None:
        raise RegistryConflictError(
            f"a registry has its settings once; {path!r} would set those of {registry.node.path!r} and "
            f"{owner!r} does already",
            where=path,
            fix="put all of them into one RegistrySettings",
        )


def _check_rescan(registry: PrivateRegistry, rescan: InspectorRescan | None, path: str) -> None:
    if rescan is not None and any(one.scan_type is ScanType.BASIC for one in registry.ledger.scanning):
        raise InvalidValueError(
            "inspector_rescan is given, and the registry's images are scanned by ECR itself",
            where=path,
            fix="leave it out, or scan with scan_type=ScanType.ENHANCED",
        )
