"""Nothing arrives in a workspace or on a stack that has been deleted, and no item stays that was to be archived."""

from collections.abc import Iterator
from itertools import groupby

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
    yield from _check_archived_items(timeline)


def _check_archived_items(timeline: Timeline) -> Iterator[Violation]:
    """Yield items that were in a workspace when it was marked as deleted, although its items were to be archived."""
    items = {key for key, item in timeline.first_rows.items() if kind_of(item) == "placement"}
    for _, group in groupby(timeline.changes, lambda change: change.commit):
        changes = list(group)
        for change in changes:
            if kind_of(change.item) == "placement":
                (items.discard if change.after is None else items.add)(change.key)
        for change in changes:
            request = timeline.requests.get(change.owner)
            is_deletion = request is not None and request.method == "DELETE" and "archive_items=true" in request.path
            is_marked = kind_of(change.item) == "workspace" and text_of(change.after, "deletion_state") == "deleted"
            if is_deletion and is_marked:
                left = sorted(sk for pk, sk in items if pk == change.key[0] and sk.startswith("ITEM#"))
                for sk in left:
                    yield Violation(NAME, f"{change.key[0]} / {sk} was not archived.", (change.owner,))


def _places_of(key: Key) -> Iterator[Key]:
    """Yield the keys of the workspace and of the stack to which a row with this key belongs."""
    partition, position = key
    yield partition, "META"
    if position.startswith("ITEM#"):
        yield partition, f"STACK#{position.split('#')[1]}"


def _is_closed(timeline: Timeline, place: Key, arrival: Change) -> bool:
    """Return whether a workspace or stack was marked before the commit of an arrival, and still is after it."""
    before = after = timeline.first_rows.get(place)
    for change in timeline.by_key.get(place, ()):
        if change.commit <= arrival.commit:
            before, after = (change.before if change.commit == arrival.commit else change.after), change.after
    return all(text_of(row, "deletion_state") is not None for row in (before, after))
