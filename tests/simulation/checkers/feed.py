"""The feed of each account has every change once, in the order of each object, with its author and its images."""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from chalicelib.storage import stamps
from tests.simulation.checkers.items import Item, account_of, kind_of, text_of
from tests.simulation.checkers.object_changes import DELETE, ObjectChange, find_changes, identify
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.versions import is_of_operator
from tests.simulation.checkers.violation import Violation
from tests.simulation.event_source import EventSource
from tests.simulation.store.stream import Stream

NAME = "feed"
ENTRY, RECORD, PART = "feed_entry", "history_record", "history_part"
SECRETS = (
    "secret_hash",
    "old_secret_hash",
    "confirmation_hash",
    "confirmation_claim",
    "mail_claim",
)
Changes = Mapping[tuple[int, tuple[int, str, str]], ObjectChange]  # by commit and object


def check(timeline: Timeline, source: EventSource) -> Iterator[Violation]:
    """Yield what is missing, wrong, or there twice in the feeds, after all records have been handled."""
    if not source.is_done:
        yield Violation(NAME, "Records of the stream were not handled, although nothing failed any more.")
        return
    expected = {(change.commit, change.object): change for change in find_changes(timeline)}
    found = dict(_find_entries(timeline, source.stream))
    yield from _check_places(timeline)
    yield from _check_completeness(expected, found)
    yield from _check_order(expected, found)
    for place, entry in found.items():
        if place in expected:
            yield from _check_entry(timeline, expected[place], entry)
    yield from _check_history(timeline)


def entries_of(timeline: Timeline) -> dict[int, dict[int, Item]]:
    """Return the entries of each account by their seq, without the beginning."""
    entries: dict[int, dict[int, Item]] = defaultdict(dict)
    for key, item in timeline.rows_of(ENTRY):
        seq = int(key[1].rpartition("#")[2])
        if seq:
            entries[account_of(key) or 0][seq] = item
    return entries


def commit_of(stream: Stream, entry: Item) -> int:
    """Return the commit that an entry is about."""
    return stream.by_sequence[int(entry["sequence"]["S"])].commit


def _find_entries(
    timeline: Timeline, stream: Stream
) -> Iterator[tuple[tuple[int, tuple[int, str, str]], list[tuple[int, Item]]]]:
    """Yield the entries of each change with their seqs: mostly one."""
    found: dict[tuple[int, tuple[int, str, str]], list[tuple[int, Item]]] = defaultdict(list)
    for account, entries in entries_of(timeline).items():
        for seq, entry in sorted(entries.items()):
            named = account, entry["object_kind"]["S"], entry["object_id"]["S"]
            found[commit_of(stream, entry), named].append((seq, entry))
    yield from found.items()


def _check_places(timeline: Timeline) -> Iterator[Violation]:
    """Yield gaps, and a newest entry that would expire."""
    for account, entries in entries_of(timeline).items():
        if sorted(entries) != list(range(1, len(entries) + 1)):
            yield Violation(NAME, f"The feed of account {account} has the places {sorted(entries)}.")
        if "ttl" in entries[max(entries)]:
            yield Violation(NAME, f"The newest entry of account {account} will expire.")


def _check_completeness(
    expected: Changes, found: Mapping[tuple[int, tuple[int, str, str]], list[tuple[int, Item]]]
) -> Iterator[Violation]:
    for place, change in expected.items():
        if place not in found:
            yield Violation(NAME, f"{_say(change)} is not in the feed.", (change.owner,))
    for place, entries in found.items():
        seqs = [seq for seq, _ in entries]
        if place not in expected:
            yield Violation(
                NAME, f"The entries {seqs} say that commit {place[0]} changed {place[1]}, which it did not."
            )
        elif len(seqs) > 1:
            yield Violation(NAME, f"{_say(expected[place])} is in the feed at {seqs}.", (expected[place].owner,))


def _check_order(
    expected: Changes, found: Mapping[tuple[int, tuple[int, str, str]], list[tuple[int, Item]]]
) -> Iterator[Violation]:
    """Yield changes of an object that are not in the order of their commits."""
    places: dict[tuple[int, str, str], list[tuple[int, int]]] = defaultdict(list)
    for (commit, named), entries in found.items():
        places[named] += [(commit, seq) for seq, _ in entries]
    deletions = [change.object for change in expected.values() if change.verb == DELETE]
    for named, pairs in places.items():
        if deletions.count(named) > 1:
            continue  # docs/changes.md: the tombstone of the first deletion is gone
        for (first, seq), (later, later_seq) in pairwise(sorted(pairs)):
            if seq >= later_seq:
                text = f"{named}: the change of commit {first} has seq {seq}, that of commit {later} {later_seq}."
                yield Violation(NAME, text)


