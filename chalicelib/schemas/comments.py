"""Comments: the comment object. Clients send its body only."""

from chalicelib.schemas.common import LINK, LINKS_DESCRIPTION, TIMESTAMP_DESCRIPTIONS, TIMESTAMPS
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

COMMENT = Schema(
    "Comment",
    {"body": Text(1, 10_000)},
    required={"body"},
    read_only={"id": Integer(1), "activity_id": Integer(1), "author": USER} | TIMESTAMPS | {"links": ListOf(LINK)},
    descriptions=TIMESTAMP_DESCRIPTIONS
    | LINKS_DESCRIPTION
    | {
        "id": "The id of the comment.",
        "body": "The text of the comment. It must not be blank.",
        "activity_id": "The id of the activity that the comment is about.",
        "author": "The user who wrote the comment.",
    },
)
