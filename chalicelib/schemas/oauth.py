"""OAuth: the token request of the client credentials grant (RFC 6749 section 4.4), its answer and its errors."""

from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import LenientSchema, Schema
from chalicelib.validation.types import Enum, Integer, Text

WORD = Text(0, MAX_WORD_LENGTH)
# RFC 6749 section 3.2: unknown parameters are ignored, and a parameter without a value counts as omitted.
TOKEN_PARAMETERS = LenientSchema("", {"scope": WORD}, root="?")
TOKEN_REQUEST = LenientSchema(
    "TokenRequest",
    {"grant_type": WORD} | {name: Nullable(WORD) for name in ("client_id", "client_secret", "scope")},
    required={"grant_type"},
    descriptions={
        "grant_type": "Must be `client_credentials`.",
        "client_id": "The key of a credential, unless the request has Basic authentication.",
        "client_secret": "The secret of the credential.",
        "scope": "The scopes that the token is to have, separated by spaces. By default those of the credential.",
    },
)
TOKEN = Schema(
    "Token",
    {},
    read_only={"access_token": Text(), "token_type": Enum(("bearer",)), "expires_in": Integer(0), "scope": Text()},
    descriptions={
        "access_token": "The token for the header `Authorization: Bearer`.",
        "token_type": "How the token is sent.",
        "expires_in": "For how many seconds the token works.",
        "scope": "The scopes of the token, separated by spaces.",
    },
)
OAUTH_ERRORS = ("invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope")
TOKEN_ERROR = Schema(
    "TokenError",
    {},
    read_only={
        "error": Enum(OAUTH_ERRORS, name="TokenErrorCode"),
        "error_description": Text(),
        "message": Text(),
    },
    descriptions={
        "error": "The code of the error, as RFC 6749 defines it.",
        "error_description": "What is wrong, in a sentence.",
        "message": "The same sentence, as in the other errors of the API.",
    },
)
