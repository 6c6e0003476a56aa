"""What clients read of the feed is a part of it that never changes, and shows what they may see and nothing else."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.simulation.checkers.feed import entries_of
from tests.simulation.checkers.items import NAMED, Item, Json, answered, is_answer_about
from tests.simulation.checkers.object_changes import EVENT, UPDATE, ObjectChange, exists, find_changes
from tests.simulation.checkers.sight import Sight, Viewer, certain
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request
from tests.simulation.store.stream import Stream

NAME = "feed reads"
ALL = "/api/changes"
BEHIND = re.compile(r"[?&]after=(\d+)")
Changes = dict[tuple[int, tuple[int, str, str]], ObjectChange]  # by commit and object
NOTHING = certain(holds=False)


def check(timeline: Timeline, stream: Stream) -> Iterator[Violation]:
    """Yield answers that leave out a change, show one that is not there, or one that the user may not see."""
    changes: Changes = {(change.commit, change.object): change for change in find_changes(timeline)}
    entries = entries_of(timeline)
    for request in timeline.history.requests:
        response, url = request.response, urlsplit(request.path)
        if request.method != "GET" or response is None or not url.path.startswith(ALL) or response.status != 200:
            continue
        reading = Reading(timeline, stream, request, entries.get(request.account, {}), changes)
        if url.path == ALL:
            yield from reading.check_page(parse_qs(url.query))
        else:
            yield from reading.check_change(int(url.path.rpartition("/")[2]), response.json)


class Reading:
    """One answer, with the entries of the account and the changes that they are about."""

    def __init__(
        self,
        timeline: Timeline,
        stream: Stream,
        request: Request,
        entries: dict[int, Item],
        changes: Changes,
        checker: str = NAME,
    ) -> None:
        self._timeline, self._stream, self._request = timeline, stream, request
        self._entries, self._changes = entries, changes
        self._viewer = Viewer(timeline, request)
        self._checker = checker

    def check_page(self, query: dict[str, list[str]]) -> Iterator[Violation]:
        """Check a part of the feed."""
        response = self._request.response
        assert response
        after = int(query.get("after", ["0"])[0])
        found = BEHIND.search(response.headers["link"])
        last = int(found[1]) if found else 0
        shown = {one["seq"]: one for one in response.json}
        if (
            [*shown] != sorted(shown)
            or len(shown) < len(response.json)
            or any(not after < seq <= last for seq in shown)
        ):
            yield self._violation(f"shows {[one['seq'] for one in response.json]}, from {after} to {last}")
        for seq in range(after + 1, last + 1):
            if seq not in self._entries or self.put_at(seq) > (self._request.ended or 0):
                yield self._violation(f"passes over seq {seq}, which was put later")
            elif seq in shown:
                yield from self.check_change(seq, shown[seq])
            elif self._is_wanted(self._entries[seq], query):
                yield from self.check_absence(seq)

    def check_change(self, seq: int, shown: Json) -> Iterator[Violation]:
        """Check what is shown of one change."""
        entry = self._entries.get(seq)
        if entry is None:
            yield self._violation(f"shows seq {seq}, which does not exist")
            return
        named = shown["object"]["kind"], str(shown["object"]["id"]), shown["verb"]
        wanted = entry["object_kind"]["S"], entry["object_id"]["S"], entry["verb"]["S"]
        if named != wanted:
            yield self._violation(f"shows seq {seq} as {named}, not as {wanted}")
        change = self._change(entry)
        if change:
            for name, item in (("before", change.before), ("after", change.after)):
                yield from self._check_image(seq, name, item, shown[name])

    def _check_image(self, seq: int, name: str, item: Item | None, shown: Json | None) -> Iterator[Violation]:
        sight = self._sight(item)
        kind = self._entries[seq]["object_kind"]["S"]
        if shown is None:
            if sight.always:
                yield self._violation(f"hides the image {name} seq {seq}, which the user may see")
        elif not sight.ever:
            yield self._violation(f"shows the image {name} seq {seq}, which the user may not see")
        elif kind in NAMED and not is_answer_about(item, answered(kind, shown)):
            yield self._violation(f"shows another image {name} seq {seq} than there was")

    def check_absence(self, seq: int) -> Iterator[Violation]:
        """Check that a change which is not shown need not be shown."""
        if self.must_show(seq):
            yield self._violation(f"leaves out seq {seq}, which the user may see")

    def must_show(self, seq: int) -> bool:
        """Return whether the user may see a change all the time."""
        change = self._change(self._entries[seq])
        if change is None or (change.kind == "user" and change.verb == UPDATE):
            return False  # others do not see what only the user and admins see of a user
        return any(self._sight(item).always for item in (change.before, change.after))

    def _sight(self, item: Item | None) -> Sight:
        return self._viewer.sees(item) if item is not None and exists(item) else NOTHING

    def _is_wanted(self, entry: Item, query: dict[str, list[str]]) -> bool:
        kind, object_id = entry["object_kind"]["S"], entry["object_id"]["S"]
        if "actor" in query or kind == EVENT:
            return False  # what others have done is left out
        named = query.get("object", [f"{kind}/{object_id}"])[0]
        return query.get("kind", [kind])[0] == kind and named == f"{kind}/{object_id}"

    def _change(self, entry: Item) -> ObjectChange | None:
        commit = self._stream.by_sequence[int(entry["sequence"]["S"])].commit
        return self._changes.get((commit, (self._request.account, entry["object_kind"]["S"], entry["object_id"]["S"])))

    def put_at(self, seq: int) -> int:
        """Return the step in which an entry was put."""
        entry = self._entries[seq]
        return self._timeline.by_key[entry["pk"]["S"], entry["sk"]["S"]][0].step

    def _violation(self, text: str) -> Violation:
        return Violation(self._checker, f"{self._request.id} ({self._request.path}) {text}.", (self._request.id,))
