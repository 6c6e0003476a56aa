"""Writing: what a verb decided is committed all or none, each item only in the version that was read.

What is one item costs a plain write, what is several a transaction. Where somebody else was faster errors.Stale comes
out, and `settle` plans again from what is stored then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib import clock, errors, randomness
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.base import Key, Row, connection

T = TypeVar("T")
R = TypeVar("R")

MAX_ATTEMPTS = 12
RETRY = {"Retry-After": "1"}


@dataclass(frozen=True)
class Precondition:
    """What must hold of another item while a change is committed, and the error if it does not.

    Where something arrives in that item, `counts` is the attribute that counts it: the item is only deleted with what
    had arrived when it was read.
    """

    kind: type[Row]
    key: Key
    condition: Condition
    error: errors.Problem
    counts: Any = None


@dataclass(frozen=True)
class Change(Generic[T]):
    """What a verb decided: its answer, and the items whose saving and deleting make it true, all or none."""

    answer: T
    save: Sequence[Row] = ()
    delete: Sequence[Row] = ()
    preconditions: Sequence[Precondition] = ()

    # An item to delete that was not read itself has no version, and goes whatever it is: another item of the same
    # change, which was read, vouches for it.

    def and_save(self, *items: Row) -> "Change[T]":
        """The same change with more items to save in its transaction."""
        return replace(self, save=[*self.save, *items])

    def with_preconditions(self, *requirements: Precondition) -> "Change[T]":
        """The same change if more holds."""
        return replace(self, preconditions=[*self.preconditions, *requirements])

    def with_answer(self, answer: R) -> "Change[R]":
        """The same change with another answer."""
        return Change(answer, self.save, self.delete, self.preconditions)


def run_with_retries(plan: Callable[[], Change[T]]) -> T:
    """Plans a change and commits it, again from the start while others change the same items in between.

    A plan may commit steps of its own, as long as it finds them done when it begins again.
    """
    for attempt in range(MAX_ATTEMPTS):
        try:
            change = plan()
            commit(change)
        except errors.Stale:
            clock.sleep(randomness.jitter(min(0.4, 0.02 * 2**attempt)))
        else:
            return change.answer
    raise errors.Conflict("others kept changing the same objects; nothing was changed, so try again", RETRY)


def commit(change: Change[Any]) -> None:
    """Writes a change in one request. Raises errors.Stale where an item is no longer as it was read."""
    change = replace(change, preconditions=_preconditions_to_check(change))
    with translate_errors():
        if len(change.save) + len(change.delete) + len(change.preconditions) > 1:
            _write_all(change)
        else:
            _write_one(change)


def _preconditions_to_check(change: Change[Any]) -> list[Precondition]:
    """What is required of items that are not written themselves: those are vouched for by their version.

    Of several requirements for one item the first counts: a transaction may name each only once.
    """
    read = [item for item in change.delete if item.version is not None]
    written = {(item.pk, item.sk) for item in [*change.save, *read]}
    required: dict[Key, Precondition] = {}
    for one in change.preconditions:
        required.setdefault(one.key, one)
    return [one for key, one in required.items() if key not in written]


def _write_all(change: Change[Any]) -> None:
    try:
        with TransactWrite(connection=connection().connection) as transaction:
            for one in change.preconditions:
                if one.counts is None:
                    transaction.condition_check(one.kind, *one.key, condition=one.condition)
                else:
                    counted = [one.counts.add(1)]
                    transaction.update(one.kind(*one.key), counted, one.condition, add_version_condition=False)
            for item in change.delete:
                transaction.delete(item, add_version_condition=item.version is not None)
            for item in change.save:
                transaction.save(item)
    except TransactWriteError as error:
        lacking = _failed_precondition(
            change.preconditions, [reason.code if reason else None for reason in error.cancellation_reasons]
        )
        if lacking:
            raise lacking.error from None
        raise


def _failed_precondition(preconditions: Sequence[Precondition], reasons: list[str | None]) -> Precondition | None:
    """The first requirement that does not hold, if that alone is why a transaction was refused.

    DynamoDB gives a reason for each of its parts, which PynamoDB sends in this order: checks, what is written, counts.
    """
    checks = [one for one in preconditions if one.counts is None]
    counts = len(preconditions) - len(checks)
    written = reasons[len(checks) : len(reasons) - counts]
    about = [*reasons[: len(checks)], *reasons[len(reasons) - counts :]]
    known = zip([*checks, *(one for one in preconditions if one.counts is not None)], about, strict=False)
    failed = {one.key for one, reason in known if reason == "ConditionalCheckFailed"}
    return None if any(written) else next((one for one in preconditions if one.key in failed), None)


def _write_one(change: Change[Any]) -> None:
    try:
        for item in change.delete:
            item.delete()
        for item in change.save:
            item.save()
    except (PutError, DeleteError) as error:
        if not (_was_sent_again(error) and _is_stored(change)):
            raise


def _was_sent_again(error: PynamoDBException) -> bool:
    # When an answer gets lost botocore sends the write again, and then the condition fails because of the first one.
    answer = getattr(getattr(error.cause, "__cause__", None), "response", {})
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts"))


def _is_stored(change: Change[Any]) -> bool:
    """Whether the table is as this change would leave it."""

    def stored(item: Row) -> Any:
        return connection().get_item(item.pk, item.sk, consistent_read=True).get("Item")

    def wanted(item: Row) -> Any:
        return item.serialize() | {"version": {"N": str((item.version or 0) + 1)}}

    saved = all(stored(item) == wanted(item) for item in change.save)
    return saved and not any(stored(item) for item in change.delete)
