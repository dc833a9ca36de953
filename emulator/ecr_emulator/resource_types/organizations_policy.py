"""`AWS::Organizations::Policy`, whose API ministack has without the CloudFormation type.

Sizes: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html. Grammar:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from ecr_emulator import ministack_internals
from ecr_emulator.errors import EcrError, already_exists
from ecr_emulator.resource_types import fragments
from ecr_emulator.resource_types.resource_type import Attributes, Properties, ResourceType
from ecr_emulator.resource_types.schema import Document, Sequence, Structure, Text

_SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
_RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
# Characters of the content, white space included.
_SIZES = {_SERVICE_CONTROL: 5120, _RESOURCE_CONTROL: 5120, "AISERVICES_OPT_OUT_POLICY": 2500}
_SIZE = 10_000
_TYPES = (
    "AISERVICES_OPT_OUT_POLICY",
    "BACKUP_POLICY",
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "GUARDDUTY_POLICY",
    "INSPECTOR_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    _RESOURCE_CONTROL,
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    _SERVICE_CONTROL,
    "TAG_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
)
_ELEMENTS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


class OrganizationsPolicy(ResourceType):
    """A policy and what it is attached to; `DescribePolicy` and `ListTargetsForPolicy` read it back."""

    type_name: ClassVar[str] = "AWS::Organizations::Policy"
    service: ClassVar[str] = "Organizations"
    identifier: ClassVar[str] = "Id"
    create_only: ClassVar[tuple[str, ...]] = ("Type",)
    tag_property: ClassVar[str | None] = "Tags"
    schema: ClassVar[Structure] = Structure(
        members={
            "Name": Text(minimum=1, maximum=128),
            "Type": Text(values=_TYPES),
            "Content": Document(maximum=1_000_000),
            "Description": Text(maximum=512),
            "TargetIds": Sequence(
                item=Text(pattern=r"(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})"),
                unique=True,
            ),
            "Tags": fragments.tags(key_maximum=128, value_minimum=0, value_maximum=256),
        },
        required=("Name", "Type", "Content"),
        read_only=("Id", "Arn", "AwsManaged"),
    )

    def name_of(self, properties: Properties, stack_name: str, logical_id: str) -> str:
        """The name until the policy has its id."""
        return str(properties["Name"])

    def exists(self, identifier: str) -> bool:
        """Whether a policy of the name exists is for `_create` to say, which knows its type."""
        return False

    def attributes(self, identifier: str) -> Attributes | None:
        """`Id`, `Arn` and `AwsManaged`."""
        policy = ministack_internals.organizations()._policies.get(identifier)
        return None if policy is None else {"Id": identifier, "Arn": policy["Arn"], "AwsManaged": "false"}

    def _create(self, logical_id: str, properties: Properties, stack_name: str) -> tuple[str, Attributes]:
        """As every type, with the id that Organizations gives."""
        name, _ = super()._create(logical_id, properties, stack_name)
        policies = ministack_internals.organizations()._policies.values()
        (policy_id,) = (
            one["Id"] for one in policies if (one["Name"], one["Type"]) == (name, properties["Type"])
        )
        return str(policy_id), self._read(policy_id)

    def create(self, identifier: str, desired: Properties) -> None:
        """Create the policy and attach it."""
        organizations = ministack_internals.organizations()
        organizations._ensure_org()
        _check_content(desired)
        if any(
            (one["Name"], one["Type"]) == (identifier, desired["type"])
            for one in organizations._policies.values()
        ):
            raise already_exists(self.type_name, identifier)
        answer = _answer(
            organizations._create_policy(
                {
                    "Name": identifier,
                    "Type": desired["type"],
                    "Content": desired["content"],
                    "Description": desired.get("description", ""),
                    "Tags": desired.get("tags", []),
                }
            )
        )
        _attach(answer["Policy"]["PolicySummary"]["Id"], desired)

    def update(self, identifier: str, previous: Properties, desired: Properties) -> None:
        """Update the policy, its targets and tags."""
        organizations = ministack_internals.organizations()
        _check_content(desired)
        _answer(
            organizations._update_policy(
                {
                    "PolicyId": identifier,
                    "Name": desired["name"],
                    "Content": desired["content"],
                    "Description": desired.get("description", ""),
                }
            )
        )
        _attach(identifier, desired)
        organizations._tags[identifier] = {one["Key"]: one["Value"] for one in desired.get("tags", [])}

    def delete(self, identifier: str, properties: Properties) -> None:
        """Detach the policy and delete it."""
        ministack_internals.organizations()._attachments[identifier] = []
        _answer(ministack_internals.organizations()._delete_policy({"PolicyId": identifier}))


def _answer(answer: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    status, _, body = answer
    content: dict[str, Any] = json.loads(body)
    if status != 200:
        raise EcrError(str(content.get("__type")), str(content.get("message") or content.get("Message")))
    return content


def _attach(policy_id: str, desired: Properties) -> None:
    """Attach to roots, OUs and accounts; one that is named comes into being: the organization is given."""
    organizations = ministack_internals.organizations()
    organization = organizations._orgs["self"]
    for target in desired.get("targetIds", ()):
        kind, store = {"r": ("root", organizations._roots), "o": ("ou", organizations._ous)}.get(
            target[0], ("account", organizations._accounts)
        )
        if target not in store:
            place = f"{organization['MasterAccountId']}:{kind}/{organization['Id']}/{target}"
            store[target] = {"Id": target, "Arn": f"arn:aws:organizations::{place}", "Name": target}
    organizations._attachments[policy_id] = list(desired.get("targetIds", ()))


def _check_content(desired: Properties) -> None:
    content, kind = desired["content"], desired["type"]
    size = _SIZES.get(kind, _SIZE)
    if len(content) > size:
        raise EcrError(
            "ConstraintViolationException", f"You have exceeded the maximum policy size of {size} characters."
        )
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    problems = ["it is no JSON object"] if not isinstance(document, dict) else list(_problems(document, kind))
    if problems:
        raise EcrError("MalformedPolicyDocumentException", f"The provided policy document: {problems[0]}.")


def _problems(document: dict[str, Any], kind: str) -> Iterator[str]:
    """What the grammar of service and resource control policies does not take."""
    if kind not in (_SERVICE_CONTROL, _RESOURCE_CONTROL):
        return
    if document.keys() - {"Version", "Id", "Statement"}:
        yield "it has an unknown element"
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        is_resource_control = kind == _RESOURCE_CONTROL
        elements = _ELEMENTS - {"NotAction"} | {"Principal"} if is_resource_control else _ELEMENTS
        if not isinstance(statement, dict) or statement.keys() - elements:
            yield "a statement has an element that this type of policy does not take"
        elif statement.get("Effect") not in (("Deny",) if is_resource_control else ("Allow", "Deny")):
            yield "a statement has an Effect that this type of policy does not take"
        elif is_resource_control and statement.get("Principal") != "*":
            yield "the Principal of a resource control policy is *"
        elif ("Action" in statement) == ("NotAction" in statement):
            yield "a statement has one of Action and NotAction"
        elif ("Resource" in statement) == ("NotResource" in statement):
            yield "a statement has one of Resource and NotResource"
    if document.get("Version") != "2012-10-17" or not statements:
        yield "it needs the Version 2012-10-17 and a Statement"
