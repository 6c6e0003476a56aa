"""Record the changes that a batch of the table's stream contains."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chalicelib import config
from chalicelib.domain.changes.guard import PredecessorMissing
from chalicelib.domain.changes.sequencing import Feed
from chalicelib.domain.changes.writes import ObjectWrite, read_object_write
from chalicelib.json_text import JsonObject
from chalicelib.storage import feed_rows
from chalicelib.storage.models.changes import NO_CHANGE
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.rows import Rows


def record_batch(records: Iterable[JsonObject]) -> None:
    """Append the changes in these records of the stream to the feeds of their accounts.

    Raises an error if any of them could not be recorded. Then all must be delivered again. An account whose changes
    must wait does not keep others waiting.
    """
    if not config.HISTORY_DAYS:
        return
    writes = [write for record in records if (write := read_object_write(record)) is not None]
    tombstones = _read_tombstones(writes)
    by_account: dict[int, list[ObjectWrite]] = defaultdict(list)
    for write in writes:
        by_account[write.row_write.account].append(write)
    missing = [error for account, some in by_account.items() for error in _append_all(account, some, tombstones)]
    if missing:
        raise missing[0]


def _read_tombstones(writes: Iterable[ObjectWrite]) -> Rows:
    """Return the tombstones of the rows that were put or deleted."""
    row_writes = (write.row_write for write in writes)
    return feed_rows.read_many(
        Tombstone.ref(write.row) for write in row_writes if write.before is None or write.after is None
    )


def _append_all(account: int, writes: Sequence[ObjectWrite], tombstones: Rows) -> list[PredecessorMissing]:
    """Append the writes of an account up to the first one that must wait. Return the error of that one."""
    last = max((place for place, write in enumerate(writes) if write.verb != NO_CHANGE), default=0)
    feed = Feed(account, writes[0].row_write.stream_began_at, tombstones)
    for place, write in enumerate(writes):
        try:
            feed.append(write, is_last=place >= last)
        except PredecessorMissing as error:
            feed.keep_newest()
            return [error]
    return []
