"""The stream of the table: a record of each row that was written, in shards.

DynamoDB keeps the order of the records of one row. It says nothing about the order of different rows, not even of those
of one transaction. A shard may be replaced by two others, its children.
"""

import random
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.domain.changes.kinds import KINDS
from chalicelib.storage.new_entries import FEED_ENTRY
from infra.testing.stream_records import ARN, FIRST, build_record
from tests.simulation.store.table import Commit, Json, Key, RowChange

SHARDS = 2
MOST_BEFORE_SPLIT = 40  # records after which a shard is replaced, in most seeds up to five times
HOLD_RATE, RELEASE_RATE = 0.3, 0.5  # how often a record is held back, and how often those are released


def is_object(change: RowChange) -> bool:
    """Return whether a row is an object whose changes are recorded."""
    item = change.after or change.before or {}
    return item["kind"]["S"] in KINDS


def is_new_entry(change: RowChange) -> bool:
    """Return whether a row is a new entry of a feed."""
    return change.before is None and change.after is not None and change.after["kind"]["S"] == FEED_ENTRY


class StreamRecord(NamedTuple):
    """One written row: its place in the stream, the number of its commit, and when that was, in seconds since 1970."""

    sequence: int
    commit: int
    at: int
    change: RowChange


class Shard:
    """A part of the stream. It is closed when it has children, which get all further records."""

    def __init__(self, name: str, parent: "Shard | None" = None) -> None:
        self.name = name
        self.parent = parent
        self.records: list[StreamRecord] = []
        self.children: tuple[Shard, ...] = ()


class Stream:
    """The stream of one seed. It has been there for an hour when the seed begins."""

    def __init__(
        self, seed: object, table_name: str, start: float, is_wanted: Callable[[RowChange], bool] = is_object
    ) -> None:
        """`start` is when the seed begins, in seconds since 1970. `is_wanted` is the filter of the mapping."""
        self._is_wanted = is_wanted
        self._chance = random.Random(f"{seed}/stream")
        began = datetime.fromtimestamp(start - 3_600, UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
        self._arn = ARN.format(table=table_name, began=began)
        self.shards = [Shard(f"s{number}") for number in range(SHARDS)]
        self.by_sequence: dict[int, StreamRecord] = {}
        self._held: list[tuple[int, int, RowChange]] = []
        self._mixes = self._chance.random() < 0.5
        self._splits_left = self._chance.choice((0, 1, 2, 5))
        self._split_after = self._chance.randrange(MOST_BEFORE_SPLIT)
        self._sequence = FIRST

    def add(self, commit: Commit, now: float) -> None:
        """Append the records of a commit, some of them behind those of later commits."""
        if self._held and self._chance.random() < RELEASE_RATE:
            self.release()
        changes = [change for change in commit.changes if self._is_wanted(change)]
        self._chance.shuffle(changes)
        for change in changes:
            if any(held.key == change.key for *_, held in self._held):
                self.release()
            if self._mixes and self._chance.random() < HOLD_RATE:
                self._held.append((commit.number, int(now), change))
            else:
                self._append(commit.number, int(now), change)

    def release(self) -> None:
        """Append the records that are held back."""
        held, self._held = self._held, []
        for record in held:
            self._append(*record)

    def to_json(self, record: StreamRecord) -> Json:
        """Return a record as Lambda delivers it."""
        _, before, after = record.change
        document = build_record(before, after, record.sequence, self._arn)
        document["dynamodb"]["ApproximateCreationDateTime"] = float(record.at)
        return document

    def _append(self, commit: int, at: int, change: RowChange) -> None:
        self._sequence += self._chance.randrange(1, 9)
        record = StreamRecord(self._sequence, commit, at, change)
        self.by_sequence[self._sequence] = record
        self._shard_of(change.key).records.append(record)
        if self._splits_left and len(self.by_sequence) >= self._split_after:
            self._split(self._shard_of(change.key))

    def _shard_of(self, key: Key) -> Shard:
        number = zlib.crc32(key[0].encode())
        shard, number = self.shards[number % SHARDS], number // SHARDS
        while shard.children:
            shard, number = shard.children[number % 2], number // 2
        return shard

    def _split(self, shard: Shard) -> None:
        self._splits_left -= 1
        self._split_after = len(self.by_sequence) + self._chance.randrange(1, MOST_BEFORE_SPLIT)
        shard.children = tuple(Shard(f"{shard.name}{letter}", shard) for letter in "ab")
        self.shards += shard.children
