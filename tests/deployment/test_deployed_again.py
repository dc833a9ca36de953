"""What a destroyed registry left is taken back, as docs/how-to/deploy-again-after-destroy.md says it.

In each operating model: images, keys, profiles, secrets, policies and the pipelines' identity provider stay,
the first deployment after that is refused, and what follows the page makes everything as it is declared.

Practices: REG-4, ENC-1, OPS-1
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from deployment import MAIN_REGION, OTHER_REGION, Deployment
from local_cloud import LocalCloud
from registry_comparison import comparable, own_repositories

SECRET = "ecr-pullthroughcache/docker-hub"
CREDENTIAL = json.dumps({"username": "robot", "accessToken": "t0ken"})
COMMON = """\
version: 1
stages: {{dev: {{}}, prod: {{production: true}}}}
signing: {{production: true, development: true{profiles}}}
encryption: {{kms: true, existing: none{keys}}}
manage: {{{manage}}}
"""
REGISTRY = """\
registry: {{account: "{account}", regions: [eu-west-1, eu-central-1]}}
organization: {{id: o-exampleorg, administrator: "{consumer}"}}
caches: {{docker-hub: {{secret: ecr-pullthroughcache/docker-hub{secret}}}, k8s: {{}}}}
consumers: {{production: {{accounts: ["{consumer}"], pull: ["prod/*"], caches: [docker-hub, k8s]}}}}
teams:
  - team: payments
    push: {{github: acme/payments, roles: ["arn:aws:iam::{account}:role/ci"]}}
    repositories: {{api: {{}}, old: {{stages: [prod], state: frozen}}}}
"""
MODELS = {
    "centralized": f"{COMMON}model: centralized\n{REGISTRY}",
    "enterprise": f"""{COMMON}model: enterprise
enterprise:
  product: harbor
  url: https://harbor.example.com
  prefix: prod
  projects: [payments]
  role_name: harbor-bridge
  identity:
    oidc: {{{{issuer: oidc.example.com, subject: "system:serviceaccount:harbor:replication"{{provider}}}}}}
{REGISTRY}""",
    "tenant-managed": COMMON
    + """model: tenant-managed
