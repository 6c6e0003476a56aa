"""The Basic authorizer (RFC 7617): a Lambda of its own whose answer API Gateway keeps for a minute."""

import base64
import binascii
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib import config
from chalicelib.domain import credentials
from chalicelib.domain.access import Caller

auth = Blueprint(__name__)

# How long a revoked credential still works on AWS, in seconds, against one invocation less per request meanwhile.
REMEMBERED = 60
REALM = 'Basic realm="OGSM and Workspaces API", charset="UTF-8"'


class Metered(AuthResponse):
    """An answer that lets API Gateway count the call (`usageIdentifierKey` of a Lambda authorizer's output)."""

    def to_dict(self, request: AuthRequest) -> dict[str, Any]:
        """The answer as API Gateway takes it."""
        answer: dict[str, Any] = super().to_dict(request)
        return answer | ({"usageIdentifierKey": config.USAGE_KEY} if config.USAGE_KEY else {})


@auth.authorizer(ttl_seconds=REMEMBERED)
def basic(request: AuthRequest) -> AuthResponse:
    """Allows every route to a valid credential: the answer is remembered for all of them."""
    caller = identify(request.token)
    if caller is None:
        return AuthResponse(routes=[], principal_id="nobody")
    context = {"account": str(caller.account), "user": caller.user, "key": caller.key, "scope": caller.scope}
    return Metered(routes=["*"], principal_id=caller.key, context=context)


def identify(header: str) -> Caller | None:
    """Who an Authorization header stands for, or None."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return credentials.authenticate(key, secret) if colon else None
