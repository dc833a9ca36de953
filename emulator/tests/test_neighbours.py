"""What registries need of other services: their types deploy, and their APIs read back what was deployed."""

from __future__ import annotations

import json
from typing import Any

from emulator_process import Account, error_of, resource

HUB = {"EcrRepositoryPrefix": "docker-hub", "UpstreamRegistryUrl": "registry-1.docker.io"}


def test_a_rule_is_validated(account: Account) -> None:
    secret = account.secret("ecr-pullthroughcache/hub")
    account.deploy("s", {"R": resource("PullThroughCacheRule", {**HUB, "CredentialArn": secret})})
    answer = account.ecr.validate_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub")
    assert answer["isValid"] is True
    assert answer["credentialArn"] == secret
    values = account.client("secretsmanager")
    for username in ("replace-me", "refused"):
        text = json.dumps({"username": username, "accessToken": "t"})
        values.put_secret_value(SecretId=secret, SecretString=text)
        answer = account.ecr.validate_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub/")
        assert (answer["isValid"], answer["failure"]) == (
            False,
            f"Authentication to the upstream registry registry-1.docker.io failed for '{username}'.",
        )
    values.put_secret_value(SecretId=secret, SecretString='{"username":"u"}')
    answer = account.ecr.validate_pull_through_cache_rule(ecrRepositoryPrefix="docker-hub")
    assert "username and accessToken" in answer["failure"]
    code, _ = error_of(account.ecr.validate_pull_through_cache_rule, ecrRepositoryPrefix="other")
    assert code == "PullThroughCacheRuleNotFoundException"


def test_a_rule_without_a_credential_is_valid(account: Account) -> None:
    account.ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    assert account.ecr.validate_pull_through_cache_rule(ecrRepositoryPrefix="quay")["isValid"] is True


def test_signing_status(account: Account) -> None:
    profile = f"arn:aws:signer:eu-west-1:{account.id}:/signing-profiles/images"
    account.ecr.create_repository(repositoryName="prod/api")
    account.ecr.create_repository(repositoryName="dev/api")
    account.ecr.put_signing_configuration(
        signingConfiguration={
            "rules": [
                {
                    "signingProfileArn": profile,
                    "repositoryFilters": [{"filter": "prod/*", "filterType": "WILDCARD_MATCH"}],
                }
            ]
        }
    )
    account.push("prod/api", "v1", 1)
    account.push("prod/api", "unsignable", 2)
    account.push("dev/api", "v1")

    def statuses(name: str, tag: str) -> list[Any]:
        answer = account.ecr.describe_image_signing_status(repositoryName=name, imageId={"imageTag": tag})
        assert answer["imageId"]["imageDigest"].startswith("sha256:")
        return list(answer["signingStatuses"])

    assert statuses("prod/api", "v1") == [{"signingProfileArn": profile, "status": "COMPLETE"}]
    assert statuses("dev/api", "v1") == []
    [failed] = statuses("prod/api", "unsignable")
    assert (failed["status"], failed["failureCode"]) == ("FAILED", "ACCESS_DENIED")
    code, _ = error_of(
        account.ecr.describe_image_signing_status, repositoryName="dev/api", imageId={"imageTag": "no"}
    )
    assert code == "ImageNotFoundException"


def test_the_rescan_window_is_per_account_and_region(account: Account) -> None:
    inspector = account.client("inspector2")

    def window(client: Any) -> Any:
        return client.get_configuration()["ecrConfiguration"]["rescanDurationState"]

    assert window(inspector)["rescanDuration"] == "DAYS_14"
    inspector.update_configuration(
        ecrConfiguration={"rescanDuration": "LIFETIME", "pullDateRescanMode": "LAST_PULL_DATE"}
    )
    found = window(inspector)
    assert (found["rescanDuration"], found["pullDateRescanDuration"], found["pullDateRescanMode"]) == (
        "LIFETIME",
        "DAYS_14",
        "LAST_PULL_DATE",
    )
    assert found["status"] == "SUCCESS"
    assert window(account.elsewhere("eu-north-1").client("inspector2"))["rescanDuration"] == "DAYS_14"
    for refused in ({"rescanDuration": "FOREVER"}, {"pullDateRescanMode": "LAST_PULL_DATE"}):
        code, _ = error_of(inspector.update_configuration, ecrConfiguration=refused)
        assert code == "ValidationException"


