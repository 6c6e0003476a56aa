"""The one place that talks to DynamoDB: get, query, count, commit.

Reads are strongly consistent, so that what was just written is read. Every write is conditional on the version that was
read; what belongs together is one transaction. Errors of the store come out as errors.Stale and errors.Unavailable.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from botocore.exceptions import BotoCoreError
from pynamodb.connection import TableConnection
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import errors
from chalicelib.storage import cost
from chalicelib.storage.models import Counter, Item, Key

T = TypeVar("T")
K = TypeVar("K", bound=Item)
R = TypeVar("R")

CHANGED = {
    "ConditionalCheckFailedException",
    "ConditionalCheckFailed",
    "TransactionConflictException",
    "TransactionConflict",
}
BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
}
ATTEMPTS = 12
RETRY = {"Retry-After": "1"}


@dataclass(frozen=True)
class Change(Generic[T]):
    """What a verb decided: its answer, and the items whose saving and deleting make it true, all or none."""

    answer: T
    saves: Sequence[Item] = ()
    deletes: Sequence[Item] = ()

    def also(self, *items: Item) -> "Change[T]":
        """The same change with more items to save in its transaction."""
        return replace(self, saves=[*self.saves, *items])

    def answering(self, answer: R) -> "Change[R]":
        """The same change with another answer."""
        return Change(answer, self.saves, self.deletes)


def get(kind: type[K], *ids: Any) -> K | None:
    """The item of that kind with these ids, or None."""
    with _translated():
        try:
            partition, sort = kind.key(*ids)
            return kind.get(partition, sort, consistent_read=True)
        except DoesNotExist:
            return None


def having(kind: type[K], partition: str, prefix: str) -> Iterator[K]:
    """All items of that kind in a partition, in the order of their keys."""
    with _translated():
        yield from kind.query(partition, kind.sk.startswith(prefix), consistent_read=True)


def texts(first: Key, after: str | None = None, reach: int | None = None) -> Iterator[Key]:
    """Sort key and document text of a partition's items from the key `first` on, without building objects.

    `after` begins behind that sort key; `reach` is how many the caller will read at most, so that no more is fetched.
    """
    partition, start = first
    resume = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    while True:
        with _translated():
            page = _connection().query(
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
    with _translated():
        counter.update([Counter.last.add(by), Counter.kind.set(Counter)], add_version_condition=False)
    return counter.last


def count_from(account: int | None, name: str, least: int) -> None:
    """Makes sure that a counter has come as far as `least`."""
    behind = Counter.last.does_not_exist() | (Counter.last < least)
    try:
        with _translated():
            counter = Counter.at(account, name)
            counter.update([Counter.last.set(least), Counter.kind.set(Counter)], behind, add_version_condition=False)
    except errors.Stale:
        return  # it is further already


def settle(plan: Callable[[], Change[T]]) -> T:
    """Plans a change and commits it, again from the start while others change the same items in between."""
    for attempt in range(ATTEMPTS):
        change = plan()
        try:
            commit(change)
        except errors.Stale:
            time.sleep(random.uniform(0, min(0.4, 0.02 * 2**attempt)))  # full jitter
        else:
            return change.answer
    raise errors.Conflict("others kept changing the same objects; nothing was changed, so try again", RETRY)


def commit(change: Change[Any]) -> None:
    """Writes a change in one request. Raises errors.Stale where an item is no longer as it was read."""
    with _translated():
        if len(change.saves) + len(change.deletes) > 1:
            with TransactWrite(connection=_connection().connection) as transaction:
                for item in change.deletes:
                    transaction.delete(item)
                for item in change.saves:
                    transaction.save(item)
        else:
            _write_one(change)


def create_table() -> bool:
    """Makes the table of a local store unless it is there; answers whether it had to."""
    if Item.exists():
        return False
    Item.create_table(wait=True)
    return True


def _connection() -> TableConnection:
    # PynamoDB has no public way to the connection that a model uses.
    return Item._get_connection()


def _write_one(change: Change[Any]) -> None:
    try:
        for item in change.deletes:
            item.delete()
        for item in change.saves:
            item.save()
    except (PutError, DeleteError) as error:
        if not (_was_sent_again(error) and _holds(change)):
            raise


def _was_sent_again(error: PynamoDBException) -> bool:
    # When an answer gets lost botocore sends the write again, and then the condition fails because of the first one.
    answer = getattr(getattr(error.cause, "__cause__", None), "response", {})
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts"))


def _holds(change: Change[Any]) -> bool:
    """Whether the table is as this change would leave it."""

    def stored(item: Item) -> Any:
        return _connection().get_item(item.pk, item.sk, consistent_read=True).get("Item")

    def wanted(item: Item) -> Any:
        return item.serialize() | {"version": {"N": str((item.version or 0) + 1)}}

    saved = all(stored(item) == wanted(item) for item in change.saves)
    return saved and not any(stored(item) for item in change.deletes)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DoesNotExist:
        raise
    except PynamoDBException as error:
        raise _translation(error) from error


def _translation(error: PynamoDBException) -> Exception:
    codes = {error.cause_response_code}
    if isinstance(error, TransactWriteError):
        codes |= {reason.code for reason in error.cancellation_reasons if reason}
    if codes & CHANGED:
        return errors.Stale("the object has been changed by somebody else meanwhile")
    if codes & BUSY or isinstance(error.cause, BotoCoreError):
        return errors.Unavailable("the store is busy or out of reach; try again")
    return error


# The client is made while the module loads, when Lambda gives a full processor, and shared by all models.
cost.watch(cast("Any", _connection().connection.client))
