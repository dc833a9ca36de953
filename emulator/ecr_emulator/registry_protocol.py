"""The registry protocol (`/v2`): tokens that carry account and Region, and immutable tags.

AWS has one host per account and Region; here there is one address, so the
token of GetAuthorizationToken says which registry is meant.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from typing import Any

from ecr_emulator import images, ministack_internals, repositories
from ecr_emulator.errors import EcrError
from ecr_emulator.ministack_internals import account_id, region
from ecr_emulator.operations import Params, operation
from ecr_emulator.tag_mutability import check_tag_free

_TOKEN_SECONDS = 12 * 60 * 60
_REGISTRY_HOST = re.compile(r"[0-9]{12}\.dkr\.ecr\.")
_PASSWORD = re.compile(r"ecr-emulator\.([0-9]{12})\.([a-z0-9-]+)")


@operation("GetAuthorizationToken")
def _get_authorization_token(params: Params) -> dict[str, Any]:
    login = f"AWS:ecr-emulator.{account_id()}.{region()}"
    data = {
        "authorizationToken": base64.b64encode(login.encode()).decode(),
        "expiresAt": time.time() + _TOKEN_SECONDS,
        "proxyEndpoint": f"https://{account_id()}.dkr.ecr.{region()}.amazonaws.com",
    }
    return {"authorizationData": [data]}


def accept_tokens() -> None:
    """Ask for a token where the host name does not say which registry is meant, and follow it."""
    ecr = ministack_internals.ecr()
    handle, select_by_host = ecr.handle_registry_request, ecr._select_registry_request_scope

    async def handle_with_token(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        given = {name.lower(): value for name, value in headers.items()}
        if not _REGISTRY_HOST.match(given.get("host", "")) and _registry_of(given) is None:
            status, answer_headers, content = ecr._registry_error(401, "UNAUTHORIZED", "Not Authorized")
            return status, {**answer_headers, "WWW-Authenticate": 'Basic realm="ecr-emulator"'}, content
        return await handle(method, path, headers, body, query_params)

    def select(name: str, headers: dict[str, str], query_params: dict[str, Any]) -> None:
        registry = _registry_of(headers)
        if registry is None:
            select_by_host(name, headers, query_params)
        else:
            ministack_internals.enter(*registry)

    ecr.handle_registry_request = handle_with_token
    ecr._select_registry_request_scope = select


def _registry_of(headers: dict[str, str]) -> tuple[str, str] | None:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    found = _PASSWORD.fullmatch(password)
    return (found[1], found[2]) if found is not None and user == "AWS" else None


def enforce_immutable_tags() -> None:
    """Refuse a manifest pushed by an immutable tag, also when the digest is the tag's own."""
    ecr = ministack_internals.ecr()
    put_manifest = ecr._v2_put_manifest

    def guarded(name: str, reference: str, headers: dict[str, str], body: bytes) -> Any:
        if not reference.startswith("sha256:") and name in ecr._repositories:
            try:
                check_tag_free(repositories.find(name), images.images_of(name), reference)
            except EcrError as refusal:
                return ecr._registry_error(400, "TAG_INVALID", refusal.message, {"tag": reference})
        return put_manifest(name, reference, headers, body)

    ecr._v2_put_manifest = guarded
