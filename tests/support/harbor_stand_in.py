"""Harbor as far as a page needs it: what its API is told, and the replication that follows from that.

Names, tags and destinations are worked out as Harbor does (docs/reference/enterprise-registries.md); it
pushes in the role that the bridge has for it, which IAM's rules have to let.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from aws_callers import Caller
from docker_cli import DockerCli, EcrAccess
from page_shell import Answer, Call

__all__ = ["HARBOR_USER", "Harbor"]

HARBOR_USER = "admin:secret"
_API = "/api/v2.0"


class Harbor:
    """A Harbor, and the program ``curl`` that reaches its API.

    Args:
        docker: Whose pushes it holds.
        access: The registries of ECR that it replicates into.
        role: The role that it runs with.
    """

    def __init__(self, docker: DockerCli, access: EcrAccess, role: Caller) -> None:
        self._docker = docker
        self._access = access
        self._role = role
        self._registries: list[dict[str, Any]] = []
        self._policies: list[dict[str, Any]] = []

    def __call__(self, call: Call) -> Answer:
        words = list(call.arguments)
        url = urlsplit(words.pop())
        user, body = (words[words.index(one) + 1] for one in ("--user", "--json"))
        assert user == HARBOR_USER, str(call)
        document = json.loads(call.given if body == "@-" else body)
        assert url.path.startswith(f"{_API}/"), str(call)
        match url.path.removeprefix(f"{_API}/"):
            case "registries":
                number = self._register(document)
            case "replication/policies":
                number = self._add_policy(document)
            case "replication/executions":
                number = self._execute(document)
            case _:
                raise AssertionError(f"no such path of Harbor's API: {url.path}")
        included = "--include" in words
        return Answer(output=f"HTTP/1.1 201 Created\nLocation: {url.path}/{number}\n" if included else "")

    def _register(self, registry: dict[str, Any]) -> int:
        assert registry["type"] == "aws-ecr"
        assert registry["credential"]["access_key"] == ""
        self._registries.append(registry)
        return len(self._registries)

    def _add_policy(self, policy: dict[str, Any]) -> int:
        assert 1 <= policy["dest_registry"]["id"] <= len(self._registries)
        self._policies.append(policy)
        return len(self._policies)

    def _execute(self, asked: dict[str, Any]) -> int:
        policy = self._policies[asked["policy_id"] - 1]
        registry = self._registries[policy["dest_registry"]["id"] - 1]
        account, _, _, region, *_ = urlsplit(registry["url"]).netloc.split(".")
        patterns = {one["type"]: _pattern(one["value"]) for one in policy["filters"]}
        assert policy["dest_namespace_replace_count"] == 0
        for reference, manifest in self._docker.elsewhere.items():
            name, _, tag = reference.partition("/")[2].rpartition(":")
            if patterns["name"].fullmatch(name) and patterns["tag"].fullmatch(tag):
                target = f"{policy['dest_namespace']}/{name}"
                reason = self._access.push(self._role, (account, region), target, tag, manifest)
                assert reason is None, reason
        return 1


def _pattern(glob: str) -> re.Pattern[str]:
    """Harbor's patterns: ``*`` for what has no slash, ``**`` for anything, ``{a,b}`` for either."""
    tokens = {"**": ".*", "*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}
    pieces = re.split(r"(\*\*|[*{},])", glob)
    return re.compile("".join(tokens.get(one, re.escape(one)) for one in pieces))
