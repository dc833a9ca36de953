"""An example deployed whole to an emulator of its own, in the accounts that it names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from example_assemblies import blueprint_of, synthesized_example
from local_cloud import ROOT, LocalCloud, run_cdk
from local_organization import LocalOrganization
from synthesized import Assembly, read_assembly, synthesize

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.registry import Registry

__all__ = ["ADDED", "ADDED_PULL", "ExampleDeployment"]

ADDED = "added-by-an-update"
"""The repository that an update adds to the first team."""
UNTAGGED_DAYS = 5
"""What an update gives every lifecycle policy."""

ADDED_PULL = "base/*"
"""What an update lets the accounts of a unit pull."""

Place = tuple[str, str]
"""Account and Region."""


class ExampleDeployment:
    """One example in the accounts and Regions of its stacks.

    Args:
        name: The example.
        cloud: An emulator that nothing else uses.
        folder: Where assemblies go.
    """

    def __init__(self, name: str, cloud: LocalCloud, folder: Path) -> None:
        self.name = name
        self.cloud = cloud
        self.folder = folder
        shutil.copytree(synthesized_example(name), folder / "first")
        self.first = read_assembly(folder / "first")
        # The account that deploys: the first stack's own.
        self.administrator = next(iter(self.first.environments.values()))[0]
        self.organization = LocalOrganization(cloud, self.first.path)

    def bootstrap(self, *stacks: str, accounts: Mapping[str, Sequence[str]] | None = None) -> None:
        """Bootstraps the accounts of the stacks in their Regions, in the organization that stack sets need.

        Args:
            stacks: Their names. Default: all.
            accounts: Unit of the organization → the accounts in it. Default: none.
        """
        self.organization.create(accounts or {})
        regions: dict[str, list[str]] = {}
        for account, region in sorted(
            {self.first.environments[one] for one in stacks or self.first.templates}
        ):
            regions.setdefault(account, []).append(region)
        self.cloud.install_toolkit(regions, trusted=self.administrator)

    def update(self, change: Callable[[dict[str, Any]], None] | None = None) -> Assembly:
        """The example with another retention of untagged images and one more repository, synthesized.

        What its stack sets put into accounts changes, too: what is scanned, or what may be pulled.

        Args:
            change: What else changes in the blueprint. Default: nothing.
        """
        copy = self.folder / "example"
        shutil.copytree(blueprint_of(self.name).parent, copy)
        path = copy / "blueprint.yaml"
        blueprint = yaml.safe_load(path.read_text())
        blueprint["retention"] = {**blueprint.get("retention", {}), "untagged_days": UNTAGGED_DAYS}
        if "baseline" in blueprint:
            blueprint["scanning"] = {"development": "continuous"}
        for consumer in blueprint.get("consumers", {}).values():
            if "units" in consumer:
                consumer["pull"].append(ADDED_PULL)
        if blueprint.get("teams"):
            blueprint["teams"][0].setdefault("repositories", {})[ADDED] = {}
        else:
            team_path = sorted(copy.glob(blueprint["include"]))[0]
            team = yaml.safe_load(team_path.read_text())
            team.setdefault("repositories", {})[ADDED] = {}
            team_path.write_text(yaml.safe_dump(team, sort_keys=False))
        if change is not None:
            change(blueprint)
        path.write_text(yaml.safe_dump(blueprint, sort_keys=False))
        result = synthesize(path, self.folder / "second")
        assert result.returncode == 0, result.stderr
        return read_assembly(self.folder / "second")

    def deploy(
        self, assembly: Assembly, *stacks: str, on_line: Callable[[str], None] | None = None
    ) -> list[str]:
        """Deploys the stacks and no other, or all; gives those in which something changed.

        Args:
            assembly: What to deploy.
            stacks: Their names. Default: all.
            on_line: Called with each line that the CLI prints; what it raises kills the CLI.
        """
        output = self._cdk(
            "deploy",
            *_chosen(stacks),
            "--require-approval",
            "never",
            assembly=assembly,
            on_line=on_line,
        )
        done = [line.split() for line in output.splitlines() if line.strip().startswith("✅")]
        assert {words[1] for words in done} == set(stacks or assembly.templates)
        return [words[1] for words in done if words[2:] != ["(no", "changes)"]]

    def destroy(self, assembly: Assembly, *stacks: str, on_line: Callable[[str], None] | None = None) -> None:
        """Destroys the stacks and no other, or all.

        Args:
            assembly: Whose stacks.
            stacks: Their names. Default: all.
            on_line: As for `deploy`.
        """
        self._cdk("destroy", *_chosen(stacks), "--force", assembly=assembly, on_line=on_line)

    def _cdk(self, *arguments: str, assembly: Assembly, on_line: Callable[[str], None] | None = None) -> str:
        result = run_cdk(
            [*arguments, "--concurrency", "4", "--app", str(assembly.path)],
            env=self.cloud.environment(self.administrator),
            cwd=ROOT / "scripts",
            on_line=on_line,
        )
        return result.stdout

    def client(self, service: str, place: Place) -> Any:
        """A boto3 client in an account and Region."""
        account, region = place
        return self.cloud.client(service, account=account, region=region)

    def declared(self, assembly: Assembly) -> dict[Place, Registry]:
        """The registries as the templates declare them."""
        return {
            (str(one.account), str(one.region)): one for one in read_inputs([str(assembly.path)]).registries
        }

    def live(self, place: Place) -> Registry:
        """A registry as ECR's API tells it."""
        return read_live_registry(place[1], client=self.client("ecr", place))

    def push(self, place: Place, repository: str, tag: str = "v1.0.0") -> str:
        """Puts a small image into a repository; gives its digest."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "size": 2,
                "digest": f"sha256:{'0' * 64}",
            },
            "layers": [],
            "annotations": {"repository": repository},
        }
        answer = self.client("ecr", place).put_image(
            repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag
        )
        return str(answer["image"]["imageId"]["imageDigest"])

    def digests(self, place: Place, repository: str) -> set[str]:
        """The digests of the images in a repository."""
        images = self.client("ecr", place).list_images(repositoryName=repository)["imageIds"]
        return {str(image["imageDigest"]) for image in images}


def _chosen(stacks: tuple[str, ...]) -> tuple[str, ...]:
    return ("--exclusively", *stacks) if stacks else ("--all",)
