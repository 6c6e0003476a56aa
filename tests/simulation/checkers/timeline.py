"""The history of a simulation as checkers need it: the versions of each row, and who wrote them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.simulation.checkers.items import Item, Key, key_of, object_of
from tests.simulation.history import History, Request, StoreOperation
from tests.simulation.store.table import Commit

EXPIRY = "expiry"  # the owner of commits that remove expired rows
END = 10**9  # a step after all others


class Change(NamedTuple):
    """A change of one row by a commit. `owner` is the id of a request, the name of another process, or EXPIRY."""

    commit: int
    step: int
    owner: str
    key: Key
    before: Item | None
    after: Item | None

    @property
    def item(self) -> Item:
        """The row after the commit, or before it if the commit has deleted the row."""
        item = self.after or self.before
        assert item is not None
        return item

    @property
    def is_creation(self) -> bool:
        """Whether there was no such row before."""
        return self.before is None


class Version(NamedTuple):
    """A row from one step to another, both included. `item` is None while there is no such row."""

    first: int
    last: int
    item: Item | None


class Timeline:
    """Everything that happened, by row, request and call."""

    def __init__(self, history: History, commits: Sequence[Commit], first_rows: Iterable[Item]) -> None:
        self.history = history
        self.requests = {request.id: request for request in history.requests}
        self.calls: dict[str, list[Request]] = defaultdict(list)
        for request in history.requests:
            self.calls[request.call].append(request)
        self.operations = {one.commit: one for one in history.operations if one.commit is not None}
        self.first_rows = {key_of(item): item for item in first_rows}
        self.rows = dict(self.first_rows)
        self.keys: dict[tuple[int, str, str], Key] = {}  # the newest key of each object, by account, kind and id
        self.changes: list[Change] = []
        self.by_key: dict[Key, list[Change]] = defaultdict(list)
        self.by_owner: dict[str, list[Change]] = defaultdict(list)
        for key, item in self.first_rows.items():
            self._note_object(key, item)
        for commit in commits:
            self._add(commit)

    def _add(self, commit: Commit) -> None:
        operation: StoreOperation | None = self.operations.get(commit.number)
        owner = operation.owner if operation else EXPIRY
        previous = self.changes[-1].step if self.changes else 0
        step = self.history.commit_steps.get(commit.number, previous)
        for key, before, after in commit.changes:
            change = Change(commit.number, step, owner, key, before, after)
            self.changes.append(change)
            self.by_key[key].append(change)
            self.by_owner[owner].append(change)
            if after is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = after
                if before is None:
                    self._note_object(key, after)

    def _note_object(self, key: Key, item: Item) -> None:
        named = object_of(key, item)
        if named:
            self.keys[named] = key

    def versions(self, key: Key) -> Iterator[Version]:
        """Yield all versions of a row, also those in which it does not exist."""
        first, item = 0, self.first_rows.get(key)
        for change in self.by_key.get(key, ()):
            yield Version(first, change.step, item)
            first, item = change.step, change.after
        yield Version(first, END, item)

    def versions_between(self, key: Key, first: int, last: int) -> list[Item | None]:
        """Return the versions of a row that were current at some point between two steps."""
        return [one.item for one in self.versions(key) if one.first <= last and one.last >= first]

    def existed_throughout(self, key: Key, first: int, last: int) -> bool:
        """Return whether a row existed all the time between two steps."""
        return all(self.versions_between(key, first, last))

    def changes_of_call(self, call: str) -> list[Change]:
        """Return what all attempts of a call have changed, in order."""
        attempts = self.calls[call]
        if len(attempts) == 1:
            return self.by_owner.get(attempts[0].id, [])
        return sorted(change for attempt in attempts for change in self.by_owner.get(attempt.id, ()))

    def call_of(self, owner: str) -> str:
        """Return the call that a request belongs to, or the name of another process."""
        request = self.requests.get(owner)
        return request.call if request else owner

    def is_undo(self, owner: str) -> bool:
        """Return whether a request undoes changes. Only such a request brings objects back."""
        request = self.requests.get(owner)
        return request is not None and request.method == "POST" and request.path.startswith("/api/changes/")

    def was_restored(self, key: Key) -> bool:
        """Return whether an undo has written a row."""
        return any(self.is_undo(change.owner) for change in self.by_key.get(key, ()) if change.after)

    def rows_of(self, *kinds: str) -> Iterator[tuple[Key, Item]]:
        """Yield the rows of some kinds that exist at the end."""
        return ((key, item) for key, item in self.rows.items() if item["kind"]["S"] in kinds)
