"""Restore OGSM objects: put deleted ones back, set fields back, and remove several new objects together."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import parents, references
from chalicelib.domain.ogsm.noun import words
from chalicelib.domain.ogsm.objects import require_dates_in_order
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ARCHIVED, ID, PARENT
from chalicelib.storage import restoring, table
from chalicelib.storage.models.ogsm_objects import ObjectRow, RowAboutItem
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.rows import Rows
from chalicelib.storage.transactions import split_into_batches
from chalicelib.storage.unit_of_work import Change, Precondition

WRITES_OF_REMOVAL = 2  # the row and its tombstone
STILL_DELETED = "The deletion of this object has not been finished. Repeat it first."


def plan_restoration(caller: Caller, rows: Rows, image: ObjectRow) -> Change[None]:
    """Put a deleted object back as it was. `rows` has what is stored under its key, and the tombstone of its deletion.

    Raises errors.Conflict if the object exists or its deletion has not been finished, and errors.Invalid if it would be
    above itself now.
    """
    stored = rows.get(image.reference)
    if stored is not None:
        name = f"{words(references.noun_of(image).singular)} {image.id}"
        raise errors.Conflict(STILL_DELETED if stored.deleted_with else f"There is a {name} again.")
    row = restoring.copy_deleted(image, rows)
    row.deleted_with = row.is_archiving = None
    unchanged = _check_parent(caller, row, row.doc, previous=None)
    return Change(None, save=[row], preconditions=[restoring.require_same_deletion(image, rows), *unchanged])


def plan_reversal(caller: Caller, row: ObjectRow, before: ObjectRow, fields: Collection[str]) -> Change[None]:
    """Set fields of an object back to their values in an image, with what the row keeps about these fields.

    Raises errors.Invalid if the object would be due before it starts or be above itself.
    """
    document = row.doc | {name: before.doc[name] for name in fields}
    require_dates_in_order(document, sent=document)
    unchanged = _check_parent(caller, row, document, previous=row.doc)
    days: dict[str, str] = dict(row.reported_days or {})
    for name in fields:
        day = (before.reported_days or {}).get(name)
        days = days | {name: day} if day else {key: value for key, value in days.items() if key != name}
    row.reported_days = days or None
    if ARCHIVED.name in fields:
        row.archived_by = before.archived_by
    row.doc = document
    return Change(None, save=[row], preconditions=unchanged)


def _check_parent(
    caller: Caller, row: ObjectRow, document: JsonObject, previous: JsonObject | None
) -> list[Precondition]:
    """Return the conditions on the objects above an object of a noun with parents. Raises errors.Invalid."""
    noun = references.noun_of(row)
    return parents.check_parent(caller, noun, document, previous) if PARENT.name in document else []


def list_removals(caller: Caller, rows: Sequence[ObjectRow], planned: Rows) -> Iterator[Change[None]]:
    """Yield the changes that delete objects together, with the reports on them and their measurements.

    The reports and measurements go first. `planned` are rows that are saved in the same transaction. Raises
    errors.Conflict if an object that stays still refers to one of them.
    """
    going = {row.position for row in rows}
    _require_no_other_referrers(caller, rows, going, planned)
    about = [row for row in _read_about(caller, rows) if row.position not in going]
    ordered = [*about, *sorted(rows, key=lambda row: references.kind_about(references.noun_of(row)) is not None)]
    return (Change(None, delete=batch) for batch in split_into_batches(ordered, WRITES_OF_REMOVAL))


def _require_no_other_referrers(
    caller: Caller, rows: Sequence[ObjectRow], going: Collection[str], planned: Rows
) -> None:
    referring = {one for row in rows for one in references.nouns_referring_to(references.noun_of(row))}
    for stored in references.read_rows(caller, referring) if referring else []:
        other = planned.get(stored.reference) or stored
        named = {position for _, positions in references.positions_named(other) for position in positions}
        if other.position not in going and not other.deleted_with and named & set(going):
            name = f"{words(references.noun_of(other).singular)} {other.id}"
            raise errors.Conflict(f"The {name} refers to one of the objects that would be deleted. Delete it first.")


def _read_about(caller: Caller, rows: Sequence[ObjectRow]) -> list[ObjectRow]:
    """Return the reports on these objects and their measurements."""
    reads: list[Callable[[], list[ObjectRow]]] = []
    for row in rows:
        kind = references.kind_about(references.noun_of(row))
        if kind:
            reads.append(partial(_read_range, caller, kind, row.doc[ID.name]))
    return [row for found in run_parallel(reads) for row in found] if reads else []


def _read_range(caller: Caller, kind: type[RowAboutItem], item: int) -> list[ObjectRow]:
    return [*table.query(kind.about(caller.account, item))]
