"""The history of an object has each of its changes that the user may see, the newest first, and nothing else."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.simulation.checkers.access import could_see_all_the_time
from tests.simulation.checkers.feed import entries_of
from tests.simulation.checkers.feed_reads import Changes, Reading
from tests.simulation.checkers.object_changes import find_changes, find_twice_deleted
from tests.simulation.checkers.paths import Named, named_by
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request
from tests.simulation.store.stream import Stream

NAME = "histories"
HISTORY = re.compile(r"(?P<object>/.*)/history(\.json)?")
WITHOUT_PATTERN = re.compile(r"/api/(?P<kind>delegation|invitation)s/(?P<id>\d+)")


def check(timeline: Timeline, stream: Stream) -> Iterator[Violation]:
    """Yield histories with a gap, in another order, or with something else than a change of their object."""
    requests = {one: named for one in timeline.history.requests if (named := _find_object(one))}
    if not requests:
        return
    changes: Changes = {(change.commit, change.object): change for change in find_changes(timeline)}
    twice_deleted = find_twice_deleted(timeline)
    entries = entries_of(timeline)
    for request, named in requests.items():
        own = {
            seq: entry
            for seq, entry in entries.get(request.account, {}).items()
            if (entry["object_kind"]["S"], entry["object_id"]["S"]) == named
        }
        reading = Reading(timeline, stream, request, own, changes, NAME)
        status = request.response.status if request.response else None
        if status == 404 and could_see_all_the_time(timeline, request, named):
            yield _violation(request, f"finds no {named.kind} {named.id}, which was there")
        elif status == 200:
            is_ordered = (request.account, *named) not in twice_deleted  # docs/changes.md
            yield from _check_page(request, reading, list(own), is_ordered=is_ordered)


def _find_object(request: Request) -> Named | None:
    """Return the object whose history a request reads, or None, also for a user whose slug is in the path."""
    address = HISTORY.fullmatch(urlsplit(request.path).path)
    if address is None:
        return None
    match = WITHOUT_PATTERN.fullmatch(address["object"])
    return Named(match["kind"], match["id"]) if match else named_by(address["object"])


def _check_page(request: Request, reading: Reading, own: list[int], *, is_ordered: bool) -> Iterator[Violation]:
    """Check a page of a history. `own` are the places of all changes of the object in the feed."""
    assert request.response
    places = [one["seq"] for one in request.response.json]
    if is_ordered and places != sorted(set(places), reverse=True):
        yield _violation(request, f"has the places {places}, not the newest first")
    for one in request.response.json:
        yield from reading.check_change(one["seq"], one)
    has_more = 'rel="next"' in request.response.headers.get("link", "")
    is_continued = "cursor" in parse_qs(urlsplit(request.path).query)
    lowest = min(places, default=0) if has_more else 0
    highest = max(places, default=0) if is_continued else max(own, default=0)
    for seq in own:
        if lowest <= seq <= highest and seq not in places and reading.put_at(seq) < request.started:
            yield from reading.check_absence(seq)


def _violation(request: Request, text: str) -> Violation:
    return Violation(NAME, f"{request.id} ({request.path}) {text}.", (request.id,))
