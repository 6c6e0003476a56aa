"""Write the rows of a change to the table: all of them or none, and each row only in the version that was read.

A change of one row is a plain write, and a change of several rows is one transaction. Only storage/unit_of_work.py
calls `commit`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError

from chalicelib import json_text
from chalicelib.storage.connection import table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.base import Item, Ref, Row
from chalicelib.storage.table import planned_rows

if TYPE_CHECKING:  # it imports this module
    from chalicelib.storage.unit_of_work import Change, Precondition

R = TypeVar("R", bound=Row)

# Of one transaction. DynamoDB allows 100 writes and 4 MB. The receipt of an Idempotency-Key may be one of the writes.
MAX_WRITES, MAX_BYTES = 99, 4_000_000


def commit(change: "Change[Any]") -> None:
    """Write a change in one request.

    Raises errors.Stale if a row has changed since it was read, and the error of a precondition that does not hold.
    """
    if planned_rows.get():
        raise RuntimeError("A dry run must not write.")
    change = replace(change, preconditions=preconditions_to_check(change))
    with translate_errors():
        if len(change.save) + len(change.delete) + len(change.preconditions) > 1:
            _write_transaction(change)
        else:
            _write_one(change)
    for row in change.save:
        row.version = row.next_version


def fits_in_transaction(change: "Change[Any]", further_writes: int = 0) -> bool:
    """Return whether a change without preconditions and the receipt of an Idempotency-Key fit into one transaction.

    `further_writes` of small rows have to fit into it as well.
    """
    size = sum(document_size(row) for row in [*change.save, *change.delete])
    return count_writes(change.save, change.delete) + further_writes <= MAX_WRITES and size <= MAX_BYTES


def count_writes(save: Sequence[Row], delete: Sequence[Row]) -> int:
    """Return the number of writes in a commit that saves and deletes these rows, with the tombstones of objects."""
    tombstones = [row for row in delete if row.is_canonical]
    return len(save) + len(delete) + len(tombstones)


def split_into_batches(rows: Iterable[R], writes: int, beside: Row | None = None) -> Iterator[list[R]]:
    """Yield rows in groups that fit into one transaction each. `writes` is the number of writes that a row takes.

    `beside` is a row that each of the transactions saves besides the group.
    """
    most = MAX_WRITES - (beside is not None)
    first_size = document_size(beside) if beside else 0
    batch: list[R] = []
    size = first_size
    for row in rows:
        row_size = document_size(row)
        if batch and (writes * (len(batch) + 1) > most or size + row_size > MAX_BYTES):
            yield batch
            batch, size = [], first_size
        batch.append(row)
        size += row_size
    if batch:
        yield batch


def document_size(row: Row) -> int:
    """Return the size of the document of a row, in bytes."""
    return len(json_text.dump(getattr(row, "doc", None) or {}).encode())


def preconditions_to_check(change: "Change[Any]") -> "list[Precondition]":
    """Return the preconditions on rows that the change does not write. The version of a written row protects that row.

    A transaction may name each row once, so only the first precondition on a row counts.
    """
    read = [row for row in change.delete if row.version is not None]
    written = {row.reference for row in [*change.save, *read]}
    preconditions: dict[Ref[Row], Precondition] = {}
    for precondition in change.preconditions:
        preconditions.setdefault(precondition.ref, precondition)
    return [precondition for ref, precondition in preconditions.items() if ref not in written]


def _write_transaction(change: "Change[Any]") -> None:
    checks = [precondition for precondition in change.preconditions if precondition.counts is None]
    counts = [precondition for precondition in change.preconditions if precondition.counts is not None]
    try:
        table_connection.connection.transact_write_items(
            condition_check_items=[_operation(check.ref, condition=check.condition) for check in checks],
            delete_items=[_operation(row.reference, condition=row.delete_condition()) for row in change.delete],
            put_items=[_put_operation(row) for row in change.save],
            update_items=[
                _operation(count.ref, actions=[count.counts.add(1)], condition=count.condition) for count in counts
            ],
        )
    except TransactWriteError as error:
        failed = _find_failed([check.ref for check in checks], [count.ref for count in counts], error)
        for precondition in change.preconditions:
            if precondition.ref in failed:
                raise precondition.error from None
        raise


def _operation(ref: Ref[Row], **options: Any) -> dict[str, Any]:
    """Return one operation of a transaction."""
    operation: dict[str, Any] = table_connection.get_operation_kwargs(ref.pk, ref.sk, **options)
    return operation


def _put_operation(row: Row) -> dict[str, Any]:
    return _operation(row.reference, key="Item", attributes=row.next_item(), condition=row.save_condition())


def _find_failed(checks: list[Ref[Row]], counts: list[Ref[Row]], error: TransactWriteError) -> set[Ref[Row]]:
    """Return the rows of the preconditions that do not hold, or none if a written row is a reason as well.

    DynamoDB gives one reason for each operation, in the order of the request: checks, written rows, counts. The
    reason is None for an operation that could have been done.
    """
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    first_count = len(reasons) - len(counts)
    if any(reasons[len(checks) : first_count]):
        return set()
    reasons_of_preconditions = [*reasons[: len(checks)], *reasons[first_count:]]
    pairs = zip([*checks, *counts], reasons_of_preconditions, strict=False)
    return {ref for ref, reason in pairs if reason == "ConditionalCheckFailed"}


def _write_one(change: "Change[Any]") -> None:
    try:
        for row in change.delete:
            table_connection.delete_item(row.pk, row.sk, condition=row.delete_condition())
        for row in change.save:
            table_connection.put_item(row.pk, row.sk, attributes=row.next_item(), condition=row.save_condition())
    except (PutError, DeleteError) as error:
        if not (_was_retried(error) and _is_committed(change)):
            raise


def _was_retried(error: PynamoDBException) -> bool:
    """Return whether botocore has sent a failed write more than once.

    If only the response of the first write got lost, the second one fails because the first one has succeeded.
    """
    response = getattr(getattr(error.cause, "__cause__", None), "response", {})
    return bool(response.get("ResponseMetadata", {}).get("RetryAttempts"))


def _is_committed(change: "Change[Any]") -> bool:
    """Return whether the table already is as the change would leave it."""
    are_saved = all(_stored_item(row) == row.next_item() for row in change.save)
    return are_saved and not any(_stored_item(row) for row in change.delete)


def _stored_item(row: Row) -> Item | None:
    item: Item | None = table_connection.get_item(row.pk, row.sk, consistent_read=True).get("Item")
    return Row.from_raw_data(item).serialize() if item else None  # builds the row so that bytes are decoded
