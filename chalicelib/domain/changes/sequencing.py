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
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.rows import Rows


class Feed:
    """The feed of an account, to append to. It remembers the newest entry that it knows of.

    `tombstones` has those of the rows that were put or deleted.
    """

    def __init__(self, account: int, stream_began_at: int, tombstones: Rows) -> None:
        self._account = account
        self._tombstones = tombstones
        self._newest = feed_rows.newest_entry(account) or self._begin(stream_began_at)
        self._listed: set[str] = set()  # sequence numbers of entries that this run has seen

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
        if not is_new:
            self._read_on(record.base)
        while record.sequence not in self._listed:
            entry = records.build_entry(self._newest.seq + 1, write, record, expires=not is_last)
            if feed_rows.put_if_absent(entry) is None:
                self._replace_newest(entry)
            else:
                self._read_on(self._newest.seq)

    def keep_newest(self) -> None:
        """Let the newest entry not expire, because the next one is found by it.

        If another run has put the next one meanwhile, the entry is kept for ever. That only costs its few bytes.
        """
        if self._newest.ttl is not None:
            feed_rows.let_expire(self._newest, None)

    def _put_record(self, write: ObjectWrite) -> tuple[HistoryRecord, bool]:
        """Return the record of a write, and whether it was put just now."""
        row_write = write.row_write
        tombstone = self._tombstones.get(Tombstone.ref(row_write.row))
        if guard.has_predecessor(row_write, tombstone):
            newest = feed_rows.newest_record(row_write.account, write.kind.name, write.object_id, row_write.sequence)
            if newest is not None and newest.sequence == row_write.sequence:
                return newest, False
            guard.require_predecessor(row_write, tombstone, newest, self._is_listed)
        record = records.build_record(write, tombstone, self._newest.seq)
        stored = feed_rows.put_if_absent(record)
        return stored or record, stored is None

    def _is_listed(self, record: HistoryRecord) -> bool:
        """Return whether the entry of a record is there, if it needs one. It mostly is the first one behind `base`."""
        if record.verb == NO_CHANGE or record.sequence in self._listed:
            return True
        first = feed_rows.read(FeedEntry.ref(self._account, record.base + 1))
        if first is not None and first.sequence != record.sequence:
            self._read_on(record.base)
        return record.sequence in {*self._listed, first.sequence if first else ""}

    def _read_on(self, seq: int) -> None:
        """Read the entry with a seq and those behind it.

        A run that was broken off may have put one of them, and not let the one before it expire. This run does.
        """
        entries = feed_rows.entries_behind(self._account, max(seq - 1, 0))
        if entries and entries[-1].seq > self._newest.seq:
            self._newest = entries[-1]
        self._listed.update(entry.sequence for entry in entries)
        for entry in entries[:-1]:
            self._let_expire(entry)

    def _replace_newest(self, entry: FeedEntry) -> None:
        previous, self._newest = self._newest, entry
        self._listed.add(entry.sequence)
        self._let_expire(previous)

    def _let_expire(self, entry: FeedEntry) -> None:
        """Let an entry expire that is no longer the newest. The one with seq 0 stays."""
        if entry.seq and entry.ttl is None:
            feed_rows.let_expire(entry, records.end_of_life(entry.changed_at))