def _say(change: ObjectChange) -> str:
    return f"{change.verb} of {change.kind} {change.id} by {change.owner} in commit {change.commit}"


def _check_entry(timeline: Timeline, change: ObjectChange, entries: list[tuple[int, Item]]) -> Iterator[Violation]:
    """Yield an entry, or the record of it, that says something else than the commit."""
    [(seq, entry), *_] = entries
    what = f"{_say(change)}, seq {seq}"
    if entry["verb"]["S"] != change.verb:
        yield Violation(NAME, f"{what}: the entry says {entry['verb']['S']}.", (change.owner,))
    record = _record_of(timeline, change, entry)
    if record is None:
        yield Violation(NAME, f"{what}: the record is missing.", (change.owner,))
        return
    images = read_images(timeline, record)
    wanted = {"before": _without_secrets(change.before), "after": _without_secrets(change.after)}
    for name, image in wanted.items():
        if _comparable(change, images[name]) != _comparable(change, image):
            yield Violation(
                NAME, f"{what}: the image {name} the change is {images[name]}, not {image}.", (change.owner,)
            )
    yield from _check_author(timeline, change, entry, what)


def _comparable(change: ObjectChange, image: Item | None) -> Item | None:
    """Return an image as it must be. If an invitation passes to another user, its former row is not read any more."""
    if change.kind != "invitation" or not change.after or "moved_from" not in change.after:
        return image
    return image and {name: value for name, value in image.items() if name not in ("moved_from", "version")}


def _record_of(timeline: Timeline, change: ObjectChange, entry: Item) -> Item | None:
    partition = f"ACCOUNT#{change.account:09}#HISTORY#{change.kind}#{change.id}"
    return timeline.rows.get((partition, f"RECORD#{entry['sequence']['S'].zfill(40)}"))


def read_images(timeline: Timeline, record: Item) -> dict[str, Item | None]:
    """Return the images of a record, and the one in its part if it has one."""
    images: dict[str, Item | None] = _unpack(record)
    part = timeline.rows.get((record["pk"]["S"], record["sk"]["S"].replace("RECORD#", "PART#")))
    return images | {"after": _unpack(part)["after"]} if "has_part" in record and part else images


def _unpack(row: Item) -> dict[str, Item | None]:
    images: dict[str, Item | None] = json.loads(zlib.decompress(base64.b64decode(row["images"]["B"])))
    return images


def _without_secrets(item: Item | None) -> Item | None:
    return item and {name: value for name, value in item.items() if name not in SECRETS}


def _check_author(timeline: Timeline, change: ObjectChange, entry: Item, what: str) -> Iterator[Violation]:
    """Yield an entry that names another author than the user and the request of the commit."""
    request = timeline.requests.get(change.owner)
    stamp = text_of(entry, "stamp")
    if request is None or stamp is None:
        if request is None and stamp is not None and not is_of_operator(stamp):
            yield Violation(NAME, f"{what}: the entry has an author, but no request made the change.", (change.owner,))
        elif request is not None and not _may_lack_author(timeline, change):
            yield Violation(NAME, f"{what}: the entry has no author.", (change.owner,))
        return
    author = stamps.unpack(base64.b64decode(stamp)).author
    if author.request_id != request.request_id:
        yield Violation(NAME, f"{what}: the entry names another request.", (change.owner,))


def _may_lack_author(timeline: Timeline, change: ObjectChange) -> bool:
    """Return whether a later deletion has overwritten the tombstone, or the row bears the stamp of an earlier write."""
    if change.after is None:
        later = [one for one in find_changes(timeline) if one.object == change.object and one.commit > change.commit]
        return any(one.verb == DELETE or one.after is None for one in later)
    return (change.before is not None and change.before.get("stamp") == change.after.get("stamp")) or (
        "stamp" not in change.after
    )


def _check_history(timeline: Timeline) -> Iterator[Violation]:
    """Yield rows of the feed and the history that have changed, or that contain a secret."""
    for change in timeline.changes:
        kind = kind_of(change.item)
        if kind not in (ENTRY, RECORD, PART):
            continue
        if kind != PART and change.before is not None and _fixed(change.before) != _fixed(change.after):
            yield Violation(NAME, f"{change.owner} changed the row {change.key}, which never changes.")
        if kind != ENTRY and change.after is not None:
            images = _unpack(change.after)
            names = {name for image in images.values() for name in image or ()}
            if not names.isdisjoint(SECRETS):
                yield Violation(NAME, f"The row {change.key} contains {sorted(names.intersection(SECRETS))}.")


def _fixed(item: Item | None) -> Item | None:
    return item and {name: value for name, value in item.items() if name != "ttl"}


__all__ = ["check", "commit_of", "entries_of", "identify", "read_images"]
