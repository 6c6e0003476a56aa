"""Session: what a client can learn about its own request, namely who is calling and how many requests are left."""

from chalicelib.schemas.credentials import SCOPE
from chalicelib.schemas.users import SLUG, USER
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

RATE_LIMIT = Schema(
    "RateLimit",
    {},
    read_only={"limit": Integer(1), "remaining": Integer(0), "reset": Integer(1)},
    descriptions={
        "limit": "How many requests the account may make in a day.",
        "remaining": "Always the limit: API Gateway counts the requests, and the service cannot read its count.",
        "reset": "When the next day starts, in seconds since 1970.",
    },
)
SESSION_ACCOUNT = Schema(
    "SessionAccount",
    {},
    read_only={"id": Integer(1), "name": Text()},
    descriptions={"id": "The id of the account.", "name": "The name of the account."},
)
SESSION_CREDENTIAL = Schema(
    "SessionCredential",
    {},
    read_only={"key": Text(), "label": Text(), "scope": SCOPE, "expires_at": Nullable(Timestamp())},
    descriptions={
        "key": "The key of the credential.",
        "label": "The name by which people recognise the credential.",
        "scope": "What the credential allows.",
        "expires_at": "The time from which the credential no longer works, or null if it does not expire.",
    },
)
SESSION = Schema(
    "Session",
    {},
    read_only={
        "user": USER,
        "account": SESSION_ACCOUNT,
        "credential": SESSION_CREDENTIAL,
        "scope": SCOPE,
    },
    descriptions={
        "user": "You.",
        "account": "Your account.",
        "credential": "The credential with which the request was made.",
        "scope": "What the request may do: that of the credential, or less with an access token.",
    },
)
CONTEXT_TYPES = ("User",)
CONTEXT_CHOICE = Schema(
    "ContextChoice",
    {"type": Enum(CONTEXT_TYPES, name="ContextType"), "slug": SLUG},
    required_choice=RequiredChoice(("slug",)),
    descriptions={"type": "The kind of context. The only one is that of a user.", "slug": "Your own slug or id."},
)
