"""Net changes: each object before and after one change, or before and after all changes of a request."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib import config, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed, records
from chalicelib.domain.changes.kinds import KINDS
from chalicelib.domain.changes.visibility import Viewer, read_viewer
from chalicelib.storage import stamps, table
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.changes import CREATE, DELETE, NO_CHANGE, UPDATE, FeedEntry
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.parallel import run_both

MOST_SEARCHED = 10_000  # entries, from the newest one backwards
LONGEST_REQUEST = 15 * 60 * 1000  # milliseconds between the first and the last change of a request, at most
NOT_KEPT = "The change {seq} is no longer kept."
REQUEST_NOT_FOUND = (
    f"None of the newest {MOST_SEARCHED} changes was made by such a request. If it is older, undo its changes one by"
    " one, by their seq."
)


@dataclass(frozen=True)
class NetChange:
    """The effect of one or more successive changes on one object.

    `before` is the object before the first of them and `after` the one after the last. None is no object.
    """

    account: int
    kind: str
    object_id: str
    seqs: Sequence[int]
    before: Row | None
    after: Row | None

    @property
    def image(self) -> Row:
        """Return an image of the object, the newest there is."""
        image = self.after or self.before
        if image is None:
            raise ValueError("The object has never existed.")
        return image

    @property
    def ref(self) -> Ref[Row]:
        """Return the reference to the row of the object."""
        return self.image.reference

    @property
    def verb(self) -> str:
        """Return what was done to the object."""
        if self.before is None:
            return NO_CHANGE if self.after is None else CREATE
        return DELETE if self.after is None else UPDATE

    @property
    def activity(self) -> Ref[Activity] | None:
        """Return the reference to the activity of a comment, or None for other objects."""
        image = self.after or self.before
        if not isinstance(image, Comment):
            return None
        return Activity.ref(self.account, image.doc["activity_id"])

    @property
    def public_id(self) -> int | str:
        """The id of the object as it is answered."""
        return KINDS[self.kind].public_id(self.object_id)

    @property
    def path(self) -> str | None:
        """The address of the object, or of the list that it is in."""
        return KINDS[self.kind].path_of(self.after or self.before)

    @property
    def label(self) -> str:
        """Return the name of the object for sentences."""
        return f"{self.kind.replace('_', ' ')} {self.object_id}"


def find_change(caller: Caller, seq: int) -> NetChange:
    """Return what a change has done. Raises errors.NotFound if the caller cannot see it, and errors.Gone."""
    _require_recorded()
    account = caller.account
    viewer, entry = run_both(lambda: read_viewer(caller), lambda: table.get(FeedEntry.ref(account, seq)))
    if entry is None or entry.seq == 0 or entry.changed_at < records.kept_since():
        is_past = table.find_first(FeedEntry.behind(account, seq)) is not None
        raise errors.Gone(NOT_KEPT.format(seq=seq)) if is_past and seq else errors.NotFound(feed.CHANGE_NOT_FOUND)
    found = _read_net_changes(viewer, [entry])
    if not found:
        raise errors.NotFound(feed.CHANGE_NOT_FOUND)
    return found[0]


def find_changes_of_request(caller: Caller, request_id: str) -> list[NetChange]:
    """Return what a request has done to each object that the caller can see, the newest first.

    Raises errors.NotFound if there is none among the newest MOST_SEARCHED entries.
    """
    _require_recorded()
    packed = stamps.pack_request_id(request_id)
    viewer, entries = run_both(lambda: read_viewer(caller), lambda: _search_backwards(caller.account, packed))
    found = _read_net_changes(viewer, entries)
    if not found:
        raise errors.NotFound(REQUEST_NOT_FOUND)
    return found


def _require_recorded() -> None:
    if not config.HISTORY_DAYS:
        raise errors.NotFound(feed.TURNED_OFF)


def _search_backwards(account: int, request_id: bytes) -> list[FeedEntry]:
    """Return the entries of a request, the newest first. It stops where no further one can be."""
    found: list[FeedEntry] = []
    for entry in table.query(FeedEntry.of_account(account), limit=MOST_SEARCHED, backwards=True):
        oldest = found[0].changed_at - LONGEST_REQUEST if found else records.kept_since()
        if entry.changed_at < oldest:
            break
        if entry.stamp and stamps.request_of(entry.stamp) == request_id:
            found.append(entry)
    return found


def _read_net_changes(viewer: Viewer, entries: Sequence[FeedEntry]) -> list[NetChange]:
    """Return what these entries, the newest first, have done to each object that the viewer can see."""
    images = feed.read_images_of(entries)
    seen = {change.seq for change in feed.see_images(viewer, entries, images)}
    by_object: dict[tuple[str, str], list[FeedEntry]] = defaultdict(list)
    for entry in entries:
        if entry.seq in images:
            by_object[entry.object_kind, entry.object_id].append(entry)
    net = [_combine(group, images) for group in by_object.values()]
    visible = [one for one in net if not seen.isdisjoint(one.seqs)]
    deleted = {one.ref for one in visible if one.verb == DELETE and isinstance(one.image, Activity)}
    return [one for one in net if not seen.isdisjoint(one.seqs) or (one.verb == DELETE and one.activity in deleted)]


def _combine(entries: Sequence[FeedEntry], images: feed.ImagesBySeq) -> NetChange:
    newest, oldest = entries[0], entries[-1]
    exists = KINDS[newest.object_kind].exists
    before, after = images[oldest.seq][0], images[newest.seq][1]
    return NetChange(
        newest.account,
        newest.object_kind,
        newest.object_id,
        [entry.seq for entry in entries],
        before if before is not None and exists(before) else None,
        after if after is not None and exists(after) else None,
    )
