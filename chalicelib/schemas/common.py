"""Declarations that several nouns share: paging parameters, links, timestamps."""

from chalicelib.validation.bounds import MAX_PAGE
from chalicelib.validation.containers import ListOf, named_object
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

LINK = Schema("Link", {}, read_only={"rel": Text(), "href": Text()})
TIMESTAMPS = {"created_at": Timestamp(), "updated_at": Timestamp()}
DELETED = Schema("Deleted", {}, read_only={"success": Boolean()})  # what the vendor's library expects of a deletion
DELIVERY = Enum(("sent", "failed", "unsent"))  # how the mail about an object went
LIST_PARAMETERS = parameters(**PAGING)
DELETE_PARAMETERS = parameters(archive_items=Boolean())

NAMES = ListOf(named_object(Text(1, 100)), unique=True, most=100)  # of labels and people in the OGSM document
