"""Session: what a client can learn about its own request, namely who is calling and how many requests are left."""

from chalicelib.schemas.credentials import SCOPES
from chalicelib.schemas.users import SLUG, USER
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

RATE_LIMIT = Schema("RateLimit", {}, read_only={"limit": Integer(1), "remaining": Integer(0), "reset": Integer(1)})
SESSION_ACCOUNT = Schema("OwnAccount", {}, read_only={"id": Integer(1), "name": Text()})
SESSION_CREDENTIAL = Schema(
    "SignedWith",
    {},
    read_only={"key": Text(), "label": Text(), "scope": Enum(SCOPES), "expires_at": Nullable(Timestamp())},
)
SESSION = Schema(
    "Session",
    {},
    read_only={
        "user": USER,
        "account": SESSION_ACCOUNT,
        "credential": SESSION_CREDENTIAL,
        "scope": Enum(SCOPES),
    },
)
CONTEXT_TYPES = ("User",)
CONTEXT_CHOICE = Schema(
    "ContextChoice", {"type": Enum(CONTEXT_TYPES), "slug": SLUG}, required_choice=RequiredChoice(("slug",))
)
