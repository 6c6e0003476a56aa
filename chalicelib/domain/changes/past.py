"""Past states: an object as it was at a time.

Times are compared in milliseconds with the times in the stamps of the changes, so a state includes the changes of its
own millisecond.
"""

from collections.abc import Callable, Sequence
from itertools import chain, takewhile
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed, history, records
from chalicelib.domain.changes.kinds import KINDS
from chalicelib.domain.changes.objects import ObjectName, read_present_row
from chalicelib.domain.changes.visibility import Surroundings, Viewer, read_surroundings, read_viewer
from chalicelib.storage import stamps, table
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import FeedEntry, HistoryPart, HistoryRecord, read_images
from chalicelib.storage.parallel import run_both

NOT_THERE = "At that time there was no such object, or you may not see it."
IN_FUTURE = "must not be in the future"
NOT_KEPT = "Changes are kept since {since}. What was there before is not known any more."
BEFORE_THE_FEED = "Changes have been recorded since {since}. What was there before is not known."
NOTHING_RECORDED = "No change has been recorded yet, so it is not known what was there at that time."
NOT_RECORDED_YET = "A recent change is still being recorded. Repeat the request in a moment."


class PastObject(NamedTuple):
    """An object as it was, and the rows beside it that its answer shows."""

    row: Row
    around: Surroundings


class PastState(NamedTuple):
    """The row of an object at a time, or None if there was no object.

    If `is_known` is False, a later change has not been recorded yet, and the state is not known.
    """

    row: Row | None
    is_known: bool = True


class Beginning(NamedTuple):
    """When the feed of an account began, in milliseconds since 1970, or None if there is no feed yet."""

    time: int | None

    def unrecorded(self) -> errors.Problem:
        """Return the error for a state that depends on a change that has not been recorded."""
        return errors.Gone(NOTHING_RECORDED) if self.time is None else errors.Unavailable(NOT_RECORDED_YET)


def get_past_object(caller: Caller, name: ObjectName, at: int) -> PastObject:
    """Return an object as it was at a time in milliseconds since 1970.

    Raises errors.NotFound if there was none, if the caller may not see what it was, or if no changes are recorded.
    Raises errors.Invalid, errors.Gone and errors.Unavailable as `read_beginning` and `Beginning.unrecorded`.
    """
    require_past(at)
    account = caller.account
    viewer, (beginning, newest) = run_both(
        lambda: read_viewer(caller),
        lambda: run_both(lambda: read_beginning(account, at), lambda: history.read_newest(account, name)),
    )
    present = None if newest else read_present_row(caller, name)
    last = _see(viewer, name, _last_state(name, newest, present))
    state = find_state(account, name, at, newest, lambda: present if not newest else _read_again(newest[0]))
    if not state.is_known:
        raise beginning.unrecorded()
    return last if state.row is last.row else _see(viewer, name, state.row)


def _see(viewer: Viewer, name: ObjectName, row: Row | None) -> PastObject:
    """Return a state of an object as a viewer may see it. Raises errors.NotFound if there is none."""
    around = read_surroundings(viewer, [row] if row else [])
    if row is None or not name.fits(row) or not around.may_see(row):
        raise errors.NotFound(NOT_THERE)
    return PastObject(row, around)


def _last_state(name: ObjectName, newest: Sequence[HistoryRecord], present: Row | None) -> Row | None:
    """Return the last row of an object at which it existed. Callers who may not see it do not see older ones."""
    images = (image for record in newest for image in (_row_after(record), read_images(record)[0]))
    return next((row for row in chain(images, [present]) if _existing(name, row)), None)


def require_past(at: int) -> None:
    """Raise errors.NotFound if no changes are recorded, errors.Invalid for a time in the future, or errors.Gone.

    errors.Gone is raised for a time before the oldest change that is kept.
    """
    feed.require_recorded()
    if at > clock.to_milliseconds(clock.current_time() - clock.at_milliseconds(0)):
        raise errors.Invalid([{"pointer": "?at", "detail": IN_FUTURE}])
    _require_not_before(at, records.kept_since(), NOT_KEPT)


def read_beginning(account: int, at: int) -> Beginning:
    """Return when the feed of an account began. Raises errors.Gone if that was after `at`."""
    entry = table.get(FeedEntry.ref(account, 0))
    if entry is not None:
        _require_not_before(at, entry.changed_at, BEFORE_THE_FEED)
    return Beginning(entry.changed_at if entry else None)


def _require_not_before(at: int, since: int, detail: str) -> None:
    if at < since:
        raise errors.Gone(detail.format(since=clock.format_timestamp(clock.at_milliseconds(since))))


def find_state(
    account: int, name: ObjectName, at: int, newest: Sequence[HistoryRecord], read_present: Callable[[], Row | None]
) -> PastState:
    """Return the state of an object at a time.

    `newest` are its newest records. `read_present` returns its row as it is now. The row is read only if no record is
    later than `at`. The number of records that are read is that of the object's changes since then.
    """
    if newest and newest[0].changed_at > at:
        records_of_object = chain(newest, history.read_older(account, name, newest))
        *_, earliest = takewhile(lambda record: record.changed_at > at, records_of_object)
        return PastState(_existing(name, read_images(earliest)[0]))
    present = read_present()
    if present is None:
        return PastState(None, is_known=not newest or bool(newest[0].row_is_gone))
    return PastState(_existing(name, present), is_known=not is_written_after(present, at))


def is_written_after(row: Row, at: int) -> bool:
    """Return whether the last write of a row with an author was after a time. Rows without a stamp are older."""
    return row.stamp is not None and stamps.unpack(row.stamp).milliseconds > at


def _read_again(newest: HistoryRecord) -> Row | None:
    """Return the row of an object as it is now, which its newest record has the key of, or None."""
    row = _row_after(newest)
    return row and table.get(row.reference)


def _row_after(record: HistoryRecord) -> Row | None:
    return read_images(record, table.get(HistoryPart.beside(record)) if record.has_part else None)[1]


def _existing(name: ObjectName, row: Row | None) -> Row | None:
    return row if row is not None and KINDS[name.kind].exists(row) else None
