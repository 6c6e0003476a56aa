"""Comments: the comment object. Clients send its body only."""

from chalicelib.schemas.common import LINK, TIMESTAMPS
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

COMMENT = Schema(
    "Comment",
    {"body": Text(1, 10_000)},
    required={"body"},
    read_only={"id": Integer(1), "activity_id": Integer(1), "author": USER} | TIMESTAMPS | {"links": ListOf(LINK)},
)
