"""Delete OGSM objects with their reports and measurements, and if the caller asks, with the objects that refer to them.

A deletion that fits into one transaction is one commit. Otherwise the first commits mark the objects that go, from the
top down. Marked objects are hidden. Then their reports and measurements are deleted in steps, then the objects, and at
last the one that was asked for. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import references
from chalicelib.domain.ogsm.cascade import Cascade, marked_rows, plan_cascade
from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.domain.ogsm.objects import not_found
from chalicelib.domain.ogsm.stored_objects import StoredObjects, read_objects
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ID
from chalicelib.storage import table
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.parallel import MAX_PARALLEL, run_both, run_parallel
from chalicelib.storage.transactions import MAX_WRITES, fits_in_transaction, split_into_batches
from chalicelib.storage.unit_of_work import Change, Steps

MAX_NAMED = 10  # objects that the error names
WRITES_OF_DELETION = 2  # the row and its tombstone
MAX_DELETED = MAX_WRITES // WRITES_OF_DELETION  # rows in one transaction


def delete_object(caller: Caller, noun: OgsmNoun, object_id: int, *, cascade: bool = False) -> Steps[JsonObject]:
    """Delete an object with its reports or measurements, and return it as it was.

    `cascade` also deletes what refers to it. Raises NotFound, and Conflict if others refer to it and may not go along.
    """
    if cascade and references.nouns_referring_to(noun):
        plan = _plan_with_referrers(caller, noun, object_id)
        [root, *_], reports = plan.deleted, None
    else:
        root, reports, objects = _read_alone(caller, noun, object_id)
        if objects and not root.deleted_with:
            _require_no_referrers(noun, object_id, objects)
        plan = Cascade([root, *_read_marked(caller, noun, root)], [])
    if not root.deleted_with and len(plan.deleted) <= MAX_DELETED:
        reports = _read_reports(caller, plan.deleted) if reports is None else reports
        change = Change(root.doc, save=plan.changed, delete=[*reports, *plan.deleted])
        if fits_in_transaction(change):
            return change
    return (yield from _delete_in_steps(caller, root, plan))


def _plan_with_referrers(caller: Caller, noun: OgsmNoun, object_id: int) -> Cascade:
    """Read an object and all that may be below it, and return what goes along. Raises NotFound."""
    root, rows = run_both(
        partial(_find_root, caller, noun, object_id),
        partial(references.read_rows, caller, references.nouns_below(noun)),
    )
    return plan_cascade(root, rows)


def _read_alone(
    caller: Caller, noun: OgsmNoun, object_id: int
) -> tuple[ObjectRow, list[ObjectRow], StoredObjects | None]:
    """Return an object, its reports or measurements, and the objects that may refer to it. Raises NotFound.

    They are read in parallel. There are no such objects if the noun is not one that others refer to.
    """
    reads: list[Callable[[], Any]] = [partial(_find_root, caller, noun, object_id)]
    referring = references.nouns_referring_to(noun)
    if references.kind_about(noun):
        reads.append(partial(_read_reports_of, caller, noun, object_id))
    if referring:
        reads.append(partial(read_objects, caller, referring))
    root, *others = run_parallel(reads) if len(reads) > 1 else [reads[0]()]
    objects = others.pop() if referring else None
    return root, others[0] if others else [], objects


def _find_root(caller: Caller, noun: OgsmNoun, object_id: int) -> ObjectRow:
    """Return the row of the object to delete, also if its deletion has begun. Raises NotFound.

    An object that is deleted along with another one is not found.
    """
    row = table.get(noun.row.ref(caller.account, object_id))
    if row is None or row.deleted_with not in (None, row.position):
        raise not_found(noun, object_id)
    return row


def _read_marked(caller: Caller, noun: OgsmNoun, root: ObjectRow) -> list[ObjectRow]:
    """Return the objects that an earlier attempt has marked. The same request without `cascade` finishes these."""
    below = references.nouns_below(noun)
    return marked_rows(root, references.read_rows(caller, below)) if root.deleted_with and below else []


def _read_reports_of(caller: Caller, noun: OgsmNoun, object_id: int) -> list[ObjectRow]:
    """Return the first reports or measurements of an object, one more than fit into a transaction together with it."""
    kind = references.kind_about(noun)
    return [*table.query(kind.about(caller.account, object_id), limit=MAX_DELETED)] if kind else []


def _read_reports(caller: Caller, items: Sequence[ObjectRow]) -> list[ObjectRow]:
    """Return the first reports or measurements of each of these objects."""
    reads = [
        partial(_read_reports_of, caller, noun, row.doc[ID.name])
        for row in items
        if references.kind_about(noun := references.noun_of(row))
    ]
    return [row for rows in run_parallel(reads) for row in rows]


def _require_no_referrers(noun: OgsmNoun, object_id: int, objects: StoredObjects) -> None:
    """Raise Conflict if other objects refer to this one. The error names the first of them."""
    names = [
        f"{words(other.singular)} {document[ID.name]}"
        for other in references.nouns_referring_to(noun)
        for document in objects.documents(other)
        if references.names_object(other, document, noun, object_id)
    ]
    if not names:
        return
    more = f" and {len(names) - MAX_NAMED} others" if len(names) > MAX_NAMED else ""
    raise errors.Conflict(
        f"The {words(noun.singular)} {object_id} cannot be deleted, because others refer to it:"
        f" {', '.join(names[:MAX_NAMED])}{more}. Delete them first, or all together with ?cascade=true."
    )


def _delete_in_steps(caller: Caller, root: ObjectRow, plan: Cascade) -> Steps[JsonObject]:
    """Mark all objects that go, then delete their reports and measurements, then the objects, the asked one last.

    Each commit that marks objects also writes the asked one. Another request that is deleting it can then not finish
    without them.
    """
    has_begun = bool(root.deleted_with)
    unmarked = [row for row in plan.deleted[1:] if not row.deleted_with]
    for row in [root, *unmarked]:
        row.deleted_with = root.position
    batches = list(split_into_batches(unmarked, writes=1, beside=root))
    for batch in batches or [[]][has_begun:]:
        yield Change(None, save=[root, *batch], resumes=has_begun)
    for batch in split_into_batches(plan.changed, writes=1):
        yield Change(None, save=batch, resumes=True)
    for first in range(0, len(plan.deleted), MAX_PARALLEL):
        yield from _delete_reports(caller, plan.deleted[first : first + MAX_PARALLEL])
    for batch in split_into_batches(plan.deleted[:0:-1], WRITES_OF_DELETION):
        yield Change(None, delete=batch, resumes=True)
    return Change(root.doc, delete=[root], resumes=True)


def _delete_reports(caller: Caller, items: Sequence[ObjectRow]) -> Iterator[Change[None]]:
    """Yield the changes that delete all reports and measurements of these objects."""
    while reports := _read_reports(caller, items):
        for batch in split_into_batches(reports, WRITES_OF_DELETION):
            yield Change(None, delete=batch, resumes=True)
