"""A policy is written as it was read."""

from __future__ import annotations

from typing import Any

import pytest

from ecr_blueprints.registry.access_policy import AccessPolicy
from ecr_blueprints.registry.policy_document import read_policy_document
from ecr_blueprints.registry.policy_text import render_policy
from ecr_blueprints.registry.unresolved import Unresolved

DOCUMENTS: list[dict[str, Any]] = [
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Pull",
                "Effect": "Allow",
                "Principal": {"AWS": ["111122223333", "222233334444"], "Service": "lambda.amazonaws.com"},
                "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/prod/*",
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": "o-exampleorg"},
                    "Bool": {"aws:SecureTransport": "true"},
                },
            },
            {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "NotAction": "ecr:BatchGetImage"},
        ],
    },
    {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]},
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_policy_is_written_as_it_was_read(document: dict[str, Any]) -> None:
    policy = read_policy_document(document)
    assert isinstance(policy, AccessPolicy)

    written = render_policy(policy)

    assert written == document
    assert read_policy_document(written) == policy


def test_what_is_not_known_is_not_written() -> None:
    unknown = Unresolved("Ref: Account")
    document = {
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": unknown}, "Action": "ecr:BatchGetImage"}]
    }
    policy = read_policy_document(document)
    assert isinstance(policy, AccessPolicy)

    assert render_policy(policy) == unknown
