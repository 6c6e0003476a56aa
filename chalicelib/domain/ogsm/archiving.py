"""Archive the KPIs and actions of a strategy with it, and restore them when it is published again.

Each of them remembers the strategy that it was archived with, and forgets it when a user archives or restores it alone.
One that also belongs to a strategy which is not archived, or which does not exist here, stays as it is.

A change that fits into one transaction is one commit. Otherwise the first commit marks the strategy, and the last one
takes the mark away. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Iterable, Sequence

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import references
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.objects import find_object, plan_update
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ARCHIVED, ID, STRATEGIES
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.transactions import fits_in_transaction, split_into_batches
from chalicelib.storage.unit_of_work import Change, Steps

ARCHIVES_REFERRERS = STRATEGIES.refers_to  # the only noun with which others are archived


def update_object(
    caller: Caller, noun: OgsmNoun, object_id: int, fields: JsonObject
) -> Change[JsonObject] | Steps[JsonObject]:
    """Change the given fields of an object. If it is archived or restored, so is what belongs to it.

    Raises as objects.update_object. Nouns other than strategies have nothing that is archived with them.
    """
    row = find_object(caller, noun, object_id)
    was_archived = row.doc.get(ARCHIVED.name)
    change = plan_update(caller, noun, row, fields)
    is_changed = change.answer.get(ARCHIVED.name) != was_archived
    is_unfinished = bool(row.is_archiving) and ARCHIVED.name in fields
    if noun.singular == ARCHIVES_REFERRERS and (is_changed or is_unfinished):
        return _update_with_referrers(caller, noun, row, change)
    return change


def _update_with_referrers(
    caller: Caller, noun: OgsmNoun, row: ObjectRow, change: Change[JsonObject]
) -> Steps[JsonObject]:
    """Change an object, and archive or restore what belongs to it."""
    referrers = _read_referrers(caller, noun)
    others = _archive(row, referrers) if row.doc[ARCHIVED.name] else _restore(row, referrers)
    has_begun, document = bool(row.is_archiving) and change.writes_nothing, row.doc
    row.is_archiving = None
    whole = Change(document, save=[row, *others], resumes=has_begun)
    if fits_in_transaction(whole):
        return whole
    row.is_archiving = True
    if not has_begun:
        yield Change(None, save=[row])
    for batch in split_into_batches(others, writes=1):
        yield Change(None, save=batch, resumes=True)
    row.is_archiving = None
    return Change(document, save=[row], resumes=True)


def _read_referrers(caller: Caller, noun: OgsmNoun) -> list[ObjectRow]:
    """Return the objects of a noun, and all that may refer to one, apart from those that are being deleted."""
    rows = references.read_rows(caller, [noun, *references.nouns_referring_to(noun)])
    return [row for row in rows if not row.deleted_with]


def _archive(strategy: ObjectRow, rows: Sequence[ObjectRow]) -> list[ObjectRow]:
    """Archive what belongs to a strategy and to no other one that is not archived. Return the changed rows."""
    archived = {row.position for row in rows if type(row) is type(strategy) and row.doc[ARCHIVED.name]} | {
        strategy.position
    }
    belonging = [
        row
        for row in rows
        if not row.doc[ARCHIVED.name]
        and strategy.position in (named := _strategies_of(strategy, row))
        and named <= archived
    ]
    return _set_archived(belonging, archived_by=strategy.doc[ID.name])


def _restore(strategy: ObjectRow, rows: Sequence[ObjectRow]) -> list[ObjectRow]:
    """Restore what was archived with a strategy, or belongs to it and was archived with another one."""
    strategy_id = strategy.doc[ID.name]
    return _set_archived(
        [
            row
            for row in rows
            if row.archived_by is not None
            and (row.archived_by == strategy_id or strategy.position in _strategies_of(strategy, row))
        ],
        archived_by=None,
    )


def _strategies_of(strategy: ObjectRow, row: ObjectRow) -> set[str]:
    """Return the positions of the strategies that an object belongs to."""
    noun = references.noun_of(strategy)
    fields = references.fields_naming(references.noun_of(row), noun)
    return {noun.row.position_of(one) for field in fields for one in references.named_ids(row.doc, field)}


def _set_archived(rows: Iterable[ObjectRow], archived_by: int | None) -> list[ObjectRow]:
    changed = list(rows)
    for row in changed:
        row.doc = row.doc | {ARCHIVED.name: archived_by is not None}
        row.archived_by = archived_by
    return changed
