"""Credentials: what clients send to create, change and rotate one, and the credential object that is answered."""

from chalicelib.schemas.users import USER_ID
from chalicelib.validation.containers import Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

SCOPES = ("read", "write")
SCOPE = Enum(SCOPES, name="Scope")
CREDENTIAL_DETAILS = {"label": Text(0, 100), "scope": SCOPE, "expires_at": Nullable(Timestamp())}
CREDENTIAL_INPUT = Schema("", CREDENTIAL_DETAILS)
DETAIL_DESCRIPTIONS = {
    "label": "A name by which people recognise the credential.",
    "scope": "What the credential allows. It cannot be changed later.",
    "expires_at": "The time from which the credential no longer works, or null if it does not expire.",
}

NEW_CREDENTIAL = Schema(
    "NewCredential",
    CREDENTIAL_DETAILS | {"user": Nullable(Text(1, 255))},
    descriptions=DETAIL_DESCRIPTIONS
    | {"user": "The slug or id of the user whom the credential is for. Only admins may name another user."},
)
CREDENTIAL = Schema(
    "Credential",
    CREDENTIAL_DETAILS,
    read_only={"key": Text(), "id": Text(), "account": Integer(1), "user": USER_ID, "created_at": Timestamp()}
    | {name: Nullable(Timestamp()) for name in ("last_used_at", "revoked_at", "old_secret_until")}
    | {"secret": Text()},
    optional_in_response={"secret"},  # it is only shown when it is new
    descriptions=DETAIL_DESCRIPTIONS
    | {
        "key": "The key, which is the user name in Basic authentication.",
        "id": "The id of the credential, which is its key.",
        "account": "The id of the account.",
        "user": "The id of the user whom the credential belongs to.",
        "created_at": "The time of creation, in UTC.",
        "last_used_at": "The day of the last request with the credential, or null if there was none.",
        "revoked_at": "The time at which the credential was revoked, or null.",
        "old_secret_until": "The time until which the secret from before the last rotation works, or null.",
        "secret": "The secret, which is the password in Basic authentication. Only shown when it is new.",
    },
)
MAX_OVERLAP = 7 * 24 * 60 * 60  # seconds
ROTATION = Schema(
    "Rotation",
    {"overlap": Integer(0, MAX_OVERLAP)},
    descriptions={"overlap": "For how many seconds the old secret works beside the new one."},
)
