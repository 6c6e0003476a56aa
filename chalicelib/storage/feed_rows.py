"""The reads and writes of the function that records changes.

`unit_of_work` commits what requests plan, each row in the version that was read, and signs it. The function that
records changes is no request: it appends rows that nobody changes afterwards, it must know what is there if a row is
there already, and it signs nothing. So it has these few operations of its own. Only the modules of
domain/changes that record use them.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import errors
from chalicelib.storage import table
from chalicelib.storage.connection import table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.base import K, Ref, Row
from chalicelib.storage.models.changes import FeedEntry, HistoryRecord
from chalicelib.storage.rows import Rows


def read(ref: Ref[K]) -> K | None:
    """Return the row that a reference names, or None."""
    return table.get(ref)


def read_many(refs: Iterable[Ref[Row]]) -> Rows:
    """Return the rows that references name. This makes one request for each hundred."""
    return table.get_many(refs)


def newest_entry(account: int) -> FeedEntry | None:
    """Return the entry with the highest seq of an account, or None if the account has no feed yet."""
    return table.find_last(FeedEntry.of_account(account))


def entries_behind(account: int, seq: int) -> list[FeedEntry]:
    """Return all entries of an account with a higher seq, the lowest first."""
    return list(table.query(FeedEntry.behind(account, seq)))


def newest_record(account: int, kind: str, object_id: str, sequence: str) -> HistoryRecord | None:
    """Return the record of an object's write with this sequence number, or else of the last one before it."""
    return table.find_last(HistoryRecord.up_to(account, kind, object_id, sequence))


def put(row: Row) -> None:
    """Store a row, whatever is there. Raises errors.Unavailable."""
    with translate_errors():
        table_connection.put_item(row.pk, row.sk, attributes=row.next_item())


def put_if_absent(row: K) -> K | None:
    """Store a row. If there is one with the same key already, leave it and return it. Raises errors.Unavailable."""
    try:
        with translate_errors():
            table_connection.put_item(row.pk, row.sk, attributes=row.next_item(), condition=row.save_condition())
    except errors.Stale:
        stored = table.get(row.reference)
        if stored is None:
            raise
        return stored
    return None


def let_expire(entry: FeedEntry, moment: datetime | None) -> None:
    """Let DynamoDB remove an entry after a time, or keep it if `moment` is None. Raises errors.Unavailable."""
    actions = [FeedEntry.ttl.remove() if moment is None else FeedEntry.ttl.set(moment)]
    with translate_errors():
        table_connection.update_item(entry.pk, entry.sk, actions=actions, condition=FeedEntry.sequence.exists())