def test_inspector_s_administrator_is_one_for_a_region_and_alone_speaks_for_the_organization(
    account: Account,
) -> None:
    administrator = str(int(account.id) + 500_000)
    other = Account(account.endpoint, administrator, account.region)
    management, security = account.client("inspector2"), other.client("inspector2")
    code, _ = error_of(security.describe_organization_configuration)
    assert code == "AccessDeniedException"
    management.enable_delegated_admin_account(delegatedAdminAccountId=administrator)
    [listed] = management.list_delegated_admin_accounts()["delegatedAdminAccounts"]
    assert listed == {"accountId": administrator, "status": "ENABLED"}
    code, _ = error_of(management.enable_delegated_admin_account, delegatedAdminAccountId="1" * 12)
    assert code == "ConflictException"
    security.update_organization_configuration(autoEnable={"ec2": False, "ecr": True})
    assert security.describe_organization_configuration()["autoEnable"]["ecr"] is True
    security.associate_member(accountId="222233334444")
    assert [one["accountId"] for one in security.list_members()["members"]] == ["222233334444"]
    elsewhere = other.elsewhere("eu-north-1").client("inspector2")
    assert error_of(elsewhere.describe_organization_configuration)[0] == "AccessDeniedException"
    management.disable_delegated_admin_account(delegatedAdminAccountId=administrator)
    assert management.list_delegated_admin_accounts()["delegatedAdminAccounts"] == []
    assert error_of(security.describe_organization_configuration)[0] == "AccessDeniedException"


def test_an_oidc_provider(account: Account) -> None:
    def provider(audience: str) -> dict[str, Any]:
        properties = {"Url": "https://gitlab.example.com", "ClientIdList": [audience]}
        return {"P": {"Type": "AWS::IAM::OIDCProvider", "Properties": properties}}

    outputs = {"Ref": {"Value": {"Ref": "P"}}, "Arn": {"Value": {"Fn::GetAtt": ["P", "Arn"]}}}
    stack = account.deploy("s", provider("sts.amazonaws.com"), Outputs=outputs)
    arn = f"arn:aws:iam::{account.id}:oidc-provider/gitlab.example.com"
    assert stack.outputs == {"Ref": arn, "Arn": arn}
    iam = account.client("iam")
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ClientIDList"] == ["sts.amazonaws.com"]
    assert account.deploy("t", provider("other")).status == "ROLLBACK_COMPLETE"
    account.deploy("s", provider("registry"))
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ClientIDList"] == ["registry"]
    assert account.delete_stack("s") == "DELETE_COMPLETE"
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_a_signing_profile_of_other_accounts(account: Account) -> None:
    profile = {
        "Type": "AWS::Signer::SigningProfile",
        "Properties": {"PlatformId": "Notation-OCI-SHA384-ECDSA", "ProfileName": "images"},
    }
    permission = {
        "Type": "AWS::Signer::ProfilePermission",
        "Properties": {
            "ProfileName": {"Fn::GetAtt": ["P", "ProfileName"]},
            "Action": "signer:SignPayload",
            "Principal": "444455556666",
            "StatementId": "pushers",
        },
    }
    assert account.deploy("s", {"P": profile, "M": permission}).status == "CREATE_COMPLETE"
    found = account.client("signer").list_profile_permissions(profileName="images")["permissions"]
    assert [(one["action"], one["principal"], one["statementId"]) for one in found] == [
        ("signer:SignPayload", "444455556666", "pushers")
    ]
    assert account.delete_stack("s") == "DELETE_COMPLETE"


