"""Reading and counting. Reads are strongly consistent, so that what was just written is read."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pynamodb.exceptions import DoesNotExist

from chalicelib import errors
from chalicelib.storage.faults import translated
from chalicelib.storage.item import Item, Key, connection
from chalicelib.storage.models import Counter

K = TypeVar("K", bound=Item)


def get(kind: type[K], *ids: Any) -> K | None:
    """The item of that kind with these ids, or None."""
    with translated():
        try:
            partition, sort = kind.key(*ids)
            return kind.get(partition, sort, consistent_read=True)
        except DoesNotExist:
            return None


def having(kind: type[K], partition: str, prefix: str) -> Iterator[K]:
    """All items of that kind in a partition, in the order of their keys."""
    with translated():
        yield from kind.query(partition, kind.sk.startswith(prefix), consistent_read=True)


def texts(first: Key, after: str | None = None, reach: int | None = None) -> Iterator[Key]:
    """Sort key and document text of a partition's items from the key `first` on, without building objects.

    `after` begins behind that sort key; `reach` is how many the caller will read at most, so that no more is fetched.
    """
    partition, start = first
    resume = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    while True:
        with translated():
            page = connection().query(
                partition,
                range_key_condition=Item.sk >= start,
                consistent_read=True,
                exclusive_start_key=resume,
                limit=reach,
            )
        yield from ((item["sk"]["S"], item["doc"]["S"]) for item in page["Items"])
        resume = page.get("LastEvaluatedKey")
        if not resume:
            return


def count_up(account: int | None, name: str, by: int = 1) -> int:
    """Counts an account's counter up, atomically; answers where it stands then."""
    counter = Counter.at(account, name)
    with translated():
        counter.update([Counter.last.add(by), Counter.kind.set(Counter)], add_version_condition=False)
    return counter.last


def count_from(account: int | None, name: str, least: int) -> None:
    """Makes sure that a counter has come as far as `least`."""
    behind = Counter.last.does_not_exist() | (Counter.last < least)
    try:
        with translated():
            counter = Counter.at(account, name)
            counter.update([Counter.last.set(least), Counter.kind.set(Counter)], behind, add_version_condition=False)
    except errors.Stale:
        return  # it is further already


def create_table() -> bool:
    """Makes the table of a local store unless it is there; answers whether it had to."""
    if Item.exists():
        return False
    Item.create_table(wait=True)
    return True
