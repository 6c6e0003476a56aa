"""The new entries of feeds in a batch of the table's stream."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import FeedEntry

FEED_ENTRY = str(Row.kind.get_discriminator(FeedEntry))  # the kind of the rows


def accounts_with_new_entries(records: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the accounts whose feeds got entries in these records of the stream, each account once.

    The records of other rows are passed over. On AWS the mapping of the stream has left them out.
    """
    images = (record["dynamodb"].get("NewImage", {}) for record in records if record["eventName"] == "INSERT")
    entries = (FeedEntry.from_raw_data(image) for image in images if image.get("kind", {}).get("S") == FEED_ENTRY)
    return list(dict.fromkeys(entry.account for entry in entries))
