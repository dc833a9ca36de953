"""Looks at the signing status of images that were pushed a while ago; see `SigningAlerts`.

Each push waits in a queue. What is signed, or gone, is done with; what is being signed waits for the next
look; what failed, or takes too long, is told.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from ecr_blueprints.constructs.function_code.patient_client import client

MAX_BATCHES = 50
BATCH_SIZE = 10
RESERVE_MILLISECONDS = 20_000
PATIENCE_SECONDS = 3600
GONE = ("ImageNotFoundException", "RepositoryNotFoundException")


def handler(event: dict[str, Any], context: Any) -> None:
    """Look at what waits, until nothing does or the time is nearly over."""
    queue, ecr, failures = client("sqs"), client("ecr"), 0
    for _ in range(MAX_BATCHES):
        if context.get_remaining_time_in_millis() < RESERVE_MILLISECONDS:
            break
        answer = queue.receive_message(
            QueueUrl=os.environ["QUEUE_URL"],
            MaxNumberOfMessages=BATCH_SIZE,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = answer.get("Messages", [])
        if not messages:
            break
        for message in messages:
            try:
                done = settle(message, ecr)
            except (ClientError, KeyError, ValueError) as error:
                failures += 1
                sys.stdout.write(f"{message['MessageId']} {error}\n")
                continue
            if done:
                queue.delete_message(QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"])
    sys.stdout.write(f"{failures} images could not be looked at\n")


def settle(message: dict[str, Any], ecr: Any) -> bool:
    """Whether a push is done with; where its signing failed, it is told first."""
    push = json.loads(message["Body"])
    image = push["detail"]
    repository, digest = image["repository-name"], image["image-digest"]
    try:
        answer = ecr.describe_image_signing_status(repositoryName=repository, imageId={"imageDigest": digest})
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return True
        raise
    statuses = answer.get("signingStatuses", [])
    failed = [one for one in statuses if one.get("status") == "FAILED"]
    pending = [one for one in statuses if one.get("status") == "IN_PROGRESS"]
    late = time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000 > PATIENCE_SECONDS
    if failed or (pending and late):
        tell(push, failed or pending)
        return True
    return not pending


def tell(push: dict[str, Any], statuses: list[dict[str, Any]]) -> None:
    """Publish one alert for an image, in the form of the others."""
    image = push["detail"]
    repository = image["repository-name"]
    reasons = [
        {
            "profile": one.get("signingProfileArn", ""),
            "status": one["status"],
            "failureCode": one.get("failureCode", ""),
            "failureReason": one.get("failureReason", ""),
        }
        for one in statuses
    ]
    link = os.environ["LINK"].format(account=push["account"], region=push["region"], repository=repository)
    body = {
        "summary": f"An image in {repository} was not signed",
        "severity": os.environ["SEVERITY"],
        "kind": "signing-failed",
        "repository": repository,
        "image": image["image-digest"],
        "tag": image.get("image-tag", ""),
        "signing": reasons,
        "account": push["account"],
        "region": push["region"],
        "time": push["time"],
        "link": link,
    }
    client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps(body, indent=2))
