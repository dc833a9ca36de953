"""Who hears of what, as the blueprint says it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import EmailAddress

__all__ = ["AlertsModel", "Severity"]

Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]


class AlertsModel(BlueprintModel):
    """Topics to which findings and failures go, one for each severity."""

    findings: tuple[Severity, ...] = Field(
        default=("CRITICAL", "HIGH"),
        strict=False,
        description="Severities of scan findings that are announced. An empty list announces none.",
    )
    operations: bool = Field(
        default=True,
        description="Announce failed replication, cache synchronization and signing, what lifecycle policies "
        "delete, and quotas from 80 %.",
    )
    email: tuple[EmailAddress, ...] = Field(
        default=(),
        strict=False,
        description="Addresses that every topic writes to, once each has confirmed. Default: none; teams "
        "subscribe by themselves.",
    )

    @model_validator(mode="after")
    def _heard(self) -> AlertsModel:
        if self.email and not self.findings and not self.operations:
            raise ValueError(
                "`email` names who hears of alerts, and there are none; fix: name severities under "
                "`findings`, write `operations: true`, or leave `email` out"
            )
        return self