def test_a_subscription_with_a_filter_on_the_body(account: Account) -> None:
    policy = {"severity": ["CRITICAL", "HIGH"]}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "findings"}}
    subscription = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "T"},
            "Protocol": "email",
            "Endpoint": "team@example.com",
            "FilterPolicy": policy,
            "FilterPolicyScope": "MessageBody",
        },
    }
    outputs = {"Topic": {"Value": {"Ref": "T"}}}
    stack = account.deploy("s", {"T": topic, "S": subscription}, Outputs=outputs)
    assert stack.status == "CREATE_COMPLETE", stack.reasons()
    sns = account.client("sns")
    sns.list_subscriptions_by_topic(TopicArn=stack.outputs["Topic"])
    arn = stack.physical_ids()["S"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert json.loads(attributes["FilterPolicy"]) == policy
    assert attributes["FilterPolicyScope"] == "MessageBody"


def test_endpoints_of_a_vpc(account: Account) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"}],
    }
    resources = {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "N": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.1.0/24"},
        },
        "E": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": {"Ref": "V"},
                "ServiceName": "com.amazonaws.eu-west-1.ecr.dkr",
                "VpcEndpointType": "Interface",
                "PrivateDnsEnabled": True,
                "IpAddressType": "dualstack",
                "SubnetIds": [{"Ref": "N"}],
                "PolicyDocument": policy,
            },
        },
    }
    stack = account.deploy("s", resources)
    assert stack.status == "CREATE_COMPLETE", stack.reasons()
    ec2 = account.client("ec2")
    [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.physical_ids()["E"]])["VpcEndpoints"]
    assert found["ServiceName"] == "com.amazonaws.eu-west-1.ecr.dkr"
    assert found["VpcEndpointType"] == "Interface"
    assert found["PrivateDnsEnabled"] is True
    assert found["SubnetIds"] == [stack.physical_ids()["N"]]
    assert json.loads(found["PolicyDocument"]) == policy
    assert found["IpAddressType"] == "dualstack"
    assert account.delete_stack("s") == "DELETE_COMPLETE"


def test_a_vpc_tells_its_address_range(account: Account) -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}
    outputs = {"Range": {"Value": {"Fn::GetAtt": ["V", "CidrBlock"]}}}
    assert account.deploy("s", {"V": vpc}, Outputs=outputs).outputs == {"Range": "10.1.0.0/16"}
    vpc["Properties"]["EnableDnsHostnames"] = True  # type: ignore[index]
    assert account.deploy("s", {"V": vpc}, Outputs=outputs).outputs == {"Range": "10.1.0.0/16"}
    assert account.delete_stack("s") == "DELETE_COMPLETE"


