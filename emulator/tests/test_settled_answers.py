"""One question is enough for what takes a moment; what takes longer is under way."""

from __future__ import annotations

import json
import time

from emulator_process import Account

WAITS = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Wait": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "6"},
    },
}
MANY = {
    f"R{number}": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": f"r/{number}"}}
    for number in range(20)
}


def test_one_question_finds_a_change_set_and_its_stack_settled(account: Account) -> None:
    client = account.cloudformation
    client.create_change_set(
        StackName="s",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": MANY}),
    )
    assert client.describe_change_set(StackName="s", ChangeSetName="c")["Status"] == "CREATE_COMPLETE"
    assert account.status("s") == "REVIEW_IN_PROGRESS"
    client.execute_change_set(StackName="s", ChangeSetName="c")
    assert account.status("s") == "CREATE_COMPLETE"


def test_what_takes_longer_is_held_back_for_a_while_and_is_under_way(account: Account) -> None:
    account.cloudformation.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": WAITS}))
    started = time.monotonic()
    assert account.status("s") == "CREATE_IN_PROGRESS"
    assert time.monotonic() - started > 1
