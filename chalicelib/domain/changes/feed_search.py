"""Find the place of a time in a feed, whose entries are almost in the order of time."""

from datetime import timedelta

from chalicelib import clock
from chalicelib.storage import table
from chalicelib.storage.models.changes import FeedEntry

DISORDER = clock.to_milliseconds(timedelta(hours=1))  # by which the time of an entry may be before that of earlier ones
PROBES = 15  # entries that the search reads at once


def read_newest(account: int) -> FeedEntry | None:
    """Return the entry with the highest seq of an account, or None if the account has no feed yet."""
    return table.find_last(FeedEntry.of_account(account))


def find_last_before(account: int, newest: int, time: int) -> int:
    """Return the seq of the last entry before a time, or 0. Entries that have expired count as being before it."""
    before, behind = 0, newest + 1
    while behind - before > 1:
        step = max(1, (behind - before) // (PROBES + 1))
        probes = list(range(before + step, behind, step))[: PROBES + 1]
        entries = table.get_many(FeedEntry.ref(account, seq) for seq in probes)
        late = [entry.seq for entry in entries.all(FeedEntry) if entry.changed_at >= time]
        behind = min(late, default=behind)
        before = max((seq for seq in probes if seq < behind), default=before)
    return before
