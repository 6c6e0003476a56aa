"""Stacks: the stack and inbox objects of the Workspaces document, and where a stack is moved to."""

from chalicelib.schemas.common import LINK
from chalicelib.schemas.items import ITEM
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

CONTAINER_FIELDS = {"id": Integer(1), "rules": ListOf(Text()), "links": ListOf(LINK), "items": ListOf(ITEM)}
INBOX = Schema("Inbox", {}, read_only=CONTAINER_FIELDS)
STACK = Schema(
    "Stack",
    {"name": Text(1, 255), "description": Nullable(Text())},
    required={"name"},
    read_only=CONTAINER_FIELDS,
    optional_in_response={"rules"},
)
POSITION = Schema("Position", {"position": Nullable(Integer(0))})
