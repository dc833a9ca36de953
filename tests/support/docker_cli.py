"""The program ``docker`` as the pages use it: to log in, pull, tag and push; images are manifests.

For a registry of ECR, what is asked of it is decided by IAM's rules as they stand in the emulator, and then
done by ECR's API. Any other registry holds every image that is asked of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from aws_callers import AwsCallers, Caller
from aws_cli import AwsCli
from local_cloud import LocalCloud
from page_shell import Answer, Call

__all__ = ["PULL_ACTIONS", "PUSH_ACTIONS", "DockerCli", "EcrAccess", "made_up_manifest"]

PULL_ACTIONS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH_ACTIONS = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""What a client asks: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""
_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")


def made_up_manifest(name: str) -> str:
    """A manifest of no layers, another for each name."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "size": 2,
                "digest": f"sha256:{hashlib.sha256(name.encode()).hexdigest()}",
            },
            "layers": [],
        }
    )


class EcrAccess:
    """A registry of ECR for one caller: IAM is asked first, then the emulator.

    Args:
        cloud: The emulator.
        callers: Who decides what a caller may do.
    """

    def __init__(self, cloud: LocalCloud, callers: AwsCallers) -> None:
        self._cloud = cloud
        self._callers = callers

    def push(self, caller: Caller, place: tuple[str, str], name: str, tag: str, manifest: str) -> str | None:
        """Pushes an image; gives why not, if it is refused."""
        reason = self._refusal(caller, place, name, PUSH_ACTIONS)
        if reason is not None:
            return reason
        ecr = self._owner(place)
        try:
            ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag=tag)
        except ecr.exceptions.ImageTagAlreadyExistsException as error:
            return str(error)
        return None

    def pull(self, caller: Caller, place: tuple[str, str], name: str, tag: str) -> tuple[str, str | None]:
        """Pulls an image, through a cache where its name is one's; gives its manifest, or why not."""
        reason = self._import(caller, place, name, tag) or self._refusal(caller, place, name, PULL_ACTIONS)
        if reason is not None:
            return "", reason
        answer = self._owner(place).batch_get_image(repositoryName=name, imageIds=[{"imageTag": tag}])
        if not answer["images"]:
            return "", f"{name}:{tag}: not found"
        return str(answer["images"][0]["imageManifest"]), None

    def _import(self, caller: Caller, place: tuple[str, str], name: str, tag: str) -> str | None:
        """Does what a cache would for a first pull: the repository by its template, and the image."""
        ecr = self._owner(place)
        rules = ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
        prefixes = [
            one["ecrRepositoryPrefix"] for one in rules if name.startswith(f"{one['ecrRepositoryPrefix']}/")
        ]
        if not prefixes:
            return None
        policies = [json.loads(ecr.get_registry_policy()["policyText"])]
        for action in ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository"):
            reason = self._denied(caller, place, name, action, policies)
            if reason is not None:
                return reason
        templates = ecr.describe_repository_creation_templates(prefixes=prefixes)
        (template,) = templates["repositoryCreationTemplates"]
        ecr.create_repository(repositoryName=name, imageTagMutability=template["imageTagMutability"])
        if "repositoryPolicy" in template:
            ecr.set_repository_policy(repositoryName=name, policyText=template["repositoryPolicy"])
        ecr.put_image(repositoryName=name, imageManifest=made_up_manifest(name), imageTag=tag)
        return None

    def _refusal(
        self, caller: Caller, place: tuple[str, str], name: str, actions: tuple[str, ...]
    ) -> str | None:
        ecr = self._owner(place)
        policies = []
        for read, missing in (
            (
                lambda: ecr.get_repository_policy(repositoryName=name),
                ecr.exceptions.RepositoryPolicyNotFoundException,
            ),
            (ecr.get_registry_policy, ecr.exceptions.RegistryPolicyNotFoundException),
        ):
            try:
                policies.append(json.loads(read()["policyText"]))
            except missing:
                continue
            except ecr.exceptions.RepositoryNotFoundException:
                return f"name unknown: {name}"
        reasons = [self._denied(caller, place, name, action, policies) for action in actions]
        return next((one for one in reasons if one is not None), None)

    def _denied(
        self, caller: Caller, place: tuple[str, str], name: str, action: str, policies: list[Any]
    ) -> str | None:
        account, region = place
        decision = self._callers.decide(
            caller,
            action,
            resource=f"arn:aws:ecr:{region}:{account}:repository/{name}",
            account=account,
            resource_policies=policies,
        )
        return None if decision else f"{caller.arn} may not {action}: {decision.reason}"

    def _owner(self, place: tuple[str, str]) -> Any:
        account, region = place
        return self._cloud.client("ecr", account=account, region=region)


