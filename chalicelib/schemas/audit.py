"""Audit: the events of an account, each of which tells who changed which user, credential or webhook."""

from chalicelib.validation.containers import All, Nullable, json_object
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Text, Timestamp

ACTOR = Schema(
    "AuditActor",
    {},
    read_only={"user": Text(), "credential": Nullable(Text())},
    descriptions={
        "user": "The id of the user who made the change, `operator`, or `service` if the service did it by itself.",
        "credential": "The key of the credential with which it was made.",
    },
)
SUBJECT_KINDS = ("user", "credential", "webhook")
VERBS = ("create", "update", "rotate", "revoke", "change_role", "delete", "disable", "replay")
SUBJECT = Schema(
    "AuditSubject",
    {},
    read_only={"kind": Enum(SUBJECT_KINDS, name="AuditSubjectKind"), "id": Text()},
    descriptions={"kind": "What was changed.", "id": "The id of the user or webhook, or the key of the credential."},
)
AUDIT_EVENT = Schema(
    "AuditEvent",
    {},
    read_only={
        "id": Text(),
        "at": Timestamp(),
        "actor": ACTOR,
        "verb": Enum(VERBS, name="AuditVerb"),
        "subject": SUBJECT,
        "details": All(json_object, {}),
    },
    descriptions={
        "id": "The id of the event.",
        "at": "The time of the change, in UTC.",
        "actor": "The user and the credential that made the change.",
        "verb": "What was done.",
        "subject": "The user, credential or webhook that was changed.",
        "details": "The fields that were set, with their values. Those that changed have the old and the new value.",
    },
)
