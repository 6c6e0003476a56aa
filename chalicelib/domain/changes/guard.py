"""The guard: the writes of one object are recorded in their order, even if the stream delivers them in another one.

Lambda delivers the records of one shard in their order. Whether it finishes a shard before it begins with those that
replace it, no document says. So each write waits until the one before it has been recorded.
"""

from datetime import timedelta

from chalicelib import clock
from chalicelib.storage import feed_rows, stamps
from chalicelib.storage.models.changes import HistoryRecord
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stream_records import RowWrite

STREAM_RETENTION = timedelta(hours=24)  # how long a stream keeps its records
CLOCK_SKEW = timedelta(minutes=1)  # how far the clocks of two functions may differ


class PredecessorMissing(Exception):
    """The write of an object that came before this one has not been recorded yet, although it is in the stream."""


def require_predecessor(write: RowWrite, newest: HistoryRecord | None) -> None:
    """Raise PredecessorMissing if the write before this one of the same row is still to come.

    `newest` is the newest record of the object before this write. If the row was there before, it has the stamp of its
    last write, which must be that of `newest`. If it was not, `newest` must be the record of its deletion.

    A write before the stream began, or longer ago than the stream keeps its records, cannot come any more.
    """
    stamp: bytes | None
    if write.before is not None:
        stamp = write.before.stamp
        is_recorded = newest is not None and not newest.row_is_gone and newest.stamp == stamp
    else:
        is_recorded = newest is None or bool(newest.row_is_gone)
        tombstone = None if is_recorded else feed_rows.read(Tombstone.ref(write.row))
        stamp = tombstone.stamp if tombstone else None
    if not is_recorded and stamp and _may_still_come(stamps.unpack(stamp).milliseconds, write):
        raise PredecessorMissing(
            f"The write of a {write.kind} before that with the number {write.sequence} is missing."
        )


def stamp_of_deletion(write: RowWrite) -> bytes | None:
    """Return the stamp in the tombstone of a deleted row, or None if the tombstone is that of a later deletion.

    Rows that are deleted without having been read leave a tombstone that does not name their stamp. It is the right one
    if it was written when the row was deleted.
    """
    tombstone = feed_rows.read(Tombstone.ref(write.row))
    if tombstone is None or tombstone.stamp is None:
        return None
    if tombstone.deleted_stamp is not None:
        return tombstone.stamp if tombstone.deleted_stamp == write.row.stamp else None
    distance = abs(stamps.unpack(tombstone.stamp).milliseconds - write.arrived_at)
    return tombstone.stamp if distance < clock.to_milliseconds(CLOCK_SKEW) else None


def _may_still_come(written_at: int, write: RowWrite) -> bool:
    oldest = clock.milliseconds_ago(STREAM_RETENTION)
    return written_at > max(oldest, write.stream_began_at + clock.to_milliseconds(CLOCK_SKEW))
