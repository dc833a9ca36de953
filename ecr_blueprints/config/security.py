"""The account that sees the findings of all others, as the blueprint says it."""

from __future__ import annotations

from pydantic import Field

from ecr_blueprints.config.alerts import Severity
from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import AccountId, EmailAddress

__all__ = ["SecurityModel"]


class SecurityModel(BlueprintModel):
    """Where the findings of every registry arrive, and who hears of them."""

    account: AccountId = Field(description="The security account, in quotes.")
    findings: tuple[Severity, ...] = Field(
        default=("CRITICAL", "HIGH"),
        strict=False,
        min_length=1,
        description="Severities of findings that the accounts pass on, each with a topic of its own.",
    )
    email: tuple[EmailAddress, ...] = Field(
        default=(),
        strict=False,
        description="Addresses that every topic writes to, once each has confirmed. Default: none.",
    )
    inspector: bool = Field(
        default=True,
        description="Whether the security account becomes Amazon Inspector's delegated administrator and "
        "switches the scanning of images on for every account that joins. An organization has one.",
    )
