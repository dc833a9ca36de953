"""Holds back what a client that waits for CloudFormation would only ask for again.

Between two questions the CDK CLI waits for five seconds, here mostly for what takes a tenth of one. The
answer to a question for one stack or one change set that is under way is therefore held back until that has
ended, or for two seconds. What is answered is what CloudFormation answers, later.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from ecr_emulator import ministack_internals

_QUESTION = re.compile(rb"(?:^|&)Action=(?:DescribeStacks|DescribeChangeSet)(?:&|$)")
_OF_ONE = re.compile(rb"(?:^|&)StackName=[^&]")
_UNDER_WAY = re.compile(rb"<(?:Stack)?Status>(?!REVIEW_)\w*(?:_IN_PROGRESS|_PENDING)</")
_SECONDS_BETWEEN = 0.05
_TRIES = 40


def hold_back() -> None:
    """Put a handler that waits in the place of ministack's CloudFormation."""
    cloudformation = ministack_internals.cloudformation_service()
    answer = cloudformation.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        is_question = _QUESTION.search(body) is not None and _OF_ONE.search(body) is not None
        for _ in range(_TRIES if is_question else 0):
            found = await answer(method, path, headers, body, query_params)
            if _UNDER_WAY.search(found[2]) is None:
                return found
            await asyncio.sleep(_SECONDS_BETWEEN)
        return await answer(method, path, headers, body, query_params)

    cloudformation.handle_request = handle_request
