"""Read the change feed of an account, as a viewer may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib import clock, config, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed_search, records
from chalicelib.domain.changes.visibility import Surroundings, Viewer, read_surroundings, read_viewer
from chalicelib.domain.changes.visible_changes import VisibleChange, visible_image
from chalicelib.json_text import JsonObject
from chalicelib.storage import stamps, table
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import FeedEntry, HistoryPart, HistoryRecord, read_images
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows
from chalicelib.storage.stamps import NOBODY, Author

MOST_EXAMINED = 1000  # entries that one request with filters looks at
MAX_PAGE_BYTES = 3_000_000  # of the images of a page, so that the answer fits into 5 MB and its rows into memory
SECONDS_BETWEEN_LOOKS = 0.5
CHANGE_NOT_FOUND = "There is no such change."
TURNED_OFF = "This deployment records no changes, because its HistoryDays is 0."
NOT_KEPT = "The changes behind {after} are no longer kept. Leave out `after` to begin with the oldest that is kept."


class Filters(NamedTuple):
    """Which changes to return. None is every one. `since` is in milliseconds since 1970."""

    kind: str | None = None
    object_id: str | None = None
    actor: str | None = None
    since: int | None = None

    @property
    def are_set(self) -> bool:
        """Whether there is any filter."""
        return any(value is not None for value in self)

    def match(self, entry: FeedEntry) -> bool:
        """Return whether an entry is wanted."""
        return (
            self.kind in (None, entry.object_kind)
            and self.object_id in (None, entry.object_id)
            and self.actor in (None, author_of(entry).user)
            and (self.since is None or entry.changed_at >= self.since)
        )


NO_FILTERS = Filters()
ImagesBySeq = Mapping[int, tuple[Row | None, Row | None]]


@dataclass(frozen=True)
class SeenChange(VisibleChange):
    """A change of the feed as a viewer sees it.

    `changed_at` is in milliseconds since 1970. `author` has no user if nobody is known.
    """

    account: int
    seq: int
    changed_at: int
    author: Author

    @property
    def shows_credential(self) -> bool:
        """Whether the viewer may know with which credential the change was made."""
        viewer = self.around.viewer
        return viewer.is_admin or viewer.user.id == self.author.user


class ChangePage(NamedTuple):
    """A part of the feed. `last` is the seq of the last entry that was looked at."""

    changes: list[SeenChange]
    last: int


def read_page(caller: Caller, after: int | None, limit: int, filters: Filters = NO_FILTERS) -> ChangePage:
    """Return the changes behind a seq that the caller may see, at most `limit`.

    Raises errors.NotFound if no changes are recorded, errors.Gone if changes behind `after` are no longer kept, and
    errors.Forbidden if the caller has left the account.
    """
    require_recorded()
    viewer, (entries, last) = run_both(
        lambda: read_viewer(caller), lambda: _read_entries(caller.account, after, limit, filters)
    )
    return ChangePage(see_entries(viewer, entries), last)


def list_changes(viewer: Viewer, after: int | None, limit: int, filters: Filters = NO_FILTERS) -> ChangePage:
    """Return what `read_page` returns, for a viewer who has been read already."""
    require_recorded()
    entries, last = _read_entries(viewer.caller.account, after, limit, filters)
    return ChangePage(see_entries(viewer, entries), last)


def wait_for_changes(
    caller: Caller, after: int | None, limit: int, filters: Filters = NO_FILTERS, seconds: int = 0
) -> ChangePage:
    """Return what `read_page` returns. If there is none yet, look for new ones for that many seconds.

    Each look is one Query. Raises the errors of `read_page`.
    """
    page = read_page(caller, after, limit, filters)
    for _ in range(int(seconds / SECONDS_BETWEEN_LOOKS)):
        if page.changes:
            break
        clock.sleep(SECONDS_BETWEEN_LOOKS)
        if table.find_first(FeedEntry.behind(caller.account, page.last)) is not None:
            page = read_page(caller, page.last, limit, filters)
    return page


def get_change(caller: Caller, seq: int) -> SeenChange:
    """Return the change with a seq. Raises errors.NotFound if there is none that the caller may see."""
    require_recorded()
    viewer, entry = run_both(lambda: read_viewer(caller), lambda: table.get(FeedEntry.ref(caller.account, seq)))
    is_kept = entry is not None and entry.seq > 0 and entry.changed_at >= records.kept_since()
    seen = see_entries(viewer, [entry]) if entry is not None and is_kept else []
    if not seen:
        raise errors.NotFound(CHANGE_NOT_FOUND)
    return seen[0]


def author_of(entry: FeedEntry) -> Author:
    """Return the author of a change, or NOBODY."""
    return stamps.unpack(entry.stamp).author if entry.stamp else NOBODY


def require_recorded() -> None:
    """Raise errors.NotFound if this deployment records no changes."""
    if not config.HISTORY_DAYS:
        raise errors.NotFound(TURNED_OFF)


def _read_entries(account: int, after: int | None, limit: int, filters: Filters) -> tuple[list[FeedEntry], int]:
    """Return the wanted entries behind a seq, and the last seq that was looked at. Raises errors.Gone."""
    kept_since = records.kept_since()
    last, entries = _query_entries(account, after, limit, filters, kept_since)
    taken: list[FeedEntry] = []
    size = 0
    for entry in entries:
        is_kept = entry.changed_at >= kept_since
        if after == last and (entry.seq > after + 1 or not is_kept):
            raise errors.Gone(NOT_KEPT.format(after=after))
        if is_kept and filters.match(entry):
            size += entry.size
            if len(taken) == limit or (taken and size > MAX_PAGE_BYTES):
                break
            taken.append(entry)
        last = entry.seq
    return taken, last


def _query_entries(
    account: int, after: int | None, limit: int, filters: Filters, kept_since: int
) -> tuple[int, list[FeedEntry]]:
    """Return the entries to look at, and the seq behind which they are.

    A reader without a place who would get only entries that are too old is taken to the first one that is not. Among
    them are entries that have expired, because DynamoDB removes them days later.
    """
    most = MOST_EXAMINED if filters.are_set else limit
    entries = list(table.query(FeedEntry.behind(account, after or 0), limit=most))
    earliest = max(kept_since, (filters.since or 0) - feed_search.DISORDER)
    is_too_old = after is None and bool(entries) and entries[-1].changed_at < earliest
    newest = feed_search.read_newest(account) if is_too_old else None
    if newest is None:
        return after or 0, entries
    last = feed_search.find_last_before(account, newest.seq, earliest)
    return last, list(table.query(FeedEntry.behind(account, last), limit=most))


def see_entries(viewer: Viewer, entries: Sequence[FeedEntry]) -> list[SeenChange]:
    """Return the changes of these entries that the viewer may see, in their order. This makes two requests.

    Another one follows if a record has a part.
    """
    return see_images(viewer, entries, read_images_of(entries))


def see_recorded(viewer: Viewer, entries: Sequence[FeedEntry], found: Rows) -> list[SeenChange]:
    """Return the changes of entries whose records have been read, as `see_entries` does. This makes one request."""
    return see_images(viewer, entries, _images_in(entries, found))


def read_images_of(entries: Iterable[FeedEntry]) -> ImagesBySeq:
    """Return the row before and after each of these changes, by their seqs, whoever may see them.

    This makes one request, and another one if a record has a part.
    """
    read = list(entries)
    return _images_in(read, table.get_many(entry.record for entry in read))


def _images_in(entries: Iterable[FeedEntry], found: Rows) -> ImagesBySeq:
    parts = table.get_many(HistoryPart.beside(record) for record in found.all(HistoryRecord) if record.has_part)
    images: dict[int, tuple[Row | None, Row | None]] = {}
    for entry in entries:
        record = found.get(entry.record)
        if record is not None:
            images[entry.seq] = read_images(record, parts.get(HistoryPart.beside(record)))
    return images


def see_images(viewer: Viewer, entries: Iterable[FeedEntry], images: ImagesBySeq) -> list[SeenChange]:
    """Return the changes of these entries that the viewer may see, in their order. `images` are those of the entries.

    This makes one request, and another one as `read_surroundings` does.
    """
    around = read_surroundings(viewer, (row for pair in images.values() for row in pair if row is not None))
    changes = [_see(entry, *images[entry.seq], around) for entry in entries if entry.seq in images]
    return [change for change in changes if change.shows_anything]


def _see(entry: FeedEntry, before: Row | None, after: Row | None, around: Surroundings) -> SeenChange:
    author = author_of(entry)
    if isinstance(after, AuditEvent):
        author = _author_in(after.doc["actor"])
    return SeenChange(
        entry.verb,
        entry.object_kind,
        entry.object_id,
        visible_image(entry.object_kind, before, around),
        visible_image(entry.object_kind, after, around),
        around,
        entry.account,
        entry.seq,
        entry.changed_at,
        author,
    )


def _author_in(actor: JsonObject) -> Author:
    """Return the author whom an audit event names."""
    return Author(actor["user"], (actor["credential"] or "").partition("-")[2], "")
