"""Purge deleted workspaces and stacks: remove their rows when they have been marked as deleted for PURGE_DAYS.

A workspace is purged in steps. The first commit gives it another state, so that it cannot be restored any more, each
further commit is complete in itself, and the last one deletes its row and the note of the purge. If a run is cut off,
the next one continues.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import comments, copies, deletion
from chalicelib.domain.activities.deletion import Batch
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity, Placement
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.deletion_states import ARCHIVING, DELETING, PURGING
from chalicelib.storage.models.purges import Purge
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.transactions import count_writes
from chalicelib.storage.unit_of_work import Change, Steps

FINISHED, UNFINISHED, DROPPED = "finished", "unfinished", "dropped"
LEAST_WRITES = 4  # that delete an item: it and its tombstone, its placement and the copy of its creator

HasTime = Callable[[], bool]


class Purged(NamedTuple):
    """A purge that was due, and its outcome. `stack` is 0 if the whole workspace was to be purged.

    UNFINISHED means that the next run continues, DROPPED that the workspace or stack was restored meanwhile.
    """

    account: int
    workspace: int
    stack: int
    outcome: str


def list_due_purges() -> Iterator[Purge]:
    """Return the purges that are due, the earliest first."""
    return table.query(Purge.due_until(clock.now()))


def purge(due: Purge, has_time: HasTime) -> Steps[Purged | None]:
    """Carry out a purge that is due. It ends early when `has_time` returns False.

    The answer is None if another run was faster.
    """
    workspace_ref = Workspace.ref(due.account, due.workspace)
    stack_ref = Stack.ref(due.account, due.workspace, due.stack)
    rows = table.get_many([due.reference, workspace_ref, stack_ref])
    note = rows.get(due.reference)
    if note is None:
        return Change(None)
    workspace, stack = rows.get(workspace_ref), rows.get(stack_ref)
    result = partial(Purged, note.account, note.workspace, note.stack)
    if note.stack and stack and stack.purge_at == note.due:
        return Change(result(FINISHED), delete=[*_rows_of_stack(note.account, stack), note])
    if note.stack or workspace is None or workspace.purge_at != note.due:
        return Change(result(DROPPED), delete=[note])
    is_finished = yield from _purge_contents(note.account, workspace, has_time)
    return Change(result(FINISHED), delete=[workspace, note]) if is_finished else Change(result(UNFINISHED))


def purge_workspace_now(account: int, workspace_id: int) -> Steps[Purged]:
    """Purge a deleted workspace, whether or not it is due. A repeated call continues.

    Raises errors.NotFound, and errors.Conflict if it was not deleted or its items are still moving.
    """
    workspace = table.get(Workspace.ref(account, workspace_id))
    if workspace is None:
        raise errors.NotFound(f"There is no workspace {workspace_id} in account {account}.")
    _require_deleted(workspace, f"Workspace {workspace_id}", moving=ARCHIVING)
    yield from _purge_contents(account, workspace, has_time=lambda: True)
    notes = [Purge.at(workspace.purge_at, account, workspace_id)] if workspace.purge_at else []
    return Change(Purged(account, workspace_id, 0, FINISHED), delete=[workspace, *notes])


def purge_stack_now(account: int, workspace_id: int, stack_id: int) -> Change[Purged]:
    """Purge a deleted stack, whether or not it is due. Raises as `purge_workspace_now`."""
    stack = table.get(Stack.ref(account, workspace_id, stack_id))
    if stack is None:
        raise errors.NotFound(f"There is no stack {stack_id} in workspace {workspace_id} of account {account}.")
    _require_deleted(stack, f"Stack {stack_id}", moving=DELETING)
    note = Purge.at(stack.purge_at, account, workspace_id, stack_id)
    return Change(Purged(account, workspace_id, stack_id, FINISHED), delete=[*_rows_of_stack(account, stack), note])


def _require_deleted(row: Workspace | Stack, name: str, moving: str) -> None:
    """Raise errors.Conflict unless a workspace or stack was deleted. `moving` is the state before that."""
    if not row.deletion_state:
        raise errors.Conflict(f"{name} has not been deleted.")
    if row.deletion_state == moving:
        raise errors.Conflict(f"{name} still has items that are moving. Somebody must repeat its deletion first.")


def _purge_contents(account: int, workspace: Workspace, has_time: HasTime) -> Generator[Change[None], Any, bool]:
    """Delete everything in a workspace but its own row. Return whether there was enough time for that."""
    if workspace.deletion_state != PURGING:
        workspace.deletion_state = PURGING
        yield Change(None, save=[workspace])
    caller = access.operator(account)
    parts = (_delete_activities, _delete_stacks, _delete_members)
    for change in chain.from_iterable(delete(caller, workspace.id) for delete in parts):
        if not has_time():
            return False
        yield change
    return True


def _delete_activities(caller: Caller, workspace_id: int) -> Iterator[Change[None]]:
    """Delete the items of a workspace with their copies and comments."""

    def count_writes_of(activity: Activity) -> int:
        return count_writes([], [activity, *copies.all_copies(caller, activity)])

    items = Placement.on_all_stacks(caller.account, workspace_id)
    for batch in deletion.read_batches(caller, items, LEAST_WRITES, count_writes_of):
        yield from _delete_comments(caller, batch)
        rows: list[Row] = [*batch.placements, *batch.activities.values()]
        for activity in batch.activities.values():
            rows += copies.copies_besides_placement(caller, activity)
        yield Change(None, delete=rows)


def _delete_comments(caller: Caller, batch: Batch) -> Iterator[Change[None]]:
    for activity in batch.activities.values():
        if activity.discussed:
            yield from deletion.delete_in_batches(comments.read_comment_rows(caller, activity.id), resumes=True)


def _delete_stacks(caller: Caller, workspace_id: int) -> Iterator[Change[None]]:
    """Delete the stacks of a workspace, also those that were deleted before it."""
    groups = [
        _rows_of_stack(caller.account, one) for one in table.query(Stack.of_workspace(caller.account, workspace_id))
    ]
    return deletion.delete_in_batches(groups, resumes=True)


def _rows_of_stack(account: int, stack: Stack) -> list[Row]:
    return [stack, StackLookup.at(account, stack.id)]


def _delete_members(caller: Caller, workspace_id: int) -> Iterator[Change[None]]:
    """Delete the memberships of everybody, and the invitations."""
    members = table.query(Member.of_workspace(caller.account, workspace_id))
    groups = [deletion.rows_of_member(caller, workspace_id, member) for member in members]
    return deletion.delete_in_batches(groups, resumes=True)
