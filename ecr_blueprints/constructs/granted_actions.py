"""The actions that grants on a repository allow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.actions import PULL, PUSH
from ecr_blueprints.errors import InvalidValueError

__all__ = ["PULL_ACTIONS", "PUSH_ACTIONS", "SIDS_OF_CDK_GRANTS", "can_push", "check_actions"]

PULL_ACTIONS: Final = tuple(sorted({"ecr:BatchCheckLayerAvailability", *PULL}))
"""What a pull grant allows; the availability check is not needed for a pull, and CDK allows it too."""

PUSH_ACTIONS: Final = tuple(sorted({*PUSH, "ecr:BatchGetImage"}))
"""What a push grant to a role elsewhere or a pipeline allows: AWS's current example.

It lets the client see what is there already.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

SIDS_OF_CDK_GRANTS: Final = {
    frozenset(PULL_ACTIONS): "PullByRoles",
    frozenset(PUSH): "UploadByRoles",
    frozenset(PUSH_ACTIONS): "PushByRoles",
    frozenset((*PULL_ACTIONS, *PUSH)): "PullAndPushByRoles",
    frozenset(("ecr:DescribeRepositories", "ecr:DescribeImages")): "ReadByRoles",
}
"""The ids of statements for what CDK's own grant methods ask for."""

_PUT_IMAGE: Final = "ecr:putimage"
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*]+")


def can_push(actions: Sequence[str]) -> bool:
    """Whether an image can be pushed with these actions: ``*`` counts, and case does not.

    Args:
        actions: As given to a grant.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    return any(fnmatchcase(_PUT_IMAGE, action.lower()) for action in actions)


def check_actions(actions: Sequence[object], *, where: str) -> None:
    """Refuse what are no actions of IAM.

    Args:
        actions: As given to a grant.
        where: The call, for the error.

    Raises:
        InvalidValueError: There is none, or one that is no text such as ``ecr:DescribeImages``.
    """
    if not actions:
        raise InvalidValueError(
            "no action is given", where=where, fix='name at least one, such as "ecr:DescribeImages"'
        )
    for action in actions:
        check_arguments({"an action": action}, {"an action": TEXT}, where=where, required=("an action",))
        if not _ACTION.fullmatch(str(action)) and not is_token(action):
            raise InvalidValueError(
                f"{action!r} is no action",
                where=where,
                allowed="a service, a colon and the action's name, which may hold *; CDK takes no ?",
                fix=f"write {f'ecr:{action}'!r}" if _ACTION.fullmatch(f"ecr:{action}") else None,
            )
