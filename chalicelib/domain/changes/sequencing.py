"""Append the writes of objects to the feed of their account: no gap, no duplicate, and each object's in their order.

A batch may be broken off anywhere and is delivered again, perhaps cut differently, and two runs may overlap. Therefore
every step is a conditional put that a second run recognises:

1. The HistoryRecord of the write is put if it is absent. Its key contains the sequence number, which is the same
   whenever the write is delivered. It carries `base`, the newest seq that was known.
2. If it was there, somebody has been here. The entry of the write can only be behind the `base` of its record.
3. The entry is put behind the last one if nothing is there. Otherwise the entries that are there are read first.

Entries are put behind an existing one only, so there is no gap. docs/changes.md explains the guard, which keeps the
order of one object's changes.
"""

from datetime import UTC, datetime, timedelta

from chalicelib import clock, config
from chalicelib.domain.changes.writes import ObjectWrite
from chalicelib.storage import feed_rows, stamps
from chalicelib.storage.models.changes import (
    NO_CHANGE,
    FeedEntry,
    HistoryPart,
    HistoryRecord,
    Images,
    pack_images,
)
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stream_records import RowWrite

MAX_IMAGES_BYTES = 350_000  # of a row, compressed. The text of one row is shorter than that when it is compressed.
STREAM_RETENTION = timedelta(hours=24)
CLOCK_SKEW = timedelta(minutes=1)  # how far the clocks of two functions may differ


class PredecessorMissing(Exception):
    """The write of an object that came before this one has not been recorded yet, although it is in the stream."""


def window_begin() -> int:
    """Return the time before which changes are not kept, in milliseconds since 1970."""
    return _milliseconds(clock.current_time() - timedelta(days=config.HISTORY_DAYS))


class Feed:
    """The feed of an account, to append to. It remembers the newest entry that it knows of."""

    def __init__(self, account: int, stream_began_at: int) -> None:
        self._account = account
        self._newest = feed_rows.newest_entry(account) or self._begin(stream_began_at)

    def _begin(self, stream_began_at: int) -> FeedEntry:
        start = {"object_kind": "", "object_id": "", "verb": NO_CHANGE, "sequence": "", "changed_at": stream_began_at}
        entry = FeedEntry.at(self._account, 0, **start)
        return feed_rows.put_if_absent(entry) or entry

    def append(self, write: ObjectWrite, *, is_last: bool) -> None:
        """Record a write. Doing so again changes nothing.

        `is_last` says that no other write follows that may become an entry. Raises PredecessorMissing.
        """
        record, is_new = self._put_record(write)
        if record.verb == NO_CHANGE:
            return
        is_listed = not is_new and self._read_on(record.base, record.sequence)
        while not is_listed:
            entry = _build_entry(self._account, self._newest.seq + 1, write, record, is_last=is_last)
            if feed_rows.put_if_absent(entry) is None:
                self._replace_newest(entry)
                return
            is_listed = self._read_on(self._newest.seq, record.sequence)

    def keep_newest(self) -> None:
        """Let the newest entry not expire, because the next one is found by it."""
        if self._newest.ttl is not None:
            feed_rows.let_expire(self._newest, None)

    def _put_record(self, write: ObjectWrite) -> tuple[HistoryRecord, bool]:
        """Return the record of a write, and whether it was put just now."""
        row_write = write.row_write
        newest = feed_rows.newest_record(row_write.account, write.kind.name, write.object_id, row_write.sequence)
        if newest is not None and newest.sequence == row_write.sequence:
            return newest, False
        require_predecessor(row_write, newest)
        record = _build_record(write, self._newest.seq)
        stored = feed_rows.put_if_absent(record)
        return stored or record, stored is None

    def _read_on(self, seq: int, sequence: str) -> bool:
        """Read the entries behind a seq. Return whether one of them is of the write with this sequence number."""
        entries = feed_rows.entries_behind(self._account, seq)
        if entries and entries[-1].seq > self._newest.seq:
            self._newest = entries[-1]
        return any(entry.sequence == sequence for entry in entries)

    def _replace_newest(self, entry: FeedEntry) -> None:
        previous, self._newest = self._newest, entry
        if previous.seq and previous.ttl is None:
            feed_rows.let_expire(previous, _end_of_life(previous.changed_at))


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
        raise PredecessorMissing(f"The write of {write.kind} {write.row.sk} before {write.sequence} is not recorded.")


def _may_still_come(written_at: int, write: RowWrite) -> bool:
    oldest = _milliseconds(clock.current_time() - STREAM_RETENTION)
    return written_at > max(oldest, write.stream_began_at + _to_milliseconds(CLOCK_SKEW))


def _build_record(write: ObjectWrite, base: int) -> HistoryRecord:
    """Return the record of a write, and put its part if it has one, so that no record lacks its part."""
    row_write = write.row_write
    stamp = row_write.after.stamp if row_write.after else _stamp_of_deletion(row_write)
    is_unsigned = row_write.before is not None and row_write.before.stamp == stamp
    is_signed = stamp is not None and not is_unsigned
    changed_at = stamps.unpack(stamp).milliseconds if stamp and is_signed else row_write.arrived_at
    key = row_write.account, write.kind.name, write.object_id, row_write.sequence
    ttl = _end_of_life(changed_at)
    images, has_part = pack_images(write.images), None
    if len(images) > MAX_IMAGES_BYTES:
        before, after = write.images
        feed_rows.put(HistoryPart.at(*key, images=pack_images(Images(None, after)), ttl=ttl))
        images, has_part = pack_images(Images(before, None)), True
    return HistoryRecord.at(
        *key,
        base=base,
        verb=write.verb,
        changed_at=changed_at,
        stamp=stamp,
        row_is_gone=row_write.after is None or None,
        is_unsigned=is_unsigned or None,
        images=images,
        has_part=has_part,
        ttl=ttl,
    )


def _stamp_of_deletion(write: RowWrite) -> bytes | None:
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
    return tombstone.stamp if distance < _to_milliseconds(CLOCK_SKEW) else None


def _build_entry(account: int, seq: int, write: ObjectWrite, record: HistoryRecord, *, is_last: bool) -> FeedEntry:
    return FeedEntry.at(
        account,
        seq,
        object_kind=write.kind.name,
        object_id=write.object_id,
        verb=record.verb,
        sequence=record.sequence,
        changed_at=record.changed_at,
        stamp=record.author_stamp,
        ttl=None if is_last else _end_of_life(record.changed_at),
    )


def _end_of_life(changed_at: int) -> datetime:
    """Return when DynamoDB may remove the rows of a change."""
    return datetime.fromtimestamp(changed_at / 1000, UTC) + timedelta(days=config.HISTORY_DAYS)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _to_milliseconds(period: timedelta) -> int:
    return int(period.total_seconds() * 1000)
