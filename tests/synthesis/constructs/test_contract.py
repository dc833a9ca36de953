"""The contract: one app writes what another reads, without a lookup."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from ecr_blueprints.constructs.imported_registry import ImportedRegistry
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.registry_scanning import DevelopmentScanning, RegistryScanning
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.errors import ContractError, InvalidValueError, RegistryConflictError
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]

REGISTRY_ACCOUNT = "111122223333"
TEAM_ACCOUNT = "222233334444"
REGIONS = ("eu-west-1", "eu-central-1")


def synthesize_registry_app(directory: Path, regions: tuple[str, ...] = REGIONS) -> Path:
    """The platform team's app; gives the path of its contract."""
    app = cdk.App(outdir=str(directory))
    for region in regions:
        stack = cdk.Stack(
            app, f"Registry-{region}", env=cdk.Environment(account=REGISTRY_ACCOUNT, region=region)
        )
        registry = PrivateRegistry(
            stack,
            "Registry",
            convention="{stage}/{team}/{app}",
            stages={"dev": False, "prod": True},
            scanning=RegistryScanning(development=DevelopmentScanning.NONE),
        )
        registry.add_pull_through_cache("docker-hub").grant_pull_to_account(TEAM_ACCOUNT)
        registry.add_pull_through_cache("k8s", prefix="kubernetes")
        registry.add_creation_template("dev", applied_for=["CREATE_ON_PUSH"])
    app.synth()
    return directory / "registry.json"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize_registry_app(tmp_path_factory.mktemp("registry-app") / "cdk.out")


@pytest.fixture
def team_stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Payments", env=cdk.Environment(account=TEAM_ACCOUNT, region="eu-west-1"))


@pytest.fixture
def imported(team_stack: cdk.Stack, contract: Path) -> ImportedRegistry:
    return PrivateRegistry.from_contract(team_stack, "Registry", str(contract))


class TestWriting:
    def test_one_file_holds_every_registry_of_the_app(self, contract: Path) -> None:
        document = json.loads(contract.read_text())
        assert document["contractVersion"] == 1
        assert [(one["account"], one["region"]) for one in document["registries"]] == [
            (REGISTRY_ACCOUNT, region) for region in REGIONS
        ]

    def test_what_is_left_unscanned_is_in_it(self, contract: Path) -> None:
        entry = json.loads(contract.read_text())["registries"][0]
        assert entry["unscanned"] == ["dev/*"]

    def test_it_holds_nothing_secret_and_no_policy(self, contract: Path) -> None:
        text = contract.read_text()
        assert not any(word in text for word in ("accessToken", "secretsmanager", "Statement", TEAM_ACCOUNT))

    def test_nothing_is_left_beside_it(self, contract: Path) -> None:
        assert [one.name for one in contract.parent.iterdir() if "registry" in one.name] == ["registry.json"]

    def test_the_same_app_writes_the_same_text(self, contract: Path, tmp_path: Path) -> None:
        again = synthesize_registry_app(tmp_path / "again")
        assert again.read_text() == contract.read_text()

    def test_registries_in_stages_are_in_the_root_of_the_assembly(self, app: cdk.App) -> None:
        stage = cdk.Stage(app, "Prod", env=cdk.Environment(account=REGISTRY_ACCOUNT, region="eu-west-1"))
        PrivateRegistry(cdk.Stack(stage, "Stack"), "Registry")
        app.synth()
        entries = json.loads((Path(app.outdir) / "registry.json").read_text())["registries"]
        assert [entry["region"] for entry in entries] == ["eu-west-1"]

    def test_what_contributes_last_is_in_it(self, app: cdk.App, stack: cdk.Stack) -> None:
        registry = PrivateRegistry(stack, "Registry")
        app.synth()
        registry.add_pull_through_cache("k8s")
        app.synth(force=True)
        (entry,) = json.loads((Path(app.outdir) / "registry.json").read_text())["registries"]
        assert [cache["prefix"] for cache in entry["caches"]] == ["k8s"]

    def test_a_directory_that_cannot_be_written_is_an_error_of_the_synthesis(
        self, app: cdk.App, stack: cdk.Stack
    ) -> None:
        PrivateRegistry(stack, "Registry")
        (Path(app.outdir) / "registry.json").mkdir(parents=True)
        with pytest.raises(RuntimeError, match=r"registry\.json cannot be written"):
            app.synth()

    def test_imports_in_two_stacks_get_a_mapping_each(self, app: cdk.App) -> None:
        for region in REGIONS:
            stack = cdk.Stack(
                app, f"In-{region}", env=cdk.Environment(account=REGISTRY_ACCOUNT, region=region)
            )
            PrivateRegistry(stack, "Registry", manage=RegistryManagement(scanning=Ownership.IMPORT))
        app.synth()
        written = sorted(path.name for path in Path(app.outdir).glob("registry-import*"))
        assert written == ["registry-import.In-eu-central-1.json", "registry-import.In-eu-west-1.json"]
        (value,) = json.loads((Path(app.outdir) / written[0]).read_text()).values()
        assert value == {"RegistryId": REGISTRY_ACCOUNT}

    def test_a_mapping_of_an_earlier_synthesis_goes(self, app: cdk.App, stack: cdk.Stack) -> None:
        stale = Path(app.outdir) / "registry-import.json"
        stale.parent.mkdir(parents=True, exist_ok=True)
        stale.write_text("{}")
        PrivateRegistry(stack, "Registry")
        app.synth()
        assert not stale.exists()


