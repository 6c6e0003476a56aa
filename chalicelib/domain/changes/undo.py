"""Undo a change, or all changes of a request: create becomes delete, delete brings the same object back, and so on.

An undo is a write of the caller like any other. So it is a change of its own, which can be undone. It is refused if a
later change has touched what it would set back, unless the caller insists. All changes of a request are checked before
the first one is undone. If they do not fit into one transaction, they are undone in steps; a repeated request leaves
out what has been undone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import restoring
from chalicelib.domain.changes import composing, net_changes
from chalicelib.domain.changes.composing import Part
from chalicelib.domain.changes.fields import changed_fields, fields_of
from chalicelib.domain.changes.kinds import KINDS
from chalicelib.domain.changes.net_changes import NetChange
from chalicelib.domain.changes.undoing import Undoing, require_undoable
from chalicelib.domain.ogsm import restoring as ogsm_restoring
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.changes import CREATE, DELETE, NO_CHANGE, UPDATE
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Steps

ALREADY_UNDONE = "This has been undone already."
DELETED_SINCE = "The {} has been deleted since. Undo its deletion first."
EXISTS_AGAIN = "The {} exists again."
TOUCHED = "A later change has touched the {}: {}. To undo this nevertheless, add ?force=true."
CANNOT = "This cannot be undone now: {}"

# What is restored comes first, from the outside to the inside, and what is deleted comes last.
RESTORED_BEFORE_OTHERS = (Workspace, Stack, Activity)
DELETED_AFTER_OTHERS = (Activity, Stack, Workspace)


@dataclass(frozen=True)
class Undone:
    """The result of an undo: the changes that were undone, with their objects."""

    changes: Sequence[NetChange]

    @property
    def seqs(self) -> list[int]:
        """The seqs of the changes, the newest first."""
        return sorted((seq for change in self.changes for seq in change.seqs), reverse=True)


def undo_change(caller: Caller, seq: int, *, force: bool = False) -> Steps[Undone]:
    """Undo one change.

    Raises errors.NotFound if the caller cannot see it, errors.Gone if it is no longer kept, errors.Forbidden if the
    caller may not do the opposite, and errors.Conflict with the reason if it cannot be undone.
    """
    change = net_changes.find_change(caller, seq)
    return (yield from _undo(caller, [change], force=force, is_whole=False))


def undo_request(caller: Caller, request_id: str, *, force: bool = False) -> Steps[Undone]:
    """Undo all changes of a request that the caller can see. Raises as `undo_change`."""
    changes = net_changes.find_changes_of_request(caller, request_id)
    return (yield from _undo(caller, changes, force=force, is_whole=True))


def _undo(caller: Caller, changes: Sequence[NetChange], *, force: bool, is_whole: bool) -> Steps[Undone]:
    """Undo changes. `is_whole` says that they are all changes of a request, of which some may be undone already."""
    own = [change for change in changes if not (is_whole and _goes_along(change, changes))]
    for change in own:
        require_undoable(change)
    rows = _read_rows(caller, own)
    undoings = [Undoing(caller, change, rows, _is_restored_with_activity(change, changes)) for change in own]
    waiting = [one for one in undoings if not _is_done(one)]
    if not waiting:
        raise errors.Conflict(ALREADY_UNDONE)
    for undoing in waiting:
        _require_possible(undoing, force=force)
    with _refused():
        whole = yield from composing.carry_out(_plan_parts(caller, waiting, is_whole=is_whole), rows)
    return whole.with_answer(Undone(changes))


@contextmanager
def _refused() -> Iterator[None]:
    """Answer that something is in the way if a rule of the noun refuses what would restore an object."""
    try:
        yield
    except (errors.NotFound, errors.Invalid) as problem:
        raise errors.Conflict(CANNOT.format(problem.detail)) from None


def _goes_along(change: NetChange, changes: Sequence[NetChange]) -> bool:
    """Return whether a change comes with that of another object of the same request, and is undone with it."""
    if change.verb == NO_CHANGE:
        return True
    if change.verb == UPDATE:
        return False
    others = {other.ref: other.verb for other in changes if other.verb in (CREATE, DELETE)}
    image = change.image
    if isinstance(image, Member):
        return Workspace.ref(change.account, image.workspace) in others
    if isinstance(image, Delegation):
        return Activity.ref(change.account, image.activity) in others
    return change.verb == CREATE and change.activity is not None and others.get(change.activity) == CREATE


def _is_restored_with_activity(change: NetChange, changes: Sequence[NetChange]) -> bool:
    return any(other.verb == DELETE and other.ref == change.activity for other in changes)


def _read_rows(caller: Caller, changes: Sequence[NetChange]) -> Rows:
    """Return the objects as they are now, in one request for each hundred, and then what is beside them."""
    refs: list[Ref[Row]] = [change.ref for change in changes]
    refs += [change.activity for change in changes if change.activity]
    refs += [Tombstone.ref(change.image) for change in changes if change.verb == DELETE]
    rows = table.get_many(refs)
    beside: list[Ref[Row]] = []
    for change in changes:
        images = [change.before, change.after, rows.get(change.ref), rows.get(change.activity or change.ref)]
        beside += restoring.refs_beside(caller, [one for one in images if isinstance(one, Activity)])
        if isinstance(change.image, Stack):
            beside += workspaces.workspace_refs(caller, change.image.workspace)
    return rows | table.get_many(beside)


def _is_done(undoing: Undoing) -> bool:
    """Return whether the object is already as it was before the change."""
    change, present = undoing.change, _existing(undoing)
    if change.verb == CREATE or present is None:
        return change.verb == CREATE and present is None
    if change.verb == DELETE:
        return not changed_fields(change.before, present)
    return changed_fields(change.before, present).isdisjoint(undoing.fields)


def _require_possible(undoing: Undoing, *, force: bool) -> None:
    """Raise errors.Conflict if a later change has deleted, restored or touched the object."""
    change, present = undoing.change, _existing(undoing)
    if change.verb == DELETE:
        if present is not None:
            raise errors.Conflict(EXISTS_AGAIN.format(change.label))
        return
    if present is None:
        raise errors.Conflict(DELETED_SINCE.format(change.label))
    touched = undoing.fields & changed_fields(change.after, present)
    if touched and not force:
        ordered = [name for name in fields_of(present) if name in touched]
        raise errors.Conflict(TOUCHED.format(change.label, ", ".join(ordered)))


def _existing(undoing: Undoing) -> Row | None:
    """Return the object as it is now, or None if it does not exist."""
    present = undoing.present
    return present if present is not None and KINDS[undoing.change.kind].exists(present) else None


def _plan_parts(caller: Caller, undoings: Sequence[Undoing], *, is_whole: bool) -> list[Part]:
    """Return the parts of the work in their order. New OGSM objects of one request are deleted together."""
    new = [one for one in undoings if one.change.verb == CREATE and isinstance(one.change.image, ObjectRow)]
    together = new if is_whole else []
    alone = [one for one in undoings if one not in together]
    parts = [Part(partial(_plan_one, one), is_last=one.change.verb == CREATE) for one in sorted(alone, key=_rank)]
    if not together:
        return parts
    present = [row for row in map(_existing, together) if isinstance(row, ObjectRow)]
    return [*parts, Part(partial(_plan_removals, caller, present), is_last=True)]


def _plan_one(undoing: Undoing, rows: Rows) -> Change[Any] | Steps[Any]:
    """Plan the undoing of one change. `rows` has what earlier parts will have saved as well."""
    own = Rows.of(filter(None, [undoing.present]))
    return replace(undoing, rows=rows | own).plan()


def _plan_removals(caller: Caller, objects: Sequence[ObjectRow], rows: Rows) -> Steps[None]:
    *batches, last = ogsm_restoring.list_removals(caller, objects, rows)
    yield from batches
    return last


def _rank(undoing: Undoing) -> int:
    """Return the place of an undoing among those of other objects."""
    kind, last = type(undoing.change.image), len(RESTORED_BEFORE_OTHERS)
    if undoing.change.verb == DELETE:
        return RESTORED_BEFORE_OTHERS.index(kind) if kind in RESTORED_BEFORE_OTHERS else last
    if undoing.change.verb == UPDATE:
        return last + 1
    return last + 2 + (DELETED_AFTER_OTHERS.index(kind) + 1 if kind in DELETED_AFTER_OTHERS else 0)
