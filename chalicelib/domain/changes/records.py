"""The rows of a change: its record in the history of the object, and its entry in the feed."""

from datetime import datetime, timedelta

from chalicelib import clock, config
from chalicelib.domain.changes import guard
from chalicelib.domain.changes.writes import ObjectWrite
from chalicelib.storage import feed_rows, stamps
from chalicelib.storage.models.changes import (
    NO_CHANGE,
    FeedEntry,
    HistoryPart,
    HistoryRecord,
    Images,
    pack_images,
    size_of_images,
)
from chalicelib.storage.models.tombstones import Tombstone

MAX_IMAGES_BYTES = 350_000  # compressed. Text of 400 KB, the most that a row can have, is shorter than that then.


def kept_since() -> int:
    """Return the time of the oldest change that is kept, in milliseconds since 1970."""
    return clock.milliseconds_ago(timedelta(days=config.HISTORY_DAYS))


def end_of_life(changed_at: int) -> datetime:
    """Return when DynamoDB may remove the rows of a change that was made at this time in milliseconds since 1970."""
    return clock.at_milliseconds(changed_at) + timedelta(days=config.HISTORY_DAYS)


def build_record(write: ObjectWrite, tombstone: Tombstone | None, base: int) -> HistoryRecord:
    """Return the record of a write. `tombstone` is that of the row. This puts the part of a large record."""
    row_write = write.row_write
    stamp = row_write.after.stamp if row_write.after else guard.stamp_of_deletion(row_write, tombstone)
    is_unsigned = row_write.before is not None and row_write.before.stamp == stamp
    signed = None if is_unsigned else stamp
    record = HistoryRecord.at(
        row_write.account,
        write.kind.name,
        write.object_id,
        row_write.sequence,
        base=base,
        verb=write.verb,
        changed_at=stamps.unpack(signed).milliseconds if signed else row_write.arrived_at,
        stamp=stamp,
        row_is_gone=row_write.after is None or None,
        is_unsigned=is_unsigned or None,
    )
    record.ttl = end_of_life(record.changed_at)
    _store_images(record, write.images)
    return record


def _store_images(record: HistoryRecord, images: Images) -> None:
    """Put the images into a record, or one of them into a part if they are too large. The part is put at once.

    So no record lacks its part. A part without a record is put again when the write is delivered again.
    """
    record.images = pack_images(images)
    if len(record.images) > MAX_IMAGES_BYTES:
        feed_rows.put(HistoryPart.of(record, images.after))
        record.images, record.has_part = pack_images(Images(images.before, None)), True


def build_entry(seq: int, write: ObjectWrite, record: HistoryRecord, *, expires: bool) -> FeedEntry:
    """Return the entry of a recorded write with this place in the feed. The newest one must not expire."""
    return FeedEntry.at(
        write.row_write.account,
        seq,
        object_kind=write.kind.name,
        object_id=write.object_id,
        verb=record.verb,
        sequence=record.sequence,
        changed_at=record.changed_at,
        stamp=record.author_stamp,
        size=size_of_images(write.images),
        ttl=end_of_life(record.changed_at) if expires else None,
    )


def build_beginning(account: int, began_at: int) -> FeedEntry:
    """Return the entry with seq 0, which says when the feed began, in milliseconds since 1970."""
    return FeedEntry.at(account, 0, object_kind="", object_id="", verb=NO_CHANGE, sequence="", changed_at=began_at)