def test_an_alarm_on_metric_math(account: Account) -> None:
    calls = {
        "Id": "calls",
        "MetricStat": {
            "Metric": {"Namespace": "AWS/Usage", "MetricName": "CallCount"},
            "Period": 300,
            "Stat": "Sum",
        },
        "ReturnData": False,
    }
    used = {"Id": "used", "Expression": "calls / SERVICE_QUOTA(calls) * 100", "ReturnData": True}

    def alarm(*metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
        properties = {
            "AlarmName": "quota",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 80,
            "Metrics": list(metrics),
            **more,
        }
        return {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}

    assert account.deploy("s", alarm(calls, used)).status == "CREATE_COMPLETE"
    (found,) = account.client("cloudwatch").describe_alarms(AlarmNames=["quota"])["MetricAlarms"]
    assert found["Metrics"] == [calls, used]
    assert found["Threshold"] == 80
    assert "MetricName" not in found
    for wrong in (alarm(calls), alarm(calls, used, Period=60), alarm(used, used), alarm({"Id": "nothing"})):
        assert account.deploy("t", wrong).status == "ROLLBACK_COMPLETE"
        account.delete_stack("t")
    assert account.delete_stack("s") == "DELETE_COMPLETE"


def test_a_topic_with_a_key_and_a_role_with_a_boundary(account: Account) -> None:
    key = f"arn:aws:kms:eu-west-1:{account.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"

    def template(*, narrow: bool) -> dict[str, Any]:
        topic = {"TopicName": "alerts", **({"KmsMasterKeyId": key} if narrow else {})}
        role = {"RoleName": "puller", "AssumeRolePolicyDocument": trust}
        if narrow:
            role["PermissionsBoundary"] = boundary
        return {
            "T": {"Type": "AWS::SNS::Topic", "Properties": topic},
            "R": {"Type": "AWS::IAM::Role", "Properties": role},
        }

    arn = f"arn:aws:sns:eu-west-1:{account.id}:alerts"

    def shown() -> tuple[Any, Any]:
        attributes = account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
        role = account.client("iam").get_role(RoleName="puller")["Role"]
        return attributes.get("KmsMasterKeyId"), role.get("PermissionsBoundary", {}).get(
            "PermissionsBoundaryArn"
        )

    assert account.deploy("s", template(narrow=True)).status == "CREATE_COMPLETE"
    assert shown() == (key, boundary)
    assert account.deploy("s", template(narrow=False)).status == "UPDATE_COMPLETE"
    assert shown() == (None, None)
    assert account.deploy("s", template(narrow=True)).status == "UPDATE_COMPLETE"
    assert shown() == (key, boundary)
    assert account.delete_stack("s") == "DELETE_COMPLETE"


def test_an_event_bus_keeps_its_policy_and_queue(account: Account) -> None:
    def bus(**properties: Any) -> dict[str, Any]:
        return {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "findings", **properties}}}

    statement = {
        "Sid": "tenants",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": f"arn:aws:events:eu-west-1:{account.id}:event-bus/findings",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"}},
    }
    queue = {"Arn": f"arn:aws:sqs:eu-west-1:{account.id}:late"}
    key = f"arn:aws:kms:eu-west-1:{account.id}:key/1"
    events = account.client("events")
    account.deploy("s", bus(Policy={"Statement": [statement]}, DeadLetterConfig=queue, KmsKeyIdentifier=key))
    found = events.describe_event_bus(Name="findings")
    assert json.loads(found["Policy"]) == {"Statement": [statement]}
    assert (found["DeadLetterConfig"], found["KmsKeyIdentifier"]) == (queue, key)

    assert account.deploy("s", bus(Description="all")).status == "UPDATE_COMPLETE"
    found = events.describe_event_bus(Name="findings")
    assert not found.keys() & {"Policy", "DeadLetterConfig", "KmsKeyIdentifier"}

    account.deploy("s", bus(Policy=json.dumps({"Statement": [statement]})))
    assert "tenants" in events.describe_event_bus(Name="findings")["Policy"]
    assert "policy document" in account.deploy("s", bus(Policy={"Statement": []})).reasons()
    assert "tenants" in events.describe_event_bus(Name="findings")["Policy"]
    account.delete_stack("s")
    account.deploy("s", bus())
    assert "Policy" not in events.describe_event_bus(Name="findings")


def test_a_rule_s_target_keeps_its_queue_and_retries(account: Account) -> None:
    def rule(**target: Any) -> dict[str, Any]:
        topic = f"arn:aws:sns:eu-west-1:{account.id}:findings"
        properties = {
            "Name": "finding",
            "EventPattern": {"source": ["aws.inspector2"]},
            "Targets": [{"Id": "Topic", "Arn": topic, **target}],
        }
        return {"Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}

    queue = {"Arn": f"arn:aws:sqs:eu-west-1:{account.id}:late"}
    retries = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 4}
    account.deploy("s", rule(DeadLetterConfig=queue, RetryPolicy=retries))
    (target,) = account.client("events").list_targets_by_rule(Rule="finding")["Targets"]
    assert (target["DeadLetterConfig"], target["RetryPolicy"]) == (queue, retries)
    other = {"Arn": f"{queue['Arn']}-2"}
    account.deploy("s", rule(DeadLetterConfig=other))
    (target,) = account.client("events").list_targets_by_rule(Rule="finding")["Targets"]
    assert (target["DeadLetterConfig"], "RetryPolicy" in target) == (other, False)
