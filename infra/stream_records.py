"""The records of the table's stream that the function of the change feed has not handled yet.

A record gets its SequenceNumber from the position of its write in the log and from its place among the records of that
write. So a record has the same number when the log is carried out again after a crash. ministack would take the time.
"""

import threading
from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

from infra import emulator

Record = dict[str, Any]  # as Lambda passes it to a function

RECORDS_PER_WRITE = 1000  # more than one operation can write; a transaction has at most 100 rows
FIRST_NUMBER = 10**20  # gives every SequenceNumber 21 digits, as DynamoDB's shortest ones have


def number_of(record: Record) -> int:
    """Return the number of a record among all records of the store. A later record has a larger number."""
    return int(record["dynamodb"]["SequenceNumber"]) - FIRST_NUMBER


class StreamRecords:
    """A queue between the store, which adds records, and the thread that hands them to the function."""

    def __init__(self) -> None:
        self.handled = 0  # the number of the last record that the function has handled
        self._unread: deque[Record] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._table = ""
        self._kinds: frozenset[str] = frozenset()

    def follow(self, table: str, kinds: Collection[str]) -> None:
        """Keep the records about rows of these kinds in a table from now on. By default no records are kept."""
        self._table, self._kinds = table, frozenset(kinds)

    def restore(self, handled: int, unread: Sequence[Record]) -> None:
        """Continue a queue: the number of the last handled record, and the records that were kept with a snapshot."""
        self.handled = handled
        self._unread.extend(record for record in unread if number_of(record) > handled)

    def collect(self, position: int) -> None:
        """Take the records of the write at this position of the log out of the emulator."""
        if not self._table:
            return
        records = emulator.take_stream_records(self._table)
        for index, record in enumerate(records):
            number = position * RECORDS_PER_WRITE + index
            record["dynamodb"]["SequenceNumber"] = str(FIRST_NUMBER + number)
            record["eventID"] = f"{number:032x}"
        wanted = [record for record in records if self._is_wanted(record)]
        if wanted:
            with self._changed:
                self._unread.extend(wanted)
                self._changed.notify()

    def _is_wanted(self, record: Record) -> bool:
        """Return whether the function gets a record. On AWS the filter of infra/template.yaml decides this."""
        images = (record["dynamodb"].get(name, {}) for name in ("NewImage", "OldImage"))
        is_of_kind = any(image.get("kind", {}).get("S") in self._kinds for image in images)
        return is_of_kind and number_of(record) > self.handled

    def list_unread(self) -> list[Record]:
        """Return all records that are not handled, the oldest first. They share the rows of the store."""
        with self._changed:
            return list(self._unread)

    def wait_for_batch(self, limit: int) -> list[Record]:
        """Return the oldest records, and wait if there are none. Return nothing if the queue was closed.

        `limit` is the largest number of records.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._unread or self._is_closed)
            return [] if self._is_closed else [self._unread[index] for index in range(min(limit, len(self._unread)))]

    def mark_handled(self, batch: Sequence[Record]) -> None:
        """Forget the oldest records, which the function has handled."""
        with self._changed:
            for _ in batch:
                self._unread.popleft()
            self.handled = number_of(batch[-1])

    def close(self) -> None:
        """End waiting for a batch. Records are still collected."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
