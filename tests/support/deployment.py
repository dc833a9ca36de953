"""A blueprint of its own accounts, deployed to the local cloud with the CDK CLI, and read back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from local_cloud import ROOT, LocalCloud, run_cdk
from warm_app import synthesize

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.registry import Registry

MAIN_REGION, OTHER_REGION = "eu-west-1", "eu-central-1"

BLUEPRINT = """\
version: 1
model: centralized
convention: "{{stage}}/{{team}}/{{app}}"
stages: {{dev: {{}}, prod: {{production: true}}}}
registry: {{account: "{account}", regions: [eu-west-1, eu-central-1]}}
retention: {{keep: ["v*", "deployed-*"], builds: ["sha-*"], builds_days: {builds_days}}}
caches:
  docker-hub: {{secret: ecr-pullthroughcache/docker-hub}}
  k8s: {{}}
consumers:
  production:
    accounts: ["{consumer}"]
    org_paths: ["o-exampleorg/r-ab12/ou-ab12-11111111/*"]
    pull: ["prod/*"]
    caches: [docker-hub, k8s]
tags: {{managed-by: ecr-blueprints}}
manage: {{{manage}}}
teams:
  - team: payments
    push: {{roles: ["arn:aws:iam::{account}:role/ci-payments", "arn:aws:iam::{consumer}:role/not-there-yet"]}}
    tags: {{cost-centre: cc-4100}}
    repositories:
      api: {{}}
      python: {{name: base/python, exception: a base image, kind: base-image, moving_tags: ["3.*"]}}
{more}"""


class Deployment:
    """One blueprint in accounts of its own.

    Args:
        cloud: The local cloud.
        folder: Where blueprint and assemblies are written.
        account: The registry's account.
        consumer: The workload account.
    """

    def __init__(self, cloud: LocalCloud, folder: Path, *, account: str, consumer: str) -> None:
        self.cloud = cloud
        self.folder = folder
        self.account = account
        self.consumer = consumer
        self._runs = 0

    def environment(self) -> dict[str, str]:
        """The registry account's credential, and nothing else."""
        return self.cloud.environment(self.account)

    def cdk(self, *arguments: str, check: bool = True) -> tuple[int, str]:
        """Runs the CDK CLI as the registry account; gives its exit code and output."""
        result = run_cdk(arguments, env=self.environment(), cwd=ROOT, check=check)
        return result.returncode, result.stdout

    def bootstrap(self) -> None:
        """Bootstraps the registry account in both Regions and the workload account."""
        self.cloud.install_toolkit(
            {self.account: (MAIN_REGION, OTHER_REGION), self.consumer: (MAIN_REGION,)}, trusted=self.account
        )

    def synth(self, *, builds_days: int = 90, more: str = "", manage: str = "") -> Path:
        """Synthesizes the blueprint into a cloud assembly."""
        return self.synth_text(
            BLUEPRINT.format(
                account=self.account,
                consumer=self.consumer,
                builds_days=builds_days,
                more=more,
                manage=manage,
            )
        )

    def synth_text(self, text: str, **context: str) -> Path:
        """Synthesizes any blueprint, in any context, into a cloud assembly."""
        self._runs += 1
        blueprint = self.folder / f"blueprint-{self._runs}.yaml"
        blueprint.write_text(text)
        assembly = self.folder / f"cdk.out-{self._runs}"
        result = synthesize(blueprint, assembly, **context)
        assert result.returncode == 0, result.stderr
        return assembly

    def adopt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs ``ecr-blueprints adopt`` as a person does."""
        return subprocess.run(
            [sys.executable, "-m", "ecr_blueprints", "adopt", "--region", MAIN_REGION, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**self.environment(), "PYTHONPATH": str(ROOT)},
        )

    def deploy(self, assembly: Path, *stacks: str, check: bool = True) -> tuple[int, str]:
        """Deploys the stacks, or all."""
        chosen = stacks if stacks else ("--all",)
        return self.cdk(
            "deploy",
            *chosen,
            "--app",
            str(assembly),
            "--require-approval",
            "never",
            "--concurrency",
            "4",
            check=check,
        )

    def destroy(self, assembly: Path) -> tuple[int, str]:
        """Destroys all stacks."""
        return self.cdk("destroy", "--all", "--force", "--concurrency", "4", "--app", str(assembly))

    def client(self, service: str, region: str = MAIN_REGION) -> Any:
        """A boto3 client of the registry account."""
        return self.cloud.client(service, account=self.account, region=region)

    def live(self, region: str = MAIN_REGION) -> Registry:
        """The registry as ECR's API tells it."""
        return read_live_registry(region, client=self.client("ecr", region))

    def declared(self, assembly: Path, region: str = MAIN_REGION) -> Registry:
        """The registry as the assembly's templates declare it."""
        registries = read_inputs([str(assembly)]).registries
        (found,) = [one for one in registries if (one.account, one.region) == (self.account, region)]
        return found

    def push(self, repository: str, tag: str, region: str = MAIN_REGION) -> str:
        """Puts a small image into a repository; gives its digest."""
        manifest = (
            '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",'
            '"config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:'
            + "0" * 64
            + '"},"layers":[],"annotations":{"tag":"'
            + tag
            + '"}}'
        )
        answer = self.client("ecr", region).put_image(
            repositoryName=repository, imageManifest=manifest, imageTag=tag
        )
        return str(answer["image"]["imageId"]["imageDigest"])

    def digests(self, repository: str, region: str = MAIN_REGION) -> set[str]:
        """The digests of the images in a repository."""
        images = self.client("ecr", region).list_images(repositoryName=repository)["imageIds"]
        return {str(image["imageDigest"]) for image in images}
