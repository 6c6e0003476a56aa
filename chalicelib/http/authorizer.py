"""The authorizer, of key and secret (RFC 7617) and of access tokens (RFC 6750).

It is a Lambda of its own whose answer API Gateway keeps for a minute.
"""

import base64
import binascii
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib import config
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import access_tokens, credentials

authorizer_blueprint = Blueprint(__name__)

# How long a revoked credential, or a token that has ended, still works on AWS, in seconds,
# against one invocation less per request meanwhile.
TTL_SECONDS = 60
REALM = 'Basic realm="OGSM and Workspaces API", charset="UTF-8"'


class MeteredAuthResponse(AuthResponse):
    """An answer that lets API Gateway count the call (`usageIdentifierKey` of a Lambda authorizer's output)."""

    def to_dict(self, request: AuthRequest) -> dict[str, Any]:
        """The answer as API Gateway takes it."""
        answer: dict[str, Any] = super().to_dict(request)
        return answer | ({"usageIdentifierKey": config.USAGE_KEY} if config.USAGE_KEY else {})


@authorizer_blueprint.authorizer(ttl_seconds=TTL_SECONDS)
def basic(request: AuthRequest) -> AuthResponse:
    """Allows every route to a valid credential or token: the answer is remembered for all of them."""
    caller = identify(request.token)
    if caller is None:
        return AuthResponse(routes=[], principal_id="nobody")
    context = {"account": str(caller.account), "user": caller.user, "key": caller.key, "scope": caller.scope}
    return MeteredAuthResponse(routes=["*"], principal_id=caller.key, context=context)


def identify(header: str) -> Caller | None:
    """Who an Authorization header stands for, or None."""
    scheme, given = _parts(header)
    if scheme == "bearer":
        return access_tokens.authenticate(given)
    presented = read_basic(header) if scheme == "basic" else None
    return credentials.authenticate(*presented) if presented else None


def is_basic(header: str) -> bool:
    """Whether this is Basic authentication, well-formed or not."""
    return _parts(header)[0] == "basic"


def read_basic(header: str) -> tuple[str, str] | None:
    """Key and secret in a header of Basic authentication, or None where it is malformed."""
    try:
        key, colon, secret = base64.b64decode(_parts(header)[1], validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (key, secret) if colon else None


def _parts(header: str) -> tuple[str, str]:
    scheme, _, given = header.strip().partition(" ")
    return scheme.lower(), given.strip()
