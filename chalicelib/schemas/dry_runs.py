"""The answer of a dry run."""

from chalicelib.schemas.changes import OBJECT_KIND, VERBS
from chalicelib.validation.containers import All, AnyOf, ListOf, Nullable, json_object
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum, Integer, Text

MAIL_KINDS = ("invitation", "delegation", "address")
PLANNED_OBJECT = Schema(
    "PlannedObject",
    {},
    read_only={"kind": OBJECT_KIND, "id": Nullable(AnyOf((Integer(1), Text(1)))), "href": Nullable(Text())},
    descriptions={
        "kind": "The kind of the object.",
        "id": "Its id. Null for an object that would be created.",
        "href": "Its address, or that of the list it is in. Null if it is not known yet.",
    },
)
PLANNED_CHANGE = Schema(
    "PlannedChange",
    {},
    read_only={
        "verb": Enum(VERBS, name="ChangeVerb"),
        "object": PLANNED_OBJECT,
        "before": Nullable(All(json_object, {})),
        "after": Nullable(All(json_object, {})),
    },
    descriptions={
        "verb": "What would be done with the object.",
        "object": "The object that would be changed.",
        "before": "The object as it is, or null.",
        "after": "The object as it would be, or null. Ids that do not exist yet are null.",
    },
)
PLANNED_MAIL = Schema(
    "PlannedMail",
    {},
    read_only={"kind": Enum(MAIL_KINDS, name="MailKind"), "to": Text(), "subject": Text()},
    descriptions={
        "kind": "What the mail is about.",
        "to": "The address that it would go to.",
        "subject": "Its subject.",
    },
)
DRY_RUN = Schema(
    "DryRun",
    {},
    read_only={
        "would": ListOf(PLANNED_CHANGE),
        "more": Integer(0),
        "mails": ListOf(PLANNED_MAIL),
        "webhook_messages": ListOf(Text()),
        "confirm_token": Text(1),
    },
    descriptions={
        "would": "The changes that the request would make, as the change feed would show them; at most 100.",
        "more": "The number of further changes, which are not listed.",
        "mails": "The mails that it would send.",
        "webhook_messages": "The addresses of the webhooks to which it would send a message at once.",
        "confirm_token": "For the header `Confirm-Token` of the same request. It is valid for 300 seconds.",
    },
)
