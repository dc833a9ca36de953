"""Where images come from: pipelines, an enterprise registry, registries on the internet."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docs_assembly import DeployedStack, Seed, resolved
from docs_flows import BRIDGE, FETCH, PUSH, SEED
from docs_grants import allowing, identity_policies, principals, repository_arns

__all__ = ["Origin", "by_targets", "fetching", "pushing"]

_ISSUERS = {
    "token.actions.githubusercontent.com": ("GitHub Actions", re.compile(r'"repo:([\w./-]+)')),
    "gitlab.com": ("GitLab", re.compile(r'"project_path:([\w./-]+)')),
}
_SUBJECT = re.compile(r':sub": "([^"]+)"')
_SERVICE_ACCOUNT = "system:serviceaccount:"
_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[\w-]+)\.")


@dataclass(frozen=True, slots=True)
class Origin:
    """Somebody or something outside that images come from.

    Attributes:
        name: A pipeline, a role, or a registry's host.
        target: The account and Region that they come to.
        kind: The kind of the flow.
    """

    name: str
    target: str
    kind: str


def pushing(stacks: tuple[DeployedStack, ...]) -> Iterator[Origin]:
    """Who may push where, by policies of IAM and of repositories.

    Args:
        stacks: All stacks.
    """
    named = {
        (stack.account, str(role.get("RoleName"))): role
        for stack in stacks
        for _, role in stack.resources("AWS::IAM::Role")
    }
    for stack in stacks:
        kind = BRIDGE if stack.name.startswith("ecr-bridge-") else PUSH
        for policy in identity_policies(stack):
            for statement in allowing(policy.document, "ecr:PutImage"):
                arns = {f"{arn.account}/{arn.region}" for arn in repository_arns(statement)}
                for role in policy.roles or ({"RoleName": "with the policy to push"},):
                    known = named.get((stack.account, role), role) if isinstance(role, str) else role
                    for target in sorted(arns) or (stack.place,):
                        yield Origin(_identity(known), target, kind)
        for _, properties in stack.resources("AWS::ECR::Repository"):
            for statement in allowing(
                resolved(properties.get("RepositoryPolicyText", {}), stack), "ecr:PutImage"
            ):
                for account, role in principals(statement):
                    name = f"role {role.rpartition('/')[2]}" if role else "roles"
                    of = "" if account == stack.account else f" of account {account}"
                    yield Origin(f"{name}{of}", stack.place, kind)


def fetching(stacks: tuple[DeployedStack, ...], seeds: tuple[Seed, ...]) -> Iterator[Origin]:
    """The registries whose images come into caches, as they are pulled or by seeding.

    Args:
        stacks: All stacks.
        seeds: What is seeded; a cache of a Region with seeds is filled by nothing else.
    """
    for seed in seeds:
        yield Origin(seed.source.partition("/")[0], f"{seed.account}/{seed.region}", SEED)
    seeded = {f"{seed.account}/{seed.region}" for seed in seeds}
    for stack in stacks:
        if stack.place in seeded:
            continue
        for _, rule in stack.resources("AWS::ECR::PullThroughCacheRule"):
            url = resolved(rule.get("UpstreamRegistryUrl", "another registry"), stack)
            host = url if isinstance(url, str) else "another registry"
            registry = _ECR.match(host)
            name = host if registry is None else f"{registry['account']}/{registry['region']}"
            yield Origin(name, stack.place, FETCH)


def _identity(role: Mapping[str, Any] | str) -> str:
    """Who takes on a role, in a word or two."""
    if isinstance(role, str):
        return f"role {role}"
    trust = json.dumps(role.get("AssumeRolePolicyDocument", {}))
    for host, (name, pattern) in _ISSUERS.items():
        if host in trust:
            subject = pattern.search(trust)
            return name if subject is None else f"{name} {subject[1]}"
    subject = _SUBJECT.search(trust)
    if subject is not None:
        text = subject[1].removeprefix(_SERVICE_ACCOUNT)
        return text if text == subject[1] else f"service account {text.replace(':', '/')}"
    return f"role {role['RoleName']}" if isinstance(role.get("RoleName"), str) else "a role"


def by_targets(origins: Iterator[Origin]) -> dict[tuple[str, str, tuple[str, ...]], list[str]]:
    """Names by account, kind and the places that they reach: those that reach the same are one.

    Args:
        origins: In any order.
    """
    reached: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for one in origins:
        account = one.target.partition("/")[0] if one.kind in (PUSH, BRIDGE) else ""
        reached[(account, one.kind, one.name)].setdefault(one.target)
    found: defaultdict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (account, kind, name), targets in reached.items():
        found[(account, kind, tuple(targets))].append(name)
    return {key: sorted(names) for key, names in found.items()}
