"""What AWS's APIs show of a deployed resource, in the words of its CloudFormation type.

One reader for each type; `PropertiesOf` resolves what a template declares by what the stack has made of it,
so that both can be compared.
"""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["NOT_SHOWN", "READERS", "DeployedStack", "comparable"]

Client = Callable[[str], Any]
Properties = dict[str, Any]
Reader = Callable[[Client, str, Properties], Properties]

NOT_SHOWN: Final[Mapping[str, str]] = {
    "AWS::ECR::PublicRepository": "the emulator has no API of ECR Public; CloudFormation alone knows it",
    "Custom::EcrCacheValidation": "it asks and keeps nothing; what it answered is in the stack's events",
    "Custom::SecretReady": "it waits and keeps nothing",
    "AWS::CloudFormation::StackSet.CallAs": "it says who asks; CloudFormation does not tell it back",
    "AWS::KMS::Key.PendingWindowInDays": "KMS tells it of no key that stays",
    "AWS::ECR::Repository.EmptyOnDelete": "it is for CloudFormation, on deletion",
    "AWS::Lambda::Function.Code": "Lambda answers with an address of a bucket, not with the source",
    "AWS::Lambda::Function.DeadLetterConfig": "the emulator does not tell it back",
    "AWS::Lambda::Function.LoggingConfig": "the emulator does not tell it back",
    "AWS::SecretsManager::Secret.GenerateSecretString": "the value is secret",
    "Custom::InspectorAdministrator.ServiceTimeout": "for CloudFormation",
    "Custom::InspectorAdministrator.ServiceToken": "for CloudFormation",
    "Custom::InspectorOrganization.ServiceTimeout": "for CloudFormation",
    "Custom::InspectorOrganization.ServiceToken": "for CloudFormation",
    "Custom::EcrRegistrySetting.ServiceTimeout": "for CloudFormation",
    "Custom::EcrRegistrySetting.ServiceToken": "for CloudFormation",
    "Custom::EcrRegistrySetting.Restore": "for the function, on deletion",
}
"""What no API shows: a type or a property of one, and why."""


class DeployedStack:
    """A stack as CloudFormation tells it, for comparing its template with what is there.

    Args:
        name: Its name.
        template: Its template.
        client: Service name → boto3 client of its account and Region.
        account: Its account.
        region: Its Region.
    """

    def __init__(
        self, name: str, template: Mapping[str, Any], client: Client, *, account: str, region: str
    ) -> None:
        self.name = name
        self.resources: Mapping[str, Any] = template["Resources"]
        self.client = client
        self._pseudo = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": name,
        }
        found = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
        self.physical_ids: dict[str, str] = {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in found
            for one in page["StackResourceSummaries"]
        }

    def declared(self, logical_id: str) -> Properties:
        """The properties that the template declares, resolved when they are asked for first."""
        return self._declared(logical_id)

    @functools.cache  # noqa: B019  for as long as a test's module, and after its resources are gone
    def _declared(self, logical_id: str) -> Properties:
        resolved: Properties = self.resolve(self.resources[logical_id].get("Properties", {}))
        return resolved

    def live(self, logical_id: str) -> Properties:
        """The properties that the service shows."""
        reader = READERS[self.resources[logical_id]["Type"]]
        found = reader(self.client, self.physical_ids[logical_id], self.declared(logical_id))
        if isinstance(found.get("Tags"), list):
            own = [one for one in found["Tags"] if not one["Key"].startswith("aws:")]
            found = {**found, "Tags": own}
        return found

    def resolve(self, value: Any) -> Any:
        """A value of the template without intrinsic functions.

        Args:
            value: The value.

        Raises:
            AssertionError: A function that is not known here.
        """
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": str(name)}:
                return self._pseudo.get(name) or self.physical_ids[name]
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::Join": [separator, parts]}:
                return separator.join(map(str, self.resolve(parts)))
        assert not any(key.startswith("Fn::") for key in value), value
        return {key: self.resolve(one) for key, one in value.items()}

    def _attribute(self, logical_id: str, attribute: str) -> str:
        kind = self.resources[logical_id]["Type"]
        read = _ATTRIBUTES[f"{kind}.{attribute}"]
        return str(read(self.client, self.physical_ids[logical_id]))


