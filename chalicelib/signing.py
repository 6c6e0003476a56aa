"""The shapes of what signing in takes and answers, and of what a request stands for."""

from chalicelib import schemas
from chalicelib.containers import OrNull
from chalicelib.shapes import LenientShape, Shape
from chalicelib.values import Choice, Moment, Text, Whole

# RFC 6749 section 3.2: what the service does not know is ignored, what has no value counts as left out.
ASKED_SCOPE = LenientShape({"scope": Text()}, root="?")
TOKEN_REQUEST = LenientShape(
    {"grant_type": Text()} | {name: OrNull(Text()) for name in ("client_id", "client_secret", "scope")},
    required={"grant_type"},
)
TOKEN = Shape(
    {},
    owned={"access_token": Text(), "token_type": Choice(("bearer",)), "expires_in": Whole(0), "scope": Text()},
)
TOKEN_ERROR = Shape(
    {},
    owned={
        "error": Choice(("invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope")),
        "error_description": Text(),
        "message": Text(),
    },
)

RATE_LIMIT = Shape({}, owned={"limit": Whole(1), "remaining": Whole(0), "reset": Whole(1)})
OWN_ACCOUNT = Shape({}, owned={"id": Whole(1), "name": Text()})
SIGNED_WITH = Shape(
    {},
    owned={"key": Text(), "label": Text(), "scope": Choice(schemas.SCOPES), "expires_at": OrNull(Moment())},
)
SESSION = Shape(
    {},
    owned={
        "user": schemas.USER,
        "account": OWN_ACCOUNT,
        "credential": SIGNED_WITH,
        "scope": Choice(schemas.SCOPES),
    },
)
