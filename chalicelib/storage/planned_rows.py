"""The rows that a dry run plans instead of writing them. Its later reads see them as if they had been written.

Nothing is written. A commit is checked as DynamoDB would check it, and then remembered. Other numbers stand for those
that would be drawn. Messages are remembered, and count as sent.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import count
from typing import Any, NamedTuple

from chalicelib import errors, randomness
from chalicelib.storage import table, transactions
from chalicelib.storage.conditions import holds
from chalicelib.storage.models.base import Item, Key, Range, Ref, Row
from chalicelib.storage.stamps import Author
from chalicelib.storage.unit_of_work import Change, Message, Precondition, Writer

# Numbers from here on stand for new ids, which are drawn when the request is carried out. No account has so many.
FIRST_NUMBER = 9 * 10**15
MOST_AT_ONCE = 10_000  # numbers that are drawn together
RowVersions = list[list[str | int]]
Scan = tuple[Range[Row], bool]  # a query from the start of a range, forwards or backwards


class PlannedWrite(NamedTuple):
    """One write of a row. An item is None where there is no row.

    `is_new` says that the dry run has created the row, and has not put it back after a deletion.
    """

    before: Item | None
    after: Item | None
    is_new: bool


class PlannedRows(Writer):
    """The rows that a dry run has planned so far. `receive` returns how sending a message would go.

    `writes` are the writes of rows, `messages` the messages, and `commits` the versions of rows that each commit
    writes, in their order. `refused` are those of commits after which something had to be planned anew.
    """

    def __init__(self, receive: Callable[[Message], object]) -> None:
        super().__init__()
        self.writes: list[PlannedWrite] = []
        self.messages: list[Message] = []
        self.commits: list[RowVersions] = []
        self.refused: list[RowVersions] = []
        self.drawn_texts: set[str] = set()
        self.drawn_numbers: set[int] = set()
        self._receive = receive
        self._starts = count(FIRST_NUMBER, MOST_AT_ONCE)
        self._created: set[Key] = set()
        self._foreseen: Counter[Key] = Counter()
        self._stored: dict[Key, Item | None] = {}  # as they were last read
        self._planned: dict[Key, Item | None] = {}
        self._starts_of_scans: dict[Scan, str] = {}  # behind which rows are that are not planned

    @contextmanager
    def seen_by_reads(self) -> Iterator[None]:
        """Let all reads in the block see the planned rows, and keep it from writing anything."""
        tokens = table.planned_rows.set(self), randomness.drawn_texts.set(self.drawn_texts)
        try:
            yield
        finally:
            table.planned_rows.reset(tokens[0])
            randomness.drawn_texts.reset(tokens[1])

    def see(self, key: Key, stored: Item | None) -> Item | None:
        """Return the row with a key as it would be. `stored` is what is in the table."""
        self._stored[key] = stored
        return self._planned.get(key, stored)

    def see_many(self, keys: Iterable[Key], stored: Mapping[Key, Item]) -> dict[Key, Item]:
        """Return those of the rows with these keys that there would be."""
        seen = {key: self.see(key, stored.get(key)) for key in keys}
        return {key: item for key, item in seen.items() if item is not None}

    def see_range(
        self, row_range: Range[Row], stored: Iterator[Item], after: str | None, *, is_forward: bool
    ) -> Iterator[Item]:
        """Return the rows of a range as they would be, in their order. `after` is the position behind which it begins.

        Rows that are planned meanwhile are seen, unless they are new: DynamoDB returns whole pages, too.
        """
        scan = (row_range, is_forward) if after is None else None
        keys = {key for key in self._planned if key[0] == row_range.pk and row_range.contains(key[1])}
        if after is not None:
            keys = {key for key in keys if (key[1] > after if is_forward else key[1] < after)}
        planned = map(self._current, sorted(keys, reverse=not is_forward))
        lists = filter(None, self._see_others(stored, keys, scan)), filter(None, planned)
        return merge(*lists, key=lambda item: item["sk"]["S"], reverse=not is_forward)

    def find_start(self, row_range: Range[Row], *, is_forward: bool) -> str | None:
        """Return the position behind which a query of a range has to begin: all rows up to it are planned.

        A deletion in steps reads the same range for each step. It would read again all that it has deleted before.
        """
        return self._starts_of_scans.get((row_range, is_forward))

    def _see_others(self, stored: Iterable[Item], planned: set[Key], scan: Scan | None) -> Iterator[Item | None]:
        """Yield stored rows as they would be, without those that were planned before.

        `scan` names a query from the start of a range, of which the planned rows at the start can be skipped later.
        """
        for item in stored:
            key = item["pk"]["S"], item["sk"]["S"]
            seen = self.see(key, item)
            if key not in planned:
                scan = None
                yield seen
            elif scan:
                self._starts_of_scans[scan] = key[1]

    def draw_numbers(self, by: int) -> range:
        """Return numbers that stand for the next ones of a counter. They lie above all numbers in use."""
        first = next(self._starts)
        numbers = range(first, first + by)
        self.drawn_numbers.update(numbers)
        return numbers

    def foresee_number(self, counter: Ref[Row], last: int) -> int:
        """Return the next number of a counter if nobody else draws one meanwhile. `last` is the stored one."""
        self._foreseen[counter[:2]] += 1
        return last + self._foreseen[counter[:2]]

    def send(self, message: Message) -> object:
        """Remember a message. Return how sending it would go."""
        self.messages.append(message)
        return self._receive(message)

    def commit(self, change: Change[Any], author: Author) -> None:
        """Remember what a change writes, if it could be committed. Raises what committing it would raise."""
        versions = list_versions(change, self._created)
        change = change.with_stamps(author)
        preconditions = transactions.preconditions_to_check(change)
        self._read_unread(change, preconditions)
        try:
            self._require_conditions(change, preconditions)
        except errors.Stale:
            self.refused.append(versions)
            raise
        self._remember(change, preconditions)
        self.commits.append(versions)
        self.has_committed = True

    def _remember(self, change: Change[Any], preconditions: Sequence[Precondition]) -> None:
        saved = [(row, row.next_item()) for row in change.save]
        for row, item in saved:
            self._plan(row, item)
            row.version = row.next_version
        for row in change.delete:
            self._plan(row, None)
        for precondition in preconditions:
            self._count_addition(precondition)

    def _plan(self, row: Row, item: Item | None) -> None:
        key = row.pk, row.sk
        before = self._current(key)
        if before is None and row.restored_version is None:
            self._created.add(key)
        self._planned[key] = item
        self.writes.append(PlannedWrite(before, item, key in self._created))

    def _count_addition(self, precondition: Precondition) -> None:
        key, item = precondition.ref[:2], self._current(precondition.ref[:2])
        if precondition.counts is not None and item is not None:
            name = precondition.counts.attr_name
            additions = int(item.get(name, {"N": "0"})["N"]) + 1
            self._planned[key] = item | {name: {"N": str(additions)}}

    def _read_unread(self, change: Change[Any], preconditions: Sequence[Precondition]) -> None:
        """Read the rows that decide whether a change can be committed, and the objects as they are before."""
        refs = [row.reference for row in (*change.save, *change.delete)]
        refs += [precondition.ref for precondition in preconditions]
        table.get_many(ref for ref in refs if ref[:2] not in self._stored and ref[:2] not in self._planned)

    def _require_conditions(self, change: Change[Any], preconditions: Sequence[Precondition]) -> None:
        """Raise errors.Stale if a row is not as it was read, or else the error of a precondition that does not hold."""
        conditions = [(row, row.save_condition()) for row in change.save]
        conditions += [(row, row.delete_condition()) for row in change.delete]
        for row, condition in conditions:
            if condition is not None and not holds(condition, self._current((row.pk, row.sk))):
                raise errors.Stale("A row has changed since it was read.")
        for precondition in preconditions:
            if not holds(precondition.condition, self._current(precondition.ref[:2])):
                raise precondition.error

    def _current(self, key: Key) -> Item | None:
        return self._planned.get(key, self._stored.get(key))


def list_versions(change: Change[Any], created: Collection[Key] = ()) -> RowVersions:
    """Return what a change writes, apart from ids and times that are made anew each time that it is planned.

    These are the key and the version of each row that was read, and for other rows the number of each kind. `created`
    are the keys of rows that the same dry run has created, which have new ids as well.
    """
    versions: RowVersions = []
    kinds: Counter[tuple[str, str]] = Counter()
    for verb, rows in (("save", change.save), ("delete", change.delete)):
        for row in rows:
            if row.version is None or (row.pk, row.sk) in created:
                kinds[verb, type(row).__name__] += 1
            else:
                versions.append([verb, row.pk, row.sk, row.version])
    return sorted(versions) + sorted([*kind, number] for kind, number in kinds.items())
