"""TODO."""

from chalicelib.validation.containers import All, Nullable, json_object
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Text, Timestamp

ACTOR = Schema("Actor", {}, read_only={"user": Text(), "credential": Nullable(Text())})
SUBJECT = Schema("Subject", {}, read_only={"kind": Enum(("user", "credential")), "id": Text()})
AUDIT_EVENT = Schema(
    "Event",
    {},
    read_only={
        "id": Text(),
        "at": Timestamp(),
        "actor": ACTOR,
        "verb": Enum(("create", "update", "rotate", "revoke", "change_role", "delete")),
        "subject": SUBJECT,
        "details": All(json_object, {}),
    },
)
