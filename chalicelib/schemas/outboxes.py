"""Outboxes: what the caller has delegated of a workspace and still waits for, one outbox for each delegee."""

from chalicelib.schemas.common import LINK, LINKS_DESCRIPTION
from chalicelib.schemas.items import ITEM
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer

OUTBOX = Schema(
    "Outbox",
    {},
    read_only={"id": Integer(1), "user": USER, "links": ListOf(LINK), "items": ListOf(ITEM)},
    descriptions=LINKS_DESCRIPTION
    | {
        "id": "The id of the outbox.",
        "user": "The user to whom you have delegated the items.",
        "items": "The items that you have delegated to this user.",
    },
)
