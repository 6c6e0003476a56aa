"""Append the writes of objects to the feed of their account: no gap, no duplicate, and each object's in their order.

A batch may be broken off anywhere and is delivered again, perhaps cut differently, and two runs may overlap. Therefore
every step is a conditional put that a second run recognises:

1. The HistoryRecord of the write is put if it is absent. Its key contains the sequence number, which is the same
   whenever the write is delivered. It carries `base`, the newest seq that was known.
2. If it was there, somebody has been here. The entry of the write can only be behind the `base` of its record.
3. The entry is put behind the last one if nothing is there. Otherwise the entries that are there are read first.

Entries are put behind an existing one only, so there is no gap. The guard keeps the order of one object's changes.
"""

from chalicelib.domain.changes import guard, records
from chalicelib.domain.changes.writes import ObjectWrite
from chalicelib.storage import feed_rows
from chalicelib.storage.models.changes import NO_CHANGE, FeedEntry, HistoryRecord


class Feed:
    """The feed of an account, to append to. It remembers the newest entry that it knows of."""

    def __init__(self, account: int, stream_began_at: int) -> None:
        self._account = account
        self._newest = feed_rows.newest_entry(account) or self._begin(stream_began_at)

    def _begin(self, stream_began_at: int) -> FeedEntry:
        beginning = records.build_beginning(self._account, stream_began_at)
        return feed_rows.put_if_absent(beginning) or beginning

    def append(self, write: ObjectWrite, *, is_last: bool) -> None:
        """Record a write. Doing so again changes nothing.

        `is_last` says that no other write follows that may become an entry. Raises guard.PredecessorMissing.
        """
        record, is_new = self._put_record(write)
        if record.verb == NO_CHANGE:
            return
        is_listed = not is_new and self._read_on(record.base, record.sequence)
        while not is_listed:
            entry = records.build_entry(self._newest.seq + 1, write, record, expires=not is_last)
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
        guard.require_predecessor(row_write, newest)
        record = records.build_record(write, self._newest.seq)
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
            feed_rows.let_expire(previous, records.end_of_life(previous.changed_at))