organization: {{id: o-exampleorg, administrator: "{consumer}"}}
regions: [eu-west-1, eu-central-1]
baseline: {{units: [ou-ab12-11111111]}}
teams:
  - team: payments
    account: "{account}"
    push: {{github: acme/payments}}
    caches: {{docker-hub: {{secret: ecr-pullthroughcache/docker-hub{secret}}}, k8s: {{}}}}
    consumers: {{partners: {{accounts: ["{consumer}"], pull: ["prod/*"], caches: [k8s]}}}}
    repositories: {{api: {{}}, old: {{stages: [prod], state: frozen}}}}
{of_team}""",
}
PROFILES = {"production": "ecr_SignProduction", "development": "ecr_SignDevelopment"}
REGIONS = (MAIN_REGION, OTHER_REGION)
_accounts = itertools.count(760000000000, 10)


@dataclass(frozen=True, slots=True)
class Left:
    """What stays when the stacks go, in one Region."""

    images: Mapping[str, set[str]]
    keys: Mapping[str, str]
    profiles: Mapping[str, str]
    secret: str
    policy: object


class Again:
    """A registry of one model that is destroyed and deployed again."""

    def __init__(self, model: str, deployment: Deployment) -> None:
        self.model = model
        self.deployment = deployment

    def synth(self, **more: str) -> Path:
        places = dict.fromkeys(("profiles", "keys", "manage", "secret", "provider", "of_team"), "")
        deployment = self.deployment
        text = MODELS[self.model].format(
            account=deployment.account, consumer=deployment.consumer, **{**places, **more}
        )
        context = {"tenant": "payments"} if self.model == "tenant-managed" else {}
        return deployment.synth_text(text, **context)

    def left(self, region: str) -> Left:
        ecr = self.deployment.client("ecr", region)
        names = [str(one.known_name) for one in own_repositories(self.deployment.live(region))]
        repositories = ecr.describe_repositories(repositoryNames=names)["repositories"]
        signer = self.deployment.client("signer", region)
        secrets = self.deployment.client("secretsmanager", region)
        return Left(
            images={name: self.deployment.digests(name, region) for name in names},
            keys={one["repositoryName"]: one["encryptionConfiguration"]["kmsKey"] for one in repositories},
            profiles={
                name: signer.get_signing_profile(profileName=name)["arn"] for name in PROFILES.values()
            },
            secret=secrets.get_secret_value(SecretId=SECRET)["SecretString"],
            policy=json.loads(ecr.get_registry_policy()["policyText"]),
        )

    def existing(self, found: Mapping[str, Left]) -> dict[str, str]:
        """What the page has the blueprint say of what stayed."""
        keys = {region: next(iter(one.keys.values())) for region, one in found.items()}
        profiles = {
            kind: {region: one.profiles[name] for region, one in found.items()}
            for kind, name in PROFILES.items()
        }
        manage = "registry_policy: import, pipeline_identity: false"
        said = {"manage": f"scanning: import, {manage}", "secret": ", existing: secret"}
        if self.model == "tenant-managed":
            said["manage"] = manage  # The baseline owns the scanning.
            of_team = {"kms_keys": keys, "signing_profiles": profiles}
            lines = (f"    {key}: {json.dumps(value)}\n" for key, value in of_team.items())
            return {**said, "of_team": "".join(lines)}
        return {
            **said,
            "provider": ", provider: exists",
            "keys": f", kms_keys: {json.dumps(keys)}",
            "profiles": f", profiles: {json.dumps(profiles)}",
        }

    def take_back(self, assembly: Path) -> None:
        """Imports what ``adopt --map`` finds, Region by Region."""
        for region in REGIONS:
            folder = self.deployment.folder / f"import-{region}"
            mapped = self.deployment.adopt(
                "--region", region, "--map", str(assembly), "--output", str(folder)
            )
            assert mapped.returncode == 0, mapped.stdout + mapped.stderr
            assert "cannot" not in mapped.stdout
            for mapping in sorted(folder.iterdir()):
                self.deployment.cdk(
                    *("import", mapping.stem, "--app", str(assembly), "--force"),
                    *("--resource-mapping", str(mapping)),
                )


@pytest.fixture(params=sorted(MODELS))
def again(request: pytest.FixtureRequest, cloud: LocalCloud, tmp_path: Path) -> Again:
    account = next(_accounts)
    deployment = Deployment(cloud, tmp_path, account=str(account), consumer=str(account + 1))
    deployment.bootstrap()
    return Again(request.param, deployment)


def test_everything_is_as_declared_and_every_image_is_there(again: Again) -> None:
    deployment = again.deployment
    first = again.synth()
    deployment.deploy(first)
    for region in REGIONS:
        secrets = deployment.client("secretsmanager", region)
        secrets.put_secret_value(SecretId=SECRET, SecretString=CREDENTIAL)
        for repository in own_repositories(deployment.live(region)):
            deployment.push(str(repository.known_name), "v1.0.0", region)
    before = {region: again.left(region) for region in REGIONS}
    assert all(len(one) == 1 for left in before.values() for one in left.images.values())
    assert all(left.secret == CREDENTIAL for left in before.values())

    deployment.destroy(first)
    assert {region: again.left(region) for region in REGIONS} == before

    # What is written of the registry that stayed says its key.
    for region in REGIONS:
        written = deployment.adopt("--region", region, "--stages", "dev,prod", "--production", "prod")
        (key,) = set(before[region].keys.values())
        assert f'  kms_keys:\n    {region}: "{key}"' in written.stdout, written.stderr

    # The same blueprint is refused, and harms nothing.
    code, output = deployment.deploy(first, check=False)
    assert code != 0
    assert "already exists" in output
    deployment.destroy(first)
    assert {region: again.left(region) for region in REGIONS} == before

    second = again.synth(**again.existing(before))
    again.take_back(second)
    deployment.deploy(second)
    assert {region: again.left(region) for region in REGIONS} == before
    for region in REGIONS:
        live, declared = deployment.live(region), deployment.declared(second, region)
        as_it_is, as_declared = comparable(live), comparable(declared)
        if again.model == "tenant-managed":
            del as_it_is["scanning"], as_declared["scanning"]  # The baseline's, which is not deployed here.
        assert as_it_is == as_declared
        keys = deployment.client("kms", region).list_keys()["Keys"]
        assert {one.rpartition("/")[2] for one in before[region].keys.values()} <= {
            one["KeyId"] for one in keys
        }
        (signing,) = live.signing
        used = {rule.profile_arn for rule in signing.rules}  # type: ignore[union-attr]
        assert used == set(before[region].profiles.values())

    _, output = deployment.deploy(second)
    assert output.count("(no changes)") == output.count("✅") > 0
