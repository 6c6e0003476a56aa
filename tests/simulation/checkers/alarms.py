"""An alarm that a user sets gets into the index, and only the run that has claimed it takes it out."""

from collections.abc import Iterator
from datetime import datetime

from tests.simulation.checkers.items import Item, document_of, kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation

NAME = "alarms"
LONGEST_REQUEST = 300.0  # seconds
RUNS = "alarms."  # the names of the scheduled function's processes begin with this


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield alarms that are not in the index as their activities say, and those that a run has removed too early."""
    for change in timeline.changes:
        if kind_of(change.item) != "activity" or change.after is None:
            continue
        if change.owner.startswith(RUNS):
            yield from _check_removal(timeline, change)
        elif _time_of(change.before) != _time_of(change.after) and "deleted_by" not in change.after:
            yield from _check_index(timeline, change)


def _time_of(item: Item | None) -> str | None:
    """Return the time of an activity's alarm."""
    time: str | None = document_of(item)["alarm"]["time"] if item else None
    return time


def _check_index(timeline: Timeline, change: Change) -> Iterator[Violation]:
    time, indexed = _time_of(change.after), text_of(change.after, "alarm_at")
    if indexed != time and not (indexed is None and _is_past(timeline, change, time)):
        text = f"{change.owner} set the alarm of {change.key[1]} to {time}, but the index has {indexed}"
        yield Violation(NAME, f"{text}.", (change.owner,))


def _is_past(timeline: Timeline, change: Change, time: str | None) -> bool:
    """Return whether an undo has brought back an alarm that was due in the meantime, which is not sent any more."""
    if time is None or not timeline.is_undo(change.owner):
        return False
    return datetime.fromisoformat(time).timestamp() < timeline.requests[change.owner].at + LONGEST_REQUEST


def _check_removal(timeline: Timeline, change: Change) -> Iterator[Violation]:
    """Yield an alarm that a run has taken out although it was set again after the run had claimed it."""
    if text_of(change.before, "alarm_at") is None or text_of(change.after, "alarm_at") is not None:
        return
    own = [one for one in timeline.by_key[change.key] if one.owner == change.owner and one.step < change.step]
    claims = [claim for one in own if (claim := text_of(one.after, "alarm_claim"))]
    if claims and text_of(change.before, "alarm_claim") != claims[-1]:
        yield Violation(NAME, f"{change.owner} has removed the alarm of {change.key[1]}, which was set again.", ())
