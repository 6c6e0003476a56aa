"""The log of the local store's writes, in an SQLite file. A write that is in the log survives a crash.

SQLite ignores what a crash left half written at the end of the file. One transaction holds one batch of operations.
The file also has the number of the last stream record that was handled when a batch was written. After a crash, the
function of the change feed gets only those records again that it had handled since.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

RESERVED_BYTES = 4 * 1024 * 1024

# WAL needs one fsync for each transaction, a rollback journal three. Only this process opens the file, so SQLite needs
# no shared memory beside it. There are no checkpoints between two truncations: they would write everything twice.
SETTINGS = (
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA secure_delete = OFF",  # deleted operations need not be overwritten
)
TABLES = (
    "CREATE TABLE IF NOT EXISTS operations (position INTEGER PRIMARY KEY, name TEXT NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS truncation (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY CHECK (id = 1), handled INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL)",
)


Row = tuple[object, ...]


class OperationLogError(Exception):
    """The log cannot be read or written. The message is the reason that SQLite gives."""


class Operation(NamedTuple):
    """One write: the name of DynamoDB's operation, and the body of the request."""

    name: str
    body: bytes


class OperationLog:
    """The operations since the last snapshot. Each has a position; the first operation of a store has position 1.

    Every method raises OperationLogError. Only one thread at a time may use a log.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for statement in SETTINGS + TABLES:
                self._connection.execute(statement)
            (self.truncated_at,) = self._fetch("SELECT coalesce(max(position), 0) FROM truncation")
            (self.handled,) = self._fetch("SELECT coalesce(max(handled), 0) FROM stream")
            (last,) = self._fetch("SELECT coalesce(max(position), 0) FROM operations")
        except sqlite3.Error as error:
            raise OperationLogError(str(error)) from error
        self.position = max(last, self.truncated_at)
        self._reserve_space()

    def append(self, operations: Sequence[Operation], handled: int = 0) -> None:
        """Write operations to the disk, all or none, with the number of the last stream record that was handled."""
        rows: list[Row] = [(position, *operation) for position, operation in enumerate(operations, self.position + 1)]
        statements = [("INSERT INTO operations VALUES (?, ?, ?)", rows)]
        if handled > self.handled:
            statements.append(("INSERT OR REPLACE INTO stream VALUES (1, ?)", [(handled,)]))
        self._write(*statements)
        self.handled = max(handled, self.handled)
        self.position += len(rows)
        self.count += len(rows)
        self.size += sum(len(operation.body) for operation in operations)

    def read_after(self, position: int) -> Iterator[tuple[int, Operation]]:
        """Yield the operations after a position with their own, in the order in which they were carried out."""
        try:
            yield from (
                (place, Operation(name, body))
                for place, name, body in self._connection.execute(
                    "SELECT position, name, body FROM operations WHERE position > ? ORDER BY position", (position,)
                )
            )
        except sqlite3.Error as error:
            raise OperationLogError(str(error)) from error

    def skip_to(self, position: int) -> None:
        """Give the next operation a position after this one. A snapshot may be newer than the log of a folder."""
        self.position = max(self.position, position)

    def truncate(self, position: int) -> None:
        """Delete the operations up to a position, because a snapshot on the disk contains them."""
        self._write(
            ("DELETE FROM operations WHERE position <= ?", [(position,)]),
            ("INSERT OR REPLACE INTO truncation VALUES (1, ?)", [(position,)]),
        )
        self.truncated_at = position
        self._start_over()

    def probe(self, size: int) -> None:
        """Write that many bytes to the disk and delete them again, to find out whether the log can be written."""
        self._write(("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(?))", [(size,)]))
        self._write(("DELETE FROM probe WHERE id = ?", [(1,)]))

    def _reserve_space(self) -> None:
        """Make the file with the latest transactions large enough. An fsync takes half the time if no file grows."""
        self.probe(RESERVED_BYTES)
        self._start_over()

    def _start_over(self) -> None:
        """Move all transactions into the main file, so that the next ones overwrite them."""
        try:
            self.count, self.size = self._fetch("SELECT count(*), coalesce(sum(length(body)), 0) FROM operations")
            self._connection.execute("PRAGMA wal_checkpoint(RESTART)")
        except sqlite3.Error as error:
            raise OperationLogError(str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, *statements: tuple[str, Sequence[Row]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, rows in statements:
                self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # after some errors, SQLite has already rolled back
                self._connection.execute("ROLLBACK")
            raise OperationLogError(str(error)) from error

    def _fetch(self, query: str) -> tuple[int, ...]:
        row: tuple[int, ...] = self._connection.execute(query).fetchone()
        return row
