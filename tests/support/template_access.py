"""Who there is in synthesized templates, and what guards what: principals and repositories for the evaluator.

Roles get the ARN that their logical ID makes, since CloudFormation names most of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from iam_evaluator import Policy, Principal

__all__ = ["FoundRole", "TemplateAccess"]

_ROLE: Final = "AWS::IAM::Role"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRole:
    """A role of a template.

    Attributes:
        stack: Its stack.
        principal: Who it is, and what it may do.
        trust: Who may take it on.
    """

    stack: str
    principal: Principal
    trust: Policy


@dataclass(slots=True)
class TemplateAccess:
    """What the templates of an assembly say of access.

    Attributes:
        organization: The id of the organization of every account.
        repositories: ARN → repository policy; None where it has none.
        registry_policies: ``Region:account`` → registry policy.
        roles: The roles.
    """

    organization: str
    repositories: dict[str, Policy | None] = field(default_factory=dict)
    registry_policies: dict[str, Policy] = field(default_factory=dict)
    roles: list[FoundRole] = field(default_factory=list)

    def add(self, stack: str, template: Mapping[str, Any], *, account: str, region: str) -> None:
        """Read one template.

        Args:
            stack: The stack's name.
            template: The template.
            account: The stack's account.
            region: The stack's Region.
        """
        read = _Template(template["Resources"], account=account, region=region)
        for logical_id, resource in read.of_type("AWS::ECR::Repository"):
            arn = str(read.resolve({"Fn::GetAtt": [logical_id, "Arn"]}))
            self.repositories[arn] = read.resolve(resource["Properties"].get("RepositoryPolicyText"))
        for _, resource in read.of_type("AWS::ECR::RegistryPolicy"):
            self.registry_policies[f"{region}:{account}"] = read.resolve(resource["Properties"]["PolicyText"])
        for logical_id, resource in read.of_type(_ROLE):
            properties = read.resolve(resource["Properties"])
            principal = Principal(
                arn=str(read.resolve({"Fn::GetAtt": [logical_id, "Arn"]})),
                account=account,
                policies=[*read.policies_of(logical_id, properties)],
                organization=self.organization,
            )
            trust = properties["AssumeRolePolicyDocument"]
            self.roles.append(FoundRole(stack=stack, principal=principal, trust=trust))

    def policies_of(self, repository: str) -> list[Policy]:
        """The resource policies that count for a repository: its own, and its registry's in scope V2.

        Args:
            repository: Its ARN.
        """
        place = ":".join(repository.split(":")[3:5])
        found = [self.repositories[repository], self.registry_policies.get(place)]
        return [one for one in found if one is not None]


class _Template:
    def __init__(self, resources: Mapping[str, Any], *, account: str, region: str) -> None:
        self._resources = resources
        self._account, self._region = account, region
        self._pseudo = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }

    def of_type(self, resource_type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for logical_id, resource in self._resources.items():
            if resource["Type"] == resource_type:
                yield logical_id, resource

    def policies_of(self, logical_id: str, properties: Mapping[str, Any]) -> Iterator[Policy]:
        for inline in properties.get("Policies", ()):
            yield inline["PolicyDocument"]
        for resource_type in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for _, resource in self.of_type(resource_type):
                if {"Ref": logical_id} in resource["Properties"].get("Roles", ()):
                    yield self.resolve(resource["Properties"]["PolicyDocument"])

    def resolve(self, value: Any) -> Any:
        match value:
            case {"Ref": name}:
                return self._pseudo.get(name) or self._physical(name)
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self._arn(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return f"{name}.{attribute}"
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.resolve(part)) for part in parts)
            case {"Fn::GetStackOutput": given}:
                return f"arn:aws:elsewhere:::{given}"
            case dict():
                assert not any(key.startswith("Fn::") for key in value), value
                return {key: self.resolve(one) for key, one in value.items()}
            case list():
                return [self.resolve(one) for one in value]
        return value

    def _physical(self, logical_id: str) -> str:
        properties = self._resources[logical_id].get("Properties", {})
        for member in ("RepositoryName", "RoleName", "FunctionName", "Name"):
            if member in properties:
                return str(self.resolve(properties[member]))
        return logical_id

    def _arn(self, logical_id: str) -> str:
        kind = self._resources[logical_id]["Type"]
        name = self._physical(logical_id)
        if kind == _ROLE:
            return f"arn:aws:iam::{self._account}:role/{name}"
        service = kind.split("::")[1].lower()
        what = {"ecr": "repository/", "kms": "key/", "lambda": "function:"}.get(service, "")
        return f"arn:aws:{service}:{self._region}:{self._account}:{what}{name}"
