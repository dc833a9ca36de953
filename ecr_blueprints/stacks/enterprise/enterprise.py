"""The stacks of the enterprise operating model."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import jsii
from aws_cdk import App, Environment, Tags
from constructs import IValidation

from ecr_blueprints.config.blueprint_names import BlueprintNames
from ecr_blueprints.config.declared_repository import DeclaredRepository, declared_repositories
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_contract import write_whole
from ecr_blueprints.stacks.construct_places import come_from
from ecr_blueprints.stacks.consumers import build_consumers
from ecr_blueprints.stacks.enterprise.bridge_settings import BRIDGE_FILE_NAME, bridge_settings
from ecr_blueprints.stacks.enterprise.bridge_stack import BridgeStack
from ecr_blueprints.stacks.registry_stack import RegistryStack
from ecr_blueprints.stacks.repositories_stack import RepositoriesStack

__all__ = ["build_enterprise"]


def build_enterprise(app: App, blueprint: EnterpriseBlueprint) -> None:
    """Adds the stacks of the registry account in each Region, of the bridge, and of each workload account.

    A stack's name comes from what it is for and never from what is in it:

    * ``<name>-registry-<region>``: scanning, signing, registry policy, creation templates, caches.
    * ``<name>-repositories-<stack key>-<region>``: repositories.
    * ``<name>-bridge-<region>``: the role by which Harbor, or the job that copies from Artifactory, brings
      images, and what is set there. ``bridge.json`` beside ``registry.json`` has the same for every Region.
    * those of the consumers; see `build_consumers`.

    Practices: OPS-1
    """
    names = BlueprintNames.of(blueprint)
    by_stack: defaultdict[str, list[DeclaredRepository]] = defaultdict(list)
    for repository in declared_repositories(blueprint):
        by_stack[repository.stack].append(repository)
    registries: dict[str, PrivateRegistry] = {}
    bridges: dict[str, BridgeStack] = {}
    for region in blueprint.registry.regions:
        environment = Environment(account=blueprint.registry.account, region=region)
        registry_stack = RegistryStack(app, names.registry(region), blueprint=blueprint, env=environment)
        registries[region] = registry_stack.registry
        for key, repositories in by_stack.items():
            RepositoriesStack(
                app,
                names.repositories(key, region),
                registry=registry_stack.registry,
                blueprint=blueprint,
                repositories=repositories,
                env=environment,
            )
        come_from(app, names.bridge(region), blueprint.where("enterprise"))
        with blueprint.at("enterprise"):
            bridges[region] = BridgeStack(
                app,
                names.bridge(region),
                registry=registry_stack.registry,
                topics=registry_stack.blueprint_registry.topics,
                blueprint=blueprint,
                env=environment,
            )
    for region, bridge in bridges.items():
        if region != blueprint.iam_region:
            bridge.node.add_dependency(bridges[blueprint.iam_region])  # which makes the role
    build_consumers(app, blueprint, registries)
    for key, value in blueprint.tags.items():
        Tags.of(app).add(key, value, priority=50)
    app.node.add_validation(_SettingsAtSynthesis(app, blueprint))


@jsii.implements(IValidation)
class _SettingsAtSynthesis:
    """CDK's hook at synthesis, which writes ``bridge.json`` when everything is constructed."""

    def __init__(self, app: App, blueprint: EnterpriseBlueprint) -> None:
        self._app = app
        self._blueprint = blueprint

    def validate(self) -> list[str]:
        """Write the settings; what prevents it is an error of the app's synthesis."""
        root = Path(self._app.outdir)
        try:
            root.mkdir(parents=True, exist_ok=True)
            write_whole(root / BRIDGE_FILE_NAME, bridge_settings(self._blueprint))
        except OSError as error:
            return [f"{BRIDGE_FILE_NAME} cannot be written: {error}"]
        return []
