"""A request with If-Match changes only what its client has read, in the version that it has read."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.simulation.checkers.acknowledged import created_kind
from tests.simulation.checkers.items import Key, kind_of, shown_by, text_of
from tests.simulation.checkers.paths import named_by
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "conditions"
OGSM_LISTS = "/api/v2/"  # their tags do not notice what is added between the check and the commit
KEPT_BESIDE = ("counter", "credential", "receipt")  # rows that a request may write before its first change

Readings = list[Request]  # the requests whose answers had an entity tag
Tags = dict[tuple[str, str, str], Readings]  # by user, path and tag


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield changes of objects and lists that were not as the client had read them."""
    tags: Tags = defaultdict(list)
    for request in timeline.history.requests:
        if request.response and "etag" in request.response.headers:
            tags[request.user, _path(request), request.response.headers["etag"]].append(request)
    for request in timeline.history.requests:
        first = _first_change(timeline, request) if "If-Match" in request.headers else None
        if first is not None:
            yield from _check(timeline, request, first, tags)


def _path(request: Request) -> str:
    return request.path.partition("?")[0]


def _first_change(timeline: Timeline, request: Request) -> int | None:
    """Return the step of the first commit by which a request changed anything, or None."""
    own = [one for one in timeline.by_owner.get(request.id, ()) if kind_of(one.item) not in KEPT_BESIDE]
    return own[0].step if own else None


def _check(timeline: Timeline, request: Request, first: int, tags: Tags) -> Iterator[Violation]:
    """Yield a change that the entity tag should have prevented. A request to a verb has the tag of its object."""
    tag = request.headers["If-Match"]
    path = _path(request)
    readings = tags.get((request.user, path, tag)) or tags.get((request.user, path.rpartition("/")[0], tag), [])
    if not readings:
        return
    named = named_by(_path(readings[0]))
    key = timeline.keys.get((request.account, *named)) if named else None
    if key and not _was_read(timeline, key, first, readings):
        text = f"{request.id} ({request.method} {path}) changed {key[1]} in another version than its If-Match says"
        yield Violation(NAME, f"{text}.", (request.id,))
    elif (
        request.method == "POST"
        and not path.startswith(OGSM_LISTS)
        and (other := _added_meanwhile(timeline, request, first, readings))
    ):
        text = f"{request.id} ({request.method} {path}) added to a list to which {other} had added since it was read"
        yield Violation(NAME, f"{text}.", (request.id, other))


def _was_read(timeline: Timeline, key: Key, first: int, readings: Readings) -> bool:
    """Return whether an object was just before a step as one of the readings may have shown it.

    It does not matter if its deletion has begun before: the tag described it as it was then.
    """
    current = next(one.item for one in timeline.versions(key) if one.first < first <= one.last)
    if text_of(current, "deleted_by") or text_of(current, "deletion_state"):
        return True
    shown: list[Any] = [
        shown_by(item) if item else None
        for one in readings
        for item in timeline.versions_between(key, one.started, one.ended or one.started)
    ]
    return (shown_by(current) if current else None) in shown


def _added_meanwhile(timeline: Timeline, request: Request, first: int, readings: Readings) -> str | None:
    """Return another request that added something to the same list after the last reading, and before a step."""
    read = max(one.ended or one.started for one in readings)
    for other in timeline.history.requests:
        if (
            other.id == request.id
            or other.method != "POST"
            or _path(other) != _path(request)
            or not created_kind(other)
        ):
            continue
        made = [one for one in timeline.by_owner.get(other.id, ()) if one.is_creation and read < one.step < first]
        if any(kind_of(one.item) == created_kind(other) and one.key in timeline.rows for one in made):
            return other.id
    return None
