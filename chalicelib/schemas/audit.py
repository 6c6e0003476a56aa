"""Audit: the events of an account, each of which tells who changed which user or credential."""

from chalicelib.validation.containers import All, Nullable, json_object
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Text, Timestamp

ACTOR = Schema("Actor", {}, read_only={"user": Text(), "credential": Nullable(Text())})
SUBJECT_KINDS = ("user", "credential")
VERBS = ("create", "update", "rotate", "revoke", "change_role", "delete")
SUBJECT = Schema("Subject", {}, read_only={"kind": Enum(SUBJECT_KINDS), "id": Text()})
AUDIT_EVENT = Schema(
    "Event",
    {},
    read_only={
        "id": Text(),
        "at": Timestamp(),
        "actor": ACTOR,
        "verb": Enum(VERBS),
        "subject": SUBJECT,
        "details": All(json_object, {}),
    },
)
