"""Find what goes along when an OGSM object is deleted with `cascade`, and what only loses a reference.

An object that refers to something deleted goes along, unless the field that does so also names something that stays. If
several of its fields refer to something deleted, one of them is enough to keep it. An id that does not exist here may
exist in another system, and counts as something that stays.
"""

from collections import defaultdict, deque
from collections.abc import Sequence, Set
from typing import NamedTuple

from chalicelib.domain.ogsm import references
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.ogsm_objects import ObjectRow


class Cascade(NamedTuple):
    """The rows of the objects that are deleted, beginning with the object itself, and of those that are changed."""

    deleted: list[ObjectRow]
    changed: list[ObjectRow]


def plan_cascade(root: ObjectRow, rows: Sequence[ObjectRow]) -> Cascade:
    """Return what goes along with an object, from the top down, and what loses a reference, already without it.

    `rows` are all objects that may be below it. Those that an earlier attempt has marked go along in any case.
    """
    referrers = _group_by_named(rows)
    deleted = {row.position: row for row in [root, *marked_rows(root, rows)]}
    kept: dict[str, ObjectRow] = {}
    waiting = deque(deleted)
    while waiting:
        for row in referrers[waiting.popleft()]:
            if row.position in deleted:
                continue
            if _is_kept(row, deleted.keys()):
                kept[row.position] = row
            else:
                deleted[row.position] = row
                waiting.append(row.position)
    changed = [row for position, row in kept.items() if position not in deleted and not row.deleted_with]
    return Cascade(list(deleted.values()), [_without_references(row, deleted.keys()) for row in changed])


def marked_rows(root: ObjectRow, rows: Sequence[ObjectRow]) -> list[ObjectRow]:
    """Return the rows that an earlier attempt to delete the object has marked, without its own."""
    return [row for row in rows if row.deleted_with == root.position != row.position]


def _group_by_named(rows: Sequence[ObjectRow]) -> dict[str, list[ObjectRow]]:
    """Return the rows by the positions of the objects that they name."""
    found: dict[str, list[ObjectRow]] = defaultdict(list)
    for row in rows:
        for _, positions in references.positions_named(row):
            for position in positions:
                found[position].append(row)
    return found


def _is_kept(row: ObjectRow, deleted: Set[str]) -> bool:
    """Return whether a field of an object names something that is deleted, and also something that stays."""
    named = [[position in deleted for position in positions] for _, positions in references.positions_named(row)]
    return any(any(are_deleted) and not all(are_deleted) for are_deleted in named)


def _without_references(row: ObjectRow, deleted: Set[str]) -> ObjectRow:
    """Take the references to deleted objects out of a row, and return it."""
    new: JsonObject = {}
    for field, positions in references.positions_named(row):
        value = row.doc[field]
        if isinstance(value, list):
            pairs = zip(value, positions, strict=True)
            new[field] = [one for one, position in pairs if position not in deleted]
        elif any(position in deleted for position in positions):
            new[field] = None
    row.doc = row.doc | new
    return row
