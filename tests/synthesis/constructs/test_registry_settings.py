"""RegistrySettings: one custom resource for each setting, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_scanning import RegistryScanning
from ecr_blueprints.constructs.registry_settings import InspectorRescan, RegistrySettings
from ecr_blueprints.domain.inspector_rescan import RescanMode, RescanWindow
from ecr_blueprints.domain.scanning import ScanType
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError

Template = dict[str, Any]
OfType = Callable[[Template, str], list[dict[str, Any]]]
Lint = Callable[[Template], list[str]]
TemplateOf = Callable[[cdk.Stack], Template]

ACCOUNT, REGION = "111122223333", "eu-west-1"
SETTING = "Custom::EcrRegistrySetting"
SECOND_SUITE = InspectorRescan(
    since_push=RescanWindow.LIFETIME, since_pull=RescanWindow.DAYS_180, mode=RescanMode.LAST_IN_USE_AT
)


def _stack(app: cdk.App, name: str) -> cdk.Stack:
    return cdk.Stack(app, name, env=cdk.Environment(account=ACCOUNT, region=REGION))


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


@pytest.fixture(scope="module")
def defaults(module_app: cdk.App, template_of: TemplateOf) -> Template:
    stack = _stack(module_app, "Defaults")
    RegistrySettings(stack, "Settings", registry=PrivateRegistry(stack, "Registry"))
    return template_of(stack)


@pytest.fixture(scope="module")
def everything(
    tmp_path_factory: pytest.TempPathFactory, template_of: TemplateOf
) -> tuple[RegistrySettings, Template]:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("everything")), analytics_reporting=False)
    stack = _stack(app, "Everything")
    settings = RegistrySettings(
        stack,
        "Settings",
        registry=PrivateRegistry(stack, "Registry"),
        blob_mounting=False,
        policy_scope_v2=True,
        native_basic_scanning=True,
        inspector_rescan=SECOND_SUITE,
    )
    return settings, template_of(stack)


def _settings(template: Template) -> dict[str, tuple[str, str]]:
    return {
        one["Properties"]["Name"]: (one["Properties"]["Value"], one["Properties"]["Restore"])
        for one in template["Resources"].values()
        if one["Type"] == SETTING
    }


class TestDefaults:
    def test_what_is_set(self, defaults: Template) -> None:
        assert _settings(defaults) == {
            "BLOB_MOUNTING": ("ENABLED", "true"),
            "REGISTRY_POLICY_SCOPE": ("V2", "false"),
            "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE", "false"),
        }

    def test_cloudformation_does_not_wait_for_an_hour(self, defaults: Template, of_type: OfType) -> None:
        assert {one["Properties"]["ServiceTimeout"] for one in of_type(defaults, SETTING)} == {"600"}

    def test_one_function_without_an_asset(self, defaults: Template, of_type: OfType) -> None:
        (function,) = of_type(defaults, "AWS::Lambda::Function")
        assert list(function["Properties"]["Code"]) == ["ZipFile"]

    def test_inspector_is_not_touched(self, defaults: Template, of_type: OfType) -> None:
        assert "inspector2" not in json.dumps(of_type(defaults, "AWS::IAM::Role"))

    def test_it_lints(self, defaults: Template, lint: Lint) -> None:
        assert lint(defaults) == []


class TestEverything:
    def test_what_is_set(self, everything: tuple[RegistrySettings, Template]) -> None:
        settings, template = everything
        assert _settings(template) == {
            "BLOB_MOUNTING": ("DISABLED", "true"),
            "REGISTRY_POLICY_SCOPE": ("V2", "false"),
            "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE", "false"),
            "INSPECTOR_RESCAN": ("LIFETIME DAYS_180 LAST_IN_USE_AT", "true"),
        }
        assert list(settings.resources) == list(_settings(template))

    def test_logical_ids_do_not_depend_on_the_place(
        self, everything: tuple[RegistrySettings, Template]
    ) -> None:
        assert {key for key, one in everything[1]["Resources"].items() if one["Type"] == SETTING} == {
            "EcrBlobMounting",
            "EcrRegistryPolicyScope",
            "EcrBasicScanTypeVersion",
            "InspectorEcrRescanWindow",
        }

    def test_inspector_is_switched_on_first(self, everything: tuple[RegistrySettings, Template]) -> None:
        resources = everything[1]["Resources"]
        (dependency,) = resources["InspectorEcrRescanWindow"]["DependsOn"]
        assert resources[dependency]["Type"] == "AWS::ECR::RegistryScanningConfiguration"

    def test_permissions(self, everything: tuple[RegistrySettings, Template], of_type: OfType) -> None:
        (role,) = of_type(everything[1], "AWS::IAM::Role")
        statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert [one["Action"] for one in statements if one["Resource"] == "*"] == [
            ["ecr:GetAccountSetting", "ecr:PutAccountSetting"],
            ["inspector2:GetConfiguration", "inspector2:UpdateConfiguration"],
        ]

    def test_it_lints(self, everything: tuple[RegistrySettings, Template], lint: Lint) -> None:
        assert lint(everything[1]) == []

    def test_it_is_as_it_was(
        self, everything: tuple[RegistrySettings, Template], snapshot: SnapshotAssertion
    ) -> None:
        held = {
            key: one for key, one in everything[1]["Resources"].items() if one["Type"].startswith("Custom::")
        }
        assert held == snapshot(extension_class=JSONSnapshotExtension)


def test_a_stack_of_any_environment(app: cdk.App, template_of: TemplateOf, lint: Lint) -> None:
    stack = cdk.Stack(app, "Anywhere")
    RegistrySettings(stack, "Settings", registry=PrivateRegistry(stack, "Registry"), blob_mounting=None)
    template = template_of(stack)
    assert set(_settings(template)) == {"REGISTRY_POLICY_SCOPE", "BASIC_SCAN_TYPE_VERSION"}
    assert lint(template) == []


class TestWhatIsRefused:
    def test_a_second_one(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        RegistrySettings(stack, "First", registry=registry)
        with pytest.raises(RegistryConflictError) as caught:
            RegistrySettings(stack, "Second", registry=registry)
        assert str(caught.value) == (
            "Stack/Second: a registry has its settings once; 'Stack/Second' would set those of "
            "'Stack/Registry' and 'Stack/First' does already; fix: put all of them into one RegistrySettings"
        )

    def test_nothing_to_set(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="nothing is to be set"):
            RegistrySettings(
                stack,
                "Settings",
                registry=registry,
                blob_mounting=None,
                policy_scope_v2=False,
                native_basic_scanning=False,
            )

    def test_a_window_where_inspector_does_not_scan(self, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry", scanning=RegistryScanning(scan_type=ScanType.BASIC))
        with pytest.raises(InvalidValueError, match="the registry's images are scanned by ECR itself"):
            RegistrySettings(stack, "Settings", registry=registry, inspector_rescan=InspectorRescan())

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"blob_mounting": "yes"}, "blob_mounting is 'yes'; allowed: True or False"),
            ({"policy_scope_v2": None}, "policy_scope_v2 is None; allowed: True or False"),
            ({"inspector_rescan": True}, "inspector_rescan is True; allowed: an InspectorRescan, or None"),
            ({"registry": "Registry"}, "the registry is 'Registry'; allowed: a PrivateRegistry"),
        ],
        ids=str,
    )
    def test_a_value_of_another_type(
        self, registry: PrivateRegistry, stack: cdk.Stack, arguments: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InvalidValueError) as caught:
            RegistrySettings(stack, "Settings", **{"registry": registry, **arguments})
        assert message in str(caught.value)

    def test_another_account(self, app: cdk.App, registry: PrivateRegistry) -> None:
        other = cdk.Stack(app, "Other", env=cdk.Environment(account="444455556666", region=REGION))
        with pytest.raises(InvalidValueError, match="its stack is in the account 444455556666"):
            RegistrySettings(other, "Settings", registry=registry)

    def test_a_window_that_inspector_does_not_have(self) -> None:
        with pytest.raises(InvalidValueError, match="since_push is 'FOREVER'"):
            InspectorRescan(since_push="FOREVER")  # type: ignore[arg-type]
        with pytest.raises(InvalidValueError, match="since_pull is LIFETIME"):
            InspectorRescan(since_pull=RescanWindow.LIFETIME)
