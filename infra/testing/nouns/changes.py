"""The change feed and the history of objects."""

from chalicelib.storage import stamps
from chalicelib.storage.models.changes import (
    UPDATE,
    FeedEntry,
    HistoryPart,
    HistoryRecord,
    Images,
    pack_images,
    pad_sequence,
)
from chalicelib.storage.stamps import Author
from infra.testing.noun import Noun
from infra.testing.sample_rows import FIRST_ID, TTL, SampleRow, sample_user

SEQUENCE = pad_sequence("1")


def sample_rows(account: int) -> list[SampleRow]:
    """Return a change of an action: its record, a part of the record, and its entry in the feed."""
    action = {"pk": {"S": "ACCOUNT"}, "doc": {"S": "x" * 600}}
    images = pack_images(Images(action, action))
    stamp = stamps.pack(Author(sample_user(0), "", ""), 1)
    common = {"verb": UPDATE, "changed_at": 1, "stamp": stamp, "ttl": TTL}
    of_action = account, "action"
    record = HistoryRecord.at(*of_action, "1", SEQUENCE, base=1, images=images, **common)
    part = HistoryPart.at(*of_action, "1", SEQUENCE, images=images, ttl=TTL)
    entry = FeedEntry.at(account, 1, object_kind="action", object_id="1", sequence=SEQUENCE, **common)
    return [
        SampleRow(record, lambda n: HistoryRecord.ref(*of_action, str(FIRST_ID + n), SEQUENCE)),
        SampleRow(part, lambda n: HistoryPart.ref(*of_action, str(FIRST_ID + n), SEQUENCE)),
        SampleRow(entry, lambda n: FeedEntry.ref(account, FIRST_ID + n)),
    ]


NOUN = Noun(sample_rows=sample_rows)
