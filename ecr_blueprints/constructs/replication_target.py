"""Where images are replicated to."""

from __future__ import annotations

from dataclasses import dataclass

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.domain.principals import check_account_id, check_region
from ecr_blueprints.errors import InvalidValueError

__all__ = ["ReplicationTarget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationTarget:
    """The registry of an account in a Region, as a destination of replication.

    Attributes:
        region: The Region, such as ``eu-central-1``. Both accounts have to have opted in to it.
        account: 12 digits. Default: the source's own account.

    Raises:
        InvalidValueError: A Region or an account id that is none.
    """

    region: str
    account: str | None = None

    def __post_init__(self) -> None:
        """Check what is known."""
        for name, value in (("region", self.region), ("account", self.account)):
            if not isinstance(value, str) and not (name == "account" and value is None):
                raise InvalidValueError(
                    f"{name} is {value!r}",
                    where="ReplicationTarget",
                    allowed="a text, such as 'eu-central-1' and '222233334444'",
                )
        if not is_token(self.region):
            check_region(self.region)
        if self.account is not None and not is_token(self.account):
            check_account_id(self.account)
