"""A model of the stream and the store, in which everything goes wrong that may go wrong while changes are recorded.

Two shards are delivered at the same time, the later one often first. Runs are broken off before and after each
operation, answers get lost, requests arrive late, runs overlap, and batches are cut anew when they are delivered again.
"""

import random
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pytest
from greenlet import getcurrent, greenlet

from chalicelib import clock
from chalicelib.domain.changes import recording
from chalicelib.domain.changes.guard import PredecessorMissing
from chalicelib.storage import feed_rows, stamps
from chalicelib.storage.models.base import K, Range, Ref, Row
from chalicelib.storage.models.changes import FeedEntry, HistoryRecord, pad_sequence
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.rows import Rows
from chalicelib.storage.stamps import Author
from infra.testing.stream_records import FIRST, build_record

T = TypeVar("T")
Json = dict[str, Any]

KINDS = ("update", "update", "touch", "delete")
KINDS_AFTER_A_DELETION = KINDS[:-1]  # a second tombstone would overwrite the first
ACCOUNTS, TEAMS, WRITES = (1, 2), (1, 2, 3), 24
MOST_STEPS = 20_000
FAULT, LATE = 0.04, 0.02  # how often an operation breaks off, before it or after it, and how often it is done later
BEGIN, TIMEOUT, CATCH_UP = 0.3, 0.03, 0.2  # how often a step begins a run, gives one up, and does what is late


class Crash(Exception):
    """A run is broken off."""


