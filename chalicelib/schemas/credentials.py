"""Credentials: what clients send to create, change and rotate one, and the credential object that is answered."""

from chalicelib.schemas.users import USER_ID
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

SCOPES = ("read", "write")
CREDENTIAL_DETAILS = {"label": Text(0, 100), "scope": Enum(SCOPES), "expires_at": Nullable(Timestamp())}
CREDENTIAL_INPUT = Schema("Credential", CREDENTIAL_DETAILS)

NEW_CREDENTIAL = Schema("Issuing", CREDENTIAL_DETAILS | {"user": Nullable(Text(1, 255))})
CREDENTIAL = Schema(
    "HeldCredential",
    CREDENTIAL_DETAILS,
    read_only={"key": Text(), "id": Text(), "account": Integer(1), "user": USER_ID, "created_at": Timestamp()}
    | {name: Nullable(Timestamp()) for name in ("last_used_at", "revoked_at", "old_secret_until")}
    | {"secret": Text()},
    optional_in_response={"secret"},  # it is only shown when it is new
)
MAX_OVERLAP = 7 * 24 * 60 * 60  # seconds
ROTATION = Schema("Rotation", {"overlap": Integer(0, MAX_OVERLAP)})