def comparable(value: Any) -> Any:
    """A value by which two spellings of the same setting are equal.

    JSON in a text counts as what it says, a number as its text, a list as a bag, and a list of one as the
    one, as in policies.
    """
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return comparable(json.loads(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, Mapping):
        return {key: comparable(one) for key, one in value.items() if one not in ({}, [], None)}
    if isinstance(value, list | tuple):
        members = sorted((comparable(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
        return members[0] if len(members) == 1 else members
    return value


def _upper(value: Any) -> Any:
    """An answer of an API with members in lower camel case, as CloudFormation writes them."""
    if isinstance(value, Mapping):
        return {f"{key[:1].upper()}{key[1:]}": _upper(one) for key, one in value.items()}
    return [_upper(one) for one in value] if isinstance(value, list) else value


# --- ECR ----------------------------------------------------------------------------------------------


def _repository(client: Client, name: str, declared: Properties) -> Properties:
    ecr = client("ecr")
    (found,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    lifecycle = ecr.get_lifecycle_policy(repositoryName=name)
    live = {
        **_upper(found),
        "LifecyclePolicy": {
            "LifecyclePolicyText": lifecycle["lifecyclePolicyText"],
            "RegistryId": declared.get("LifecyclePolicy", {}).get("RegistryId") and lifecycle["registryId"],
        },
        "Tags": ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }
    if "RepositoryPolicyText" in declared:
        live["RepositoryPolicyText"] = ecr.get_repository_policy(repositoryName=name)["policyText"]
    filters = live.get("ImageTagMutabilityExclusionFilters", [])
    live["ImageTagMutabilityExclusionFilters"] = [
        {
            "ImageTagMutabilityExclusionFilterType": one["FilterType"],
            "ImageTagMutabilityExclusionFilterValue": one["Filter"],
        }
        for one in filters
    ]
    return live


def _creation_template(client: Client, prefix: str, declared: Properties) -> Properties:
    answer = client("ecr").describe_repository_creation_templates(prefixes=[declared["Prefix"]])
    (found,) = answer["repositoryCreationTemplates"]
    return dict(_upper(found))


def _cache_rule(client: Client, prefix: str, declared: Properties) -> Properties:
    answer = client("ecr").describe_pull_through_cache_rules(
        ecrRepositoryPrefixes=[declared["EcrRepositoryPrefix"]]
    )
    (found,) = answer["pullThroughCacheRules"]
    return dict(_upper(found))


def _registry_policy(client: Client, _id: str, _declared: Properties) -> Properties:
    return {"PolicyText": client("ecr").get_registry_policy()["policyText"]}


def _scanning(client: Client, _id: str, _declared: Properties) -> Properties:
    return dict(_upper(client("ecr").get_registry_scanning_configuration()["scanningConfiguration"]))


def _replication(client: Client, _id: str, _declared: Properties) -> Properties:
    found = client("ecr").describe_registry()["replicationConfiguration"]
    return {"ReplicationConfiguration": _upper(found)} if found["rules"] else {}


def _signing(client: Client, _id: str, _declared: Properties) -> Properties:
    return dict(_upper(client("ecr").get_signing_configuration()["signingConfiguration"]))


def _exclusion(client: Client, _id: str, declared: Properties) -> Properties:
    found = client("ecr").list_pull_time_update_exclusions()["pullTimeUpdateExclusions"]
    arn = declared["PrincipalArn"]
    return {"PrincipalArn": arn} if arn in found else {}


def _setting(client: Client, _id: str, declared: Properties) -> Properties:
    name = declared["Name"]
    if name == "INSPECTOR_RESCAN":
        state = client("inspector2").get_configuration()["ecrConfiguration"]["rescanDurationState"]
        words = ("rescanDuration", "pullDateRescanDuration", "pullDateRescanMode")
        return {"Name": name, "Value": " ".join(state[word] for word in words)}
    return {"Name": name, "Value": client("ecr").get_account_setting(name=name)["value"]}


# --- identities and keys --------------------------------------------------------------------------------


def _role(client: Client, name: str, declared: Properties) -> Properties:
    iam = client("iam")
    found = iam.get_role(RoleName=name)["Role"]
    inline = [one["PolicyName"] for one in declared.get("Policies", ())]
    return {
        **found,
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Policies": [
            {
                "PolicyName": one,
                "PolicyDocument": iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"],
            }
            for one in inline
        ],
    }


def _policy(client: Client, _id: str, declared: Properties) -> Properties:
    name, roles = declared["PolicyName"], declared["Roles"]
    documents = [
        client("iam").get_role_policy(RoleName=one, PolicyName=name)["PolicyDocument"] for one in roles
    ]
    return {"PolicyName": name, "Roles": roles, "PolicyDocument": documents[0]}


def _managed_policy(client: Client, arn: str, _declared: Properties) -> Properties:
    iam = client("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    roles = iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
    return {
        "Description": found.get("Description", ""),
        "Path": found["Path"],
        "ManagedPolicyName": found["PolicyName"],
        "PolicyDocument": version["Document"],
        "Roles": [one["RoleName"] for one in roles],
    }


def _instance_profile(client: Client, name: str, _declared: Properties) -> Properties:
    # The emulator refers to it by its ARN; CloudFormation does by its name.
    own = name.rpartition("/")[2]
    found = client("iam").get_instance_profile(InstanceProfileName=own)["InstanceProfile"]
    return {**found, "Roles": [role["RoleName"] for role in found["Roles"]]}


def _oidc_provider(client: Client, arn: str, declared: Properties) -> Properties:
    found = client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    scheme = "https://" if declared["Url"].startswith("https://") else ""
    return {"ClientIdList": found["ClientIDList"], "Url": scheme + found["Url"].removeprefix("https://")}


def _key(client: Client, key_id: str, _declared: Properties) -> Properties:
    kms = client("kms")
    return {
        **kms.describe_key(KeyId=key_id)["KeyMetadata"],
        "EnableKeyRotation": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
        "KeyPolicy": kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"],
    }


def _alias(client: Client, name: str, _declared: Properties) -> Properties:
    kms = client("kms")
    (found,) = [one for one in kms.list_aliases()["Aliases"] if one["AliasName"] == name]
    key = kms.describe_key(KeyId=found["TargetKeyId"])["KeyMetadata"]
    return {"AliasName": name, "TargetKeyId": key["Arn"]}


def _secret(client: Client, arn: str, _declared: Properties) -> Properties:
    return dict(client("secretsmanager").describe_secret(SecretId=arn))


def _parameter(client: Client, name: str, _declared: Properties) -> Properties:
    ssm = client("ssm")
    filters = [{"Key": "Name", "Values": [name]}]
    (described,) = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
    return {**described, **ssm.get_parameter(Name=name)["Parameter"]}


def _signing_profile(client: Client, _id: str, declared: Properties) -> Properties:
    found = client("signer").get_signing_profile(profileName=declared["ProfileName"])
    return dict(_upper(found))


def _profile_permission(client: Client, _id: str, declared: Properties) -> Properties:
    name = declared["ProfileName"]
    answer = client("signer").list_profile_permissions(profileName=name)["permissions"]
    (found,) = [one for one in answer if one["statementId"] == declared["StatementId"]]
    return {**_upper(found), "ProfileName": name}


# --- events, alarms, functions ----------------------------------------------------------------------------


def _rule(client: Client, name: str, declared: Properties) -> Properties:
    events, short = client("events"), name.rpartition("|")[2]
    bus = {"EventBusName": declared.get("EventBusName", "default")}
    targets = events.list_targets_by_rule(Rule=short, **bus)["Targets"]
    return {**events.describe_rule(Name=short, **bus), "Targets": targets}


def _bus(client: Client, name: str, _declared: Properties) -> Properties:
    found: Properties = client("events").describe_event_bus(Name=name)
    return found


def _alarm(client: Client, name: str, _declared: Properties) -> Properties:
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(found)


def _topic(client: Client, arn: str, _declared: Properties) -> Properties:
    found = client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return dict(found)


def _topic_policy(client: Client, _id: str, declared: Properties) -> Properties:
    policies = [
        client("sns").get_topic_attributes(TopicArn=one)["Attributes"]["Policy"] for one in declared["Topics"]
    ]
    return {"PolicyDocument": policies[0], "Topics": declared["Topics"]}


def _subscription(client: Client, arn: str, declared: Properties) -> Properties:
    answer = client("sns").list_subscriptions_by_topic(TopicArn=declared["TopicArn"])["Subscriptions"]
    (listed,) = [one for one in answer if one["Endpoint"] == declared["Endpoint"]]
    found = client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return {**found, **listed}


def _queue(client: Client, url: str, declared: Properties) -> Properties:
    attributes = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return dict(attributes)


def _queue_policy(client: Client, _id: str, declared: Properties) -> Properties:
    policies = [
        client("sqs").get_queue_attributes(QueueUrl=one, AttributeNames=["Policy"])["Attributes"]["Policy"]
        for one in declared["Queues"]
    ]
    return {"PolicyDocument": policies[0], "Queues": declared["Queues"]}


def _function(client: Client, name: str, _declared: Properties) -> Properties:
    return dict(client("lambda").get_function_configuration(FunctionName=name))


def _invocation(client: Client, _id: str, declared: Properties) -> Properties:
    policy = json.loads(client("lambda").get_policy(FunctionName=declared["FunctionName"])["Policy"])
    (found,) = policy["Statement"]
    conditions = {key: one for members in found["Condition"].values() for key, one in members.items()}
    return {
        "Action": found["Action"],
        "FunctionName": found["Resource"],
        "Principal": found["Principal"]["Service"],
        "SourceAccount": conditions.get("AWS:SourceAccount") or conditions.get("aws:SourceAccount"),
        "SourceArn": conditions.get("AWS:SourceArn") or conditions.get("aws:SourceArn"),
    }


def _log_group(client: Client, name: str, _declared: Properties) -> Properties:
    answer = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (found,) = [one for one in answer if one["logGroupName"] == name]
    return dict(_upper(found))


def _task_definition(client: Client, arn: str, _declared: Properties) -> Properties:
    found = client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return dict(_upper(found))


# --- network ----------------------------------------------------------------------------------------------


def _vpc(client: Client, identifier: str, _declared: Properties) -> Properties:
    ec2 = client("ec2")
    (found,) = ec2.describe_vpcs(VpcIds=[identifier])["Vpcs"]
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        attribute = f"{name[:1].lower()}{name[1:]}"
        found[name] = ec2.describe_vpc_attribute(VpcId=identifier, Attribute=attribute)[name]["Value"]
    return dict(found)


def _subnet(client: Client, identifier: str, _declared: Properties) -> Properties:
    (found,) = client("ec2").describe_subnets(SubnetIds=[identifier])["Subnets"]
    return dict(found)


def _route_table(client: Client, identifier: str, _declared: Properties) -> Properties:
    (found,) = client("ec2").describe_route_tables(RouteTableIds=[identifier])["RouteTables"]
    return dict(found)


def _association(client: Client, identifier: str, declared: Properties) -> Properties:
    (table,) = client("ec2").describe_route_tables(RouteTableIds=[declared["RouteTableId"]])["RouteTables"]
    (found,) = [one for one in table["Associations"] if one["RouteTableAssociationId"] == identifier]
    return dict(found)


def _security_group(client: Client, identifier: str, _declared: Properties) -> Properties:
    (found,) = client("ec2").describe_security_groups(GroupIds=[identifier])["SecurityGroups"]

    def rules(permissions: list[Any]) -> list[Any]:
        return [
            {
                "IpProtocol": one["IpProtocol"],
                "FromPort": one.get("FromPort"),
                "ToPort": one.get("ToPort"),
                "CidrIp": each["CidrIp"],
                "Description": each.get("Description"),
            }
            for one in permissions
            for each in one["IpRanges"]
        ]

    return {
        "GroupDescription": found["Description"],
        "VpcId": found["VpcId"],
        "SecurityGroupIngress": rules(found["IpPermissions"]),
        "SecurityGroupEgress": rules(found["IpPermissionsEgress"]),
    }


def _endpoint(client: Client, identifier: str, _declared: Properties) -> Properties:
    (found,) = client("ec2").describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"]
    return {**found, "SecurityGroupIds": [one["GroupId"] for one in found.get("Groups", ())]}


def _stack_set(client: Client, identifier: str, _declared: Properties) -> Properties:
    cloudformation = client("cloudformation")
    answer: Properties = cloudformation.describe_stack_set(StackSetName=identifier)["StackSet"]
    targets = {"OrganizationalUnitIds": answer["OrganizationalUnitIds"]}
    last = cloudformation.list_stack_set_operations(StackSetName=identifier)["Summaries"][0]["OperationId"]
    operation = cloudformation.describe_stack_set_operation(StackSetName=identifier, OperationId=last)
    return {
        **answer,
        "StackInstancesGroup": [{"DeploymentTargets": targets, "Regions": answer["Regions"]}],
        "OperationPreferences": operation["StackSetOperation"]["OperationPreferences"],
    }


def _inspector_administrator(client: Client, _id: str, _declared: Properties) -> Properties:
    (found,) = client("inspector2").list_delegated_admin_accounts()["delegatedAdminAccounts"]
    return {"Account": found["accountId"]}


def _inspector_organization(client: Client, _id: str, _declared: Properties) -> Properties:
    on = client("inspector2").describe_organization_configuration()["autoEnable"]
    assert on["ecr"], "images are not scanned in accounts that join"
    return {"Members": [one["accountId"] for one in client("inspector2").list_members()["members"]]}


READERS: Final[Mapping[str, Reader]] = {
    "Custom::InspectorAdministrator": _inspector_administrator,
    "Custom::InspectorOrganization": _inspector_organization,
    "AWS::CloudFormation::StackSet": _stack_set,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ECR::PullThroughCacheRule": _cache_rule,
    "AWS::ECR::PullTimeUpdateExclusion": _exclusion,
    "AWS::ECR::RegistryPolicy": _registry_policy,
    "AWS::ECR::RegistryScanningConfiguration": _scanning,
    "AWS::ECR::ReplicationConfiguration": _replication,
    "AWS::ECR::Repository": _repository,
    "AWS::ECR::RepositoryCreationTemplate": _creation_template,
    "AWS::ECR::SigningConfiguration": _signing,
    "AWS::ECS::TaskDefinition": _task_definition,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::OIDCProvider": _oidc_provider,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _invocation,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Signer::ProfilePermission": _profile_permission,
    "AWS::Signer::SigningProfile": _signing_profile,
    "Custom::EcrRegistrySetting": _setting,
}


def _itself(_client: Client, identifier: str) -> str:
    return identifier


_ATTRIBUTES: Final[Mapping[str, Callable[[Client, str], Any]]] = {
    "AWS::EC2::SecurityGroup.GroupId": _itself,
    "AWS::EC2::VPC.CidrBlock": lambda client, name: _vpc(client, name, {})["CidrBlock"],
    "AWS::ECR::PublicRepository.Arn": lambda client, name: (
        f"arn:aws:ecr-public::{client('sts').get_caller_identity()['Account']}:repository/{name}"
    ),
    "AWS::ECR::Repository.Arn": lambda client, name: client("ecr").describe_repositories(
        repositoryNames=[name]
    )["repositories"][0]["repositoryArn"],
    "AWS::Events::Rule.Arn": lambda client, name: client("events").describe_rule(
        Name=name.rpartition("|")[2]
    )["Arn"],
    "AWS::IAM::OIDCProvider.Arn": _itself,
    "AWS::IAM::Role.Arn": lambda client, name: client("iam").get_role(RoleName=name)["Role"]["Arn"],
    "AWS::KMS::Key.Arn": lambda client, name: client("kms").describe_key(KeyId=name)["KeyMetadata"]["Arn"],
    "AWS::Lambda::Function.Arn": lambda client, name: client("lambda").get_function_configuration(
        FunctionName=name
    )["FunctionArn"],
    "AWS::Logs::LogGroup.Arn": lambda client, name: _log_group(client, name, {})["Arn"],
    "AWS::SQS::Queue.Arn": lambda client, url: _queue(client, url, {})["QueueArn"],
    "AWS::SQS::Queue.QueueName": lambda _client, url: url.rpartition("/")[2],
}
