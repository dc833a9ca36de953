"""The bearer of a token of any issuer: a service account of a cluster, a job of a pipeline service."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from typing import Final

from ecr_blueprints.domain.pipeline_identity import FederatedIdentity, check_issuer
from ecr_blueprints.errors import InvalidValueError

__all__ = ["TokenSubject"]

_WHERE: Final = "TokenSubject(…)"
_EXACT: Final = re.compile(r"[\x21-\x29\x2b-\x3e\x40-\x7e]{2,}")
"""Visible characters without ``*`` and ``?``."""


@dataclass(frozen=True, slots=True)
class TokenSubject(FederatedIdentity):
    """Whoever holds a token of one issuer with one exact subject.

    For a service account of a Kubernetes cluster the issuer is that of the cluster, and the subject
    ``system:serviceaccount:<namespace>:<name>``.

    Attributes:
        issuer: The issuer without ``https://``.
        subject: The whole subject; wildcards are refused.
        audience: The token's audience. Default: that of STS.

    Raises:
        InvalidValueError: A malformed issuer, subject or audience.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html

    Practices: ACC-3
    """

    issuer: str
    subject: str
    _: KW_ONLY
    audience: str | None = None

    def __post_init__(self) -> None:
        """Check every part."""
        check_issuer(self.issuer, where=_WHERE)
        for argument, value in (("subject", self.subject), ("audience", self.audience)):
            if value is not None and not _EXACT.fullmatch(value):
                raise InvalidValueError(
                    f"the {argument} is {value!r}",
                    where=_WHERE,
                    allowed="the whole value, of visible characters, without wildcards",
                )

    @property
    def title(self) -> str:
        """Who it is, for people."""
        return f"{self.subject} of {self.issuer}"

    @property
    def token_issuer(self) -> str:
        """The issuer."""
        return self.issuer

    @property
    def token_subject(self) -> str:
        """The subject."""
        return self.subject

    @property
    def token_audience(self) -> str | None:
        """The audience, or None for that of STS in the role's partition."""
        return self.audience
