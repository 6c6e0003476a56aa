"""The authorizer: key and secret by Basic authentication (RFC 7617), or an access token (RFC 6750).

It is a Lambda function of its own. API Gateway caches its answer for TTL_SECONDS.
"""

import base64
import binascii
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib import config, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import access_tokens, credentials
from chalicelib.domain.accounts.usage_keys import derive_usage_key
from chalicelib.storage import unit_of_work
from chalicelib.storage.unit_of_work import Change

authorizer_blueprint = Blueprint(__name__)

# A revoked credential or an expired token still works on AWS for this long. It saves one invocation per request.
TTL_SECONDS = 60
REALM = 'Basic realm="OGSM and Workspaces API", charset="UTF-8"'


class MeteredAuthResponse(AuthResponse):
    """An answer that lets API Gateway count the request for the account of the caller.

    It names the account's key in the usage plan (`usageIdentifierKey` in a Lambda authorizer's output).
    """

    def __init__(self, caller: Caller, context: dict[str, str]) -> None:
        super().__init__(routes=["*"], principal_id=caller.key, context=context)
        self.account = caller.account

    def to_dict(self, request: AuthRequest) -> dict[str, Any]:
        """Return the answer in the format of API Gateway."""
        answer: dict[str, Any] = super().to_dict(request)
        if not config.STACK_ID:
            return answer
        return answer | {"usageIdentifierKey": derive_usage_key(config.STACK_ID, self.account)}


@authorizer_blueprint.authorizer(ttl_seconds=TTL_SECONDS)
def basic(request: AuthRequest) -> AuthResponse:
    """Allow every route for a valid credential or token, because API Gateway reuses the answer for all of them."""
    caller = authenticate(request.token)
    if caller is None:
        return AuthResponse(routes=[], principal_id="nobody")
    context = {"account": str(caller.account), "user": caller.user, "key": caller.key, "scope": caller.scope}
    if caller.has_token:
        context |= {"has_token": "true"}
    if caller.confirms_deletions:
        context |= {"confirms_deletions": "true"}
    return MeteredAuthResponse(caller, context)


def authenticate(header: str) -> Caller | None:
    """Return the caller that an Authorization header identifies, or None.

    Recording the use of the credential may fail without any consequence. Raises errors.Unavailable if the credential
    cannot be read.
    """
    try:
        return unit_of_work.run(lambda: identify(header))
    except (errors.Conflict, errors.Unavailable):
        return identify(header).answer


def identify(header: str) -> Change[Caller | None]:
    """Find the caller that an Authorization header identifies. The answer is None if there is none."""
    scheme, value = _split_header(header)
    if scheme == "bearer":
        return access_tokens.authenticate(value)
    key_and_secret = read_basic(header) if scheme == "basic" else None
    return credentials.authenticate(*key_and_secret) if key_and_secret else Change(None)


def is_basic(header: str) -> bool:
    """Return whether a header uses Basic authentication, well-formed or not."""
    return _split_header(header)[0] == "basic"


def read_basic(header: str) -> tuple[str, str] | None:
    """Return key and secret from a header of Basic authentication, or None if it is malformed."""
    try:
        key, colon, secret = base64.b64decode(_split_header(header)[1], validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (key, secret) if colon else None


def _split_header(header: str) -> tuple[str, str]:
    scheme, _, value = header.strip().partition(" ")
    return scheme.lower(), value.strip()