class TestReading:
    def test_creates_nothing(
        self, imported: ImportedRegistry, team_stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        assert template_of(team_stack).get("Resources", {}) == {}
        assert not (Path(team_stack.node.root.outdir) / "registry.json").exists()  # type: ignore[attr-defined]

    def test_finds_the_registry_of_the_stacks_region(self, imported: ImportedRegistry) -> None:
        assert (imported.account, imported.region) == (REGISTRY_ACCOUNT, "eu-west-1")
        assert imported.uri == "111122223333.dkr.ecr.eu-west-1.amazonaws.com"

    def test_caches_give_uris(self, imported: ImportedRegistry) -> None:
        uri = imported.cache("docker-hub").image("library/envoy", tag="v1.31").uri
        assert uri == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/envoy:v1.31"
        assert imported.cache("k8s").repository_uri("pause").endswith("/kubernetes/pause")
        with pytest.raises(InvalidValueError, match="write 'library/nginx'"):
            imported.cache("docker-hub").image("nginx", tag="1")
        with pytest.raises(InvalidValueError, match=r"allowed: docker-hub .*, kubernetes "):
            imported.cache("quay")

    def test_caches_give_grants(
        self, imported: ImportedRegistry, team_stack: cdk.Stack, template_of: TemplateOf
    ) -> None:
        role = iam.Role(team_stack, "Task", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        imported.cache("docker-hub").grant_pull(role)
        resources = template_of(team_stack)["Resources"].values()
        (policy,) = (one for one in resources if one["Type"] == "AWS::IAM::Policy")
        statement = policy["Properties"]["PolicyDocument"]["Statement"][0]
        assert statement["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*"
        assert "ecr:BatchImportUpstreamImage" in statement["Action"]

    def test_templates_and_production_are_known(self, imported: ImportedRegistry) -> None:
        found = imported.template_for("dev/payments/api", AppliedFor.CREATE_ON_PUSH)
        assert found is not None
        assert found.known_prefix == "dev"
        assert imported.is_production("prod/payments/api") is True
        assert imported.is_production("dev/payments/api") is False

    def test_both_kinds_of_registry_are_references(
        self, imported: ImportedRegistry, team_stack: cdk.Stack
    ) -> None:
        references: list[RegistryReference] = [imported, PrivateRegistry(team_stack, "Own")]
        assert [one.region for one in references] == ["eu-west-1", "eu-west-1"]

    def test_names_are_held_to_the_convention(self, imported: ImportedRegistry) -> None:
        def declare(name: str, **arguments: str) -> None:
            source = SourceLocation(construct_path=f"Payments/{name}")
            imported.declare_repository(Repository(source=source, name=name), **arguments)

        declare("prod/payments/api")
        declare("base/python")
        declare("legacy", exception="older than the convention")
        with pytest.raises(InvalidValueError, match="does not follow the convention"):
            declare("payments")
        with pytest.raises(RegistryConflictError, match="declared by"):
            declare("prod/payments/api")
        assert len(imported.ledger.repositories) == 3


class TestWhichRegistry:
    def test_asked_for(self, team_stack: cdk.Stack, contract: Path) -> None:
        found = PrivateRegistry.from_contract(team_stack, "Registry", str(contract), region="eu-central-1")
        assert found.region == "eu-central-1"

    def test_none_in_the_region_of_the_stack(self, app: cdk.App, contract: Path) -> None:
        stack = cdk.Stack(app, "Far", env=cdk.Environment(account=TEAM_ACCOUNT, region="us-east-1"))
        with pytest.raises(ContractError, match="111122223333/eu-west-1, 111122223333/eu-central-1"):
            PrivateRegistry.from_contract(stack, "Registry", str(contract))
        assert stack.node.children == []

    def test_the_only_one_serves_every_region(self, app: cdk.App, tmp_path: Path) -> None:
        only = synthesize_registry_app(tmp_path / "only", regions=("eu-west-1",))
        stack = cdk.Stack(app, "Far", env=cdk.Environment(account=TEAM_ACCOUNT, region="us-east-1"))
        assert PrivateRegistry.from_contract(stack, "Registry", str(only)).region == "eu-west-1"

    def test_an_open_environment_has_to_say(self, app: cdk.App, contract: Path) -> None:
        stack = cdk.Stack(app, "Open")
        with pytest.raises(ContractError, match="several registries"):
            PrivateRegistry.from_contract(stack, "Registry", str(contract))
        found = PrivateRegistry.from_contract(stack, "Registry", str(contract), region="eu-central-1")
        assert found.account == REGISTRY_ACCOUNT

    def test_an_account_that_is_not_there(self, team_stack: cdk.Stack, contract: Path) -> None:
        with pytest.raises(ContractError, match="no registry for 999988887777/eu-west-1"):
            PrivateRegistry.from_contract(team_stack, "Registry", str(contract), account="999988887777")


class TestUnusable:
    def test_a_missing_file_says_how_to_get_it(self, team_stack: cdk.Stack, working_directory: Path) -> None:
        with pytest.raises(ContractError, match="synthesize the registry app") as caught:
            PrivateRegistry.from_contract(team_stack, "Registry", "registry.json")
        assert caught.value.where == "registry.json"

    @pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"contractVersion": 99}', b"\xff\xfe"])
    def test_a_file_that_is_no_contract(
        self, team_stack: cdk.Stack, working_directory: Path, content: bytes
    ) -> None:
        Path("registry.json").write_bytes(content)
        with pytest.raises(ContractError):
            PrivateRegistry.from_contract(team_stack, "Registry", "registry.json")
