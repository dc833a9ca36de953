"""Where ministack's neighbours of ECR hold less than AWS documents.

* A profile permission can be for ``signer:SignPayload``, which is what signs container images:
  https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html
* A VPC endpoint reads back with its policy, security groups, private DNS and IP address type.
"""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from ecr_emulator import ministack_internals

_SIGN_PAYLOAD = "signer:SignPayload"
_ENDPOINT = "AWS::EC2::VPCEndpoint"
_FULL_ACCESS = {
    "Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}],
}


def apply() -> None:
    """Apply every mend."""
    _mend_profile_permission()
    _mend_vpc_endpoint()


def _mend_profile_permission() -> None:
    signer = ministack_internals.signer()
    if _SIGN_PAYLOAD not in signer._PERMISSION_ACTIONS:
        signer._PERMISSION_ACTIONS = (*signer._PERMISSION_ACTIONS, _SIGN_PAYLOAD)


def _mend_vpc_endpoint() -> None:
    ec2, handlers = (
        ministack_internals.ec2(),
        ministack_internals.provisioners()._RESOURCE_HANDLERS[_ENDPOINT],
    )
    fields, create, update = ec2._vpce_fields_xml, handlers["create"], handlers["update"]

    def with_the_rest(endpoint: dict[str, Any], tag: str = "item") -> str:
        end = f"</{tag}>"
        return str(fields(endpoint, tag)).removesuffix(end) + _rest(endpoint) + end

    def create_with_ip_type(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        identifier, attributes = create(logical_id, properties, stack_name)
        _keep_ip_type(identifier, properties)
        return identifier, attributes

    def update_with_ip_type(
        identifier: str, old: dict[str, Any], new: dict[str, Any], stack_name: str
    ) -> Any:
        answer = update(identifier, old, new, stack_name)
        _keep_ip_type(identifier, new)
        return answer

    ec2._vpce_fields_xml = with_the_rest
    handlers.update(create=create_with_ip_type, update=update_with_ip_type)


def _keep_ip_type(identifier: str, properties: dict[str, Any]) -> None:
    endpoint = ministack_internals.ec2()._vpc_endpoints[identifier]
    for name in ("IpAddressType", "DnsOptions"):
        endpoint.pop(name, None)
        if properties.get(name):
            endpoint[name] = properties[name]


def _rest(endpoint: dict[str, Any]) -> str:
    policy = endpoint.get("PolicyDocument") or _FULL_ACCESS
    text = policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))
    private_dns = str(endpoint.get("PrivateDnsEnabled", False)).lower()
    groups = "".join(
        f"<item><groupId>{escape(group)}</groupId></item>" for group in endpoint.get("SecurityGroupIds", ())
    )
    is_interface = endpoint["VpcEndpointType"] == "Interface"
    ip_type = endpoint.get("IpAddressType") or ("ipv4" if is_interface else None)
    dns_type = (endpoint.get("DnsOptions") or {}).get("DnsRecordIpType")
    return (
        f"<policyDocument>{escape(text)}</policyDocument>"
        f"<privateDnsEnabled>{private_dns}</privateDnsEnabled>"
        f"<groupSet>{groups}</groupSet>"
        + (f"<ipAddressType>{escape(ip_type)}</ipAddressType>" if ip_type else "")
        + (
            f"<dnsOptions><dnsRecordIpType>{escape(dns_type)}</dnsRecordIpType></dnsOptions>"
            if dns_type
            else ""
        )
    )
