"""Functions behind custom resources run, and call ECR as the account they belong to."""

from __future__ import annotations

from typing import Any

from emulator_process import Account

CODE = """
import json, urllib.request, boto3

def handler(event, context):
    status, reason = "SUCCESS", ""
    try:
        if event["RequestType"] != "Delete":
            given = event["ResourceProperties"]
            boto3.client("ecr").put_account_setting(name=given["Name"], value=given["Value"])
    except Exception as error:
        status, reason = "FAILED", str(error)
    body = json.dumps({
        "Status": status, "Reason": reason, "PhysicalResourceId": "setting", "StackId": event["StackId"],
        "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"],
    }).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""


def template(value: str) -> dict[str, Any]:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Code": {"ZipFile": CODE},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        },
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    setting = {
        "Type": "Custom::AccountSetting",
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
            "ServiceTimeout": "10",
            "Name": "BLOB_MOUNTING",
            "Value": value,
        },
    }
    return {"Role": role, "Function": function, "Setting": setting}


def test_an_account_setting_by_custom_resource(account: Account) -> None:
    assert account.deploy("s", template("ENABLED")).status == "CREATE_COMPLETE"
    assert account.ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "ENABLED"
    stack = account.deploy("s", template("SOMETIMES"))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "must be one of ENABLED, DISABLED" in stack.reasons()
    assert account.ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "ENABLED"
    elsewhere = account.elsewhere("eu-north-1").ecr
    assert elsewhere.get_account_setting(name="BLOB_MOUNTING")["value"] == "DISABLED"
    assert account.delete_stack("s") == "DELETE_COMPLETE"
