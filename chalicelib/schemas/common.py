"""Declarations that several nouns share: paging parameters, links, timestamps."""

from chalicelib.validation.bounds import MAX_PAGE
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, Cursor, Enum, Integer, Text, Timestamp

MAX_PAGE_SIZE = 250
PAGING = {
    "limit": Integer(1, MAX_PAGE_SIZE),
    "cursor": Cursor(),
    "page": Integer(1, MAX_PAGE),
    "per_page": Integer(1, MAX_PAGE_SIZE, is_capped=True),
}
NO_PARAMETERS = parameters()

LINK = Schema(
    "Link",
    {},
    read_only={"rel": Text(), "href": Text()},
    descriptions={
        "rel": "What the link leads to, such as `inbox` or `container`.",
        "href": "The address, relative to the root of the server.",
    },
)
TIMESTAMPS = {"created_at": Timestamp(), "updated_at": Timestamp()}
DELETED = Schema(  # what the vendor's library expects of a deletion
    "Deleted", {}, read_only={"success": Boolean()}, descriptions={"success": "Always true."}
)
DELIVERY = Enum(("sent", "failed", "unsent"), name="Delivery")  # how the mail about an object went
LIST_PARAMETERS = parameters(**PAGING)
DELETE_PARAMETERS = parameters(archive_items=Boolean())

# Sentences about fields that many objects have.
TIMESTAMP_DESCRIPTIONS = {"created_at": "The time of creation, in UTC.", "updated_at": "The time of the last change."}
LINKS_DESCRIPTION = {"links": "The addresses of related objects."}
DELIVERY_DESCRIPTION = "Whether the mail about it was sent."
