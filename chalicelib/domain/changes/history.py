"""The history of an object: its changes, newest first."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed, records
from chalicelib.domain.changes.feed import SeenChange
from chalicelib.domain.changes.objects import ObjectName
from chalicelib.domain.changes.visibility import Viewer, read_viewer
from chalicelib.storage import table
from chalicelib.storage.models.changes import DELETE, NO_CHANGE, FeedEntry, HistoryRecord
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows

PAGE = 100  # records that are read at once
NEWEST = 10  # records among which the last state of an object is. Its deletion may write it several times.
SEQUENCE = re.compile("[0-9]{1,40}")


class HistoryEntry(NamedTuple):
    """A change in the history of an object, and its position there."""

    position: str
    change: SeenChange


def list_history(
    caller: Caller,
    name: ObjectName,
    find_refusal: Callable[[], errors.NotFound | None],
    after: str | None = None,
    limit: int | None = None,
) -> Iterator[HistoryEntry]:
    """Return the changes of an object that the caller may see, newest first, or those behind a position.

    `find_refusal` reads the object as its address does, and returns the error if the caller does not find it there. The
    history of an object that was deleted is still there for everybody who could see it, were it not deleted. `limit` is
    the number of changes that will be read at most. Raises the error, errors.WrongCursor and errors.NotFound.
    """
    feed.require_recorded()
    if after is not None and not SEQUENCE.fullmatch(after):
        raise errors.WrongCursor
    size = min(limit or PAGE, PAGE)
    refusal, viewer = run_both(find_refusal, lambda: read_viewer(caller))
    if refusal is not None:
        _require_deleted(viewer, name, refusal)
    return islice(_read_changes(viewer, name, after, size), limit)


def read_newest(account: int, name: ObjectName) -> list[HistoryRecord]:
    """Return the newest records of an object, newest first: some of them, or all if there are fewer than NEWEST."""
    return _read_page(account, name, None, NEWEST)


def read_older(account: int, name: ObjectName, newest: Sequence[HistoryRecord]) -> Iterator[HistoryRecord]:
    """Return the records behind those of `read_newest`, newest first. They are read in pages when they are needed."""
    page, size = newest, NEWEST
    while len(page) == size:
        size = PAGE
        page = _read_page(account, name, page[-1].sequence, size)
        yield from page


def _read_page(account: int, name: ObjectName, after: str | None, size: int) -> list[HistoryRecord]:
    """Return records of an object that are kept, newest first, or those behind the one with a sequence number."""
    every = HistoryRecord.of_object(account, name.kind, name.id)
    behind = every if after is None else HistoryRecord.up_to(account, name.kind, name.id, str(max(int(after) - 1, 0)))
    kept_since = records.kept_since()
    page = table.query(behind, limit=size, backwards=True)
    return [record for record in page if record.changed_at >= kept_since]


def _read_changes(viewer: Viewer, name: ObjectName, after: str | None, size: int) -> Iterator[HistoryEntry]:
    page = _read_page(viewer.caller.account, name, after, size)
    while page:
        entries = find_entries(viewer.caller.account, page)
        found = Rows.of(page)
        sequences = {entry.seq: entry.sequence for entry in entries}
        for change in feed.see_recorded(viewer, entries, found):
            if any(name.fits(row) for row in (change.before, change.after) if row is not None):
                yield HistoryEntry(sequences[change.seq], change)
        page = _read_page(viewer.caller.account, name, page[-1].sequence, size) if len(page) == size else []


def find_entries(account: int, page: Sequence[HistoryRecord]) -> list[FeedEntry]:
    """Return the entries of records in the feed, in the order of the records. Records of no change have none.

    An entry almost always is the first one that was free when its record was put. Only for others, the feed is read
    from there on. An entry is missing if it has not been put yet.
    """
    changes = [record for record in page if record.verb != NO_CHANGE]
    firsts = table.get_many(FeedEntry.ref(account, record.base + 1) for record in changes)
    found = [_find_entry(account, record, firsts) for record in changes]
    return [entry for entry in found if entry is not None]


def _find_entry(account: int, record: HistoryRecord, firsts: Rows) -> FeedEntry | None:
    first = firsts.get(FeedEntry.ref(account, record.base + 1))
    if first is None or first.sequence == record.sequence:
        return first
    return next((one for one in table.query(FeedEntry.behind(account, first.seq)) if _is_of(one, record)), None)


def _is_of(entry: FeedEntry, record: HistoryRecord) -> bool:
    return entry.sequence == record.sequence


def _require_deleted(viewer: Viewer, name: ObjectName, refusal: errors.NotFound) -> None:
    """Raise the error unless the object was deleted and the viewer may see what it was before.

    This reads a few records only, so that the time of a refusal does not tell how many there are.
    """
    account = viewer.caller.account
    newest = next((record for record in read_newest(account, name) if record.verb != NO_CHANGE), None)
    if newest is None or newest.verb != DELETE:
        raise refusal
    seen = feed.see_recorded(viewer, find_entries(account, [newest]), Rows.of([newest]))
    if not any(change.before is not None and name.fits(change.before) for change in seen):
        raise refusal
