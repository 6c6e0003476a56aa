"""The change feed and the history of objects."""

from chalicelib.storage import stamps
from chalicelib.storage.models.activities import Activity
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
from infra.testing.request_cases import BATCH_GET, GET_ITEM, QUERY, RequestCase
from infra.testing.sample_rows import FIRST_ID, TTL, SampleRow, sample_user
from infra.testing.stream_records import record_creation
from infra.testing.world import World

CHANGES = "/api/changes"
WHY_LARGE = "reads the entries, then what they point to, then the people in it and what decides who may see it"
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


def record_activity(world: World) -> int:
    """Create an activity of the owner, and return the seq of the change."""
    return record_creation(world.account, Activity.ref(world.account, world.item()))


def feed(world: World) -> str:
    """Create something, and return the address of the feed."""
    record_activity(world)
    return CHANGES


def change(world: World) -> str:
    """Create something, and return the address of the change."""
    return f"{CHANGES}/{record_activity(world)}"


NOUN = Noun(
    request_cases=[
        RequestCase(
            "GET", CHANGES, [(GET_ITEM, QUERY, QUERY), BATCH_GET, BATCH_GET], address=feed, why_large=WHY_LARGE
        ),
        RequestCase(
            "GET",
            f"{CHANGES}/{{seq}}",
            [(GET_ITEM, GET_ITEM, QUERY), BATCH_GET, BATCH_GET],
            address=change,
            why_large=WHY_LARGE,
        ),
    ],
    sample_rows=sample_rows,
)
