"""What an answer says was there at a time is what the commits had made of it until then.

Times are those in the stamps. A state is made by going back from a row, as it was at some point of the request, behind
all changes that are later than the time.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

from chalicelib.domain.changes.past import NOT_RECORDED_YET
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.storage import stamps
from tests.simulation.calls import is_about_past
from tests.simulation.checkers.access import could_see_all_the_time
from tests.simulation.checkers.items import Item, Json, Key, answered, is_answer_about
from tests.simulation.checkers.object_changes import exists, find_twice_deleted
from tests.simulation.checkers.paths import Named, named_by
from tests.simulation.checkers.sight import Viewer
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request
from tests.simulation.store.stream import Stream

NAME = "past"
LISTS = {f"/api/v2/{noun.name}.json": noun.singular for noun in ALL_NOUNS}


def check(timeline: Timeline, stream: Stream) -> Iterator[Violation]:
    """Yield states that were not so at their time, and refusals to show a state that was."""
    requests = [one for one in timeline.history.requests if one.response and is_about_past(one.path)]
    if requests:
        past = Past(timeline, stream)
        for request in requests:
            yield from past.check(request)


class Past:
    """The states of all objects at any time."""

    def __init__(self, timeline: Timeline, stream: Stream) -> None:
        self._timeline, self._stream = timeline, stream
        self._twice_deleted = find_twice_deleted(timeline)  # the time of the first deletion is not known any more

    def check(self, request: Request) -> Iterator[Violation]:
        """Check an answer about a time."""
        assert request.response
        url, status = urlsplit(request.path), request.response.status
        at = round(datetime.fromisoformat(parse_qs(url.query)["at"][0]).timestamp() * 1000)
        named, kind = named_by(url.path), LISTS.get(url.path)
        keys = self._keys_of(request, named, kind)
        if status == 503 and NOT_RECORDED_YET in str(request.response.json):
            if keys and not any(self._has_unrecorded(request, one, key) for one, key in keys.items()):
                yield _violation(request, "waits for a change, but all have been recorded")
        elif status in (200, 410) and self._is_known(request, at) is (status == 410):
            yield _violation(request, f"was answered with {status}")
        elif kind and status == 200:
            yield from self._check_list(request, at, keys)
        elif named and status in (200, 404):
            for one, key in keys.items():
                yield from self._check_object(request, at, one, key)

    def _keys_of(self, request: Request, named: Named | None, kind: str | None) -> Mapping[Named, Key]:
        """Return the keys of the objects that a request is about, without those whose times are not known."""
        found: dict[Named, Key] = {}
        for (account, *name), key in self._timeline.keys.items():
            one = Named(*name)
            if account == request.account and one in (named, Named(kind or "", one.id)):
                found[one] = key
        return {one: key for one, key in found.items() if (request.account, *one) not in self._twice_deleted}

    def _is_known(self, request: Request, at: int) -> bool | None:
        """Return whether the feed of the account had begun at a time, or None if it began after the request."""
        partition = f"ACCOUNT#{request.account:09}#CHANGES"
        first = next((key for key in self._timeline.by_key if key[0] == partition and not int(key[1][-9:])), None)
        beginning = self._timeline.by_key[first][0] if first else None
        if beginning is None or beginning.step >= request.started:
            return None
        return at >= int(beginning.item["changed_at"]["N"])

    def _check_object(self, request: Request, at: int, named: Named, key: Key) -> Iterator[Violation]:
        assert request.response
        states, viewer = list(self._states(request, key, at)), Viewer(self._timeline, request)
        if request.response.status == 404:
            is_there = all(item and exists(item) and viewer.sees(item).always for item in states)
            if is_there and could_see_all_the_time(self._timeline, request, named):
                yield _violation(request, f"finds no {named.kind} {named.id}, which was there at that time")
            return
        seen = [item for item in states if item and exists(item) and viewer.sees(item).ever]
        shown = answered(named.kind, request.response.json)
        if not any(is_answer_about(item, shown) for item in seen):
            yield _violation(request, f"shows {named.kind} {named.id} in a state in which it was not at that time")

    def _check_list(self, request: Request, at: int, keys: Mapping[Named, Key]) -> Iterator[Violation]:
        assert request.response
        documents: list[Json] = request.response.json
        shown = {str(one["id"]): one for one in documents}
        is_whole = set(parse_qs(urlsplit(request.path).query)) <= {"at", "sort"}
        for named, key in keys.items():
            states = list(self._states(request, key, at))
            if named.id in shown:
                if not any(exists(item) and is_answer_about(item, shown[named.id]) for item in states):
                    yield _violation(request, f"shows {named.kind} {named.id} in another state than it was")
            elif is_whole and all(map(exists, states)) and not self._has_unrecorded(request, named, key):
                yield _violation(request, f"leaves out {named.kind} {named.id}, which was there at that time")

    def _states(self, request: Request, key: Key, at: int) -> Iterator[Item | None]:
        """Yield the states of a row at a time, going back from each point of the request."""
        changes = self._timeline.by_key.get(key, [])
        first = sum(change.step < request.started for change in changes)
        last = sum(change.step <= (request.ended or request.started) for change in changes)
        for count in range(first, last + 1):
            state = changes[count - 1].after if count else self._timeline.first_rows.get(key)
            for change in reversed(changes[:count]):
                if self._time_of(change) <= at:
                    break
                state = change.before
            yield state

    def _time_of(self, change: Change) -> int:
        """Return the time in the stamp of a change, or 0 without one. That of a deletion is in its tombstone."""
        row: Item | None = change.after
        if row is None:
            place = "#".join((change.item["kind"]["S"], *change.key))
            tombstones = self._timeline.by_key.get((f"{change.key[0][:17]}#DELETED", place), ())
            row = next((one.after for one in tombstones if one.commit == change.commit), None)
        return stamps.unpack(base64.b64decode(row["stamp"]["B"])).milliseconds if row and "stamp" in row else 0

    def _has_unrecorded(self, request: Request, named: Named, key: Key) -> bool:
        """Return whether a change of an object had no record when a request began."""
        partition = f"ACCOUNT#{request.account:09}#HISTORY#{named.kind}#{named.id}"
        for change in self._timeline.by_key.get(key, ()):
            sequence = self._sequences.get((change.commit, key))
            records = self._timeline.by_key.get((partition, f"RECORD#{sequence or 0:040}"), ())
            is_made = change.step <= (request.ended or request.started)
            if is_made and not any(record.step <= request.started for record in records):
                return True
        return False

    @cached_property
    def _sequences(self) -> dict[tuple[int, Key], int]:
        return {(one.commit, one.change.key): one.sequence for one in self._stream.by_sequence.values()}


def _violation(request: Request, text: str) -> Violation:
    return Violation(NAME, f"{request.id} ({request.path}) {text}.", (request.id,))
