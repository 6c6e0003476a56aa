"""Stacks: the stack and inbox objects of the Workspaces document, and where a stack is moved to."""

from chalicelib.schemas.common import LINK, LINKS_DESCRIPTION
from chalicelib.schemas.items import ITEM
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

CONTAINER_FIELDS = {"id": Integer(1), "rules": ListOf(Text()), "links": ListOf(LINK), "items": ListOf(ITEM)}
CONTAINER_DESCRIPTIONS = LINKS_DESCRIPTION | {
    "id": "The id. An inbox is a stack with an id of its own.",
    "rules": "Always empty. There are no rules.",
    "items": "The items, the top one first.",
    "name": "The name of the stack. It must not be blank.",
    "description": "A description in plain text.",
}
INBOX = Schema("Inbox", {}, read_only=CONTAINER_FIELDS, descriptions=CONTAINER_DESCRIPTIONS)
STACK = Schema(
    "Stack",
    {"name": Text(1, 255), "description": Nullable(Text())},
    required={"name"},
    read_only=CONTAINER_FIELDS,
    optional_in_response={"rules", "items"},  # of a past stack, the items are left out
    descriptions=CONTAINER_DESCRIPTIONS,
)
POSITION = Schema(
    "StackPosition",
    {"position": Nullable(Integer(0))},
    descriptions={"position": "The new position: 0 is the bottom, and null the top."},
)
