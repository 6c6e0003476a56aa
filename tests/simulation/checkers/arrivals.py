"""Nothing arrives in a workspace or on a stack that has been deleted, or whose items are moving away."""

from collections.abc import Iterator

from tests.simulation.checkers.items import Key, kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation

NAME = "arrivals"
ARRIVING = ("placement", "member", "stack")


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield rows that were added to a workspace or stack that was closed at that moment."""
    for change in timeline.changes:
        if change.is_creation and kind_of(change.item) in ARRIVING:
            for place in _places_of(change.key):
                if _is_closed(timeline, place, change):
                    text = f"{change.key[0]} / {change.key[1]} has arrived although {place[1]} was deleted."
                    yield Violation(NAME, text, (change.owner,))


def _places_of(key: Key) -> Iterator[Key]:
    """Yield the keys of the workspace and of the stack to which a row with this key belongs."""
    partition, position = key
    yield partition, "META"
    if position.startswith("ITEM#"):
        yield partition, f"STACK#{position.split('#')[1]}"


def _is_closed(timeline: Timeline, place: Key, arrival: Change) -> bool:
    """Return whether a workspace or stack was marked before the commit of an arrival, and still is after it."""
    changes = timeline.by_key.get(place, ())
    states = [timeline.first_rows.get(place), *(one.after for one in changes if one.commit <= arrival.commit)]
    before = [timeline.first_rows.get(place), *(one.after for one in changes if one.commit < arrival.commit)]
    return all(text_of(rows[-1], "deletion_state") is not None for rows in (states, before))