class DockerCli:
    """The program ``docker``.

    Args:
        access: The registries of ECR.
        aws: The program whose passwords log in to them.
        callers: Whose profiles stand behind those passwords.
    """

    def __init__(self, access: EcrAccess, aws: AwsCli, callers: AwsCallers) -> None:
        self._access = access
        self._aws = aws
        self._callers = callers
        self._logins: dict[str, Caller | None] = {}
        self.images: dict[str, str] = {}
        """Reference → manifest, of what is on the reader's machine."""
        self.pulled: dict[str, str] = {}
        """The same, of what came from ECR."""
        self.elsewhere: dict[str, str] = {}
        """Reference → manifest, of what was pushed into registries that are not ECR."""

    def __call__(self, call: Call) -> Answer:
        command, *rest = call.arguments
        commands: dict[str, Callable[[list[str], Call], Answer]] = {
            "login": self._login,
            "pull": self._pull,
            "tag": self._tag,
            "push": self._push,
        }
        return commands[command](rest, call)

    def _login(self, rest: list[str], call: Call) -> Answer:
        host = rest[-1]
        ecr = _ECR.fullmatch(host)
        if ecr is None:
            self._logins[host] = None
            return Answer()
        assert rest[:-1] == ["--username", "AWS", "--password-stdin"], str(call)
        profile, region = self._aws.passwords[call.given.strip()]
        assert region == ecr["region"], "the password is another Region's"
        self._logins[host] = self._callers.of(profile)
        return Answer(output="Login Succeeded\n")

    def _pull(self, rest: list[str], call: Call) -> Answer:
        (reference,) = rest
        host, name, tag = _parts(reference)
        ecr = _ECR.fullmatch(host)
        if ecr is None:
            self.images[reference] = made_up_manifest(reference)
            return Answer()
        caller = self._logins.get(host)
        assert caller is not None, f"nobody has logged in to {host}"
        manifest, reason = self._access.pull(caller, (ecr["account"], ecr["region"]), name, tag)
        if reason is not None:
            return Answer(errors=f"{reason}\n", code=1)
        self.images[reference] = self.pulled[reference] = manifest
        return Answer()

    def _tag(self, rest: list[str], call: Call) -> Answer:
        source, target = rest
        self.images[target] = self.images[source]
        return Answer()

    def _push(self, rest: list[str], call: Call) -> Answer:
        (reference,) = rest
        host, name, tag = _parts(reference)
        ecr = _ECR.fullmatch(host)
        assert host in self._logins, f"nobody has logged in to {host}"
        if ecr is None:
            self.elsewhere[reference] = self.images[reference]
            return Answer()
        caller = self._logins[host]
        assert caller is not None
        place = (ecr["account"], ecr["region"])
        reason = self._access.push(caller, place, name, tag, self.images[reference])
        return Answer() if reason is None else Answer(errors=f"{reason}\n", code=1)


def _parts(reference: str) -> tuple[str, str, str]:
    """Host, name and tag."""
    host, _, rest = reference.partition("/")
    name, _, tag = rest.rpartition(":")
    return host, name, tag