class Store:
    """The table in memory, with the operations of storage/feed_rows.py. Each of them gives way to other runs."""

    def __init__(self, chance: random.Random) -> None:
        self.rows: dict[tuple[str, str], Json] = {}
        self.late: list[Callable[[], object]] = []
        self._chance = chance

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the function that records changes use this store."""
        names = ("read", "read_many", "newest_entry", "entries_behind", "newest_record", "put_if_absent", "let_expire")
        for name in names:
            monkeypatch.setattr(feed_rows, name, getattr(self, name))

    def read(self, ref: Ref[K]) -> K | None:
        row: K | None = self._do(lambda: self._row(ref.pk, ref.sk))
        return row

    def read_many(self, refs: Iterable[Ref[Row]]) -> Rows:
        keys = {ref[:2] for ref in refs}
        return self._do(lambda: Rows({key: self._row(*key) for key in keys & self.rows.keys()}))

    def newest_entry(self, account: int) -> FeedEntry | None:
        return self._do(lambda: next(iter(self.query(FeedEntry.of_account(account))[::-1]), None))

    def entries_behind(self, account: int, seq: int) -> list[FeedEntry]:
        return self._do(lambda: self.query(FeedEntry.behind(account, seq)))

    def newest_record(self, account: int, kind: str, object_id: str, sequence: str) -> HistoryRecord | None:
        records = HistoryRecord.up_to(account, kind, object_id, sequence)
        return self._do(lambda: next(iter(self.query(records)[::-1]), None))

    def put_if_absent(self, row: K) -> K | None:
        return self._do(lambda: self._put_if_absent(row))

    def let_expire(self, entry: FeedEntry, moment: datetime | None) -> None:
        self._do(lambda: self._set_ttl(entry, moment))

    def query(self, row_range: Range[K]) -> list[K]:
        """Return the rows of a range in their order."""
        first, last = (row_range.pk, row_range.first), (row_range.pk, row_range.last)
        return [self._row(*key) for key in sorted(self.rows) if first <= key <= last]

    def save(self, row: Row) -> None:
        """Store a row at once."""
        self.rows[row.pk, row.sk] = row.next_item()

    def _row(self, partition: str, sort: str) -> Any:
        item = self.rows.get((partition, sort))
        return Row.from_raw_data(item) if item else None

    def _put_if_absent(self, row: K) -> K | None:
        stored: K | None = self._row(row.pk, row.sk)
        if stored is None:
            self.save(row)
        return stored

    def _set_ttl(self, entry: FeedEntry, moment: datetime | None) -> None:
        stored: FeedEntry = self._row(entry.pk, entry.sk)
        stored.ttl = moment
        self.save(stored)

    def _do(self, effect: Callable[[], T]) -> T:
        getcurrent().parent.switch()
        number = self._chance.random()
        if number < FAULT:
            raise Crash
        if number < FAULT + LATE:
            self.late.append(effect)
            raise Crash
        answer = effect()
        if number > 1 - FAULT:
            raise Crash
        return answer


class Run(NamedTuple):
    """A run of the function with a batch of `size` records of a shard."""

    work: Any
    shard: int
    size: int


class StreamModel:
    """The stream and the store of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = Store(self.chance)
        self.expected: dict[int, dict[str, list[str]]] = {account: {} for account in ACCOUNTS}
        records = list(self._write())
        cut = self.chance.randrange(len(records))
        self._shards = [records[:cut], records[cut:]]
        self._positions = [0, 0]
        self._runs: list[Run] = []
        self._current: dict[int, Run] = {}  # the run of each shard that Lambda waits for

    def _write(self) -> Iterator[Json]:
        """Write teams, and yield the records of the stream."""
        began = clock.microseconds() // 1000 - 60_000
        rows: dict[tuple[int, int], Json] = {}
        deleted = set()
        for number in range(WRITES):
            account, team = self.chance.choice(ACCOUNTS), self.chance.choice(TEAMS)
            before = rows.pop((account, team), None)
            stamp = stamps.pack(Author(f"{account:09x}", "", str(number)), began + number)
            kinds = KINDS_AFTER_A_DELETION if (account, team) in deleted else KINDS
            kind = self.chance.choice(kinds) if before else "create"
            after = self._image(account, team, stamp, number, before, kind)
            if kind == "delete":
                self.store.save(Tombstone.of(Row.from_raw_data(before or {}), stamp))
                deleted.add((account, team))
            else:
                rows[account, team] = after
            if kind != "touch":
                self.expected[account].setdefault(str(team), []).append(pad_sequence(str(FIRST + number)))
            yield build_record(before, None if kind == "delete" else after, FIRST + number)

    @staticmethod
    def _image(account: int, team: int, stamp: bytes, number: int, before: Json | None, kind: str) -> Json:
        document = before["doc"] if before and kind == "touch" else {"S": f'{{"id":{team},"name":"{number}"}}'}
        key = {"pk": {"S": f"ACCOUNT#{account:09}#OGSM"}, "sk": {"S": f"TEAM#{team:016}"}, "kind": {"S": "team"}}
        return key | {"doc": document, "stamp": {"B": b64encode(stamp).decode()}, "version": {"N": str(number)}}

    def deliver(self) -> None:
        """Deliver both shards until all records are handled. Fails if that never happens."""
        for _ in range(MOST_STEPS):
            self._begin_run()
            if not self._runs:
                return
            self._go_on(self.chance.choice(self._runs))
            if self.store.late and self.chance.random() < CATCH_UP:
                self.store.late.pop(0)()
        pytest.fail("The stream is never handled.")

    def _begin_run(self) -> None:
        """Begin with the next batch of a shard, sometimes, if it has one that is not being handled."""
        shards = [shard for shard in (0, 1) if self._left(shard) and shard not in self._current]
        if shards and (not self._runs or self.chance.random() < BEGIN):
            shard = self.chance.choice(shards)
            batch = self._left(shard)[: self.chance.randint(1, 6)]
            run = Run(greenlet(partial(record, batch)), shard, len(batch))
            self._current[shard] = run
            self._runs.append(run)

    def _go_on(self, run: "Run") -> None:
        """Let a run do one operation. Sometimes Lambda takes it for dead afterwards, and delivers its batch again."""
        has_succeeded = run.work.switch()
        is_current = self._current.get(run.shard) is run
        if run.work.dead:
            self._runs.remove(run)
            self._positions[run.shard] += run.size if is_current and has_succeeded else 0
        if is_current and (run.work.dead or self.chance.random() < TIMEOUT):
            del self._current[run.shard]

    def _left(self, shard: int) -> list[Json]:
        return self._shards[shard][self._positions[shard] :]

    def entries(self, account: int) -> list[FeedEntry]:
        """Return the feed of an account."""
        return [entry for entry in self.store.query(FeedEntry.of_account(account)) if entry.seq]


def record(batch: list[Json]) -> bool:
    """Record a batch. Return whether that succeeded."""
    try:
        recording.record_batch(batch)
    except (Crash, PredecessorMissing):
        return False
    return True
