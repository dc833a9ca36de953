"""Addresses of electronic mail, to which a topic of SNS can write."""

from __future__ import annotations

import re
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = ["MAX_EMAIL_ADDRESS_LENGTH", "check_email_address"]

MAX_EMAIL_ADDRESS_LENGTH: Final = 254
"""Characters that a path of SMTP takes, without its angle brackets.

Source: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3
"""

_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?P<local>{_LOCAL})@{_LABEL}(?:\.{_LABEL})+")


def check_email_address(address: str) -> str:
    """Return the address if mail can go to it: a dot-atom, ``@`` and a domain with a dot.

    SNS refuses what is none when the stack is deployed (``Invalid parameter: Email address``). Quoted local
    parts and addresses of hosts by number, which nobody's team has, are not taken.

    Raises:
        InvalidValueError: It is none.

    Sources: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html and
    https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or len(match["local"]) > 64 or len(address) > MAX_EMAIL_ADDRESS_LENGTH:
        raise InvalidValueError(
            f"{address!r} is no e-mail address",
            where="e-mail address",
            allowed="an address such as platform@example.com",
            fix="write the whole address, one for each entry",
        )
    return address
