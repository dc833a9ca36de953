"""Where ministack's neighbours of ECR hold less than AWS documents.

* A profile permission can be for ``signer:SignPayload``, which is what signs container images:
  https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html
* A VPC endpoint reads back with its policy, security groups, private DNS and IP address type.
* A VPC tells its address range by ``Fn::GetAtt``:
  https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html
* A CloudWatch alarm can be on metric math, which is kept and read back, and never evaluated:
  https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudwatch-alarm-metricdataquery.html
* A topic reads back with its key, a role with its permissions boundary.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ecr_emulator import ministack_internals

_SIGN_PAYLOAD = "signer:SignPayload"
_ENDPOINT = "AWS::EC2::VPCEndpoint"
_VPC = "AWS::EC2::VPC"
_TOPIC = "AWS::SNS::Topic"
_ROLE = "AWS::IAM::Role"
_OF_ONE_METRIC = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Unit",
)
_FULL_ACCESS = {
    "Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}],
}


def apply() -> None:
    """Apply every mend."""
    _mend_profile_permission()
    _mend_vpc_endpoint()
    _mend_vpc()
    _mend_alarm()
    _keep_property(_TOPIC, "KmsMasterKeyId", lambda arn: ministack_internals.sns()._topics[arn]["attributes"])
    _keep_property(_ROLE, "PermissionsBoundary", lambda name: ministack_internals.iam()._roles[name])


def _keep_property(type_name: str, name: str, held_by: Callable[[str], dict[str, Any]]) -> None:
    """Keep one more property of a type where its service reads it."""
    handlers = ministack_internals.provisioners()._RESOURCE_HANDLERS[type_name]
    create, update = handlers["create"], handlers["update"]

    def keep(answer: Any, properties: dict[str, Any]) -> Any:
        held = held_by(answer[0])
        held.pop(name, None)
        if properties.get(name):
            held[name] = properties[name]
        return answer

    def create_with_it(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        return keep(create(logical_id, properties, stack_name), properties)

    def update_with_it(
        identifier: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> Any:
        return keep(update(identifier, old, new, stack_name, logical_id), new)

    handlers.update(create=create_with_it, update=update_with_it)


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


def _mend_vpc() -> None:
    handlers = ministack_internals.provisioners()._RESOURCE_HANDLERS[_VPC]
    create, update = handlers["create"], handlers["update"]

    def with_address_range(answer: Any) -> Any:
        identifier, attributes = answer
        held = ministack_internals.ec2()._vpcs[identifier]["CidrBlock"]
        return identifier, {**attributes, "CidrBlock": held}

    def create_with_address_range(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        return with_address_range(create(logical_id, properties, stack_name))

    def update_with_address_range(*given: Any, **more: Any) -> Any:
        return with_address_range(update(*given, **more))

    handlers.update(create=create_with_address_range, update=update_with_address_range)


def _mend_alarm() -> None:
    provisioners = ministack_internals.provisioners()
    record = provisioners._cw_metric_alarm_record

    def record_of_either_kind(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return dict(record(name, properties))
        _check_metrics(properties)
        plain = {key: value for key, value in properties.items() if key != "Metrics"}
        alarm = record(name, {"Threshold": 0, **plain, "MetricName": "-", "Namespace": "-"})
        for key in _OF_ONE_METRIC:
            alarm.pop(key, None)
        return {**alarm, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record_of_either_kind


def _check_metrics(properties: dict[str, Any]) -> None:
    """As PutMetricAlarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html."""
    together = [key for key in _OF_ONE_METRIC if key in properties]
    if together:
        raise ValueError(f"Metrics list cannot be specified together with {', '.join(together)}")
    metrics = properties["Metrics"]
    for one in metrics:
        if ("MetricStat" in one) == ("Expression" in one):
            raise ValueError(f"Exactly one of MetricStat and Expression is required in {one.get('Id')!r}")
    identifiers = [one.get("Id") for one in metrics]
    if None in identifiers or len(set(identifiers)) < len(identifiers):
        raise ValueError("The Id of each of the Metrics is required, and unique")
    watched = [one for one in metrics if str(one.get("ReturnData", True)).lower() != "false"]
    if len(watched) != 1:
        raise ValueError("Exactly one element of the Metrics list should return data")
