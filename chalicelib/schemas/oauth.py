"""OAuth: the token request of the client credentials grant (RFC 6749 section 4.4), its answer and its errors."""

from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import LenientSchema, Schema
from chalicelib.validation.types import Enum, Integer, Text

WORD = Text(0, MAX_WORD_LENGTH)
# RFC 6749 section 3.2: unknown parameters are ignored, and a parameter without a value counts as omitted.
TOKEN_PARAMETERS = LenientSchema("AskedScope", {"scope": WORD}, root="?")
TOKEN_REQUEST = LenientSchema(
    "TokenRequest",
    {"grant_type": WORD} | {name: Nullable(WORD) for name in ("client_id", "client_secret", "scope")},
    required={"grant_type"},
)
TOKEN = Schema(
    "Token",
    {},
    read_only={"access_token": Text(), "token_type": Enum(("bearer",)), "expires_in": Integer(0), "scope": Text()},
)
TOKEN_ERROR = Schema(
    "TokenError",
    {},
    read_only={
        "error": Enum(("invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope")),
        "error_description": Text(),
        "message": Text(),
    },
)
