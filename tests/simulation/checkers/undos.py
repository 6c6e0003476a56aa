"""An undo restores what was there before the change, and nothing else. It can be undone like any other change."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.simulation.checkers.feed import entries_of
from tests.simulation.checkers.items import Item, Json
from tests.simulation.checkers.object_changes import ObjectChange, exists, find_changes, shown
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request
from tests.simulation.store.stream import Stream

NAME = "undos"
PATH = re.compile(r"/api/changes/(\d+/)?undo")
TIMES = ("updated_at",)  # which say when the object was written
Object = tuple[int, str, str]


def check(timeline: Timeline, stream: Stream) -> Iterator[Violation]:
    """Yield undos that have restored something else than there was, or that have overwritten a later change."""
    undos = [one for one in timeline.history.requests if one.is_acknowledged and PATH.match(one.path)]
    if not undos:
        return
    changes = list(find_changes(timeline))
    by_place = {(change.commit, change.object): change for change in changes}
    listed: dict[tuple[int, int], ObjectChange] = {}
    for account, entries in entries_of(timeline).items():
        for seq, entry in entries.items():
            named = account, entry["object_kind"]["S"], entry["object_id"]["S"]
            change = by_place.get((stream.by_sequence[int(entry["sequence"]["S"])].commit, named))
            if change:
                listed[account, seq] = change
    for request in undos:
        yield from _check_undo(timeline, request, changes, listed)


def _check_undo(
    timeline: Timeline, request: Request, changes: list[ObjectChange], listed: dict[tuple[int, int], ObjectChange]
) -> Iterator[Violation]:
    assert request.response
    undone: dict[Object, list[ObjectChange]] = defaultdict(list)
    for seq in sorted(request.response.json["undone"]):
        change = listed.get((request.account, seq))
        if change is None:
            yield Violation(NAME, f"{_say(request)} has undone seq {seq}, which does not exist.", (request.id,))
        else:
            undone[change.object].append(change)
    own = [change for change in changes if timeline.call_of(change.owner) == request.call]
    if not own:
        yield Violation(NAME, f"{_say(request)} was acknowledged and has changed nothing.", (request.id,))
    for named, parts in undone.items():
        mine = [change for change in own if change.object == named]
        if mine:
            yield from _check_object(request, parts, mine)


def _say(request: Request) -> str:
    return f"{request.id} ({request.method} {request.path} {request.body or ''})"


def _check_object(request: Request, parts: list[ObjectChange], mine: list[ObjectChange]) -> Iterator[Violation]:
    """Check what an undo has done to one object. `parts` are the changes undone, `mine` those of the undo."""
    before, after = parts[0].before, parts[-1].after
    found, restored = mine[0].before, mine[-1].after
    what = f"{_say(request)}: {parts[0].kind} {parts[0].id}"
    if exists(before) != exists(restored):
        yield Violation(NAME, f"{what} {'is missing' if exists(before) else 'is still there'}.", (request.id,))
        return
    if not exists(before) or before is None or restored is None:
        return
    wanted, got = _fields(before), _fields(restored)
    left = _fields(after) if exists(after) else {}
    present = _fields(found) if exists(found) else {}
    for name in sorted({*wanted, *got, *left} - {*TIMES}):
        was_set = not left or wanted.get(name) != left.get(name)
        expected = wanted.get(name) if was_set else present.get(name)
        if got.get(name) != expected:
            yield Violation(NAME, f"{what} has {name} {got.get(name)} and not {expected}.", (request.id,))
        is_untouched = present.get(name) in (left.get(name), wanted.get(name))
        if was_set and left and present and not is_untouched and "force=true" not in request.path:
            yield Violation(NAME, f"{what} has overwritten a later {name}: {present.get(name)}.", (request.id,))


def _fields(item: Item | None) -> Json:
    """Return what an answer shows of an object, and where an activity lies."""
    if item is None:
        return {}
    kind = item["kind"]["S"]
    place = {"place": [item.get("workspace"), item.get("stack")]} if kind == "activity" else {}
    fields = {**shown(kind, item), **place}
    return {name: _without_times(value) for name, value in fields.items()}


def _without_times(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: part for name, part in value.items() if name not in TIMES}
