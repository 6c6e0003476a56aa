"""The guard: the writes of one object are recorded in their order, even if the stream delivers them in another one.

Lambda delivers the records of one shard in their order. No document says that it finishes a shard before it begins with
those that replace it. So each write waits until the one before it has been recorded.
"""

from collections.abc import Callable
from datetime import timedelta

from chalicelib import clock
from chalicelib.storage import stamps
from chalicelib.storage.models.changes import HistoryRecord
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stream_records import RowWrite

STREAM_RETENTION = timedelta(hours=24)  # how long a stream keeps its records
CLOCK_SKEW = timedelta(minutes=1)  # how far the clocks of two functions may differ


class PredecessorMissing(Exception):
    """The write of an object that came before this one has not been recorded yet, although it is in the stream."""


def has_predecessor(write: RowWrite, tombstone: Tombstone | None) -> bool:
    """Return whether the row of a write was written before. A new one was not, unless there is a tombstone."""
    return write.before is not None or tombstone is not None


def require_predecessor(
    write: RowWrite,
    tombstone: Tombstone | None,
    newest: HistoryRecord | None,
    is_listed: Callable[[HistoryRecord], bool],
) -> None:
    """Raise PredecessorMissing if the write before this one of the same row is still to come, or to be listed.

    `tombstone` is that of the row. `newest` is the newest record of the object before this write. A run that was broken
    off may have left it without its entry, so `is_listed` tells whether the entry of a record is there.

    A write before the stream began, or longer ago than the stream keeps its records, cannot come any more.
    """
    missing = _missing_update(write, newest) if write.before else _missing_deletion(write, tombstone, newest)
    if missing is not None and _may_still_come(stamps.unpack(missing).milliseconds, write):
        raise PredecessorMissing(f"The {write.kind} of the write {write.sequence} has an earlier one that is missing.")
    if newest is not None and _may_still_come(newest.changed_at, write) and not is_listed(newest):
        raise PredecessorMissing(
            f"The {write.kind} of the write {write.sequence} has an earlier one without its entry."
        )


def _missing_update(write: RowWrite, newest: HistoryRecord | None) -> bytes | None:
    """Return the stamp of the write that put the row that was there before, or None if it has been recorded."""
    stamp = write.before.stamp if write.before else None
    return None if newest is not None and not newest.row_is_gone and newest.stamp == stamp else stamp


def _missing_deletion(write: RowWrite, tombstone: Tombstone | None, newest: HistoryRecord | None) -> bytes | None:
    """Return the stamp of the deletion before a row was put, or None if it has been recorded or there was none.

    The tombstone tells. It may be that of a later deletion, which has overwritten an earlier one. Then nobody knows
    the earlier one any more, and it suffices that `newest` is a deletion.
    """
    stamp = tombstone.stamp if tombstone else None
    if stamp is None:
        return None
    is_deletion = newest is not None and bool(newest.row_is_gone)
    if stamps.unpack(stamp).milliseconds >= stamps.unpack(write.row.stamp or stamp).milliseconds:
        return None if newest is None or is_deletion else stamp
    is_this_deletion = newest is not None and newest.stamp in (stamp, None)
    return None if is_deletion and is_this_deletion else stamp


def stamp_of_deletion(write: RowWrite, tombstone: Tombstone | None) -> bytes | None:
    """Return the stamp in the tombstone of a deleted row, or None if the tombstone is that of a later deletion.

    Rows that are deleted without having been read leave a tombstone that does not name their stamp. It is the right one
    if it was written when the row was deleted.
    """
    if tombstone is None or tombstone.stamp is None:
        return None
    if tombstone.deleted_stamp is not None:
        return tombstone.stamp if tombstone.deleted_stamp == write.row.stamp else None
    distance = abs(stamps.unpack(tombstone.stamp).milliseconds - write.arrived_at)
    return tombstone.stamp if distance < clock.to_milliseconds(CLOCK_SKEW) else None


def _may_still_come(written_at: int, write: RowWrite) -> bool:
    oldest = clock.milliseconds_ago(STREAM_RETENTION)
    return written_at > max(oldest, write.stream_began_at + clock.to_milliseconds(CLOCK_SKEW))
